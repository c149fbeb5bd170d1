import { type Cell, type Row } from './release-table.ts'

/** The rows of a table as a release keeps them. */
export type Kept = { name: string; key: readonly string[]; rows: readonly Row[] }

type Changed = { key: Cell[]; fields: { field: string; before: Cell; after: Cell }[] }
export type TableChanges = { table: string; key: readonly string[]; added: Row[]; removed: Row[]; changed: Changed[] }

/** What a release changes of the one before; nothing to compare the first with. */
export type Changes = { previous: number | null; tables: TableChanges[] }

/** What a release holds and changes, in numbers: rows of each table, and changes where there are some. */
export type ReleaseSummary = {
  rows: { table: string; title: string; rows: number }[]
  changes: { table: string; title: string; added: number; removed: number; changed: number }[]
}

/** What turns the rows of `before` into those of `after`, table by table, in the order of `after`; only where something changed. */
export function changesBetween(before: readonly Kept[], after: readonly Kept[]): TableChanges[] {
  const gone = before.filter((one) => !after.some(({ name }) => name === one.name))
  return [
    ...after.map((table) =>
      tableChanges(before.find(({ name }) => name === table.name) ?? { ...table, rows: [] }, table),
    ),
    ...gone.map((table) => tableChanges(table, { ...table, rows: [] })),
  ].filter(({ added, removed, changed }) => added.length + removed.length + changed.length > 0)
}

function tableChanges(before: Kept, after: Kept): TableChanges {
  // Another key is another table: nothing of it can be told to be the same row.
  if (before.key.join(' ') !== after.key.join(' ')) {
    return { table: after.name, key: after.key, added: [...after.rows], removed: [...before.rows], changed: [] }
  }
  const keyOf = (row: Row): string => JSON.stringify(after.key.map((name) => row[name]))
  const former = new Map(before.rows.map((row) => [keyOf(row), row]))
  const current = new Set(after.rows.map(keyOf))
  return {
    table: after.name,
    key: after.key,
    added: after.rows.filter((row) => !former.has(keyOf(row))),
    removed: before.rows.filter((row) => !current.has(keyOf(row))),
    changed: after.rows.flatMap((row) => {
      const fields = fieldChanges(former.get(keyOf(row)) ?? row, row)
      return fields.length === 0 ? [] : [{ key: after.key.map((name) => row[name]!), fields }]
    }),
  }
}

/** A column that a release does not have yet is empty in it. */
function fieldChanges(before: Row, after: Row): Changed['fields'] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .map((field) => ({ field, before: before[field] ?? null, after: after[field] ?? null }))
    .filter((one) => one.before !== one.after)
}

/** A change as a sentence each, in the order of the tables: `exigences : ajouté, metier « … », competence « … »`. */
export function changeLines({ table, key, added, removed, changed }: TableChanges): string[] {
  const named = (values: readonly Cell[]): string =>
    key.map((name, index) => `${name} « ${oneLine(values[index] ?? null)} »`).join(', ')
  const rowNamed = (row: Row): string => named(key.map((name) => row[name] ?? null))
  return [
    ...added.map((row) => `${table} : ajouté, ${rowNamed(row)}`),
    ...removed.map((row) => `${table} : retiré, ${rowNamed(row)}`),
    ...changed.map(
      (one) =>
        `${table} : modifié, ${named(one.key)} — ` +
        one.fields
          .map(({ field, before, after }) => `${field} : ${cellWords(before)} → ${cellWords(after)}`)
          .join(' ; '),
    ),
  ]
}

const oneLine = (cell: Cell): string => String(cell).replaceAll(/\s+/g, ' ')
const cellWords = (cell: Cell): string => {
  if (cell === null) return 'non précisé'
  return typeof cell === 'boolean' ? (cell ? 'oui' : 'non') : `« ${oneLine(cell)} »`
}
