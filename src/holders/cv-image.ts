import { renderAsync } from '@resvg/resvg-js'
import { badgeImageSvg } from '../badges/render.ts'
import { parisDate } from '../days.ts'
import { checkedWords, markOf, nameOf, provenIssuer } from '../wallet/marks.ts'
import type { ImportedBadge } from '../wallet/read-imports.ts'
import { html } from '../web/html.ts'
import { outline, printable, type Weight, wrap } from '../web/lettering.ts'
import { qrPath } from '../web/qr.ts'
import { type Cv, type CvBadge, fullName } from './cv.ts'
import { ELSEWHERE_TITLE } from './elsewhere-words.ts'

const WIDTH = 1600
const MARGIN = 60
const GAP = 48
const ROW = 232
const HEADER = 190
/** A badge of elsewhere, on the whole width, and the title over them. */
const APART_ROW = 116
const APART_HEADER = 76
const [INK, MUTED, GREEN] = ['#20262b', '#545c61', '#0f5a56']

/** The block as a strip to put in a document: drawn, so that it looks the same everywhere. */
export function cvSvg({ badges, elsewhere, name, link }: Cv, now: Date): string {
  const columns = badges.length === 1 ? 1 : 2
  const width = (WIDTH - 2 * MARGIN - (columns - 1) * GAP) / columns
  const below = HEADER + Math.ceil(badges.length / columns) * ROW
  const apart = elsewhere.length === 0 ? 0 : APART_HEADER + elsewhere.length * APART_ROW
  const height = below + apart + MARGIN / 2
  const title = name === null ? 'Compétences vérifiables' : `Compétences vérifiables de ${fullName(name)}`
  const cells = badges.map((badge, rank) =>
    cell(badge, {
      x: MARGIN + (rank % columns) * (width + GAP),
      y: HEADER + Math.floor(rank / columns) * ROW,
      width,
      hasQr: link === null,
    }),
  )
  const eachCode = badges.length === 0 ? '' : 'Chaque code mène à la page du badge, où il se vérifie.'
  const under = link === null ? eachCode : 'Le code mène à la page où tout se vérifie.'
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
    !${cells} !${elsewhere.length === 0 ? '' : apartRows(elsewhere, below, now)}
  </svg>`
}

/** The same as a PNG. */
export async function cvPng(cv: Cv, now: Date): Promise<Buffer> {
  const options = { fitTo: { mode: 'width', value: WIDTH }, font: { loadSystemFonts: false } } as const
  return (await renderAsync(cvSvg(cv, now), options)).asPng()
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

/** Those of elsewhere under a title of their own, without the image that makes ours known. */
function apartRows(badges: ImportedBadge[], top: number, now: Date): string {
  const line = { x: MARGIN, width: WIDTH - 2 * MARGIN, most: 1 } as const
  return html`<rect x="${MARGIN}" y="${top + 8}" width="${WIDTH - 2 * MARGIN}" height="2" fill="${MUTED}" />
    !${text(ELSEWHERE_TITLE, { ...line, y: top + 56, size: 32, weight: 'bold', fill: INK })}
    !${badges.map((badge, rank) => {
      const y = top + APART_HEADER + rank * APART_ROW + 34
      const when = badge.validFrom ? `, ${parisDate(badge.validFrom).slice(0, 4)}` : ''
      return html`!${text(nameOf(badge), { ...line, y, size: 28, weight: 'bold', fill: INK })}
      !${text(`${provenIssuer(badge)}${when}`, { ...line, y: y + 34, size: 24, fill: MUTED })}
      !${text(`${markOf(badge, now)}. ${checkedWords(badge)}`, { ...line, y: y + 66, size: 24, fill: MUTED })}`
    })}`
}

type Words = { x: number; y: number; size: number; width: number; most: number; fill: string; weight?: Weight }

const text = (words: string, { x, y, fill, ...box }: Words): string => {
  const { size, weight = 'regular' } = box
  return wrap(printable(words), box)
    .map((line, n) => outline(line, { x, y: y + n * size * 1.25, size, weight, fill }))
    .join('')
}
