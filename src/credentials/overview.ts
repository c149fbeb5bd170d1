import { sql } from '../drizzle.ts'
import { parisDate } from '../days.ts'
import { type Db, rows } from '../db.ts'
import { browseSessions, countDue } from '../training/session-list.ts'
import { listLots } from './lots.ts'

const SHOWN = 5

/** What an organisation has to do, and its latest batches. Five queries, whatever their number. */
export async function readOverview(db: Db, organisationId: string) {
  const due = await browseSessions(db, organisationId, { phase: 'due' })
  const lots = await listLots(db, organisationId)
  const [waiting] = await countsOf(db, organisationId)
  return {
    toClose: due.items.slice(0, SHOWN),
    closing: await countDue(db, organisationId),
    lots: lots.items.slice(0, SHOWN),
    ...waiting!,
  }
}

export type Overview = Awaited<ReturnType<typeof readOverview>>

/** How much waits: places asked for, sessions to come. */
const countsOf = (db: Db, organisationId: string) =>
  rows<{ asks: number; coming: number }>(
    db,
    sql`select
          (select count(*)::int from enrolment_asks e join sessions s on s.id = e.session_id
            where s.organisation_id = ${organisationId}) as asks,
          (select count(*)::int from sessions s where s.organisation_id = ${organisationId}
            and s.cancelled_at is null and s.ends_on >= ${parisDate(new Date())}) as coming`,
  )
