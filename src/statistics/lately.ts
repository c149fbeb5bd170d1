import type { Db } from '../db.ts'

const MINUTE = 60_000
/** A page or a table is half a megabyte at most: those asked for longest ago go first. */
const MOST = 100
const kept = new WeakMap<Db, Map<string, { until: number; made: Promise<unknown> }>>()

/**
 * What was made under that key within the last minute, or is made now. For what names make of figures that never change: a
 * name that changes is told a minute later.
 */
export function lately<T>(db: Db, key: string, make: () => Promise<T>): Promise<T> {
  const all = kept.get(db) ?? new Map<string, { until: number; made: Promise<unknown> }>()
  kept.set(db, all)
  const found = all.get(key)
  if (found && found.until > Date.now()) return found.made as Promise<T>
  const made = make()
  all.delete(key)
  all.set(key, { until: Date.now() + MINUTE, made })
  made.catch(() => all.delete(key))
  if (all.size > MOST) all.delete(all.keys().next().value!)
  return made
}
