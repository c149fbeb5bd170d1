import { renderAsync } from '@resvg/resvg-js'
import { badgeImageSvg } from '../badges/render.ts'
import { parisDate } from '../days.ts'
import { html } from '../web/html.ts'
import { outline, printable, type Weight, wrap } from '../web/lettering.ts'
import { qrPath } from '../web/qr.ts'
import { type Cv, type CvBadge, fullName } from './cv.ts'

const WIDTH = 1600
const MARGIN = 60
const GAP = 48
const ROW = 232
const HEADER = 190
const [INK, MUTED, GREEN] = ['#20262b', '#545c61', '#0f5a56']

/** The block as a strip to put in a document: drawn, so that it looks the same everywhere. */
export function cvSvg({ badges, name, link }: Cv): string {
  const columns = badges.length === 1 ? 1 : 2
  const width = (WIDTH - 2 * MARGIN - (columns - 1) * GAP) / columns
  const height = HEADER + Math.ceil(badges.length / columns) * ROW + MARGIN / 2
  const title = name === null ? 'Compétences vérifiables' : `Compétences vérifiables de ${fullName(name)}`
  const cells = badges.map((badge, rank) =>
    cell(badge, {
      x: MARGIN + (rank % columns) * (width + GAP),
      y: HEADER + Math.floor(rank / columns) * ROW,
      width,
      hasQr: link === null,
    }),
  )
  const under =
    link === null
      ? 'Chaque code mène à la page du badge, où il se vérifie.'
      : 'Le code mène à la page où tout se vérifie.'
  const room = WIDTH - 2 * MARGIN - (link === null ? 0 : 180)
  return html`<svg
    xmlns="http://www.w3.org/2000/svg"
    width="${WIDTH}"
    height="${height}"
    viewBox="0 0 ${WIDTH} ${height}"
    role="img"
    aria-label="${printable(title)}"
  >
    <rect width="${WIDTH}" height="${height}" fill="#fff" />
    <rect width="${WIDTH}" height="12" fill="${GREEN}" />
    !${text(title, { x: MARGIN, y: 88, size: 48, width: room, most: 1, weight: 'bold', fill: INK })}
    !${text(under, { x: MARGIN, y: 138, size: 28, width: room, most: 1, fill: MUTED })}
    !${link === null ? '' : html`<path d="${qrPath(link, { x: WIDTH - MARGIN - 160, y: 22, size: 160 })}" fill="#000" />`}
    !${cells}
  </svg>`
}

/** The same as a PNG. */
export async function cvPng(cv: Cv): Promise<Buffer> {
  const options = { fitTo: { mode: 'width', value: WIDTH }, font: { loadSystemFonts: false } } as const
  return (await renderAsync(cvSvg(cv), options)).asPng()
}

type Cell = { x: number; y: number; width: number; hasQr: boolean }

function cell(badge: CvBadge, { x, y, width, hasQr }: Cell): string {
  const { about, organisation, validFrom, validUntil, page } = badge
  const image = `data:image/svg+xml;base64,${Buffer.from(badgeImageSvg(about)).toString('base64')}`
  const left = x + 196
  const room = width - 196 - (hasQr ? 176 : 0)
  const until = validUntil ? `, valable jusqu’en ${parisDate(validUntil).slice(0, 4)}` : ''
  const names = wrap(printable(about.name), { size: 30, width: room, most: 3, weight: 'bold' })
  const below = y + 52 + names.length * 38
  const issuers = wrap(printable(organisation), { size: 26, width: room, most: 2 })
  const when = `${parisDate(validFrom).slice(0, 4)}${until}`
  return html`<image href="${image}" x="${x}" y="${y + 16}" width="176" height="176" />
    !${names.map((line, n) => outline(line, { x: left, y: y + 52 + n * 38, size: 30, weight: 'bold', fill: INK }))}
    !${issuers.map((line, n) => outline(line, { x: left, y: below + n * 34, size: 26, fill: MUTED }))}
    !${text(when, { x: left, y: below + issuers.length * 34, size: 26, width: room, most: 1, fill: MUTED })}
    !${hasQr ? html`<path d="${qrPath(page, { x: x + width - 160, y: y + 24, size: 160 })}" fill="#000" />` : ''}`
}

type Words = { x: number; y: number; size: number; width: number; most: number; fill: string; weight?: Weight }

const text = (words: string, { x, y, fill, ...box }: Words): string => {
  const { size, weight = 'regular' } = box
  return wrap(printable(words), box)
    .map((line, n) => outline(line, { x, y: y + n * size * 1.25, size, weight, fill }))
    .join('')
}
