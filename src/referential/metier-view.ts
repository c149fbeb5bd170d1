import { filterForm, foundNote, isAsked } from '../web/catalogue.ts'
import { capital, citations, competenceList, facts, sources, tag, UNKNOWN } from '../web/components.ts'
import { selectField, textField } from '../web/forms.ts'
import { html, type Page } from '../web/html.ts'
import { competenceLinks, schemaOrg, shownAs } from '../web/linked.ts'
import type { LabelledCompetence } from './competence-labels.ts'
import type { ListHeader } from './list-schema.ts'
import type { Metier, Requirement } from './schema.ts'

/** What each kind is called. */
export const KIND_WORDS = { metier: 'métier', role: 'fonction', scheme: 'dispositif' } as const

/** What each kind is. */
export const KIND_MEANING = {
  metier: 'un métier s’exerce et se nomme comme tel',
  role: 'une fonction est tenue à un moment, à côté d’un autre métier ou à titre bénévole',
  scheme: 'un dispositif finance des postes : ce n’est pas un métier de plus',
} as const

/** The families of métiers. */
export const FAMILY_WORDS: Record<string, string> = {
  mediation: 'Médiation',
  formation: 'Formation et ingénierie pédagogique',
  encadrement: 'Encadrement et coordination',
  support: 'Appui aux projets',
}

/** What is said of a name that is not simply in use. */
export const STATUS_WORDS = {
  existing: null,
  historic: 'appellation historique',
  proposed: 'appellation proposée',
} as const

const metierLink = (metier: Metier): string => html`<a href="/metiers/${metier.slug}">${bothForms(metier)}</a>`

/** What is asked, then the lists that say so: what is not official carries the word. */
function expected(competences: AskedCompetence[], lists: ListHeader[]): string {
  if (competences.length === 0) return html`<p>${capital(UNKNOWN)}.</p>`
  const items = lists.map(
    ({ status, title, publisher, source }) =>
      html`<li>
        !${status === 'official' ? tag('officiel', 'valid') : tag('illustratif', 'waiting')} ${title}, ${publisher}.
        ${citations(source).join(' ; ')}
      </li>`,
  )
  const asked = competences.map((one) => ({ ...one, weight: one.importance && IMPORTANCE_WORDS[one.importance] }))
  return html`<p>D’après :</p>
    <ul class="plain">
      !${items}
    </ul>
    !${competenceList(asked, false)}`
}

/** The feminine form then the masculine one, or the only one when both are the same. */
export const bothForms = ({ label: { feminine, masculine } }: Metier): string =>
  feminine === masculine ? feminine : `${feminine}, ${masculine.charAt(0).toLowerCase()}${masculine.slice(1)}`

/** What is asked of the list of métiers; an empty text asks for nothing. */
export type MetiersAsked = { q?: string | undefined; nature?: string | undefined; famille?: string | undefined }
type Listed = { metiers: Metier[]; asked: MetiersAsked; baseUrl: string }

/** The métiers, roles and schemes that were asked for, kept apart. */
export function metierListPage({ metiers, asked, baseUrl }: Listed): Page {
  return {
    title: 'Métiers, fonctions et dispositifs',
    description:
      'Les métiers de la médiation numérique, les fonctions de celles et ceux qui aident, et les dispositifs.',
    canonical: `${baseUrl}/metiers`,
    image: `${baseUrl}/apercu.png`,
    body: html`<h1>Métiers, fonctions et dispositifs</h1>
      <p class="lead">
        Trois choses à ne pas confondre : ${Object.values(KIND_MEANING).join(' ; ')}. Une même personne peut relever des
        trois, et n’est comptée qu’une fois.
      </p>
      !${filterForm('/metiers', asked, metierFields(asked))} !${foundNote('/metiers', metiers.length, 'résultat')}
      !${section('Métiers', metiers, 'metier', !isAsked(asked))} !${section('Fonctions', metiers, 'role')}
      !${section('Dispositifs', metiers, 'scheme')}`,
  }
}

/** What métiers are searched by. */
export const metierFields = ({ q, nature, famille }: MetiersAsked): string[] => [
  textField({ name: 'q', label: 'Mots cherchés', value: q, type: 'search', rules: 'maxlength="100"' }),
  selectField({
    name: 'nature',
    label: 'Nature',
    value: nature,
    options: [['', 'Toutes'], ...Object.entries(KIND_WORDS).map(([kind, words]) => [kind, capital(words)] as const)],
  }),
  selectField({
    name: 'famille',
    label: 'Famille de métiers',
    value: famille,
    options: [['', 'Toutes'], ...Object.entries(FAMILY_WORDS)],
  }),
]

function section(title: string, all: Metier[], kind: Metier['kind'], byFamily = false): string {
  const metiers = all.filter((one) => one.kind === kind)
  if (metiers.length === 0) return ''
  const families = Map.groupBy(metiers, (one) => one.family ?? '')
  return html`<h2>${title}</h2>
    !${
      byFamily
        ? html`<div class="tiles">
            !${Object.entries(FAMILY_WORDS).map(
              ([family, words]) =>
                html`<section>
                  <h3>${words}</h3>
                  !${linkList(families.get(family) ?? [])}
                </section>`,
            )}
          </div>`
        : linkList(metiers)
    }`
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

/** How much a competence is asked. */
export const IMPORTANCE_WORDS = { essential: 'essentielle', useful: 'utile' } as const

type AskedCompetence = Requirement & LabelledCompetence
type Shown = {
  metier: Metier
  funded: Metier | null
  competences: AskedCompetence[]
  /** The lists that ask them. */
  lists: ListHeader[]
  baseUrl: string
}

/** A métier, a role or a scheme: both its names, what it is, what is expected, where that comes from. */
export function metierPage({ metier, funded, competences, lists, baseUrl }: Shown): Page {
  const { label, kind, family, status, core, description, rome, esco, source, note, slug } = metier
  const described = description ?? `${capital(KIND_WORDS[kind])} de la médiation numérique.`
  return {
    title: bothForms(metier),
    description: described,
    ...shownAs(baseUrl, `/metiers/${slug}`),
    linked: linkedMetier(metier, described, baseUrl),
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
      !${competences.length === 0 && !funded ? '' : html`<p><a href="/parcours/calculer?but=metier:${slug}">Calculer le plus court parcours vers ce métier</a></p>`}
      !${funded ? html`<p>Celles du métier financé : !${metierLink(funded)}.</p>` : expected(competences, lists)}
      <p><a href="/cartographie/metiers/${slug}">Sa place dans la cartographie</a></p>
      !${sources(source)}
      <p class="formats"><a href="/metiers/${slug}.json">Cette page en JSON</a></p>`,
  }
}

/** A métier is an occupation; a role or a scheme is a word that is defined. */
export function linkedMetier(
  { slug, kind, label, rome, esco, competences }: Metier,
  description: string,
  baseUrl: string,
) {
  const id = `${baseUrl}/metiers/${slug}`
  const names = { name: label.feminine, alternateName: label.masculine, description }
  if (kind !== 'metier') return schemaOrg('DefinedTerm', id, names)
  return schemaOrg('Occupation', id, {
    ...names,
    occupationalCategory: rome,
    sameAs: esco,
    skills: competenceLinks(baseUrl, competences),
  })
}
