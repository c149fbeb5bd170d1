import type { Db } from '../db.ts'
import { record } from '../journal/journal.ts'
import { rounded, type ProvisionalFigure, readProvisional, ROUNDING } from './provisional.ts'
import { codesOf, type Kind, TABLES } from './tables.ts'
import { TERRITORIES, territoryWords } from './territories.ts'
import type { Words } from './words.ts'

type Line = ProvisionalFigure & { label: string; territoryLabel: string }
type ProvisionalTable = { kind: Kind; title: string; unit: string; caution: string | null; lines: Line[] }
export type ProvisionalTables = { readAt: Date; months: string[]; tables: ProvisionalTable[] }

/** The tables that the committee steers by, in the order of the page. */
const KINDS = ['all', 'habilitation', 'sessions', 'outcome', 'badge', 'competence', 'public', 'metier'] as const

/** What these figures are, wherever they are given. */
export const PROVISIONAL_WARNING = `Chiffres provisoires, arrondis à la dizaine inférieure : ni à publier, ni à additionner, ni à soustraire. Ce qui n’est pas donné est moins de ${ROUNDING}, et peut être zéro.`

/** What is counted now and no edition covers yet, rounded and named, for who steers; the journal says who read it. */
export async function steeringTables(db: Db, author: string, now = new Date()): Promise<ProvisionalTables> {
  const { months, figures, words } = await readProvisional(db, now)
  await record(db, {
    author,
    action: 'statistics.provisional_read',
    subject: 'statistics:provisional',
    details: { from: months[0] ?? null, to: months.at(-1) ?? null },
  })
  const byKind = Map.groupBy(rounded(figures), ({ kind }) => kind)
  const tables = KINDS.map((kind) => tableOf(kind, byKind.get(kind) ?? [], words))
  return { readAt: now, months, tables }
}

function tableOf(kind: (typeof KINDS)[number], figures: ProvisionalFigure[], words: Words): ProvisionalTable {
  const { title, unit, dimensions, ...about } = TABLES[kind]
  const lines = figures.map((figure) => ({
    ...figure,
    label: codesOf(figure.of)
      .map((code, index) => words(dimensions[index]!, code))
      .join(', '),
    territoryLabel: territoryWords(figure.territory),
  }))
  const caution = 'caution' in about ? about.caution : null
  return { kind, title, unit, caution, lines: lines.toSorted(inOrder) }
}

/** By territory as they are listed everywhere, then the months in order, or the largest first. */
const inOrder = (a: Line, b: Line): number =>
  PLACES.indexOf(a.territory) - PLACES.indexOf(b.territory) ||
  a.month.localeCompare(b.month) ||
  b.atLeast - a.atLeast ||
  a.label.localeCompare(b.label, 'fr', { numeric: true })
const PLACES = [...TERRITORIES.keys()]
