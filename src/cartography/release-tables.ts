import { createHash } from 'node:crypto'
import { invalid } from '../errors.ts'
import { BRIDGE_TABLE } from './bridge-table.ts'
import { LACK_TABLE } from './lack-table.ts'
import { LIST_TABLES } from './list-tables.ts'
import { mapTables } from './map-tables.ts'
import { OFFER_TABLES } from './offer-tables.ts'
import type { Kept } from './release-changes.ts'
import type { Content, Row, Table } from './release-table.ts'

/** THE tables of a release: one more, one more line. */
const tablesOf = (content: Content): Table[] => [
  ...mapTables(content),
  ...LIST_TABLES,
  ...OFFER_TABLES,
  LACK_TABLE,
  BRIDGE_TABLE,
]

/** A table and its rows, in the order of their key. */
export type FilledTable = Table & { filled: Row[] }

/**
 * Every table of a release, sorted: the same content gives the same rows in the same order. Errors: `release_incoherent`
 * when two rows have one key, or a row names another that is not there.
 */
export function fillTables(content: Content): FilledTable[] {
  const tables = tablesOf(content).map((table) => ({ ...table, filled: sorted(table, table.rows(content)) }))
  const faults = tables.flatMap((table) => [...twice(table), ...dangling(table, tables)])
  if (faults.length > 0) {
    throw invalid(
      'release_incoherent',
      `La cartographie se contredit : ${faults[0]}.`,
      'Corrigez les fichiers du référentiel ou les listes cités, puis publiez.',
      { faults: faults.slice(0, 20) },
    )
  }
  return tables
}

/** A row's key, as one text. */
const keyText = (key: readonly string[], row: Row): string => key.map((name) => String(row[name])).join(' ')

// By code units: the order of a language may change with the machine.
const sorted = ({ key }: Table, rows: Row[]): Row[] =>
  rows
    .map((row) => [keyText(key, row), row] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, row]) => row)

const twice = ({ name, key, filled }: FilledTable): string[] =>
  filled.flatMap((row, index) => {
    const text = keyText(key, row)
    return index > 0 && text === keyText(key, filled[index - 1]!) ? [`table ${name}, « ${text} » est deux fois`] : []
  })

function dangling({ name, columns, filled, key }: FilledTable, tables: FilledTable[]): string[] {
  return columns.flatMap((column) => {
    if (column.to === undefined) return []
    const target = tables.find((one) => one.name === column.to)!
    const known = new Set(target.filled.map((row) => row[target.key[0]!]))
    return filled
      .filter((row) => row[column.name] !== null && !known.has(row[column.name]))
      .map(
        (row) =>
          `table ${name}, « ${keyText(key, row)} » : ${column.name} « ${String(row[column.name])} » n’est pas dans ${target.name}`,
      )
  })
}

/** The rows of the tables as a release keeps them. */
export const keptOf = (tables: readonly FilledTable[]): Kept[] =>
  tables.map(({ name, key, filled }) => ({ name, key, rows: filled }))

/** The content of a release as JSON, whatever its number, its date and its note: what its digest is the SHA-256 of. */
export const contentJson = (tables: readonly FilledTable[]): string => `${JSON.stringify({ tables: keptOf(tables) })}\n`

/** The SHA-256 of a text in UTF-8, in hexadecimal. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
