import { renderAsync } from '@resvg/resvg-js'
import { outline, wrap } from './lettering.ts'
import { keepLast } from './keep.ts'

/** What an image of a page shows: what kind of page it is, its title, a line about it, and an image (an SVG) beside them. */
type Preview = { kind: string; title: string; about?: string | null; figure?: string }

const WIDTH = 1200
const HEIGHT = 630
const MARGIN = 80
const INK = '#171c20'
const MUTED = '#545c61'
const GREEN = '#0f5a56'

/** The image shown where the link of a page is given, as SVG. All its words are outlines, whatever was typed in them. */
function previewSvg({ kind, title, about, figure }: Preview): string {
  const width = figure ? 620 : WIDTH - 2 * MARGIN
  const size = title.length > 60 ? 52 : 64
  const lines = wrap(title, { size, width, most: 4, weight: 'bold' })
  const top = lines.length > 2 ? 225 : 270
  const below = top + lines.length * size * 1.15
  const rest = wrap(about ?? '', { size: 30, width, most: lines.length > 3 ? 1 : 2 })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fdfbf6"/><rect width="18" height="${HEIGHT}" fill="${GREEN}"/>`,
    outline('Insigne', { x: MARGIN, y: 110, size: 40, fill: GREEN, weight: 'bold' }),
    outline(kind, { x: MARGIN, y: top - 62, size: 28, fill: MUTED }),
    ...lines.map((line, at) =>
      outline(line, { x: MARGIN, y: top + at * size * 1.15 + 20, size, fill: INK, weight: 'bold' }),
    ),
    ...rest.map((line, at) => outline(line, { x: MARGIN, y: below + 20 + at * 42, size: 30, fill: MUTED })),
    figure ? `<g transform="translate(750 125) scale(.742)">${figure}</g>` : '',
    '</svg>',
  ].join('')
}

// A few tens of kilobytes each; the ones asked for longest ago go first.
const keep = keepLast(200)

/** The same image as a PNG, drawn outside of this thread, once while it is asked for. */
export const previewPng = (preview: Preview): Promise<Buffer> =>
  keep(JSON.stringify(preview), async () =>
    (await renderAsync(previewSvg(preview), { font: { loadSystemFonts: false } })).asPng(),
  )
