import type { PICTOGRAMS } from '../badges/image.ts'

/** The drawings that a badge may carry, as a list names them. */
export const PICTOGRAM_WORDS: Record<(typeof PICTOGRAMS)[number], string> = {
  search: 'loupe',
  folder: 'dossier',
  chat: 'conversation',
  people: 'groupe de personnes',
  screen: 'écran',
  pencil: 'crayon',
  shield: 'bouclier',
  lock: 'cadenas',
  leaf: 'feuille',
  heart: 'cœur',
  wrench: 'clé à outils',
  puzzle: 'pièce de puzzle',
  handshake: 'poignée de main',
  compass: 'boussole',
  signpost: 'panneau indicateur',
  scales: 'balance',
  building: 'bâtiment public',
  key: 'clé',
  book: 'livre',
  megaphone: 'mégaphone',
  graduation: 'chapeau de diplôme',
  clipboard: 'liste à cocher',
  coins: 'pièces de monnaie',
  child: 'enfant',
  school: 'école',
  ear: 'oreille',
  globe: 'globe',
  star: 'étoile',
  wheelchair: 'fauteuil roulant',
  network: 'réseau',
}

export const VALIDITY_WORDS = { P1Y: '1 an', P2Y: '2 ans', P3Y: '3 ans', P5Y: '5 ans' } as const
