import { count } from '../web/components.ts'
import { widthOf } from '../web/lettering.ts'
import { html } from '../web/html.ts'
import { CLASSES, type Drawing, ink, type Key, lines, text } from './chart-ink.ts'
import { classOf, type Classes, classWords, quantileClasses, toneOf } from './quantiles.ts'

/** A cell: null is withheld, undefined has nothing to say. `sign` stands beside the number, with its words. */
export type GridCell = { value: number | null | undefined; sign?: { mark: string; words: string } }
/** A table whose cells are as dark as their counts are large. */
export type Grid = { corner: string; columns: string[]; rows: { label: string; cells: GridCell[] }[] }

const classesOf = ({ rows }: Grid): Classes =>
  quantileClasses(rows.flatMap(({ cells }) => cells.flatMap(({ value }) => value ?? [])))

/** The grid as a table, its cells coloured; the number is always written. */
export function gridTable(grid: Grid, from = 0, to = grid.rows.length): string {
  const classes = classesOf(grid)
  return html`<table class="heat">
    <thead>
      <tr>
        <th scope="col">${grid.corner}</th>
        !${grid.columns.map((one) => html`<th scope="col"><div>${one}</div></th>`)}
      </tr>
    </thead>
    <tbody>
      !${grid.rows.slice(from, to).map(
        ({ label, cells }) =>
          html`<tr>
            <th scope="row">${label}</th>
            !${cells.map((one) => cellMarkup(classes, one))}
          </tr>`,
      )}
    </tbody>
  </table>`
}

function cellMarkup(classes: Classes, { value, sign }: GridCell): string {
  if (value === undefined) return '<td></td>'
  const mark = sign
    ? html`<span aria-hidden="true">${sign.mark}</span><span class="heard">${sign.words} : </span> `
    : ''
  if (value === null) return html`<td data-tone="secret">!${mark}<span class="secret">secret</span></td>`
  if (value === 0) return html`<td data-tone="zero">!${mark}0</td>`
  return html`<td data-tone="${toneOf(classes, classOf(classes, value)) + 1}">!${mark}${count(value)}</td>`
}

/** What a colour means, and its name in the style of the pages. */
export type ToneKey = Key & { tone: string }

/** The bounds of the colours of a grid, in words. */
export function gridKey(grid: Grid, unit: string): ToneKey[] {
  const classes = classesOf(grid)
  const isSecret = grid.rows.some(({ cells }) => cells.some(({ value }) => value === null))
  const told = classes.map((one, at) => {
    const tone = toneOf(classes, at)
    return { fill: CLASSES[tone]!, tone: String(tone + 1), words: `${classWords(one)} ${unit}` }
  })
  const secret = { fill: ink.hatched, tone: 'secret', words: 'secret : le nombre n’est pas publié' }
  return isSecret ? [...told, secret] : told
}

const CELL = { width: 58, height: 30 }
const LABEL = 330
const SIZE = 13

/** The same, as a drawing: for a file, where a table cannot go. */
export function drawGrid(grid: Grid, unit: string): Drawing {
  const classes = classesOf(grid)
  const heads = grid.columns.map((one) => lines(one.replace('\n', ' '), SIZE, 190).slice(0, 3))
  const top = Math.max(...heads.flat().map((one) => widthOf(one, SIZE))) + 14
  let y = top
  const parts = heads.map((some, at) => {
    const x = LABEL + at * CELL.width + CELL.width / 2 - (some.length - 1) * 8 + 4
    return html`<g transform="translate(${x} ${top - 8}) rotate(-90)"
      >!${some.map((one, line) => text(one, { x: 0, y: line * 16, size: SIZE }))}</g
    >`
  })
  for (const { label, cells } of grid.rows) {
    const words = lines(label, SIZE, LABEL - 12)
    const height = Math.max(CELL.height, words.length * 17 + 8)
    const middle = y + height / 2
    parts.push(
      ...words.map((one, line) =>
        text(one, { x: 0, y: middle + 5 + (line - (words.length - 1) / 2) * 17, size: SIZE }),
      ),
      ...cells.map((one, at) => cellDrawing(classes, one, { x: LABEL + at * CELL.width, y, height })),
    )
    y += height
  }
  return {
    width: LABEL + grid.columns.length * CELL.width,
    height: y + 6,
    content: parts.join(''),
    key: gridKey(grid, unit),
  }
}

function cellDrawing(
  classes: Classes,
  { value, sign }: GridCell,
  at: { x: number; y: number; height: number },
): string {
  if (value === undefined) return ''
  const tone = value === null || value === 0 ? -1 : toneOf(classes, classOf(classes, value))
  const fill = value === null ? ink.hatched : tone < 0 ? ink.paper : CLASSES[tone]!
  const words = [sign?.mark, value === null ? '' : count(value)].filter(Boolean).join(' ')
  return html`<rect x="${at.x}" y="${at.y}" width="${CELL.width}" height="${at.height}" fill="${fill}" stroke="${ink.line}" stroke-width="0.6" />!${text(words, { x: at.x + CELL.width / 2, y: at.y + at.height / 2 + 5, size: SIZE, anchor: 'middle', fill: tone > 2 ? '#ffffff' : ink.text })}` // prettier-ignore
}
