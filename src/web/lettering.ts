import { readFileSync } from 'node:fs'
import { create, type Font } from 'fontkit'
import { html } from './html.ts'

export type Weight = 'regular' | 'bold'

const file = (path: string): URL => new URL(`../../node_modules/${path}`, import.meta.url)
const atkinson = (name: string): URL =>
  file(`@fontsource/atkinson-hyperlegible/files/atkinson-hyperlegible-${name}-normal.woff`)

/** The typeface of the pages, and behind it one that knows nearly every script: names are written in all of them. */
export const FONT_FILES: Record<Weight, URL[]> = {
  regular: [atkinson('latin-400'), atkinson('latin-ext-400'), file('dejavu-fonts-ttf/ttf/DejaVuSans.ttf')],
  bold: [atkinson('latin-700'), atkinson('latin-ext-700'), file('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf')],
}

const opened = new Map<string, Font>()

function open(url: URL): Font {
  const known = opened.get(url.href) ?? (create(readFileSync(url)) as Font)
  opened.set(url.href, known)
  return known
}

// What moves or hides its neighbours in a line: directions forced from outside, and what is no sign at all.
const INVISIBLE = /[\u200E\u200F\u061C\u202A-\u202E\u2066-\u2069\uFEFF]/g

/** A text as it can be drawn: nothing in it acts on what surrounds it. */
export const printable = (text: string): string =>
  text
    .toWellFormed()
    .normalize('NFC')
    .replaceAll(INVISIBLE, '')
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, (sign) => (sign === '\n' ? '\n' : ' '))

const RIGHT_TO_LEFT = '\\p{Script=Arabic}\\p{Script=Hebrew}\\p{Script=Syriac}\\p{Script=Thaana}\\p{Script=Nko}'
const STRETCH = new RegExp(
  `([${RIGHT_TO_LEFT}][${RIGHT_TO_LEFT}\\p{M}]*(?:[\\s\\p{P}]+[${RIGHT_TO_LEFT}\\p{M}]+)*)`,
  'u',
)

/** A piece of a line that is drawn at once: one typeface (the rank of its file in `FONT_FILES`), one direction. */
export type Piece = { text: string; font: number }

/** The pieces of a line, as they are drawn one after the other: words from right to left are one, with what is between. */
export const piecesOf = (line: string, weight: Weight): Piece[] =>
  line
    .split(STRETCH)
    .filter((part) => part !== '')
    .flatMap((part) => runsOf(part, weight))

/** A text cut where its typeface changes. */
function runsOf(text: string, weight: Weight): Piece[] {
  const runs: Piece[] = []
  for (const sign of text) {
    const code = sign.codePointAt(0)!
    const found = FONT_FILES[weight].findIndex((url) => open(url).hasGlyphForCodePoint(code))
    const last = runs.at(-1)
    // A space or a mark that the present face knows stays with the word that it belongs to.
    const font = last && open(FONT_FILES[weight][last.font]!).hasGlyphForCodePoint(code) ? last.font : found
    if (last && (font === last.font || font < 0)) last.text += sign
    else runs.push({ text: sign, font: Math.max(font, 0) })
  }
  return runs
}

/** How wide a text is, in pixels. */
export const widthOf = (text: string, size: number, weight: Weight = 'regular'): number =>
  laidOut(text, size, weight).reduce((sum, one) => sum + one.width, 0)

const laidOut = (text: string, size: number, weight: Weight) =>
  piecesOf(text, weight).map((run) => {
    const font = open(FONT_FILES[weight][run.font]!)
    const scale = size / font.unitsPerEm
    const { glyphs, positions, advanceWidth } = font.layout(run.text)
    return { glyphs, positions, scale, width: advanceWidth * scale }
  })

/** Words on as many lines as they need, `most` at the most; what is beyond is cut with an ellipsis. */
export function wrap(text: string, { size, width, most, weight = 'regular' }: Box): string[] {
  const fits = (line: string): boolean => widthOf(line, size, weight) <= width
  const cut = (line: string): string => {
    // By halves: a word of thousands of letters is measured a dozen times, not thousands.
    let [kept, beyond] = [0, line.length]
    while (kept < beyond) {
      const middle = Math.ceil((kept + beyond) / 2)
      if (fits(`${line.slice(0, middle)}…`)) kept = middle
      else beyond = middle - 1
    }
    return `${line.slice(0, kept).trimEnd()}…`
  }
  const lines: string[] = []
  let line = ''
  // No image shows more than that; the rest need not be measured.
  for (const word of text.slice(0, 2000).split(/\s+/).filter(Boolean)) {
    const longer = line === '' ? word : `${line} ${word}`
    if (fits(longer) || line === '') line = longer
    else {
      lines.push(line)
      line = word
    }
    if (lines.length === most) break
  }
  if (lines.length < most && line !== '') lines.push(line)
  else if (line !== '' && lines.length === most) lines[most - 1] = cut(`${lines[most - 1]} ${line}`)
  return lines.map((one) => (fits(one) ? one : cut(one)))
}

type Box = { size: number; width: number; most: number; weight?: Weight }
type Place = { x: number; y: number; size: number; fill: string; weight?: Weight }

/** A line of text as outlines in an SVG: it looks the same wherever it is drawn, whatever fonts are there. */
export function outline(text: string, { x, y, size, fill, weight = 'regular' }: Place): string {
  let at = x
  const paths: string[] = []
  for (const { glyphs, positions, scale, width } of laidOut(text, size, weight)) {
    let pen = at
    glyphs.forEach((glyph, index) => {
      const { xOffset, yOffset, xAdvance } = positions[index]!
      const d = glyph.path
        .scale(scale, -scale)
        .translate(pen + xOffset * scale, y - yOffset * scale)
        .toSVG()
      if (d !== '') paths.push(d)
      pen += xAdvance * scale
    })
    at += width
  }
  return html`<path fill="${fill}" d="${paths.join('')}" />`
}
