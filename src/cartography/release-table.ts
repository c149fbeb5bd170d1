import type { Db } from '../db.ts'
import { listCompetences } from '../referential/referential.ts'
import { citations } from '../web/components.ts'
import { allBridges, type BridgeRow, type Crossings } from './crossings.ts'
import { type CartographyMap, readMap } from './map.ts'

export type Cell = string | number | boolean | null
export type Row = Readonly<Record<string, Cell>>

/** A column: what it is called in a sentence, and the table whose row it names (`to`), if any. */
export type Column = {
  name: string
  title: string
  type?: 'integer' | 'number' | 'boolean' | 'date'
  required?: boolean
  values?: readonly string[]
  to?: string
}

/** A table of a release: one file, one class of things. */
export type Table = {
  name: string
  /** The class of its rows, in the vocabulary of the JSON-LD. */
  type: string
  title: string
  /** As the source names it; null when it does not. */
  licence: string | null
  key: readonly string[]
  columns: readonly Column[]
  /** Where a row that other tables name is described, by its key. */
  path?: (key: string) => string
  /** Labels and descriptions, kept apart since their licence is that of their framework. */
  isWording?: true
  rows: (content: Content) => Row[]
}

/** What a release is made from: the map, the entries of the frameworks, and every way between métiers with its hours. */
export type Content = {
  map: CartographyMap
  entries: Awaited<ReturnType<typeof listCompetences>>
  ways: BridgeRow[]
}

/** Everything that a release says, as it is at one moment; the hours are computed outside of the transaction. */
export async function readContent(db: Db, crossings: Crossings): Promise<Content> {
  const read = await db.transaction(async (tx) => ({ map: await readMap(tx), entries: await listCompetences(tx) }), {
    isolationLevel: 'repeatable read',
    accessMode: 'read only',
  })
  return { ...read, ways: await allBridges(crossings, read.map) }
}

/** The sources of an entry in one cell, in words; null when it names none. */
export const sourceCell = (source: unknown): string | null =>
  (typeof source === 'string' ? source : citations(source).join(' ; ')) || null

const WORDS: Record<string, string> = {
  official: 'officiel',
  illustrative: 'illustratif',
  proposed: 'proposé',
  existing: 'existant',
  historic: 'historique',
  professional: 'professionnel',
  digital: 'numérique',
  role: 'fonction',
  scheme: 'dispositif',
  essential: 'essentielle',
  useful: 'utile',
  area: 'regroupement',
  requirements: 'exigences',
  duties: 'missions',
  activities: 'activités',
  bridges: 'passerelles',
  'field-needs': 'besoins',
  module: 'module',
  block: 'bloc',
  milestone: 'étape',
}

/** A code of ours in the words of the file; what is French already is kept. */
export const word = <T extends string | null>(code: T): string | T => (code === null ? code : (WORDS[code] ?? code))

/** The licence of what is ours. */
export const OPEN = 'Licence Ouverte 2.0'

type More = Omit<Column, 'name' | 'title'>
/** A column that may be empty. */
export const column = (name: string, title: string, more: More = {}): Column => ({ name, title, ...more })
/** A column that never is. */
export const must = (name: string, title: string, more: More = {}): Column => ({
  name,
  title,
  required: true,
  ...more,
})
export const STATUS = must('statut', 'Officiel, illustratif ou proposé', {
  values: ['officiel', 'illustratif', 'proposé'],
})
export const SOURCE = column('source', 'D’où cela vient, en clair')
export const NOTE = column('note', 'Remarque')
