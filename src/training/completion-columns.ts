import { competenceKey } from '../badges/achievements.ts'
import { fold, problem, quote, type ReadRow, readRow, type RowContext } from './completion-rows.ts'

/** The columns that a file must have, and those that it may. */
export const REQUIRED = ['email', 'given_name', 'family_name', 'completed_on', 'result']
export const OPTIONAL = ['evidence_url', 'narrative']
const FRENCH = {
  courriel: 'email',
  'e-mail': 'email',
  prenom: 'given_name',
  nom: 'family_name',
  date: 'completed_on',
  resultat: 'result',
  preuve: 'evidence_url',
  commentaire: 'narrative',
}

/** What the cells are read against: the rows' context, and the column that each folded name stands for. */
export type Reading = { context: RowContext; columns: Map<string, string> }

/** What rows are read against. */
export const readingOf = (context: RowContext): Reading => ({ context, columns: columnsOf(context) })

/** Every folded name that a column may bear, `digcomp@3.0:2.1` included, and the column that it stands for. */
function columnsOf({ targets }: RowContext): Map<string, string> {
  return new Map([
    ...[...REQUIRED, ...OPTIONAL].map((name) => [name, name] as const),
    ...Object.entries(FRENCH),
    ...targets.flatMap((one) => {
      const column = competenceKey(one)
      return [fold(column), fold(`${one.framework}@${one.version}:${one.code}`)].map((name) => [name, column] as const)
    }),
  ])
}

/** The column that a name stands for. */
export const columnOf = (name: string, { columns }: Reading): string | undefined =>
  columns.get(name) ?? columns.get(fold(name).replace(/=(level|niveau)$/, ''))

const COLUMN_MEND = 'Retirez cette colonne ou corrigez son nom.'

/** Why a name stands for no column. */
export function columnUnknown(name: string, { context }: Reading): string {
  const admitted = context.targets.map(competenceKey).join(', ')
  return name.includes(':')
    ? `La compétence « ${quote(name)} » n’est pas de celles que ce badge atteste (${admitted}).`
    : `La colonne « ${quote(name)} » est inconnue.`
}

/** A column that a row says twice. */
export const columnTwice = (column: string): string => `La colonne « ${column} » figure deux fois.`

/** Adds cells that say their own name to those of the header; the same column said twice is refused. */
export function readNamed(
  cells: Map<string, string>,
  named: [string, string][],
  line: number,
  reading: Reading,
): ReadRow {
  for (const [name, value] of named) {
    const column = columnOf(name, reading)
    if (column === undefined) {
      return { line, problem: problem(quote(name), 'column_unknown', columnUnknown(name, reading), COLUMN_MEND) }
    }
    if (cells.get(column)) return { line, problem: problem(column, 'column_twice', columnTwice(column), COLUMN_MEND) }
    cells.set(column, value)
  }
  return readRow(cells, line, reading.context)
}
