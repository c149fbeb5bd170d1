import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import { html } from './html.ts'

/** How a page says that nobody states a fact. */
export const UNKNOWN = 'non précisé par la source'

/** How long a page's data may be kept by others, in seconds. */
export const HOUR = 3600

type Fact = readonly [term: string, value: string | null | { markup: string }]

/** A definition list. Text is escaped; what nobody states is said so. */
export const facts = (rows: readonly Fact[]): string =>
  html`<dl class="facts">
    !${rows.map(
      ([term, value]) =>
        html`<dt>${term}</dt>
          <dd>!${orUnknown(value)}</dd>`,
    )}
  </dl>`

/** The value, as markup, or the words that say that nobody states it. */
export function orUnknown(value: Fact[1]): string {
  if (value === null || value === '') return html`<span class="unknown">${UNKNOWN}</span>`
  return typeof value === 'string' ? html`${value}` : value.markup
}

const DOCUMENTS: Record<string, string> = {
  'cnr-2023': 'CNR Numérique, Inclusion numérique, 2023',
  'plan-national-2021': 'Plan national pour la formation des médiateurs et des aidants numériques, 2021',
  'observatoire-2022': 'La Mednum, Observatoire de l’inclusion numérique 2022 (CC BY-SA 4.0)',
  'fne-2023': 'France Numérique Ensemble, feuille de route 2023-2027',
  'strategie-2018': 'Stratégie nationale pour un numérique inclusif, pré-rapport, 2018',
  'conseiller-numerique': 'Conseiller numérique, code public de l’ANCT',
}

const Citation = Type.Object({
  document: Type.Optional(Type.String()),
  lines: Type.Optional(Type.Union([Type.String(), Type.Number()])),
  url: Type.Optional(Type.String()),
  note: Type.Optional(Type.String()),
})
type Citation = Static<typeof Citation>

/** The citations of an entry of the content, one or several, as text written in clear. */
export const citations = (source: unknown): string[] => readCitations(source).map(citationText)

/** The documents that an entry cites, each by its title, or by its address when it has none here. */
export const citedDocuments = (source: unknown): string[] =>
  readCitations(source).flatMap(({ document, url }) => (document ? (DOCUMENTS[document] ?? document) : (url ?? [])))

/** A section that says where a page comes from. */
export function sources(source: unknown): string {
  const cited = readCitations(source)
  const items = cited.map((one) => html`<li>!${citationMarkup(one)}</li>`)
  return html`<section class="sources">
    <h2>Sources</h2>
    !${
      cited.length === 0
        ? html`<p>Source non précisée.</p>`
        : html`<ul>
            !${items}
          </ul>`
    }
  </section>`
}

const readCitations = (source: unknown): Citation[] =>
  [source].flat(2).filter((one): one is Citation => Value.Check(Citation, one))

function citationText({ document = '', lines, url, note }: Citation): string {
  const where = [DOCUMENTS[document] ?? document, lines && `l. ${lines}`, url].filter(Boolean).join(', ')
  return note ? `${where} : ${note}` : where
}

function citationMarkup({ document = '', lines, url, note }: Citation): string {
  const where = [
    document && html`${DOCUMENTS[document] ?? document}`,
    lines && html`<span class="nowrap">l. ${lines}</span>`,
    url &&
      /^https?:/.test(url) &&
      html`<a href="${url}" rel="noopener">${url.replace(/^https?:\/\/(www\.)?|\/$/g, '')}</a>`,
  ].filter(Boolean)
  return html`!${where.join(', ')}${note ? ` : ${note}` : ''}`
}

/** A table that scrolls inside its own region, reachable from the keyboard. */
export const scrollTable = (label: string, table: string): string =>
  html`<div class="scroll" role="region" aria-label="${label}" tabindex="0">!${table}</div>`

type Card = { slug: string; version: string; name: string; level: number | null }

/** A badge in a grid: its image, its name, its level. */
export const badgeCard = ({ slug, version, name, level }: Card): string =>
  html`<li>
    <a class="badge" href="/achievements/${slug}">
      <img src="/achievements/${slug}/${version}/image.svg" alt="" width="160" height="160" loading="lazy" />
      <span>${name}</span></a
    >!${level === null ? '' : html`<small>niveau ${level}, proposé</small>`}
  </li>`

type Shown = {
  framework: string
  version: string
  code: string
  level?: number | null | undefined
  /** How much it is asked, in a word. */
  weight?: string | null
  label: { text: string; lang: string; unofficial: boolean }
  frameworkTitle: string
  levels: number[]
}

/** Competences under the title of their framework, each with its level when its framework has a scale. */
export function competenceList(competences: readonly Shown[], proposed: boolean): string {
  const groups = Map.groupBy(competences, ({ framework, version }) => `${framework}/${version}`)
  return html`!${[...groups.values()].map((group) => competenceGroup(group, proposed))}`
}

function competenceGroup(group: Shown[], proposed: boolean): string {
  const { framework, version, frameworkTitle, levels } = group[0]!
  const remarks = [
    levels.length === 0 && 'sans échelle de niveaux',
    levels.length > 0 && group.every((one) => typeof one.level !== 'number') && `niveau ${UNKNOWN}`,
    group.some((one) => one.label.unofficial) && 'libellés non officiels',
  ].filter((one) => typeof one === 'string')
  return html`<h3>
      ${frameworkTitle} <small>version <a href="/referentiels/${framework}/${version}">${version}</a></small>
    </h3>
    !${remarks.length === 0 ? '' : html`<p class="remark">${capital(remarks.join(' ; '))}.</p>`}
    <ul class="levels">
      !${group.map((one) => competenceItem(one, proposed))}
    </ul>`
}

function competenceItem({ framework, version, code, level, weight, label, levels }: Shown, proposed: boolean): string {
  const words = typeof level === 'number' ? `niveau ${level} sur ${levels.at(-1)}${proposed ? ' (proposé)' : ''}` : ''
  return html`<li>
    <span class="code">${code}</span>
    <a href="/referentiels/${framework}/${version}/${code}" lang="${label.lang}">${label.text}</a>
    !${weight ? html`<strong>${weight}</strong>` : ''}
    !${words === '' ? '' : html`<strong>!${levelMeter(level!)} ${words}</strong>`}
  </li>`
}

/** Eight segments, filled up to the level; the words beside it say the same. */
export const levelMeter = (level: number): string =>
  html`<span class="meter" data-level="${level}" aria-hidden="true"></span>`

/** A sentence's first letter in capital. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** A state in one word; the colour says it again, never alone. */
export const tag = (words: string, tone: 'valid' | 'invalid' | 'waiting' | 'none' = 'none'): string =>
  html`<span class="tag" data-tone="${tone}">${words}</span>`

/** What a list says when nothing is in it: why, and what to do next (markup). */
export const emptyList = (why: string, next = ''): string =>
  html`<div class="empty">
    <p>${why}</p>
    !${next}
  </div>`

/** Where the rest of a list is, when there is more. */
export const nextPage = (
  path: string,
  query: Record<string, string | number | undefined>,
  next: string | null,
): string => {
  if (next === null) return ''
  const known = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  const search = new URLSearchParams([
    ...known.map(([key, value]): [string, string] => [key, String(value)]),
    ['after', next],
  ])
  return html`<p><a href="${path}?${search.toString()}" rel="next">Voir la suite</a></p>`
}

/** A number as the French write it. */
export const count = (value: number): string => value.toLocaleString('fr-FR')

/** A count with its noun: none and one are singular in French. */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${Math.abs(value) < 2 ? one : many}`
