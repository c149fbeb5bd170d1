import { capital } from '../web/components.ts'
import type { Areas } from './choropleth.ts'
import { type Part, partsOf, said } from './parts.ts'
import type { Places, Sheet } from './sheets.ts'
import { type Kind, type Table, TABLES } from './tables.ts'
import { territoryWords } from './territories.ts'
import type { Words } from './words.ts'

/** The themes of the page of an edition, in order, each with its tables. Two tables that are wide have a page of their own. */
export const SECTIONS: readonly { id: string; title: string; kinds: readonly Kind[] }[] = [
  {
    id: 'badges',
    title: 'Badges',
    kinds: ['all', 'badge', 'competence', 'level', 'public', 'metier', 'renewal', 'delay', 'ending'],
  },
  { id: 'habilitations', title: 'Habilitations', kinds: ['habilitation'] },
  { id: 'formation', title: 'Formation', kinds: ['sessions', 'sessions-module', 'hours', 'places', 'outcome'] },
  { id: 'besoins', title: 'Besoins', kinds: ['need'] },
  { id: 'verifications', title: 'Vérifications', kinds: ['verification'] },
  { id: 'couverture', title: 'Couverture', kinds: ['coverage'] },
]
/** On the page of crossings. */
export const CROSSINGS: readonly Kind[] = ['competence-public']

/** The tables that are drawn as a map, and of what. */
const MAPS: Partial<Record<Kind, { of: string; name: string; title: string; unit: string }>> = {
  all: { of: '', name: 'carte', title: 'Badges délivrés, par département', unit: 'badges' },
  habilitation: {
    of: 'habilites',
    name: 'carte-habilitations',
    title: 'Habilitations qui valent, par département',
    unit: 'habilitations',
  },
}

/** Everything that the pages of an edition show, of the country. */
export type Shown = { sheet: Sheet; places: Places; words: Words }

/** The parts of a table: by its dimensions, on the map, by month. */
export function kindParts(kind: Kind, { sheet, places, words }: Shown): Part[] {
  const [first, ...others] = partsOf(kind, sheet, words)
  const map = mapPart(kind, places)
  // The total by month comes first, the map of it after; elsewhere the map follows the table that it details.
  return [first, map, ...others].filter((one) => one !== null && one !== undefined)
}

function mapPart(kind: Kind, places: Places): Part | null {
  const map = MAPS[kind]
  if (!map) return null
  const { of, ...about } = map
  const areas: Areas = new Map(
    [...places(kind, of)].flatMap(([territory, count]): [string, number | null][] =>
      territory.startsWith('DEP-') ? [[territory.slice(4), count]] : [],
    ),
  )
  if (areas.size === 0) return null
  const rows = [...areas]
    .toSorted(([a, x], [b, y]) => (y ?? 0) - (x ?? 0) || a.localeCompare(b, 'fr'))
    .map(([code, count]) => [territoryWords(`DEP-${code}`), said(count)])
  return { kind, ...about, heads: ['Département', capital(about.unit)], rows, chart: { form: 'map', areas } }
}

/** The numbers that sum an edition up, each with its unit; null is withheld. Of modalities, the total: nothing of it is withheld. */
export function keyFigures({ sheet }: Pick<Shown, 'sheet'>): { title: string; value: number | null }[] {
  const found: [kind: Kind, title: string, of?: string][] = [
    ['all', 'badges délivrés'],
    ['ending', 'badges arrivés à leur fin'],
    ['habilitation', 'habilitations qui valent', 'habilites'],
    ['habilitation', 'demandes en cours', 'en-cours'],
    ['sessions', 'sessions tenues'],
    ['places', 'places offertes'],
    ['hours', 'heures de formation'],
  ]
  return found.flatMap(([kind, title, of]) => {
    const lines = (sheet.get(kind) ?? []).filter((one) => one.month === '' && (of === undefined || one.of === of))
    if (lines.length === 0) return []
    const { programme }: Table = TABLES[kind]
    if (lines.length > 1 && programme !== null) return []
    const value = lines.some((one) => one.count === null) ? null : lines.reduce((total, one) => total + one.count!, 0)
    return [{ title, value }]
  })
}
