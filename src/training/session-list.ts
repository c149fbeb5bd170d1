import { and, desc, eq, inArray, type InferSelectModel, isNotNull, isNull, type SQL, sql } from '../drizzle.ts'
import { achievements } from '../badges/badges.sql.ts'
import { type Db, rows } from '../db.ts'
import { parisDate } from '../days.ts'
import { enrolments, sessions } from './training.sql.ts'
import { HOLDING } from './transitions.ts'

/** Where a session is, as its trainer sees it; `due`: it is over, and no result was sent. */
export const SESSION_PHASES = ['coming', 'ongoing', 'due', 'closed', 'cancelled'] as const
export type SessionPhase = (typeof SESSION_PHASES)[number]

type Dated = Pick<InferSelectModel<typeof sessions>, 'startsOn' | 'endsOn' | 'cancelledAt'>

/** Where a session is, from its days and from whether results were sent. */
export function phaseOf({ startsOn, endsOn, cancelledAt }: Dated, hasResults: boolean, today: string): SessionPhase {
  if (cancelledAt) return 'cancelled'
  if (today < startsOn) return 'coming'
  if (today <= endsOn) return 'ongoing'
  return hasResults ? 'closed' : 'due'
}

const hasResults = sql<boolean>`exists (select 1 from completions where completions.session_id = ${sessions.id})`

function isIn(phase: SessionPhase, today: string): SQL {
  const { startsOn, endsOn, cancelledAt } = sessions
  const which: Record<SessionPhase, SQL> = {
    coming: sql`${startsOn} > ${today}`,
    ongoing: sql`${startsOn} <= ${today} and ${endsOn} >= ${today}`,
    due: sql`${endsOn} < ${today} and not ${hasResults}`,
    closed: sql`${endsOn} < ${today} and ${hasResults}`,
    cancelled: isNotNull(cancelledAt),
  }
  return phase === 'cancelled' ? which.cancelled : and(isNull(cancelledAt), which[phase])!
}

type Asked = { phase?: SessionPhase | undefined; badge?: string | undefined; after?: string | undefined }
export type SessionLine = Awaited<ReturnType<typeof browseSessions>>['items'][number]

const PAGE = 20

/** An organisation's sessions, the latest first, some at a time; `after`: the day and the id of the last one seen. */
export async function browseSessions(db: Db, organisationId: string, { phase, badge, after }: Asked, now = new Date()) {
  const today = parisDate(now)
  const [day, id] = after?.split('_') ?? []
  const { startsOn, endsOn, place, departement, modality, capacity, cancelledAt } = sessions
  const found = await db
    .select({
      id: sessions.id,
      startsOn,
      endsOn,
      place,
      departement,
      modality,
      capacity,
      cancelledAt,
      name: sql<string>`${achievements.about} ->> 'name'`,
      taken: db.$count(enrolments, and(eq(enrolments.sessionId, sessions.id), inArray(enrolments.state, HOLDING))),
      hasResults,
    })
    .from(sessions)
    .innerJoin(
      achievements,
      and(eq(achievements.slug, sessions.achievementSlug), eq(achievements.version, sessions.achievementVersion)),
    )
    .where(
      and(
        eq(sessions.organisationId, organisationId),
        phase && isIn(phase, today),
        badge ? eq(sessions.achievementSlug, badge) : undefined,
        after === undefined ? undefined : sql`(${startsOn}, ${sessions.id}) < (${day}::date, ${id}::uuid)`,
      ),
    )
    .orderBy(desc(startsOn), desc(sessions.id))
    .limit(PAGE + 1)
  const items = found.slice(0, PAGE).map((one) => ({ ...one, phase: phaseOf(one, one.hasResults, today) }))
  const last = items.at(-1)
  return { items, next: found.length > PAGE && last ? `${last.startsOn}_${last.id}` : null }
}

/** How many sessions of an organisation are over without any result sent. */
export const countDue = (db: Db, organisationId: string, now = new Date()): Promise<number> =>
  db.$count(sessions, and(eq(sessions.organisationId, organisationId), isIn('due', parisDate(now))))

export type Figures = Awaited<ReturnType<typeof figuresOf>>

/** Where a session's learners are: places taken, those who wait, attendances noted, results received, badges issued. */
export async function figuresOf(db: Db, sessionId: string) {
  const [found] = await rows<Record<'taken' | 'waiting' | 'seen' | 'absent' | 'results' | 'pending', number>>(
    db,
    sql`select count(*) filter (where state in ('default', 'registered'))::int as taken,
          count(*) filter (where state = 'waiting')::int as waiting,
          count(*) filter (where attendance in ('present', 'replay'))::int as seen,
          count(*) filter (where attendance = 'absent')::int as absent,
          (select count(*) from completions where session_id = ${sessionId})::int as results,
          (select count(distinct r.completion_id) from receipts r join campaigns c on c.id = r.campaign_id
            where c.session_id = ${sessionId} and r.outcome = 'pending')::int as pending
        from enrolments where session_id = ${sessionId}`,
  )
  return found!
}
