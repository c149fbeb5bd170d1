import type { LabelledCompetence } from '../referential/competence-labels.ts'
import { bothForms } from '../referential/metier-view.ts'
import type { Certification, Metier } from '../referential/schema.ts'
import { competenceList, facts, orUnknown, scrollTable, sources, UNKNOWN } from '../web/components.ts'
import { html, type Page } from '../web/html.ts'
import type { Module, Path } from './schema.ts'

const MODALITY_WORDS = { presentiel: 'en présentiel', distance: 'à distance', alternance: 'en alternance' } as const

/** Every module, with what is known of its length. */
export function moduleListPage(modules: Module[]): Page {
  const rows = modules.map(
    (one) => html`<tr><th scope="row"><a href="/modules/${one.slug}">${one.title}</a></th>
<td>!${orUnknown(duration(one))}</td><td>!${orUnknown(one.publisher)}</td></tr>`,
  )
  const table = html`<table><thead><tr><th scope="col">Module</th><th scope="col">Durée</th><th scope="col">Publié par</th></tr></thead>
<tbody>!${rows}</tbody></table>`
  return {
    title: 'Modules de formation',
    description: 'Les modules de formation de la médiation numérique, avec leur durée, leurs compétences et leurs sources.',
    body: html`<h1>Modules de formation</h1>
<p class="lead">Un module est une unité qui s’enseigne : un contenu, des compétences visées, une durée quand une source la donne. Chaque module a son badge.</p>
<p>Mis bout à bout, des modules forment un parcours : <a href="/parcours">voir les parcours</a>.</p>
!${scrollTable('Liste des modules', table)}`,
  }
}

type Shown = {
  module: Module
  publics: Metier[]
  prerequisites: Module[]
  /** The paths that the module is part of. */
  paths: Path[]
  prepared: Certification | null
  competences: LabelledCompetence[]
}

/** A module: what it teaches, to whom, for how long, towards what. */
export function modulePage({ module, publics, prerequisites, paths, prepared, competences }: Shown): Page {
  const { slug, version, title, summary, placement_hours, modality, publisher, licence, note, source } = module
  const proposed = module.competences_status === 'proposed'
  return {
    title,
    description: summary,
    body: html`<p class="up"><a href="/modules">Tous les modules</a></p>
<h1>${title}</h1>
<p class="lead">${summary}</p>
!${facts([
      ['Durée', duration(module)],
      ['Stage', placement_hours === null ? null : `${number(placement_hours)} heures`],
      ['Modalité', modality && modality.map((one) => MODALITY_WORDS[one]).join(', ')],
      ['Formation certifiante', module.certifying === null ? null : module.certifying ? 'oui' : 'non'],
      ['Prépare à', prepared ? { markup: preparation(prepared, module.prepares?.block ?? null) } : 'aucune certification'],
      ['Avant ce module', prerequisites.length === 0 ? 'aucun module du catalogue' : { markup: links('/modules', prerequisites) }],
      ['Pour qui', publics.length === 0 ? null : { markup: publicList(publics) }],
      ['Publié par', publisher],
      ['Licence', licence],
      ['Version', version],
    ])}
!${note === null ? '' : html`<p class="remark">${note}</p>`}
<h2>Compétences visées</h2>
!${proposed ? html`<p class="remark">La correspondance avec les référentiels et les niveaux sont proposés par Insigne : la source ne les donne pas.</p>` : ''}
!${competences.length === 0 ? html`<p>Compétences : ${UNKNOWN}.</p>` : competenceList(competences, proposed)}
!${paths.length === 0 ? '' : html`<h2>Parcours qui le comprennent</h2>!${links('/parcours', paths)}`}
!${sources(source)}
<p class="formats"><a href="/modules/${slug}.json">Ce module en JSON</a></p>`,
  }
}

const links = (folder: string, ones: { slug: string; title: string }[]): string =>
  html`<ul class="plain">!${ones.map((one) => html`<li><a href="${folder}/${one.slug}">${one.title}</a></li>`)}</ul>`

/** The métiers, roles and schemes that an offer is meant for. */
export const publicList = (publics: Metier[]): string =>
  html`<ul class="plain">!${publics.map((one) => html`<li><a href="/metiers/${one.slug}">${bothForms(one)}</a></li>`)}</ul>`

/** A certification, and that a block of it is not the whole. */
function preparation({ title, code }: Certification, block: string | null): string {
  const whole = code === null ? title : `${title} (${code})`
  return block === null
    ? html`${whole}`
    : html`bloc ${block} : ${whole}.<br><strong>Un bloc n’est pas le titre.</strong>`
}

/** The length of a module in hours, else in days; null when no source gives it. */
export function duration({ hours, days }: Module): string | null {
  const { min = null, max = null } = hours ?? {}
  if (min !== null && max !== null) return min === max ? `${number(min)} heures` : `de ${number(min)} à ${number(max)} heures`
  if (min !== null) return `au moins ${number(min)} heures`
  if (max !== null) return `au plus ${number(max)} heures`
  return typeof days === 'number' ? `${number(days)} jours` : null
}

const number = (value: number): string => value.toLocaleString('fr-FR')
