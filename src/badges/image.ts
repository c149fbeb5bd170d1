import { drawings, facets, type Layer, type Tone } from './pictograms.ts'

/** The kinds of badge, told by the outline: medal, hexagon, shield, sixteen-pointed star. */
export const KINDS = ['module', 'block', 'habilitation', 'milestone'] as const

/** The families of competences, told by the colour of the field. */
export const FAMILIES = [
  'information',
  'communication',
  'creation',
  'securite',
  'resolution',
  'accompagnement',
  'droits',
  'animation',
  'pilotage',
] as const

/** The drawings that a badge may carry. */
export const PICTOGRAMS = [
  'search',
  'folder',
  'chat',
  'people',
  'screen',
  'pencil',
  'shield',
  'lock',
  'leaf',
  'heart',
  'wrench',
  'puzzle',
  'handshake',
  'compass',
  'signpost',
  'scales',
  'building',
  'key',
  'book',
  'megaphone',
  'graduation',
  'clipboard',
  'coins',
  'child',
  'school',
  'ear',
  'globe',
  'star',
  'wheelchair',
  'network',
] as const

type Kind = (typeof KINDS)[number]
type Family = (typeof FAMILIES)[number]
type Pictogram = (typeof PICTOGRAMS)[number]

/** What a badge's image shows. `level` is a DigComp proficiency level, 1 to 8; `title` and `description` are read aloud. */
export type BadgeDesign = {
  kind: Kind
  family: Family
  pictogram: Pictogram
  level: number | null
  title: string
  description: string
}

// Luminances alternate along the list so that grey still separates neighbours, and every one of them keeps cream at
// 4.5:1 or better. Hues were spread by distance under normal, deuteranopic and protanopic vision.
const FIELDS: Record<Family, string> = {
  information: '#254da5',
  communication: '#037387',
  creation: '#760f60',
  securite: '#317649',
  resolution: '#4e2800',
  accompagnement: '#b2461f',
  droits: '#371a88',
  animation: '#4d4802',
  pilotage: '#24303b',
}
const CREAM = '#fff8ea'
const GOLD = '#f4cf7c'
const EDGE = '#c99b3f'
const INK = '#0d0c14'

// `ring` is the middle of the level band, clockwise from the top; the bands are strokes along it, hence parallel whatever
// the outline. Eight rays from the centre cut it, one each 45°: `cuts` are the points met on the way down the right side,
// top and bottom included, and `arcs` the lengths between them. Left mirrors right. All in user units.
type Ring = { ring: string; arcs: readonly number[]; cuts: readonly (readonly [x: number, y: number])[] }
type Shape = Ring & { points?: number; centre: number; scale: number }
const SHAPES: Record<Kind, Shape> = {
  module: { ...circle(210), centre: 256, scale: 5.8 },
  block: {
    ring: 'M256 41L442.2 148.5V363.5L256 471 69.8 363.5V148.5z',
    arcs: [157.4, 165.1, 165.1, 157.4],
    cuts: [
      [256, 41],
      [392.3, 119.7],
      [442.2, 256],
      [392.3, 392.3],
      [256, 471],
    ],
    centre: 256,
    scale: 5.4,
  },
  habilitation: {
    ring: 'M256 46C304 76 364 88 428 84V248C428 352 352 424 256 468 160 424 84 352 84 248V84C148 88 208 76 256 46z',
    arcs: [179, 172, 134.9, 153.1],
    cuts: [
      [256, 46],
      [428, 84],
      [427.8, 256],
      [379.1, 379.1],
      [256, 468],
    ],
    centre: 246,
    scale: 4.9,
  },
  milestone: { ...circle(174), points: 16, centre: 256, scale: 4.8 },
}
const BAND = 50
const GAP = 15

function circle(r: number): Ring {
  const side = fixed(r * Math.SQRT1_2)
  return {
    ring: `M256 ${256 - r}a${r} ${r} 0 0 1 0 ${2 * r}a${r} ${r} 0 0 1 0 ${-2 * r}z`,
    arcs: Array.from({ length: 4 }, () => fixed((r * Math.PI) / 4)),
    cuts: [
      [256, 256 - r],
      [256 + side, 256 - side],
      [256 + r, 256],
      [256 + side, 256 + side],
      [256, 256 + r],
    ],
  }
}

/**
 * The SVG of a badge: a standalone document in a 512 × 512 box, the same for the same design, without text, script or
 * anything fetched, so that it renders alike everywhere. It stays under 8 kB with a title and description under 3 kB.
 */
