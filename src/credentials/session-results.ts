import { Readable } from 'node:stream'
import { competenceKey } from '../badges/achievements.ts'
import type { AlignedCompetence } from '../badges/schema.ts'
import type { Db } from '../db.ts'
import { lastDayAnywhere } from '../days.ts'
import { malformed } from '../errors.ts'
import type { Identity } from '../people/people.ts'
import { checkRows } from '../training/admission.ts'
import { OPTIONAL, REQUIRED } from '../training/completion-columns.ts'
import { type CsvRow, readCsv } from '../training/completion-csv.ts'
import { type ReadRow, readRow, type RowContext, type RowProblem } from '../training/completion-rows.ts'
import type { Session } from '../training/sessions.ts'
import { spoolBody } from '../training/spool.ts'
import type { Vault } from '../vault.ts'

/** What the results of a session are read against. */
export const contextOf = (session: Session, competences: AlignedCompetence[]): RowContext => ({
  targets: competences,
  startsOn: session.startsOn,
  today: lastDayAnywhere(),
})

/** The largest file that a page takes; a larger one goes by the API. */
export const MAX_TEXT = 1024 * 1024

/** Rows as a page shows them again: their cells as written, by column, and what is wrong, if anything is. */
export type Sheet = {
  columns: string[]
  rows: { line: number; cells: Map<string, string>; problem: RowProblem | null; isJoining: boolean }[]
}

type Deps = { db: Db; vault: Vault }

/** The text of a file as spreadsheets write it: UTF-8, else the former encoding of French ones. */
export function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

/** Reads a CSV of results (see `readCsv` for its errors), row by row. */
export async function readText(text: string, context: RowContext): Promise<CsvRow[]> {
  const file = await spoolBody(Readable.from([Buffer.from(text)]), 4 * MAX_TEXT)
  try {
    return await Array.fromAsync(readCsv(file, context))
  } finally {
    await file.close()
  }
}

/** The rows of a grid: its columns, the line of each row, and the cells column by column. Errors: `grid_shape`. */
export function readGrid(columns: string[], lines: number[], cells: string[][], context: RowContext): CsvRow[] {
  const known = [...REQUIRED, ...OPTIONAL, ...context.targets.map(competenceKey)]
  const isWhole =
    new Set(lines).size === lines.length &&
    new Set(columns).size === columns.length &&
    columns.every((one, index) => known.includes(one) && cells[index]?.length === lines.length)
  if (!isWhole) {
    const mend = 'Reprenez le fichier depuis la page des résultats.'
    throw malformed('grid_shape', 'Le tableau n’est pas arrivé entier.', mend)
  }
  return lines.map((line, rank) => {
    const row = new Map(columns.map((column, index) => [column, cells[index]![rank]!.trim()]))
    return { ...readRow(row, line, context), cells: row }
  })
}

/** What would become of these rows, in their order: nothing is written. */
export async function previewRows({ db, vault }: Deps, session: Session, rows: CsvRow[]): Promise<Sheet> {
  const { problems, joining } = await checkRows(db, vault, session, rows)
  const columns = [...new Set([...REQUIRED, ...rows.flatMap(({ cells }) => [...cells.keys()])])]
  return {
    columns,
    rows: rows.map(({ line, cells }) => ({
      line,
      cells,
      problem: problems.get(line) ?? null,
      isJoining: joining.has(line),
    })),
  }
}

/** What a form says of one learner who is ticked: the cells of the row that it makes. */
export type Ticked = { personId: string; cells: Map<string, string> }

/** The rows of the learners who are ticked, each with its learner; those who have no place in the session are left out. */
export function tickedRows(ticked: Ticked[], identities: Map<string, Identity>, context: RowContext) {
  return ticked.flatMap(({ personId, cells }, index): { personId: string; read: ReadRow }[] => {
    const who = identities.get(personId)
    if (!who) return []
    const { email, givenName, familyName } = who
    const row = new Map([...cells, ...Object.entries({ email, given_name: givenName, family_name: familyName })])
    return [{ personId, read: readRow(row.set('result', 'acquis'), index + 1, context) }]
  })
}
