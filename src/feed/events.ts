import { and, asc, eq, gt, inArray, lte, sql } from '../drizzle.ts'
import { type Db, rows } from '../db.ts'
import { DomainError, invalid } from '../errors.ts'
import { type EventType, TYPES } from './event-types.ts'
import { feedEvents, feedHead } from './feed.sql.ts'

export type FeedEvent = typeof feedEvents.$inferSelect
/** An organisation, what to read of its events, and from where. */
type Asked = { organisationId: string; types?: EventType[] | undefined; after: number; limit: number }

/** Where the feed is now: the last position given, and the last one forgotten. */
export async function readHead(db: Db): Promise<{ position: number; forgotten: number }> {
  const [head] = await db.select({ position: feedHead.position, forgotten: feedHead.forgotten }).from(feedHead)
  return head!
}

/** The events after a position, in order; `upto` is what was looked through, other types and other organisations included. */
export async function readEvents(db: Db, { organisationId, types = TYPES, after, limit }: Asked) {
  // Read first: what comes meanwhile is left for the next time, and not skipped.
  const { position } = await readHead(db)
  const events = await db
    .select()
    .from(feedEvents)
    .where(
      and(
        eq(feedEvents.organisationId, organisationId),
        gt(feedEvents.position, after),
        lte(feedEvents.position, position),
        inArray(feedEvents.type, types),
      ),
    )
    .orderBy(asc(feedEvents.position))
    .limit(limit)
  const last = events.at(-1)
  return { events, upto: events.length === limit && last ? last.position : Math.max(position, after) }
}

/** Where the reader of a cursor goes on; `now` is the end, none the beginning. Errors: `cursor_unknown`, `cursor_too_old`. */
export async function positionOf(db: Db, cursor: string | undefined): Promise<number> {
  const { position, forgotten } = await readHead(db)
  if (cursor === 'now') return position
  if (cursor === undefined) return forgotten
  const asked = Number(cursor)
  if (asked > position) {
    throw invalid(
      'cursor_unknown',
      'Ce curseur ne vient pas de ce fil : il désigne des événements qui n’existent pas encore.',
      'Reprenez le « next » de votre dernière lecture.',
    )
  }
  if (asked >= forgotten) return asked
  throw new DomainError(
    'gone',
    'cursor_too_old',
    'Ce curseur est plus ancien que les événements gardés : il en manquerait.',
    'Demandez « after=now », gardez le curseur répondu, lisez tous les badges (GET /api/v1/credentials), puis suivez le fil.',
  )
}

/** What a tool receives of an event, the same by the feed and by a webhook: nothing in it says who. */
export function serializeEvent({ id, type, at, body }: FeedEvent, organisation: string, baseUrl: string) {
  const { credential, ...about } = body
  const url = typeof credential === 'string' ? { credential: `${baseUrl}/credentials/${credential}` } : {}
  return { id, type, timestamp: at.toISOString(), organisation, data: { ...url, ...about } }
}

/**
 * Forgets the oldest events that were recorded before then, a batch at most; answers how many. A subscription that waits for
 * none of them is moved past: one that stays behind lost something, and will be told so.
 */
export async function forgetEvents(db: Db, before: string, batch: number): Promise<number> {
  const [oldest] = await rows<{ upto: number | null }>(
    db,
    sql`select max(position)::float8 as upto
        from (select position, recorded_at from feed_events order by position limit ${batch}) as oldest
        where recorded_at < ${before}::timestamptz`,
  )
  const upto = oldest?.upto ?? null
  if (upto === null) return 0
  await db.execute(
    sql`update webhooks w set position = ${upto} where position < ${upto} and not exists (
          select 1 from feed_events e where e.organisation_id = w.organisation_id and e.position > w.position
            and e.position <= ${upto} and e.type = any(w.types))`,
  )
  await db.update(feedHead).set({ forgotten: upto })
  return (await rows(db, sql`delete from feed_events where position <= ${upto} returning 1`)).length
}
