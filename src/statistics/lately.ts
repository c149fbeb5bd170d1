import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Db } from '../db.ts'
import { keepLast } from '../web/keep.ts'

const MINUTE = 60_000
/** A page or a table is half a megabyte at most, a file compressed one. */
const MOST = 100
const kept = new WeakMap<Db, ReturnType<typeof keepLast>>()

/**
 * What was made under that key within the last minute, or is made now. For what names make of figures that never change: a
 * name that changes is told a minute later.
 */
export function lately<T>(db: Db, key: string, make: () => Promise<T>): Promise<T> {
  const keep = kept.get(db) ?? keepLast(MOST, MINUTE)
  kept.set(db, keep)
  return keep(key, make)
}

const compress = promisify(gzip)

/** The same of a long text, compressed: ten thousand lines take longer to compress than to read. */
export const latelyCompressed = (db: Db, key: string, make: () => Promise<string | Buffer>): Promise<Buffer> =>
  lately(db, key, async () => compress(await make()))
