import { sql } from 'drizzle-orm'
import { parisDate } from '../days.ts'
import { type Db, rows } from '../db.ts'

type ToClose = { id: string; name: string; startsOn: string; endsOn: string }
type Lot = { id: string; receivedAt: Date; name: string; issued: number; refused: number; pending: number }

const SHOWN = 5

/** What an organisation has to do, and its latest batches. Three queries, whatever their number. */
export async function readOverview(db: Db, organisationId: string) {
  const [toClose, lots, [counts]] = [
    await sessionsToClose(db, organisationId),
    await latestLots(db, organisationId),
    await countsOf(db, organisationId),
  ]
  return { toClose, lots, ...counts! }
}

export type Overview = Awaited<ReturnType<typeof readOverview>>

/** Sessions that ended without results, the longest since first. */
const sessionsToClose = (db: Db, organisationId: string): Promise<ToClose[]> =>
  rows(
    db,
    sql`select s.id, a.about->>'name' as name, s.starts_on as "startsOn", s.ends_on as "endsOn"
        from sessions s join achievements a on a.slug = s.achievement_slug and a.version = s.achievement_version
        where ${isToClose(organisationId)} order by s.ends_on, s.id limit ${SHOWN}`,
  )

const isToClose = (organisationId: string) =>
  sql`s.organisation_id = ${organisationId} and s.cancelled_at is null and s.ends_on < ${parisDate(new Date())}
    and not exists (select 1 from campaigns c where c.session_id = s.id)`

async function latestLots(db: Db, organisationId: string): Promise<Lot[]> {
  const found = await rows<Omit<Lot, 'receivedAt'> & { receivedAt: string | Date }>(
    db,
    sql`with latest as (
          select c.id, c.received_at, s.achievement_slug, s.achievement_version
          from campaigns c join sessions s on s.id = c.session_id
          where s.organisation_id = ${organisationId} order by c.received_at desc, c.id limit ${SHOWN}
        )
        select l.id, l.received_at as "receivedAt", a.about->>'name' as name,
          count(*) filter (where r.outcome in ('issued', 'alreadyIssued'))::int as issued,
          count(*) filter (where r.outcome = 'refused')::int as refused,
          count(*) filter (where r.outcome = 'pending')::int as pending
        from latest l
        join achievements a on a.slug = l.achievement_slug and a.version = l.achievement_version
        left join receipts r on r.campaign_id = l.id
        group by 1, 2, 3 order by 2 desc, 1`,
  )
  return found.map((one) => ({ ...one, receivedAt: new Date(one.receivedAt) }))
}

/** How much waits: sessions to close, places asked for, sessions to come. */
const countsOf = (db: Db, organisationId: string) =>
  rows<{ closing: number; asks: number; coming: number }>(
    db,
    sql`select
          (select count(*)::int from sessions s where ${isToClose(organisationId)}) as closing,
          (select count(*)::int from enrolment_asks e join sessions s on s.id = e.session_id
            where s.organisation_id = ${organisationId}) as asks,
          (select count(*)::int from sessions s where s.organisation_id = ${organisationId}
            and s.cancelled_at is null and s.ends_on >= ${parisDate(new Date())}) as coming`,
  )