export function badgeSvg(design: BadgeDesign): string {
  // Ids are derived from the design: several badges may be inlined in one page.
  const { kind, family, pictogram: drawn, level, title, description } = design
  const id = hash(JSON.stringify([kind, family, drawn, level, title, description]))
  const shape = SHAPES[kind]
  const field = FIELDS[family]
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512" width="512" height="512" role="img"',
    ` aria-labelledby="t${id} d${id}"><title id="t${id}">${escapeXml(title)}</title>`,
    `<desc id="d${id}">${escapeXml(description)}</desc>`,
    plate(shape, field),
    levelRing(shape, level, field),
    pictogram(drawings[drawn], shape, field),
    '</svg>',
  ].join('')
}

function plate({ ring, points }: Shape, field: string): string {
  const line = (colour: string, width: number) => stroke(ring, colour, width)
  return `<g stroke-linejoin="round">${[
    points ? rays(points, field) : '',
    `<path fill="${field}" d="${ring}"/>`,
    line(mix(field, CREAM, 0.3), BAND + 24),
    line(field, BAND + 18),
    line(EDGE, BAND + 4),
    line(bandColour(field), BAND - 2),
  ].join('')}</g>`
}

function bandColour(field: string): string {
  return mix(field, INK, 0.62)
}

function rays(points: number, field: string): string {
  const half = (side: 1 | -1) => facets(256, 256, 250, 204, points, side)
  return [
    `<path fill="${EDGE}" stroke="${EDGE}" stroke-width="8" d="${half(1)}${half(-1)}"/>`,
    `<path fill="${mix(field, CREAM, 0.12)}" d="${half(-1)}"/>`,
    `<path fill="${mix(field, INK, 0.5)}" d="${half(1)}"/>`,
  ].join('')
}

// A level is told twice, by tone and by thickness, so that it survives grey printing and small sizes.
function levelRing({ ring, arcs, cuts }: Shape, level: number | null, field: string): string {
  if (level === null) return stroke(ring, GOLD, 9)
  const lengths = [...arcs, ...arcs.toReversed()]
  const total = (count: number) => fixed(lengths.slice(0, count).reduce((sum, length) => sum + length, 0))
  return [
    stroke(ring, mix(field, CREAM, 0.42), 7),
    stroke(ring, GOLD, 27, `${total(level)} ${total(lengths.length) + 9}`),
    stroke(cuts.map(spoke).join(''), bandColour(field), GAP),
  ].join('')
}

// A gap through the band and its mirror image, long enough to part the gold at a corner, too short to cut the edge.
function spoke([x, y]: readonly [x: number, y: number]): string {
  const away = Math.hypot(x - 256, y - 256)
  const [dx, dy] = [fixed((20 * (x - 256)) / away), fixed((20 * (y - 256)) / away)]
  const right = `M${fixed(x - dx)} ${fixed(y - dy)}l${2 * dx} ${2 * dy}`
  return x === 256 ? right : `${right}M${fixed(512 - x + dx)} ${fixed(y - dy)}l${-2 * dx} ${2 * dy}`
}

function pictogram(layers: readonly Layer[], { centre, scale }: Shape, field: string): string {
  const tones: Record<Tone, string> = { main: CREAM, accent: GOLD, cut: field }
  const shade = mix(field, INK, 0.55)
  const place = (dy: number) =>
    `translate(${fixed(256 - 24 * scale)} ${fixed(centre - 24 * scale + dy)}) scale(${scale})`
  const paint = ([tone, path, width]: Layer, colour = tones[tone]) =>
    width ? stroke(path, colour, width) : `<path fill="${colour}" d="${path}"/>`
  const open = (dy: number) => `<g stroke-linecap="round" stroke-linejoin="round" transform="${place(dy)}">`
  const solid = layers.filter(([tone]) => tone !== 'cut')
  return [
    open(6),
    ...solid.map((layer) => paint(layer, shade)),
    '</g>',
    open(0),
    ...layers.map((layer) => paint(layer)),
    '</g>',
  ].join('')
}

function stroke(path: string, colour: string, width: number, dashes?: string): string {
  const dashed = dashes ? ` stroke-dasharray="${dashes}"` : ''
  return `<path fill="none" stroke="${colour}" stroke-width="${width}"${dashed} d="${path}"/>`
}

function mix(from: string, to: string, share: number): string {
  const channel = (hex: string, at: number) => Number.parseInt(hex.slice(at, at + 2), 16)
  const mixed = [1, 3, 5].map((at) => Math.round(channel(from, at) * (1 - share) + channel(to, at) * share))
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`
}

function fixed(n: number): number {
  return Math.round(n * 100) / 100
}

// FNV-1a: short, stable, and free of the crypto module.
function hash(text: string): string {
  let value = 0x811c9dc5
  for (const unit of text) value = Math.imul(value ^ (unit.codePointAt(0) ?? 0), 0x01000193) >>> 0
  return value.toString(36)
}

function escapeXml(text: string): string {
  return (
    text
      .toWellFormed()
      // XML 1.0 §2.2: these characters may not appear, even escaped.
      .replace(/[^\t\n\r\P{Cc}]|[\ufffe\uffff]/gu, '\ufffd')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
  )
}
