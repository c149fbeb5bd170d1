import { asc } from '../drizzle.ts'
import type { Db } from '../db.ts'
import type { ListEntry, ListFile, ListHeader, ListKind } from './list-schema.ts'
import { lists } from './referential.sql.ts'
import type { Axis } from './schema.ts'

/** An entry with the list that says it; `source` is its own, or that of its list. */
export type Listed<K extends ListKind> = ListEntry<K> & { list: string; status: ListHeader['status']; source: unknown }

type Ref = { framework: string; version: string }
export type AxisOf = (ref: Ref) => Axis

/** What an entry speaks of: where an official list does, the illustrative ones are set aside. */
const SCOPES: { [K in ListKind]: (entry: ListEntry<K>, axisOf: AxisOf) => string } = {
  requirements: ({ metier, competence }, axisOf) => `${metier} ${axisOf(competence)}`,
  duties: ({ metier }) => metier,
  activities: ({ activity: { framework, version, code } }) => `${framework}/${version}/${code}`,
  bridges: ({ from, to }) => `${from} ${to}`,
  'field-needs': ({ certification, block }) => `${certification} ${block}`,
}

/** The entries of a kind that are in force among those of every list. */
export function inForce<K extends ListKind>(all: readonly ListFile[], kind: K, axisOf: AxisOf): Listed<K>[] {
  const scopeOf = SCOPES[kind]
  const entries = all.flatMap((one): Listed<K>[] =>
    one.kind !== kind
      ? []
      : (one.entries as ListEntry<K>[]).map((entry) => ({
          ...entry,
          list: one.list,
          status: one.status,
          source: entry.source ?? one.source,
        })),
  )
  const official = new Set(entries.filter((one) => one.status === 'official').map((one) => scopeOf(one, axisOf)))
  return entries.filter((one) => one.status === 'official' || !official.has(scopeOf(one, axisOf)))
}

/** Every list of the cartography, by name. */
export async function listLists(db: Db): Promise<ListFile[]> {
  const found = await db.select({ about: lists.about }).from(lists).orderBy(asc(lists.slug))
  return found.map((row) => row.about)
}

/** On which axis the competences of a version of a framework lie: those of the trade, or digital ones. */
export const axisOf =
  (frameworks: readonly (Ref & { axis: Axis })[]): AxisOf =>
  ({ framework, version }) =>
    frameworks.find((one) => one.framework === framework && one.version === version)?.axis ?? 'professional'
