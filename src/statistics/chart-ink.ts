import { outline, widthOf } from '../web/lettering.ts'
import { html } from '../web/html.ts'

/**
 * The inks of a chart: the colour that it is drawn with, which is also that of its files on white paper, and what stands for it in a
 * page, where it follows light and dark.
 */
const INKS = {
  text: ['#20262b', 'var(--pico-color)'],
  muted: ['#545c61', 'var(--pico-muted-color)'],
  line: ['#a9a496', 'var(--chart-line)'],
  paper: ['#fffffe', 'var(--pico-background-color)'],
  bar: ['#0f5a56', 'var(--pico-primary)'],
  hatched: ['#abcdef', 'url(#hachures)'],
  class1: ['#d9eae5', 'var(--chart-1)'],
  class2: ['#a3cfc6', 'var(--chart-2)'],
  class3: ['#5fa79c', 'var(--chart-3)'],
  class4: ['#2b7d74', 'var(--chart-4)'],
  class5: ['#0b4a46', 'var(--chart-5)'],
} as const
type Ink = keyof typeof INKS

export const ink = Object.fromEntries(Object.entries(INKS).map(([name, [drawn]]) => [name, drawn])) as Record<
  Ink,
  string
>
/** From the least to the most. */
export const CLASSES = [ink.class1, ink.class2, ink.class3, ink.class4, ink.class5] as const

const FONT = "'Atkinson Hyperlegible', sans-serif"

/** What a fill of a drawing means. */
export type Key = { fill: string; words: string }
/**
 * A drawing: its size, and what is in it, drawn with the inks; texts are plain `<text>` with `x`, `y`, `font-size`, `fill`. Its key stands
 * beside it in a page, below it in a file.
 */
export type Drawing = { width: number; height: number; content: string; key?: readonly Key[] }
type Told = { id: string; title: string; about: string }

/** A drawing in a page: told to who does not see it, in the colours of the page. Its table says the same. */
export function pageDrawing({ width, height, content, key = [] }: Drawing, { id, title, about }: Told): string {
  const hatched = `hachures-${id}`
  const inked = (markup: string): string =>
    Object.values(INKS)
      .reduce((text, [drawn, shown]) => text.replaceAll(`"${drawn}"`, `"${shown}"`), markup)
      .replaceAll('url(#hachures)', `url(#${hatched})`)
  return html`<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-titre ${id}-dit">
      <title id="${id}-titre">${title}</title>
      <desc id="${id}-dit">${about}</desc>
      !${hatch(hatched, 'var(--pico-muted-color)')} !${inked(content)}
    </svg>
    !${
      key.length === 0
        ? ''
        : html`<ul class="chart-key">
            !${key.map(({ fill, words }) => html`<li>!${inked(swatch(fill))} ${words}</li>`)}
          </ul>`
    }`
}

const swatch = (fill: string): string =>
  html`<svg viewBox="0 0 24 14" width="24" height="14" aria-hidden="true" focusable="false">
    <rect x=".5" y=".5" width="23" height="13" fill="${fill}" stroke="${INKS.muted[0]}" />
  </svg>`

const hatch = (id: string, stroke: string): string =>
  html`<defs>
    <pattern id="${id}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <rect width="1.6" height="6" fill="${stroke}" />
    </pattern>
  </defs>`

const MARGIN = 20
const SOURCE = 13

/** A drawing as a file of its own, on white, with its title above and its source below: what it may not be read without. */
export function fileDrawing(drawing: Drawing, told: Omit<Told, 'id'> & { source: readonly string[] }): string {
  const { height, content } = drawing
  const { wide, head, foot } = framed(drawing, told)
  const hatched = (markup: string): string => markup.replaceAll(`"${INKS.hatched[0]}"`, '"url(#hachures)"')
  const total = head.height + height + foot.height
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${wide} ${total}" width="${wide}" height="${total}" role="img" aria-labelledby="titre dit" font-family="${FONT}">`,
    html`<title id="titre">${told.title}</title><desc id="dit">${told.about}</desc>`,
    hatch('hachures', INKS.muted[0]),
    `<rect width="${wide}" height="${total}" fill="#ffffff"/>`,
    head.content,
    `<g transform="translate(${MARGIN} ${head.height})">`,
    hatched(content),
    `</g><g transform="translate(0 ${head.height + height})">`,
    hatched(foot.content),
    '</g></svg>',
  ].join('')
}

function framed({ width, key = [] }: Drawing, { title, source }: { title: string; source: readonly string[] }) {
  const wide = Math.max(width, 420) + 2 * MARGIN
  const titles = lines(title, 18, wide - 2 * MARGIN, 'bold')
  const said = source.flatMap((one) => lines(one, SOURCE, wide - 2 * MARGIN))
  return {
    wide,
    head: {
      height: MARGIN + titles.length * 24 + 12,
      content: titles
        .map((line, at) => text(line, { x: MARGIN, y: MARGIN + 16 + at * 24, size: 18, weight: 'bold' }))
        .join(''),
    },
    foot: {
      height: 14 + (key.length + said.length) * 20 + MARGIN,
      content: [
        ...key.map(({ fill, words }, at) => keyLine(fill, words, 14 + at * 20)),
        ...said.map((line, at) =>
          text(line, { x: MARGIN, y: 26 + (key.length + at) * 20, size: SOURCE, fill: INKS.muted[0] }),
        ),
      ].join(''),
    },
  }
}

const keyLine = (fill: string, words: string, y: number): string =>
  html`<rect x="${MARGIN + 0.5}" y="${y}" width="23" height="13" fill="${fill}" stroke="${INKS.muted[0]}" />
    !${text(words, { x: MARGIN + 32, y: y + 12, size: SOURCE + 1 })}`

/** The words of a text on as many lines as they need. */
export function lines(words: string, size: number, width: number, weight: 'regular' | 'bold' = 'regular'): string[] {
  const found: string[] = []
  for (const word of words.split(' ').filter((one) => one !== '')) {
    const longer = found.length === 0 ? word : `${found.at(-1)} ${word}`
    if (found.length > 0 && widthOf(longer, size, weight) <= width) found[found.length - 1] = longer
    else found.push(word)
  }
  return found
}

type Put = { x: number; y: number; size: number; fill?: string; anchor?: 'start' | 'middle' | 'end'; weight?: 'bold' }

/** A line of text in a drawing. */
export const text = (words: string, { x, y, size, fill = ink.text, anchor = 'start', weight }: Put): string =>
  html`<text x="${x}" y="${y}" font-size="${size}" fill="${fill}" text-anchor="${anchor}" !${weight ? 'font-weight="bold"' : ''}>${words}</text>` // prettier-ignore

/** The same file with its words as outlines: it is then drawn alike wherever no font is. */
export const outlined = (svg: string): string =>
  svg.replaceAll(/<text\b([^>]*)>([^<]*)<\/text>/g, (_, attributes: string, words: string) => {
    const of = (name: string): string | undefined => new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1]
    const size = Number(of('font-size'))
    const weight = of('font-weight') === 'bold' ? 'bold' : 'regular'
    const plain = words.replaceAll(/&(?:#(\d+)|(\w+));/g, (sign, code?: string, name?: string) =>
      code ? String.fromCodePoint(Number(code)) : (SIGNS[name!] ?? sign),
    )
    const shift = { start: 0, middle: 0.5, end: 1 }[of('text-anchor') ?? 'start'] ?? 0
    const x = Number(of('x')) - shift * widthOf(plain, size, weight)
    return outline(plain, { x, y: Number(of('y')), size, fill: of('fill')!, weight })
  })

const SIGNS: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"' }
