import { renderAsync } from '@resvg/resvg-js'
import { drawBars, drawColumns } from './bar-charts.ts'
import { type Drawing, fileDrawing, outlined } from './chart-ink.ts'
import { drawMap, MAP_CREDIT } from './choropleth.ts'
import { drawGrid } from './grid.ts'
import { type Chart, MOST_BARS, type Part } from './parts.ts'
import { keepLast } from '../web/keep.ts'

// A few kilobytes each, 80 for a map: the pages of a few editions. Those asked for longest ago go first.
const drawOnce = keepLast(300)

/** The drawing of a chart, made once while it is asked for: what it shows alone decides how it looks. */
export function drawChart(chart: Chart, unit: string): Promise<Drawing> {
  const key = chart.form === 'map' ? JSON.stringify([...chart.areas, unit]) : JSON.stringify([chart, unit])
  return drawOnce(key, () => drawNow(chart, unit))
}

async function drawNow(chart: Chart, unit: string): Promise<Drawing> {
  if (chart.form === 'map') return drawMap(chart.areas, unit)
  if (chart.form === 'grid') return drawGrid(chart.grid, unit)
  return chart.form === 'bars' ? drawBars(chart.bars.slice(0, MOST_BARS), chart.whole) : drawColumns(chart.bars)
}

/** What a chart says, in a sentence, for who does not see it: the table beside it has every number. */
export function chartWords(chart: Chart, unit: string): string {
  if (chart.form === 'map') {
    const secret = [...chart.areas.values()].filter((one) => one === null).length
    return `Carte des départements, plus foncés quand le nombre (${unit}) est plus grand ; ${secret} sont secrets, les autres sans ligne dans le tableau sont à zéro.` // prettier-ignore
  }
  if (chart.form === 'grid') return `Tableau coloré : ${chart.grid.rows.length} lignes, ${chart.grid.columns.length} colonnes, en ${unit}.` // prettier-ignore
  const shown = chart.form === 'bars' ? chart.bars.slice(0, MOST_BARS) : chart.bars
  const secret = shown.filter(({ value }) => value === null).length
  const first = shown.find(({ value }) => value !== null && value === Math.max(...shown.map((one) => one.value ?? 0)))
  return [
    `${shown.length === 1 ? 'Une barre' : `${shown.length} barres`}, en ${unit}`,
    first && `la plus longue : ${first.label.replace('\n', ' ')}`,
    secret > 0 && `hachuré, ce qui est secret (${secret})`,
    shown.length < chart.bars.length && `les ${chart.bars.length - shown.length} lignes suivantes sont dans le tableau`,
  ].filter(Boolean).join(' ; ') // prettier-ignore
}

/** A chart as a file of its own; `source`: what it may not be read without. */
export async function chartSvg({ title, unit, chart }: Charted, source: readonly string[]): Promise<string> {
  const credit = chart.form === 'map' ? [`${MAP_CREDIT}.`] : []
  const drawing = await drawChart(chart, unit)
  return fileDrawing(drawing, { title, about: chartWords(chart, unit), source: [...source, ...credit] })
}

/** A chart with what it is called, and what it counts in. */
export type Charted = Pick<Part, 'title' | 'unit'> & { chart: Chart }

// A hundred kilobytes or so each.
const renderOnce = keepLast(60)

/** The same as a PNG, twice as large, drawn outside of this thread, once while it is asked for. */
export async function chartPng(charted: Charted, source: readonly string[]): Promise<Buffer> {
  const svg = await chartSvg(charted, source)
  return renderOnce(svg, async () => {
    const options = { fitTo: { mode: 'zoom', value: 2 }, font: { loadSystemFonts: false } } as const
    return (await renderAsync(outlined(svg), options)).asPng()
  })
}
