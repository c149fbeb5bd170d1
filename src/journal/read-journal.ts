import { and, desc, eq, lt, sql } from '../drizzle.ts'
import type { Db } from '../db.ts'
import { record } from './journal.ts'
import { journal } from './journal.sql.ts'

type Question = {
  organisationId: string
  /** Who reads: the journal keeps it. */
  reader: string
  /** A day in Paris; every day when absent. */
  day?: string | undefined
  /** Lines before this one. */
  before?: number | undefined
  limit: number
}

export type JournalLine = Awaited<ReturnType<typeof readJournal>>['items'][number]

/** The lines that concern an organisation, the newest first; that they were read is a line of its own. */
export async function readJournal(db: Db, { organisationId, reader, day, before, limit }: Question) {
  const found = await db
    .select({
      position: journal.position,
      at: journal.at,
      author: journal.author,
      action: journal.action,
      subject: journal.subject,
      personId: journal.personId,
      reason: journal.reason,
      details: journal.details,
    })
    .from(journal)
    .where(
      and(
        eq(journal.organisationId, organisationId),
        before === undefined ? undefined : lt(journal.position, before),
        day === undefined ? undefined : isOn(day),
      ),
    )
    .orderBy(desc(journal.position))
    .limit(limit + 1)
  await record(db, {
    author: reader,
    action: 'journal.read',
    subject: `organisation:${organisationId}`,
    organisationId,
    details: { ...(day !== undefined && { day }), ...(before !== undefined && { before }) },
  })
  const items = found.slice(0, limit).map(({ details, ...line }) => ({ ...line, details: readDetails(details) }))
  return { items, next: found.length > limit ? items.at(-1)!.position : null }
}

const readDetails = (text: string | null) => (text === null ? {} : (JSON.parse(text) as Record<string, unknown>))

const midnight = (day: string, later = 0) => sql`(${day}::date + ${later}::int)::timestamp at time zone 'Europe/Paris'`
const isOn = (day: string) => sql`${journal.at} >= ${midnight(day)} and ${journal.at} < ${midnight(day, 1)}`
