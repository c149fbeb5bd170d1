import { and, asc, eq, like, ne, notInArray, or, sql, type SQL } from '../drizzle.ts'
import type { Db } from '../db.ts'
import { malformed } from '../errors.ts'
import { type Crossing, findCrossings, FIRST, requireKind } from './crossings.ts'
import type { Edition } from './editions.ts'
import type { PublishedFigure } from './figure-lines.ts'
import { statisticsFigures } from './statistics.sql.ts'
import type { Kind } from './tables.ts'
import { NOWHERE } from './territories.ts'

const { edition: name, kind, territory, of, month, count, denominator } = statisticsFigures
/** In the order of the primary key: a page goes on where the one before ended, whatever its size. */
const ORDER = [kind, territory, of, month] as const

type Sought = {
  kind?: Kind
  territory?: string
  month?: string
  of?: string
  /** The dimensions crossed, exactly. */
  by?: string
  after?: string
}

/**
 * Figures of an edition after a cursor; one more than `limit` is read to tell whether there is a next. Errors:
 * `crossing_not_published`, `not_found` for a table that this edition does not give, `cursor_unknown`.
 */
export async function pageOfFigures(
  db: Db,
  edition: Edition,
  sought: Sought,
  limit: number,
): Promise<{ items: PublishedFigure[]; next: string | null }> {
  const about = await tablesOf(db, edition)
  if (sought.kind) requireKind(about, sought.kind)
  const crossings = sought.by === undefined ? null : findCrossings(about, sought.by, sought.kind)
  const found = await db
    .select({ kind, of, territory, month, count, denominator })
    .from(statisticsFigures)
    .where(
      and(
        eq(name, edition.edition),
        sought.kind && eq(kind, sought.kind),
        sought.territory === undefined ? undefined : eq(territory, sought.territory),
        sought.month === undefined ? undefined : eq(month, sought.month),
        sought.of === undefined ? undefined : eq(of, sought.of),
        crossings ? or(...crossings.map(isIn)) : undefined,
        sought.after === undefined ? undefined : isAfter(sought.after),
      ),
    )
    .orderBy(...ORDER.map((one) => asc(one)))
    .limit(limit + 1)
  const items = found.slice(0, limit)
  return { items, next: found.length > limit ? cursorOf(items.at(-1)!) : null }
}

/** The tables that an edition gives: those of a time when none was signed gave fewer, whose absence is no zero. */
async function tablesOf(db: Db, { edition, organisationId }: Edition): Promise<{ isWhole: boolean }> {
  if (organisationId !== null) return { isWhole: true }
  const others = and(eq(name, edition), notInArray(kind, [...FIRST]))
  const found = await db.select({ kind }).from(statisticsFigures).where(others).limit(1)
  return { isWhole: found.length > 0 }
}

/** Where no département is known counts beside the régions and the départements: with it, they make the country. */
function isIn({ kind: asked, width, isMonthly }: Crossing): SQL {
  const where = {
    pays: eq(territory, 'FR'),
    region: or(like(territory, 'REG-%'), eq(territory, NOWHERE)),
    hub: like(territory, 'HUB-%'),
    departement: like(territory, 'DEP-%'),
  }[width]
  return and(eq(kind, asked), where, isMonthly ? ne(month, '') : eq(month, ''))!
}

const cursorOf = (one: PublishedFigure): string =>
  Buffer.from(JSON.stringify([one.kind, one.territory, one.of, one.month])).toString('base64url')

function isAfter(cursor: string): SQL {
  const place = placeOf(cursor)
  return sql`(${sql.join([...ORDER], sql`, `)}) > (${sql.join(
    place.map((one) => sql`${one}`),
    sql`, `,
  )})`
}

function placeOf(cursor: string): string[] {
  let read: unknown
  try {
    read = JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch {
    read = null
  }
  if (Array.isArray(read) && read.length === ORDER.length && read.every((one) => typeof one === 'string')) return read
  throw malformed(
    'cursor_unknown',
    'Cette suite n’est pas celle d’une page de ces chiffres.',
    'Reprenez « next » tel que la page d’avant l’a donné, ou recommencez sans « after ».',
  )
}
