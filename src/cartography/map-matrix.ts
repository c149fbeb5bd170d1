import { FAMILY_WORDS } from '../referential/metier-view.ts'
import { count, scrollTable } from '../web/components.ts'
import { html } from '../web/html.ts'
import { sideOf } from './bridges.ts'
import type { CartographyMap } from './map.ts'
import type { Found } from './map-search.ts'
import { AXIS_WORDS, competenceLink, frameworkName, WEIGHT_WORDS } from './map-words.ts'
import type { Requirement } from './metier-reading.ts'
import { supplyOf } from './supply.ts'

type Metier = Found['metiers'][number]
type Competence = Found['competences'][number]
type Grid = {
  columns: Metier[]
  cells: Map<string, Requirement>
  supply: ReturnType<typeof supplyOf>
}

/** Words short enough to stand above a few columns. */
const FAMILY_SHORT: Record<string, string> = {
  mediation: 'Médiation',
  formation: 'Formation',
  encadrement: 'Encadrement',
  support: 'Appui',
}

/** Who asks what, as a table whose cells are drawn: competences by area, métiers by family, and what teaches each competence. */
export function matrix(map: CartographyMap, requirements: Found['requirements']): string {
  const asking = new Set(requirements.map((one) => one.metier))
  const asked = new Set(requirements.map((one) => one.competence))
  const columns = map.metiers.filter((one) => asking.has(one.slug)).toSorted(byFamily)
  const rows = map.competences.filter((one) => asked.has(one.key))
  const kept = new Set(requirements.map((one) => `${one.metier} ${one.competence}`))
  const cells = new Map(
    columns
      .flatMap(({ slug }) => sideOf(map, slug).asked.map((one) => [`${slug} ${one.competence}`, one] as const))
      .filter(([at]) => kept.has(at)),
  )
  const grid = { columns, cells, supply: supplyOf(map) }
  const axes = Object.entries(AXIS_WORDS).map(([axis, words]) => ({
    words,
    some: rows.filter((one) => one.axis === axis),
  }))
  return scrollTable(
    'Métiers et compétences',
    html`<table class="map" data-trace>
      <caption>
        Ce que chaque métier ou fonction demande, et combien de modules et de badges y répondent
      </caption>
      <colgroup>
        <col />
        !${columns.map(() => '<col />')}
        <col />
        <col />
      </colgroup>
      <thead>
        !${familyRow(columns)}
        <tr>
          !${columns.map((one, index) => metierHead(one, index + 1))}
        </tr>
      </thead>
      !${axes.map(({ words, some }) => (some.length === 0 ? '' : axisBody(map, grid, words, some)))}
    </table>`,
  )
}

const familyOf = ({ kind, family }: Metier): string => (kind === 'metier' ? (family ?? '') : kind)
const FAMILY_ORDER = [...Object.keys(FAMILY_WORDS), '', 'role', 'scheme']

const byFamily = (a: Metier, b: Metier): number =>
  FAMILY_ORDER.indexOf(familyOf(a)) - FAMILY_ORDER.indexOf(familyOf(b)) ||
  a.label.feminine.localeCompare(b.label.feminine, 'fr')

/** Each family over its columns; upright where it has only a few. */
function familyRow(columns: Metier[]): string {
  const families = Map.groupBy(columns, familyOf)
  const heads = [...families].map(([family, some]) => {
    const words = family === 'role' ? 'Fonctions' : (FAMILY_SHORT[family] ?? 'Autres métiers')
    return html`<th scope="colgroup" colspan="${some.length}" !${some.length < 3 ? 'class="map-upright"' : ''}>
      <div>${words}</div>
    </th>`
  })
  return html`<tr>
    <th rowspan="2" scope="col">Compétence</th>
    !${heads}
    <th rowspan="2" scope="col" class="map-upright"><div>Modules</div></th>
    <th rowspan="2" scope="col" class="map-upright"><div>Badges</div></th>
  </tr>`
}

const metierHead = (metier: Metier, column: number): string =>
  html`<th scope="col" class="map-upright" data-column="${column}" data-status="${metier.status}">
    <div>
      <a href="/cartographie/metiers/${metier.slug}">!${twoLines(metier)}</a>
      !${metier.status === 'proposed' ? html`<small>(proposé)</small>` : ''}
    </div>
  </th>`

const twoLines = ({ label: { feminine, masculine } }: Metier): string =>
  feminine === masculine ? html`${feminine}` : html`${feminine},<br />${masculine}`

function axisBody(map: CartographyMap, grid: Grid, words: string, rows: Competence[]): string {
  const totals = grid.columns.map(({ slug }) => rows.filter((one) => grid.cells.has(`${slug} ${one.key}`)).length)
  return html`<tbody>
      <tr class="map-axis">
        <th scope="rowgroup">
          ${words} <small>${[...new Set(rows.map((one) => frameworkName(map, one)))].join(' ; ')}</small>
        </th>
        !${totals.map((total) => html`<td>${total === 0 ? '' : count(total)}</td>`)}
        <td></td>
        <td></td>
      </tr>
    </tbody>
    !${[...Map.groupBy(rows, (one) => one.parent)].map(([parent, some]) => areaBody(map, grid, parent, some))}`
}

function areaBody(map: CartographyMap, grid: Grid, parent: string | null, rows: Competence[]): string {
  const area = map.areas.find((one) => one.key === parent)
  return html`<tbody>
    <tr class="map-area">
      <th scope="rowgroup" colspan="${grid.columns.length + 3}">${area?.label ?? 'Autres'}</th>
    </tr>
    !${rows.map((one) => row(grid, one))}
  </tbody>`
}

function row({ columns, cells, supply }: Grid, competence: Competence): string {
  const { teachers, badges, blocks } = supply(competence.key)
  const shown = badges.length + blocks.length + teachers.filter((one) => one.badge).length
  return html`<tr data-cells>
    <th scope="row">!${competenceLink(competence)}</th>
    !${columns.map((one) => cell(cells.get(`${one.slug} ${competence.key}`)))}
    <td class="map-count">!${amount(teachers.length)}</td>
    <td class="map-count">!${amount(shown)}</td>
  </tr>`
}

function cell(requirement: Requirement | undefined): string {
  if (!requirement) return '<td></td>'
  const { importance, level, status } = requirement
  return html`<td data-said="${status}">!${sign(importance, level)}</td>`
}

/** A shape for each importance, with its words for those who do not see it. */
export function sign(importance: 'essential' | 'useful' | null, level: number | null): string {
  const kind = importance ?? 'unsaid'
  const words = `${WEIGHT_WORDS[kind]}${typeof level === 'number' ? `, niveau ${level}` : ''}`
  return html`<span class="asks" data-asks="${kind}" role="img" title="${words}"></span>`
}

const amount = (value: number): string => (value === 0 ? html`<strong>aucun</strong>` : html`${count(value)}`)
