import { and, asc, eq, gt, inArray, isNotNull } from '../drizzle.ts'
import { type Db, isAnyOf } from '../db.ts'
import { record } from '../journal/journal.ts'
import { people } from '../people/people.sql.ts'
import { type Identity, openIdentity } from '../people/people.ts'
import type { Vault } from '../vault.ts'
import { whoCompleted } from './enrolments.ts'
import type { Session } from './sessions.ts'
import { enrolments } from './training.sql.ts'
import { type Attendance, type EnrolmentState, HOLDING } from './transitions.ts'

/** Somebody of a session; `who` is null once she or he was erased. */
export type Learner = {
  personId: string
  state: EnrolmentState
  attendance: Attendance | null
  who: Identity | null
  hasResult: boolean
}

/** A learner's name as a list shows it. */
export const nameOf = ({ who }: Learner): string =>
  who === null ? 'Personne effacée' : `${who.familyName} ${who.givenName}`.trim() || who.email

const MOST_WAITING = 200

/**
 * Those who have a place in a session (or had one: `all`), some at a time, by name within a page; and, on the first page
 * of `all`, those who wait, in their order. Such a reading is written down.
 */
export async function readLearners(
  db: Db,
  vault: Vault,
  { id: sessionId, organisationId }: Session,
  { author, limit, after, all }: { author: string; limit: number; after?: string | undefined; all?: boolean },
): Promise<{ learners: Learner[]; waiting: Learner[]; next: string | null }> {
  const { personId, state, attendance, waitingRank } = enrolments
  const read = () =>
    db
      .select({ personId, state, attendance, identity: people.identity })
      .from(enrolments)
      .innerJoin(people, eq(people.id, personId))
  const mine = eq(enrolments.sessionId, sessionId)
  const states: EnrolmentState[] = all ? [...HOLDING, 'cancelled'] : HOLDING
  const found = await read()
    .where(and(mine, inArray(state, states), after === undefined ? undefined : gt(personId, after)))
    .orderBy(asc(personId))
    .limit(limit + 1)
  const shown = found.slice(0, limit)
  const queue =
    all && after === undefined
      ? await read()
          .where(and(mine, isNotNull(waitingRank)))
          .orderBy(asc(waitingRank))
          .limit(MOST_WAITING)
      : []
  const done = await whoCompleted(
    db,
    sessionId,
    shown.map((one) => one.personId),
  )
  const opened = ({ identity, ...one }: (typeof found)[number]): Learner => ({
    ...one,
    who: identity === null ? null : openIdentity(vault, identity),
    hasResult: done.has(one.personId),
  })
  const details = { rows: shown.length + queue.length }
  const subject = `session:${sessionId}`
  await record(db, { author, action: 'session.enrolments_read', subject, organisationId, details })
  return {
    learners: shown.map(opened).toSorted((a, b) => nameOf(a).localeCompare(nameOf(b), 'fr')),
    waiting: queue.map(opened),
    next: found.length > limit ? shown.at(-1)!.personId : null,
  }
}

/** Who these people of a session are; those who have no place in it, or were erased, are not in the answer. */
export async function identitiesOf(
  db: Db,
  vault: Vault,
  sessionId: string,
  personIds: string[],
): Promise<Map<string, Identity>> {
  const found = await db
    .select({ id: people.id, identity: people.identity })
    .from(enrolments)
    .innerJoin(people, eq(people.id, enrolments.personId))
    .where(
      and(
        eq(enrolments.sessionId, sessionId),
        isAnyOf(enrolments.personId, personIds),
        inArray(enrolments.state, HOLDING),
        isNotNull(people.identity),
      ),
    )
  return new Map(found.map(({ id, identity }) => [id, openIdentity(vault, identity!)]))
}
