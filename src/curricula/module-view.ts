import type { LabelledCompetence } from '../referential/competence-labels.ts'
import { bothForms } from '../referential/metier-view.ts'
import type { Certification, Metier } from '../referential/schema.ts'
import { filterForm, foundNote } from '../web/catalogue.ts'
import { competenceList, facts, nextPage, orUnknown, sources, UNKNOWN } from '../web/components.ts'
import { selectField, textField } from '../web/forms.ts'
import { html, type Page } from '../web/html.ts'
import { competenceLinks, linkTo, schemaOrg, shownAs } from '../web/linked.ts'
import type { ModulesAsked } from './find-modules.ts'
import type { Module, Path } from './schema.ts'

const MODALITY_WORDS = { presentiel: 'en présentiel', distance: 'à distance', alternance: 'en alternance' } as const

type Listed = {
  asked: ModulesAsked
  /** The métiers, roles and schemes that some module is for. */
  publics: Metier[]
  /** How many answer, and how many might. */
  total: { sure: number; unsaid: number }
  /** Those of this page. */
  sure: Module[]
  unsaid: Module[]
  next: string | null
  baseUrl: string
}

/** The modules that were asked for, with what is known of their length. */
export function moduleListPage({ asked, publics, total, sure, unsaid, next, baseUrl }: Listed): Page {
  return {
    title: 'Modules de formation',
    description:
      'Les modules de formation de la médiation numérique, avec leur durée, leurs compétences et leurs sources.',
    canonical: `${baseUrl}/modules`,
    image: `${baseUrl}/apercu.png`,
    body: html`<h1>Modules de formation</h1>
      <p class="lead">
        Un module est une unité qui s’enseigne : un contenu, des compétences visées, une durée quand une source la
        donne. Chaque module a son badge.
      </p>
      <p>
        Mis bout à bout, des modules forment un parcours : <a href="/parcours">voir les parcours</a>. Pour une formation
        près de chez vous : <a href="/organisations">voir les organismes</a>.
      </p>
      !${filterForm('/modules', asked, fields(asked, publics))}
      !${total.sure === 0 && total.unsaid > 0 ? html`<p role="status" class="found">Aucun module dont une source le dise.</p>` : foundNote('/modules', total.sure, 'module')}
      !${sure.length === 0 ? '' : moduleItems(sure)} !${unsaid.length === 0 ? '' : unsaidSection(total.unsaid, unsaid)}
      !${nextPage('/modules', asked, next)}`,
  }
}

const fields = ({ q, pour, heures, modalite, certification }: ModulesAsked, publics: Metier[]): string[] => [
  textField({ name: 'q', label: 'Mots cherchés', value: q, type: 'search', rules: 'maxlength="100"' }),
  selectField({
    name: 'pour',
    label: 'Métier, fonction ou dispositif',
    value: pour,
    options: [['', 'Tous'], ...publics.map((one) => [one.slug, bothForms(one)] as const)],
  }),
  textField({
    name: 'heures',
    label: 'Durée, en heures au plus',
    value: heures,
    type: 'number',
    rules: 'min="1" max="2000"',
  }),
  selectField({
    name: 'modalite',
    label: 'Modalité',
    value: modalite,
    options: [['', 'Toutes'], ...Object.entries(MODALITY_WORDS)],
  }),
  selectField({
    name: 'certification',
    label: 'Certification et CPF',
    value: certification,
    options: [
      ['', 'Toutes'],
      ['oui', 'formation certifiante'],
      ['cpf', 'éligible au CPF'],
      ['non', 'non certifiante'],
    ],
  }),
]

const unsaidSection = (count: number, modules: Module[]): string =>
  html`<section aria-labelledby="unsaid">
    <h2 id="unsaid">${number(count)} autre${count > 1 ? 's' : ''} à vérifier</h2>
    <p>
      Rien ne s’oppose à votre recherche, mais une source ne précise pas tout : la durée, la modalité ou l’éligibilité.
      Demandez à l’organisme.
    </p>
    !${moduleItems(modules)}
  </section>`

const moduleItems = (modules: Module[]): string =>
  html`<ul class="results">
    !${modules.map(
      (one) =>
        html`<li>
          <a href="/modules/${one.slug}">${one.title}</a>
          <p>
            Durée : !${orUnknown(duration(one))}!${one.publisher === null ? '' : html` · publié par ${one.publisher}`}
          </p>
        </li>`,
    )}
  </ul>`

type Shown = {
  module: Module
  publics: Metier[]
  prerequisites: Module[]
  /** The paths that the module is part of. */
  paths: Path[]
  prepared: Certification | null
  competences: LabelledCompetence[]
  /** Whether what it prepares for can be paid by the CPF; null when no source says it. */
  cpf: boolean | null
  baseUrl: string
}

