import { and, asc, eq, gt, inArray, isNotNull, max, sql } from '../drizzle.ts'
import { modules } from '../curricula/curricula.sql.ts'
import { type Db, insertRows, isAnyOf } from '../db.ts'
import { conflict } from '../errors.ts'
import { record, recordAll } from '../journal/journal.ts'
import { isPlainAddress } from '../messages/address.ts'
import { postMessages } from '../messages/messages.ts'
import type { MessageKind, MessageOf, SessionSaid } from '../messages/templates.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { people } from '../people/people.sql.ts'
import { openIdentity } from '../people/people.ts'
import type { Vault } from '../vault.ts'
import { parisDate } from '../days.ts'
import type { Session } from './sessions.ts'
import { completions, enrolments } from './training.sql.ts'
import { type EnrolmentState, HOLDING } from './transitions.ts'

/** How many places of a session are taken. */
export const countPlaces = (tx: Db, sessionId: string): Promise<number> =>
  tx.$count(enrolments, and(eq(enrolments.sessionId, sessionId), inArray(enrolments.state, HOLDING)))

type Placed = { taken: number; waiting: string[] }

/**
 * Gives a place of a session that is held to each of these people, in order; those beyond wait behind those who do
 * already. Whoever has a place keeps it. Answers how many places are taken, and which of these people wait. Errors:
 * `session_full` when someone would wait who may not: nobody is placed then.
 */
export async function placePeople(
  tx: Db,
  { id: sessionId, capacity }: Session,
  personIds: string[],
  mayWait: boolean,
): Promise<Placed> {
  const states = await statesOf(tx, sessionId, personIds)
  const asked = personIds.filter((id) => !HOLDING.includes(states.get(id)!))
  const taken = await countPlaces(tx, sessionId)
  const placed = asked.slice(0, Math.max(capacity - taken, 0))
  const waiting = asked.slice(placed.length)
  if (waiting.length > 0 && !mayWait) throw full(capacity, taken + asked.length)
  const last = await lastRank(tx, sessionId)
  const given = [
    ...placed.map((personId) => ({ sessionId, personId, state: 'registered', waitingRank: null })),
    ...waiting
      .filter((personId) => states.get(personId) !== 'waiting')
      .map((personId, index) => ({ sessionId, personId, state: 'waiting', waitingRank: last + index + 1 })),
  ]
  const again = sql`on conflict (session_id, person_id) do update
    set state = excluded.state, waiting_rank = excluded.waiting_rank, attendance = null, created_at = excluded.created_at`
  await insertRows(tx, enrolments, given, again)
  return { taken: taken + placed.length, waiting }
}

const full = (capacity: number, wanted: number) =>
  conflict(
    'session_full',
    `La session compte ${capacity} places ; avec ces inscriptions il y aurait ${wanted} personnes.`,
    'Retirez des inscriptions, planifiez une autre session, ou acceptez la liste d’attente.',
  )

/** Where people stand in a session; those who were never enrolled are not in the answer. */
export async function statesOf(tx: Db, sessionId: string, personIds: string[]): Promise<Map<string, EnrolmentState>> {
  const found = await tx
    .select({ personId: enrolments.personId, state: enrolments.state })
    .from(enrolments)
    .where(and(eq(enrolments.sessionId, sessionId), isAnyOf(enrolments.personId, personIds)))
  return new Map(found.map((one) => [one.personId, one.state]))
}

/** Those of these people who have a completion of a session. */
export async function whoCompleted(tx: Db, sessionId: string, personIds: string[]): Promise<Set<string>> {
  const found = await tx
    .select({ personId: completions.personId })
    .from(completions)
    .where(and(eq(completions.sessionId, sessionId), isAnyOf(completions.personId, personIds)))
  return new Set(found.map((one) => one.personId))
}

/** Those of these people who attended a session, or have a completion of it. */
export async function whoAttended(tx: Db, sessionId: string, personIds: string[]): Promise<Set<string>> {
  const isOneOf = and(eq(enrolments.sessionId, sessionId), isAnyOf(enrolments.personId, personIds))
  const seen = await tx
    .select({ personId: enrolments.personId })
    .from(enrolments)
    .where(and(isOneOf, inArray(enrolments.attendance, ['present', 'replay'])))
  const completed = await whoCompleted(tx, sessionId, personIds)
  return completed.union(new Set(seen.map((one) => one.personId)))
}

async function lastRank(tx: Db, sessionId: string): Promise<number> {
  const ranked = and(eq(enrolments.sessionId, sessionId), isNotNull(enrolments.waitingRank))
  const [found] = await tx
    .select({ rank: max(enrolments.waitingRank) })
    .from(enrolments)
    .where(ranked)
  return found?.rank ?? 0
}

/**
 * Takes people off sessions that are held, gives the places so freed to those who have waited longest, and tells these by
 * e-mail. Nobody takes a place of a session that has begun or is called off. To be the last thing of its transaction.
 */
