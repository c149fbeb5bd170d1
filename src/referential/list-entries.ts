import type { ListEntry, ListFile, ListKind } from './list-schema.ts'
import { keyOf } from './schema.ts'

const KEYS: { [K in ListKind]: (entry: ListEntry<K>) => string } = {
  requirements: ({ metier, competence }) => `${metier} ${keyOf(competence)}`,
  duties: ({ metier, duty }) => `${metier} ${keyOf(duty)}`,
  activities: ({ activity, competence }) => `${keyOf(activity)} ${keyOf(competence)}`,
  bridges: ({ from, to, direction }) => `${from} → ${to} (${direction})`,
  'field-needs': ({ certification, block, need }) => `${certification} ${block} ${need}`,
}

/** What an entry of a list says, its level and weight apart: a list says it once. */
export const entryKey = <K extends ListKind>(kind: K, entry: ListEntry<K>): string => KEYS[kind](entry)

/** The entries of a list with their keys. */
export const keyedEntries = ({ kind, entries }: ListFile): [key: string, entry: ListEntry][] =>
  (entries as ListEntry[]).map((one) => [entryKey(kind, one as never), one])
