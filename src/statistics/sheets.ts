import { and, eq, inArray } from '../drizzle.ts'
import type { Db } from '../db.ts'
import { type Edition, readFigures } from './editions.ts'
import { withDenominators } from './shares.ts'
import { statisticsFigures } from './statistics.sql.ts'
import { type Kind, KINDS, type Table, TABLES } from './tables.ts'
import { keepLast } from '../web/keep.ts'

/** A figure of an edition, with what it is a share of (null where a share makes no sense, or cannot be added up). */
export type SheetLine = { of: string; month: string; count: number | null; denominator: number | null }
/** All that is published of a territory, table by table: what is not there is zero. */
export type Sheet = ReadonlyMap<Kind, readonly SheetLine[]>

// An edition never changes: what is read of it is kept, those asked for longest ago going first.
const once = keepLast(40)

/** Of an edition and all that it says. */
export const keyOf = ({ edition, digest, publishedAt }: Edition): string =>
  `${edition} ${digest} ${publishedAt.toISOString()}`

/** The sheet of a territory: one query, none when it was read lately. */
export const readSheet = (db: Db, edition: Edition, territory: string): Promise<Sheet> =>
  once(`${keyOf(edition)} ${territory}`, async () => {
    const figures = await readFigures(db, edition.edition, { territory })
    return Map.groupBy(withDenominators(figures), (one) => one.kind)
  })

/** Tables short enough to be told of every territory on one page. */
const PLACED = KINDS.filter((kind) => {
  const { depth, dimensions }: Table = TABLES[kind]
  return depth === 'DEP' && dimensions.every((one) => one === 'state' || one === 'modality')
})
/** The count of a table (and of what) in each territory where it is not zero. */
export type Places = (kind: Kind, of?: string) => ReadonlyMap<string, number | null>

const EMPTY: ReadonlyMap<string, number | null> = new Map()

/** Those tables for every territory, over the whole period: one query, none when it was read lately. */
export const readPlaces = (db: Db, edition: Edition): Promise<Places> =>
  once(keyOf(edition), async () => {
    const { kind, of, territory, count } = statisticsFigures
    const { edition: name, month } = statisticsFigures
    const rows = await db
      .select({ kind, of, territory, count })
      .from(statisticsFigures)
      .where(and(eq(name, edition.edition), inArray(kind, PLACED), eq(month, '')))
    const byTable = Map.groupBy(rows, (one) => `${one.kind}\n${one.of}`)
    const places = new Map(
      Array.from(byTable, ([key, some]) => [key, new Map(some.map((one) => [one.territory, one.count]))]),
    )
    return (kind, of = '') => places.get(`${kind}\n${of}`) ?? EMPTY
  })
