import { keyedEntries } from '../referential/list-entries.ts'
import type { ListFile, ListKind } from '../referential/list-schema.ts'
import { type AxisOf, inForce } from '../referential/lists.ts'
import type { Shelf } from './content-set.ts'

/** What an import changes of a file: how many of its entries are new, gone, or say something else. */
export type Counts = { added: number; removed: number; changed: number }

type Entries = Map<string, string>
type Rows = Record<string, unknown>[]

/** The entries of a file by what they are about, each as a text to compare. */
function entriesOf(shelf: Shelf, value: unknown): Entries {
  const rows = (
    value === null ? [] : shelf === 'frameworks' ? (value as { competences: Rows }).competences : value
  ) as Rows
  const each = (rows: Rows, key: (one: Rows[number]) => string) =>
    new Map(rows.map((one) => [key(one), JSON.stringify(one)]))
  if (value === null) return new Map()
  if (shelf === 'lists') return new Map(keyedEntries(value as ListFile).map(([key, one]) => [key, JSON.stringify(one)]))
  if (shelf === 'frameworks') return each(rows, (one) => String(one['code']))
  if (shelf === 'metiers' || shelf === 'certifications') return each(rows, (one) => String(one['slug']))
  if (shelf !== 'crosswalks') return new Map([['', JSON.stringify(value)]])
  return new Map(
    rows.flatMap(({ from, to, relations, ...about }) =>
      (relations as Rows).map((one) => [JSON.stringify([from, to, one]), JSON.stringify(about)] as const),
    ),
  )
}

/** The entries of a file against those of the file that it replaces; null for none. */
export function countChanges(shelf: Shelf, before: unknown, after: unknown): Counts {
  const [old, fresh] = [entriesOf(shelf, before), entriesOf(shelf, after)]
  const common = [...fresh].filter(([key]) => old.has(key))
  return {
    added: fresh.size - common.length,
    removed: old.size - common.length,
    changed: common.filter(([key, text]) => old.get(key) !== text).length,
  }
}

/** An illustrative entry: the list that says it, and what it is about. */
export type Aside = { list: string; entry: string }

/** The illustrative entries that official lists set aside, by list then entry. */
export function setAside(all: readonly ListFile[], axisOf: AxisOf): Aside[] {
  const kinds = [...new Set(all.map((one) => one.kind))]
  const kept = new Set(kinds.flatMap((kind) => inForceKeys(all, kind, axisOf)))
  return all
    .flatMap((one) => keyedEntries(one).map(([entry]) => ({ list: one.list, entry })))
    .filter((one) => !kept.has(asideKey(one)))
    .toSorted((a, b) => a.list.localeCompare(b.list) || a.entry.localeCompare(b.entry))
}

const asideKey = ({ list, entry }: Aside): string => `${list} ${entry}`

function inForceKeys(all: readonly ListFile[], kind: ListKind, axisOf: AxisOf): string[] {
  return inForce(all, kind, axisOf).map(({ list, ...entry }) => {
    const [[key] = ['']] = keyedEntries({ kind, entries: [entry] } as unknown as ListFile)
    return asideKey({ list, entry: key })
  })
}

/** Those of the first that are not in the second. */
export function onlyIn(first: readonly Aside[], second: readonly Aside[]): Aside[] {
  const there = new Set(second.map(asideKey))
  return first.filter((one) => !there.has(asideKey(one)))
}
