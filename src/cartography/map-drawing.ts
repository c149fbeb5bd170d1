import { html } from '../web/html.ts'

/** A box of a drawing: its words, where it leads, a shorter line under them. */
export type Box = {
  id: string
  words: string
  href: string
  under?: string | undefined
  /** What sets it apart: how much it is asked, that nothing answers to it, that it stands under the box before. */
  tone?: 'essential' | 'useful' | 'unsaid' | undefined
  isMissing?: boolean
  isInside?: boolean
  hasBadge?: boolean
}

/** A column of a drawing, in groups with a title. */
export type Layer = { groups: { title: string; boxes: Box[] }[] }
export type Edge = { from: string; to: string }
type Drawing = { id: string; title: string; about: string; layers: Layer[]; edges: Edge[] }

const WIDTH = 1160
const COLUMN = 322
const LINE = 17
const LETTER = 6.9 // the mean width of a letter, so that lines can be cut without a browser
const LETTER_SMALL = 6.3
const HEAD = 34
const GAP = 8

type Placed = Box & { x: number; y: number; width: number; height: number; lines: string[]; small: string | undefined }
type Heading = { x: number; y: number; title: string }

/**
 * Boxes in columns and the curves between them, as SVG whose boxes are links. Lengths are in pixels of a drawing 1160 wide; boxes keep
 * the order given. What it shows must be said elsewhere on the page too: it scrolls on a narrow screen.
 */
export function drawLayers({ id, title, about, layers, edges }: Drawing): string {
  const gutter = layers.length < 2 ? 0 : (WIDTH - layers.length * COLUMN) / (layers.length - 1)
  const packed = layers.map((layer) => placeColumn(layer, 0, GAP))
  const height = Math.max(...packed.map((one) => one.height))
  // Shorter columns are spread over the height of the longest: curves stay level.
  const columns = layers.map((layer, index) => {
    const { boxes, height: own } = packed[index]!
    return placeColumn(layer, index * (COLUMN + gutter), GAP + (height - own) / boxes.length)
  })
  const placed = new Map(columns.flatMap((one) => one.boxes).map((one) => [one.id, one]))
  const curves = edges.flatMap(({ from, to }) => {
    const [a, b] = [placed.get(from), placed.get(to)]
    return a && b ? [curve(a, b)] : []
  })
  return html`<svg
    class="layers"
    viewBox="0 0 ${WIDTH} ${height}"
    width="${WIDTH}"
    height="${height}"
    role="group"
    aria-labelledby="${id}-title ${id}-about"
    data-trace
  >
    <title id="${id}-title">${title}</title>
    <desc id="${id}-about">${about}</desc>
    <g class="curves" aria-hidden="true">!${curves}</g>
    !${columns.map((one) => html`!${one.headings.map(headingMarkup)} !${one.boxes.map(boxMarkup)}`)}
  </svg>`
}

function placeColumn(
  { groups }: Layer,
  x: number,
  gap: number,
): { boxes: Placed[]; headings: Heading[]; height: number } {
  let y = 0
  const boxes: Placed[] = []
  const headings: Heading[] = []
  for (const { title, boxes: some } of groups) {
    headings.push({ x, y: Math.round(y) + 18, title })
    y += HEAD
    for (const box of some) {
      const inset = box.isInside ? 18 : 0
      const lines = cut(box.words, Math.floor((COLUMN - inset - (box.tone || box.hasBadge ? 44 : 24)) / LETTER), 2)
      const under = box.under && cut(box.under, Math.floor((COLUMN - inset - 24) / LETTER_SMALL), 1)[0]
      const height = (lines.length + (under ? 1 : 0)) * LINE + 12
      boxes.push({ ...box, x: x + inset, y: Math.round(y), width: COLUMN - inset, height, lines, small: under })
      y += height + gap
    }
    y += GAP
  }
  return { boxes, headings, height: y }
}

/** A text on so many lines of so many letters at most; what does not fit is said by an ellipsis. */
export function cut(text: string, letters: number, most: number): string[] {
  const lines: string[] = []
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + word.length < letters) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word.slice(0, letters))
  }
  if (lines.length <= most) return lines
  const last = lines[most - 1]!
  return [...lines.slice(0, most - 1), `${last.slice(0, letters - 1)}…`]
}

function curve(from: Placed, to: Placed): string {
  const [x1, y1] = [from.x + from.width, Math.round(from.y + from.height / 2)]
  const [x2, y2] = [to.x, Math.round(to.y + to.height / 2)]
  const half = Math.round((x1 + x2) / 2)
  return html`<path
    d="M${x1} ${y1}C${half} ${y1} ${half} ${y2} ${x2} ${y2}"
    data-from="${from.id}"
    data-to="${to.id}"
  />`
}

const headingMarkup = ({ x, y, title }: Heading): string => html`<text class="head" x="${x}" y="${y}">${title}</text>`

function boxMarkup({
  id,
  words,
  href,
  under,
  tone,
  isMissing,
  hasBadge,
  x,
  y,
  width,
  height,
  lines,
  small,
}: Placed): string {
  const left = x + (tone ? 30 : 12)
  return html`<a href="${href}" data-box="${id}" !${isMissing ? 'data-missing' : ''}>
    <title>${[words, under, hasBadge && 'avec un badge'].filter(Boolean).join(', ')}</title>
    <rect x="${x}" y="${y}" width="${width}" height="${height}" rx="5" />
    !${tone ? html`<circle data-asks="${tone}" cx="${x + 16}" cy="${y + 15}" r="${tone === 'unsaid' ? 3 : 5.5}" />` : ''}
    !${hasBadge ? html`<path class="medal" d="M${x + width - 20} ${y + 8}l6 3.5v7l-6 3.5l-6 -3.5v-7z" />` : ''}
    <text x="${left}" y="${y + LINE + 2}">
      !${lines.map((line, index) => html`<tspan x="${left}" dy="${index === 0 ? 0 : LINE}">${line} </tspan>`)}
      !${small ? html`<tspan class="under" x="${left}" dy="${LINE}">${small}</tspan>` : ''}
    </text>
  </a>`
}