/** A module: what it teaches, to whom, for how long, towards what. */
export function modulePage({
  module,
  publics,
  prerequisites,
  paths,
  prepared,
  competences,
  cpf,
  baseUrl,
}: Shown): Page {
  const { slug, version, title, summary, placement_hours, modality, publisher, licence, note, source } = module
  const proposed = module.competences_status === 'proposed'
  return {
    title,
    description: summary,
    ...shownAs(baseUrl, `/modules/${slug}`),
    linked: linkedModule(module, baseUrl),
    body: html`<p class="up"><a href="/modules">Tous les modules</a></p>
      <h1>${title}</h1>
      <p class="lead">${summary}</p>
      !${facts([
        ['Durée', duration(module)],
        ['Stage', placement_hours === null ? null : `${number(placement_hours)} heures`],
        ['Modalité', modality && modality.map((one) => MODALITY_WORDS[one]).join(', ')],
        ['Formation certifiante', yesOrNo(module.certifying)],
        ['Éligible au CPF', cpf === false && !prepared ? 'non : il ne prépare à aucune certification' : yesOrNo(cpf)],
        [
          'Prépare à',
          prepared ? { markup: preparation(prepared, module.prepares?.block ?? null) } : 'aucune certification',
        ],
        [
          'Avant ce module',
          prerequisites.length === 0 ? 'aucun module du catalogue' : { markup: links('/modules', prerequisites) },
        ],
        ['Pour qui', publics.length === 0 ? null : { markup: publicList(publics) }],
        ['Publié par', publisher],
        ['Licence', licence],
        ['Version', version],
      ])}
      !${note === null ? '' : html`<p class="remark">${note}</p>`}
      <h2>Compétences visées</h2>
      !${proposed ? html`<p class="remark">La correspondance avec les référentiels et les niveaux sont proposés par Insigne : la source ne les donne pas.</p>` : ''}
      !${competences.length === 0 ? html`<p>Compétences : ${UNKNOWN}.</p>` : competenceList(competences, proposed)}
      !${
        paths.length === 0
          ? ''
          : html`<h2>Parcours qui le comprennent</h2>
              !${links('/parcours', paths)}`
      }
      !${sources(source)}
      <p class="formats"><a href="/modules/${slug}.json">Ce module en JSON</a></p>`,
  }
}

const yesOrNo = (answer: boolean | null): string | null => (answer === null ? null : answer ? 'oui' : 'non')

function linkedModule(module: Module, baseUrl: string): object {
  const { slug, title, summary, version, hours, publisher, licence, competences, prerequisites } = module
  return schemaOrg('Course', `${baseUrl}/modules/${slug}`, {
    name: title,
    description: summary,
    inLanguage: 'fr',
    version,
    provider: publisher && { '@type': 'Organization', name: publisher },
    license: licence,
    timeRequired: hours && hours.min !== null && hours.min === hours.max ? `PT${hours.min}H` : null,
    teaches: competenceLinks(baseUrl, competences),
    coursePrerequisites: prerequisites.map((one) => linkTo(`${baseUrl}/modules/${one}`)),
  })
}

const links = (folder: string, ones: { slug: string; title: string }[]): string =>
  html`<ul class="plain">
    !${ones.map((one) => html`<li><a href="${folder}/${one.slug}">${one.title}</a></li>`)}
  </ul>`

/** The métiers, roles and schemes that an offer is meant for. */
export const publicList = (publics: Metier[]): string =>
  html`<ul class="plain">
    !${publics.map((one) => html`<li><a href="/metiers/${one.slug}">${bothForms(one)}</a></li>`)}
  </ul>`

/** A certification, and that a block of it is not the whole. */
function preparation({ title, code }: Certification, block: string | null): string {
  const whole = code === null ? title : `${title} (${code})`
  return block === null
    ? html`${whole}`
    : html`bloc ${block} : ${whole}.<br /><strong>Un bloc n’est pas le titre.</strong>`
}

/** The length of a module in hours, else in days; null when no source gives it. */
export function duration({ hours, days }: Module): string | null {
  const { min = null, max = null } = hours ?? {}
  if (min !== null && max !== null)
    return min === max ? `${number(min)} heures` : `de ${number(min)} à ${number(max)} heures`
  if (min !== null) return `au moins ${number(min)} heures`
  if (max !== null) return `au plus ${number(max)} heures`
  return typeof days === 'number' ? `${number(days)} jours` : null
}

const number = (value: number): string => value.toLocaleString('fr-FR')
