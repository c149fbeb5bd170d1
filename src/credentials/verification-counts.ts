import { setTimeout as wait } from 'node:timers/promises'
import { randomInt } from 'node:crypto'
import { asc, between, sql } from '../drizzle.ts'
import { parisDate } from '../days.ts'
import { type Db, insertRows } from '../db.ts'
import { issuerDid } from '../organisations/organisations.ts'
import { openEnvelope } from './envelope.ts'
import { issuerOf, type JsonObject } from './suite.ts'
import type { Row } from './verify-many.ts'
import type { Verification } from './verify.ts'
import { verificationTallies } from './verification-counts.sql.ts'

export type Means = 'own' | 'other' | 'unreadable'
/** What one verification adds to the figures. */
export type Answered = { verdict: Verification['verdict']; means: Means }
export type VerificationCounter = {
  /** Adds them; answers once they are kept, or after a moment all the same. Never throws. */
  count(answered: Answered[]): Promise<void>
  /** Waits for what is still to be kept. */
  close(): Promise<void>
}

const SHARDS = 16
/** An answer waits no longer than that for its count, which goes on behind it. */
const PATIENCE_MS = 200

/**
 * Counts the verifications that this process answers: one write at a time, which takes everything that came during the one
 * before, into a shard drawn each time. What cannot be kept is told to `report`, and lost.
 */
export function createVerificationCounter(
  db: Db,
  report: (error: unknown) => void,
  now = () => new Date(),
): VerificationCounter {
  let pending = new Map<string, number>()
  let writing = Promise.resolve()
  let next: Promise<void> | null = null
  const write = async (): Promise<void> => {
    next = null
    const taken = pending
    pending = new Map()
    await keepCounts(db, taken).catch(report)
  }
  return {
    async count(answered) {
      if (answered.length === 0) return
      const month = parisDate(now()).slice(0, 7)
      for (const { verdict, means } of answered) {
        const key = `${month}|${verdict}|${means}`
        pending.set(key, (pending.get(key) ?? 0) + 1)
      }
      if (next === null) writing = next = writing.then(write)
      const kept = new AbortController()
      const late = wait(PATIENCE_MS, undefined, { signal: kept.signal }).catch(() => {})
      await Promise.race([next, late])
      kept.abort()
    },
    close: () => writing,
  }
}

/** Those of two processes that fall on the same shard meet in the same order, so that neither holds what the other wants. */
async function keepCounts(db: Db, counts: ReadonlyMap<string, number>): Promise<void> {
  const shard = randomInt(SHARDS)
  const given = Array.from(counts, ([key, count]) => {
    const [month, verdict, means] = key.split('|')
    return { month, verdict, means, shard, count }
  }).toSorted((a, b) => keyOf(a).localeCompare(keyOf(b), 'en'))
  const then = sql`on conflict on constraint verification_count_once do update set count = verification_counts.count + excluded.count` // prettier-ignore
  await insertRows(db, verificationTallies, given, then)
}

const keyOf = ({ month, verdict, means }: Record<string, unknown>): string => [month, verdict, means].join('|')

/**
 * What one answer adds: a badge of here is one whose issuer is said to be, proven or not, so that a forged one counts as an
 * invalid badge of here; what has not the shape of a badge is not one.
 */
export function answeredOf(given: unknown, { verdict, checks }: Verification, baseUrl: string): Answered {
  if (checks.some(({ id, outcome }) => id === 'shape' && outcome === 'failure')) return { verdict, means: 'unreadable' }
  const claimed = (openEnvelope(given).credential ?? {}) as JsonObject
  // In Open Badges 2.0, the class tells the issuer.
  const isOwn =
    issuerOf(claimed)?.startsWith(issuerDid(baseUrl, '')) ??
    String(claimed['badge']).startsWith(`${baseUrl}/ob2/badges/`)
  return { verdict, means: isOwn ? 'own' : 'other' }
}

/** A file or a link in which no badge was read; the rows of what was not examined count for nothing. */
export const UNREADABLE: Answered = { verdict: 'indeterminate', means: 'unreadable' }
export const unreadableOf = (rows: Row[]): Answered[] =>
  rows.flatMap((row) => ('error' in row && !NOT_EXAMINED.has(row.error.code) ? UNREADABLE : []))
const NOT_EXAMINED = new Set(['not_in_time', 'too_many_badges'])

/** The verifications of the months `from` to `to`, both included, by verdict and what was shown. */
export async function verificationCounts(db: Db, from: string, to: string) {
  const { month, verdict, means, count } = verificationTallies
  const found = await db
    .select({ month, verdict, means, count: sql<number>`sum(${count})::int` })
    .from(verificationTallies)
    .where(between(month, from, to))
    .groupBy(month, verdict, means)
    .orderBy(asc(month), asc(verdict), asc(means))
  return found.map(({ verdict, means, ...one }) => ({
    kind: 'verification' as const,
    of: `${verdict}|${means}`,
    departement: '',
    ...one,
  }))
}
