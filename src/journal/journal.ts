import { createHash } from 'node:crypto'
import { desc, type InferSelectModel, sql } from '../drizzle.ts'
import { type Db, insertRows } from '../db.ts'
import { journal } from './journal.sql.ts'

type Line = InferSelectModel<typeof journal>
export type Entry = {
  author: string
  action: string
  subject: string
  organisationId?: string | null
  personId?: string | null
  reason?: string | null
  /** Numbers and codes; never what identifies a person. */
  details?: Record<string, unknown>
}

const LOCK = 1_516_016
export const FIRST_HASH = '0'.repeat(64)

/**
 * Writes a line of the journal, in the transaction of what it tells. To be the last thing that the transaction does: the
 * next line waits for its end, so that lines follow one another without a gap.
 */
export const record = (db: Db, entry: Entry): Promise<void> => recordAll(db, [entry])

/** The same of several lines, in as many statements as for one. */
export async function recordAll(db: Db, entries: Entry[]): Promise<void> {
  if (entries.length === 0) return
  await db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${LOCK})`)
    const [last] = await tx
      .select({ position: journal.position, hash: journal.hash })
      .from(journal)
      .orderBy(desc(journal.position))
      .limit(1)
    let { position, hash } = last ?? { position: 0, hash: FIRST_HASH }
    const at = new Date()
    const lines = entries.map((entry) => {
      const line = {
        position: ++position,
        at,
        author: entry.author,
        action: entry.action,
        subject: entry.subject,
        organisationId: entry.organisationId ?? null,
        personId: entry.personId ?? null,
        reason: entry.reason ?? null,
        details: entry.details ? JSON.stringify(entry.details) : null,
      }
      hash = hashOf(line, hash)
      return { ...line, hash }
    })
    await insertRows(tx, journal, lines)
  })
}

/** The hash of a line: over its content and the hash of the line before. */
export function hashOf(line: Omit<Line, 'hash'>, previous: string): string {
  const { position, at, author, action, subject, organisationId, personId, reason, details } = line
  const content = [position, at.toISOString(), author, action, subject, organisationId, personId, reason, details]
  return createHash('sha256')
    .update(`${previous}\n${JSON.stringify(content)}`)
    .digest('hex')
}
