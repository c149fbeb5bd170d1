import { capital, competenceList, facts, sources, UNKNOWN } from '../web/components.ts'
import { html, type Page } from '../web/html.ts'
import type { LabelledCompetence } from './competence-labels.ts'
import type { Metier } from './schema.ts'

const KIND_WORDS = { metier: 'métier', role: 'fonction', scheme: 'dispositif' } as const

const KIND_MEANING = {
  metier: 'un métier s’exerce et se nomme comme tel',
  role: 'une fonction est tenue à un moment, à côté d’un autre métier ou à titre bénévole',
  scheme: 'un dispositif finance des postes : ce n’est pas un métier de plus',
} as const

const FAMILY_WORDS: Record<string, string> = {
  mediation: 'Médiation',
  formation: 'Formation et ingénierie pédagogique',
  encadrement: 'Encadrement et coordination',
  support: 'Appui aux projets',
}

const STATUS_WORDS = { existing: null, historic: 'appellation historique', proposed: 'appellation proposée' } as const

const metierLink = (metier: Metier): string => html`<a href="/metiers/${metier.slug}">${bothForms(metier)}</a>`

const expected = (competences: LabelledCompetence[]): string =>
  competences.length === 0 ? html`<p>${capital(UNKNOWN)}.</p>` : competenceList(competences, false)

/** The feminine form then the masculine one, or the only one when both are the same. */
export const bothForms = ({ label: { feminine, masculine } }: Metier): string =>
  feminine === masculine ? feminine : `${feminine}, ${masculine.charAt(0).toLowerCase()}${masculine.slice(1)}`

/** Métiers, roles and schemes, kept apart. */
export function metierListPage(metiers: Metier[]): Page {
  const families = Map.groupBy(
    metiers.filter((one) => one.kind === 'metier'),
    (one) => one.family ?? '',
  )
  const listed = (kind: Metier['kind']) => linkList(metiers.filter((one) => one.kind === kind))
  return {
    title: 'Métiers, fonctions et dispositifs',
    description:
      'Les métiers de la médiation numérique, les fonctions de celles et ceux qui aident, et les dispositifs.',
    body: html`<h1>Métiers, fonctions et dispositifs</h1>
      <p class="lead">
        Trois choses à ne pas confondre : ${Object.values(KIND_MEANING).join(' ; ')}. Une même personne peut relever des
        trois, et n’est comptée qu’une fois.
      </p>
      <h2>Métiers</h2>
      <div class="tiles">
        !${Object.entries(FAMILY_WORDS).map(
          ([family, words]) =>
            html`<section>
              <h3>${words}</h3>
              !${linkList(families.get(family) ?? [])}
            </section>`,
        )}
      </div>
      <h2>Fonctions</h2>
      !${listed('role')}
      <h2>Dispositifs</h2>
      !${listed('scheme')}`,
  }
}

function linkList(metiers: Metier[]): string {
  const sorted = metiers.toSorted((a, b) => a.label.feminine.localeCompare(b.label.feminine, 'fr'))
  const items = sorted.map((one) => {
    const status = STATUS_WORDS[one.status]
    return html`<li>!${metierLink(one)}!${status ? html` <span class="mark">${status}</span>` : ''}</li>`
  })
  return html`<ul class="columns">
    !${items}
  </ul>`
}

/** A métier, a role or a scheme: both its names, what it is, what is expected, where that comes from. */
export function metierPage(metier: Metier, funded: Metier | null, competences: LabelledCompetence[]): Page {
  const { label, kind, family, status, core, description, rome, esco, source, note, slug } = metier
  const described = description ?? `${capital(KIND_WORDS[kind])} de la médiation numérique.`
  return {
    title: bothForms(metier),
    description: described,
    body: html`<p class="up"><a href="/metiers">Métiers, fonctions et dispositifs</a></p>
      <h1>${bothForms(metier)}</h1>
      !${STATUS_WORDS[status] === null ? '' : html`<p><span class="mark">${STATUS_WORDS[status]}</span></p>`}
      !${description === null ? '' : html`<p class="lead">${description}</p>`}
      !${facts([
        ['Au féminin', label.feminine],
        ['Au masculin', label.masculine],
        ['Nature', `${KIND_WORDS[kind]} : ${KIND_MEANING[kind]}`],
        ...(kind === 'metier' ? [['Famille', family && (FAMILY_WORDS[family] ?? family)] as const] : []),
        ...(kind === 'scheme' ? [['Métier financé', funded && { markup: metierLink(funded) }] as const] : []),
        ['La médiation numérique est le cœur du travail', core === null ? null : core ? 'oui' : 'non'],
        ['Code ROME', rome],
        ['ESCO', esco],
      ])}
      !${note === null ? '' : html`<p class="remark">${note}</p>`}
      <h2>Compétences attendues</h2>
      !${funded ? html`<p>Celles du métier financé : !${metierLink(funded)}.</p>` : expected(competences)}
      !${sources(source)}
      <p class="formats"><a href="/metiers/${slug}.json">Cette page en JSON</a></p>`,
  }
}
