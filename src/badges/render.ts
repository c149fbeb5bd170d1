import { Resvg } from '@resvg/resvg-js'
import { badgeSvg, type FAMILIES, type KINDS } from './image.ts'
import type { Achievement } from './schema.ts'

const SHAPE: Record<(typeof KINDS)[number], string> = {
  module: 'Médaille ronde : un module',
  block: 'Hexagone : un bloc de certification',
  habilitation: 'Écu : une habilitation',
  milestone: 'Étoile à seize branches : un parcours',
}

/** The names of the families of competences, which the colour of a badge tells. */
export const FAMILY_WORDS: Record<(typeof FAMILIES)[number], string> = {
  information: 'information et données',
  communication: 'communication et collaboration',
  creation: 'création de contenus',
  securite: 'sécurité et bien-être',
  resolution: 'résolution de problèmes',
  accompagnement: 'accompagnement des personnes',
  droits: 'accès aux droits',
  animation: 'animation et pédagogie',
  pilotage: 'pilotage et coordination',
}

/** The image of a badge class: a standalone SVG whose title and description can be read aloud. */
export function badgeImageSvg({ kind, family, pictogram, level, name }: Achievement): string {
  const told = level === null ? 'sans niveau' : `niveau ${level} sur 8`
  const description = `${SHAPE[kind]}, famille « ${FAMILY_WORDS[family]} », ${told}.`
  return badgeSvg({ kind, family, pictogram, level, title: name, description })
}

// As many entries as there are versions of badge classes: a few dozens, a few tens of kilobytes each.
const rendered = new Map<string, Buffer>()

/** The same image as a PNG, 512 pixels wide. It is rendered once; who changes the bytes works on a copy. */
export function badgeImagePng(achievement: Achievement): Buffer {
  const svg = badgeImageSvg(achievement)
  const known = rendered.get(svg)
  if (known) return known
  const options = { fitTo: { mode: 'width', value: 512 }, font: { loadSystemFonts: false } } as const
  const png = new Resvg(svg, options).render().asPng()
  rendered.set(svg, png)
  return png
}
