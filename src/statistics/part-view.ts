import { scrollTable } from '../web/components.ts'
import { html } from '../web/html.ts'
import { pageDrawing } from './chart-ink.ts'
import { chartWords, drawChart } from './charts.ts'
import { MAP_CREDIT } from './choropleth.ts'
import { gridKey, gridTable, type ToneKey } from './grid.ts'
import type { Part } from './parts.ts'

/** What every chart and table says beside itself. */
export type Told = { population: string; caution: string | null; period: string; path: string; tables: string }

/** Lines shown at once; the others unfold. */
const SHOWN = 15

/** A chart and its table under a title of that level, side by side where there is room, with what they count, and their files. */
export async function partView(part: Part, told: Told, level: 2 | 3 = 3): Promise<string> {
  const { name, title, unit, chart } = part
  const { population, caution, period, path, tables } = told
  const isGrid = chart?.form === 'grid'
  return html`<section class="figured">
    !${level === 2 ? html`<h2 id="${name}">${title}</h2>` : html`<h3 id="${name}">${title}</h3>`}
    <p class="told">
      <strong>Unité</strong> : ${unit}. <strong>Population</strong> : ${population}. <strong>Période</strong> :
      ${period}.!${caution ? html` <strong>Réserve</strong> : ${caution}` : ''}
    </p>
    <div class="${isGrid ? 'one' : 'two'}">
      !${chart && !isGrid ? await figure(part) : ''}
      <div>!${isGrid ? gridPart(part) : partTable(part)}</div>
    </div>
    <p class="formats">
      !${chart ? html`<a href="${path}/graphiques/${name}.svg" download>Graphique (SVG)</a> <a href="${path}/graphiques/${name}.png" download>(PNG)</a>` : ''}
      <a href="${tables}.csv" download>Tableau (CSV)</a> <a href="${tables}.json">(JSON)</a>
    </p>
  </section>`
}

async function figure({ name, title, unit, chart }: Part): Promise<string> {
  if (!chart) return ''
  const drawing = await drawChart(chart, unit)
  return html`<figure>
    !${pageDrawing(drawing, { id: `g-${name}`, title, about: chartWords(chart, unit) })}
    !${chart.form === 'map' ? html`<figcaption>Classes d’autant de départements que possible (quantiles). ${MAP_CREDIT}.</figcaption>` : ''}
  </figure>`
}

function partTable({ title, heads, rows }: Part): string {
  const table = (some: string[][], label: string): string =>
    scrollTable(
      `Tableau : ${label}`,
      html`<table class="counts">
        <thead>
          <tr>
            !${heads.map((one) => html`<th scope="col">${one}</th>`)}
          </tr>
        </thead>
        <tbody>
          !${some.map(
            ([head = '', ...cells]) =>
              html`<tr>
                <th scope="row">${head}</th>
                !${cells.map((one) => html`<td>${one}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>`,
    )
  return html`!${table(rows.slice(0, SHOWN), title)}
  !${folded(rows.length, () => table(rows.slice(SHOWN), `${title}, suite`))}`
}

const folded = (lines: number, rest: () => string): string =>
  lines <= SHOWN
    ? ''
    : html`<details>
        <summary>${lines - SHOWN === 1 ? 'La dernière ligne' : `Les ${lines - SHOWN} lignes suivantes`}</summary>
        !${rest()}
      </details>`

/** A grid is its own chart: the table, coloured, with its key. Month by month, it is unfolded by who looks for it. */
function gridPart({ name, title, unit, chart }: Part): string {
  if (chart?.form !== 'grid') return ''
  const { grid } = chart
  const label = `Tableau : ${title}`
  const key = toneKey(gridKey(grid, unit))
  if (name.endsWith('-mois')) {
    return html`<details>
      <summary>Voir le tableau, mois par mois</summary>
      !${key} !${scrollTable(label, gridTable(grid))}
    </details>`
  }
  return html`!${key} !${scrollTable(label, gridTable(grid, 0, SHOWN))}
  !${folded(grid.rows.length, () => scrollTable(`${label}, suite`, gridTable(grid, SHOWN)))}`
}

/** The bounds of the classes, each beside its colour. */
const toneKey = (key: readonly ToneKey[]): string =>
  key.length === 0
    ? ''
    : html`<ul class="chart-key">
        !${key.map(({ tone, words }) => html`<li><span data-tone="${tone}" aria-hidden="true"></span> ${words}</li>`)}
      </ul>`
