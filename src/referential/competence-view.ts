import { capital, citations, facts, sources, tag } from '../web/components.ts'
import { html, type Page } from '../web/html.ts'
import { shownAs } from '../web/linked.ts'
import { type LabelledCompetence, showLabel, type ShownLabel } from './competence-labels.ts'
import { levelList } from './framework-view.ts'
import { bothForms } from './metier-view.ts'
import type { CompetenceEntry, Framework, Metier } from './schema.ts'
import type { seenFrom } from './skos.ts'

const KIND_WORDS: Record<string, string> = {
  area: 'domaine de compétences',
  competence: 'compétence',
  savoir: 'savoir',
  'savoir-faire': 'savoir-faire',
  'savoir-etre': 'savoir-être',
  mission: 'mission',
  activite: 'activité',
  domaine: 'domaine professionnel',
}

/** What a relation makes of a competence towards the other. */
export const RELATION_WORDS = {
  exactMatch: 'équivaut à',
  closeMatch: 'est proche de',
  broadMatch: 'est plus étroite que',
  narrowMatch: 'est plus large que',
  relatedMatch: 'est liée à',
} as const

type Shown = {
  framework: Omit<Framework, 'competences'>
  competence: CompetenceEntry
  relations: ReturnType<typeof seenFrom>[]
  /** The other end of each relation, in the same order. */
  related: LabelledCompetence[]
  entries: CompetenceEntry[]
  metiers: Metier[]
  /** Itself as a SKOS concept. */
  linked: object
  baseUrl: string
}

/** A competence: what it means, where it stands, what it corresponds to elsewhere, who is expected to have it. */
export function competencePage({
  framework: about,
  competence,
  relations,
  related,
  entries,
  metiers,
  ...rest
}: Shown): Page {
  const { framework, version, languages } = about
  const { code, label, description, kind, note } = competence
  const name = showLabel(label, languages, code)
  const path = `/referentiels/${framework}/${version}`
  return {
    title: `${code} ${name.text}`,
    description:
      description?.fr ?? `Compétence ${code} du référentiel ${about.title.fr ?? framework}, version ${version}.`,
    ...shownAs(rest.baseUrl, `${path}/${encodeURIComponent(code)}`),
    linked: rest.linked,
    body: html`<p class="up"><a href="${path}">${about.title.fr ?? framework}, version ${version}</a></p>
      <h1 lang="${name.lang}"><span class="code">${code}</span> ${name.text}</h1>
      !${mark(name)} !${description?.fr ? html`<p class="lead">${description.fr}</p>` : ''}
      !${facts([
        ['Nature', KIND_WORDS[kind] ?? kind],
        ...kinship(competence, entries, about),
        ['Libellé anglais', label.en === null ? null : { markup: english(label.en, languages) }],
        ...(description?.en ? [['Description anglaise', { markup: english(description.en, languages) }] as const] : []),
        ...(competence.esco
          ? [['Voisine dans ESCO', { markup: html`<a href="${competence.esco}">${competence.esco}</a>` }] as const]
          : []),
      ])}
      !${note ? html`<p class="remark">${note}</p>` : ''} !${relationList(relations, related)}
      !${metierList(competence, about, metiers)} !${mapLink(competence, path)}
      !${
        about.levels.length === 0
          ? ''
          : html`<h2>Niveaux du référentiel</h2>
              !${levelList(about)}`
      }
      !${sources(competence.source ?? about.source)}
      <p class="formats"><a href="${path}/${code}.json">Cette compétence en JSON-LD (SKOS)</a></p>`,
  }
}

const mark = ({ unofficial }: ShownLabel): string =>
  unofficial ? html`<p><span class="mark">libellé non officiel</span></p>` : ''

const english = (text: string, { unofficial }: Framework['languages']): string =>
  html`<span lang="en">${text}</span
    >!${unofficial.includes('en') ? html` <span class="mark">libellé non officiel</span>` : ''}`

/** The competence above and those below. */
function kinship({ code, parent }: CompetenceEntry, entries: CompetenceEntry[], about: Omit<Framework, 'competences'>) {
  const link = (one: CompetenceEntry) => {
    const { text, lang } = showLabel(one.label, about.languages, one.code)
    return html`<a href="/referentiels/${about.framework}/${about.version}/${one.code}" lang="${lang}"
      >${one.code} ${text}</a
    >`
  }
  const above = entries.find((one) => one.code === parent)
  const below = entries.filter((one) => one.parent === code)
  return [
    ...(above ? [['Fait partie de', { markup: link(above) }] as const] : []),
    ...(below.length > 0
      ? [
          [
            'Comprend',
            {
              markup: html`<ul class="plain">
                !${below.map((one) => html`<li>!${link(one)}</li>`)}
              </ul>`,
            },
          ] as const,
        ]
      : []),
  ]
}

function relationList(relations: Shown['relations'], related: LabelledCompetence[]): string {
  if (relations.length === 0) return ''
  const items = relations.map(({ relation, other, status, source }, index) => {
    const { label, frameworkTitle } = related[index]!
    const link = html`<a href="/referentiels/${other.framework}/${other.version}/${other.code}" lang="${label.lang}"
      >${other.code} ${label.text}</a
    >`
    const standing = status === 'official' ? 'correspondance officielle' : 'correspondance proposée'
    return html`<li>
      ${capital(RELATION_WORDS[relation])} !${link}
      <small
        >${frameworkTitle}, version ${other.version}. ${capital(standing)} ; sources :
        ${citations(source).join(' ; ') || 'non précisées'}.</small
      >
    </li>`
  })
  return html`<h2>Correspondances</h2>
    <p class="remark">
      Une correspondance dit une parenté. Elle ne fait pas passer un acquis d’un référentiel à l’autre.
    </p>
    <ul class="relations">
      !${items}
    </ul>`
}

/** Areas, missions and activities have no page of their own on the map. */
const mapLink = ({ kind, code }: CompetenceEntry, path: string): string =>
  ['area', 'mission', 'activite'].includes(kind)
    ? ''
    : html`<p>
        <a href="${path.replace('/referentiels', '/cartographie/competences')}/${code}"
          >Sa place dans la cartographie</a
        >
      </p>`

function metierList(
  { code }: CompetenceEntry,
  { framework, version }: Omit<Framework, 'competences'>,
  metiers: Metier[],
): string {
  const expecting = metiers.flatMap((metier) => {
    const asked = metier.competences.filter(
      (one) => one.framework === framework && one.version === version && one.code === code,
    )
    return asked.length === 0 ? [] : [{ metier, isOfficial: asked.some((one) => one.status === 'official') }]
  })
  if (expecting.length === 0) return ''
  const items = expecting.map(
    ({ metier, isOfficial }) =>
      html`<li>
        <a href="/metiers/${metier.slug}">${bothForms(metier)}</a>
        !${isOfficial ? '' : tag('illustratif', 'waiting')}
      </li>`,
  )
  return html`<h2>Attendue pour</h2>
    <ul>
      !${items}
    </ul>`
}