export async function cancelEnrolments(
  tx: Db,
  vault: Vault,
  sessions: Session[],
  { reasons, author, now }: { reasons: Map<string, string>; author: string; now: Date },
): Promise<void> {
  const moves: { session: Session; cancelled: string[]; placed: string[] }[] = []
  for (const session of sessions) {
    const cancelled = await tx
      .update(enrolments)
      .set({ state: 'cancelled', waitingRank: null, attendance: null })
      .where(
        and(
          eq(enrolments.sessionId, session.id),
          isAnyOf(enrolments.personId, [...reasons.keys()]),
          inArray(enrolments.state, [...HOLDING, 'waiting']),
        ),
      )
      .returning({ personId: enrolments.personId })
    const placed = await placeWaiting(tx, vault, session, now)
    moves.push({ session, cancelled: cancelled.map((one) => one.personId), placed })
  }
  const entries = moves.flatMap(({ session, cancelled, placed }) => {
    const about = { author, subject: `session:${session.id}`, organisationId: session.organisationId }
    const off = { ...about, action: 'session.enrolment_cancelled' }
    return [
      ...cancelled.map((personId) => ({ ...off, personId, reason: reasons.get(personId)! })),
      ...placed.map((personId) => ({ ...about, action: 'session.place_given', personId })),
    ]
  })
  await recordAll(tx, entries)
}

/** Gives the free places of a session to those who wait, the first first; answers who they are. */
async function placeWaiting(tx: Db, vault: Vault, session: Session, now: Date): Promise<string[]> {
  if (session.cancelledAt || session.startsOn < parisDate(now)) return []
  const room = session.capacity - (await countPlaces(tx, session.id))
  if (room <= 0) return []
  const first = await tx
    .select({ personId: enrolments.personId })
    .from(enrolments)
    .where(and(eq(enrolments.sessionId, session.id), isNotNull(enrolments.waitingRank)))
    .orderBy(asc(enrolments.waitingRank))
    .limit(room)
  const placed = first.map((one) => one.personId)
  if (placed.length === 0) return []
  await tx
    .update(enrolments)
    .set({ state: 'registered', waitingRank: null })
    .where(and(eq(enrolments.sessionId, session.id), isAnyOf(enrolments.personId, placed)))
  await tellLearners(tx, vault, session, placed, (to, values) => ({ to, kind: 'place-freed', values }))
  return placed
}

/** Writes to people about a session, at the first address of each. */
export async function tellLearners<K extends MessageKind>(
  tx: Db,
  vault: Vault,
  session: Session,
  personIds: string[],
  letter: (to: string, session: SessionSaid) => MessageOf<K>,
): Promise<void> {
  const said = await sayingOf(tx, session)
  const found = await tx
    .select({ identity: people.identity })
    .from(people)
    .where(and(isAnyOf(people.id, personIds), isNotNull(people.identity)))
  const addresses = found
    .map(({ identity }) => openIdentity(vault, identity!).email)
    // An address that no message can go to does not keep the others from being told.
    .filter(isPlainAddress)
  const letters = addresses.map((to) => letter(to, said))
  await postMessages(tx, vault, letters)
}

/** A session as its learners are told of it. */
async function sayingOf(
  tx: Db,
  { moduleSlug, moduleVersion, organisationId, ...session }: Session,
): Promise<SessionSaid> {
  const [organisation] = await tx
    .select({ name: organisations.name })
    .from(organisations)
    .where(eq(organisations.id, organisationId))
  const [module] = await tx
    .select({ title: modules.title })
    .from(modules)
    .where(and(eq(modules.slug, moduleSlug ?? ''), eq(modules.version, moduleVersion ?? '')))
  const { startsOn, endsOn, place, departement } = session
  const where = place ?? (departement === null ? null : `département ${departement}`)
  return { title: module?.title ?? null, organisation: organisation!.name, startsOn, endsOn, place: where }
}

/** Who is enrolled in a session, after a cursor, with names: such a reading is written down. */
export async function listEnrolments(
  db: Db,
  vault: Vault,
  { id: sessionId, organisationId }: Session,
  { author, limit, after }: { author: string; limit: number; after?: string | undefined },
) {
  const { personId, state, attendance, waitingRank, createdAt } = enrolments
  const found = await db
    .select({ personId, state, attendance, waitingRank, since: createdAt, identity: people.identity })
    .from(enrolments)
    .innerJoin(people, eq(people.id, personId))
    .where(and(eq(enrolments.sessionId, sessionId), after === undefined ? undefined : gt(personId, after)))
    .orderBy(asc(personId))
    .limit(limit + 1)
  const shown = found.slice(0, limit)
  const subject = `session:${sessionId}`
  await record(db, {
    author,
    action: 'session.enrolments_read',
    subject,
    organisationId,
    details: { rows: shown.length },
  })
  const items = shown.map(({ identity, since, ...one }) => ({
    ...one,
    since: since.toISOString(),
    ...(identity === null ? { email: null, givenName: null, familyName: null } : openIdentity(vault, identity)),
  }))
  return { items, next: found.length > limit ? shown.at(-1)!.personId : null }
}
