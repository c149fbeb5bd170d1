import { and, asc, eq, gt, inArray, isNull, sql } from '../drizzle.ts'
import { type Db, isAnyOf } from '../db.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { enrolments, sessions } from './training.sql.ts'
import { HOLDING } from './transitions.ts'

/** As many sessions as a plan weighs; the soonest first. */
const MOST = 5000

/** The sessions of these modules that begin after a day and still have a place, with how many; the soonest first. */
export async function openSessions(db: Db, modules: string[], after: string) {
  const { id, moduleSlug, startsOn, endsOn, departement, place, modality, hours, priceCents, capacity } = sessions
  const taken = db
    .select({ sessionId: enrolments.sessionId, count: sql<number>`count(*)::int`.as('count') })
    .from(enrolments)
    .where(inArray(enrolments.state, HOLDING))
    .groupBy(enrolments.sessionId)
    .as('taken')
  const found = await db
    .select({
      id,
      module: moduleSlug,
      organisation: organisations.name,
      startsOn,
      endsOn,
      departement,
      place,
      modality,
      hours,
      priceCents,
      places: sql<number>`${capacity} - coalesce(${taken.count}, 0)`,
    })
    .from(sessions)
    .innerJoin(organisations, eq(organisations.id, sessions.organisationId))
    .leftJoin(taken, eq(taken.sessionId, id))
    .where(
      and(
        isAnyOf(moduleSlug, modules),
        gt(startsOn, after),
        isNull(sessions.cancelledAt),
        eq(organisations.state, 'approved'),
        sql`coalesce(${taken.count}, 0) < ${capacity}`,
      ),
    )
    .orderBy(asc(startsOn), asc(id))
    .limit(MOST)
  return found.map((one) => ({ ...one, module: one.module! }))
}
