import { asc, eq, max } from 'drizzle-orm'
import { changeCredential } from '../credentials/credentials.ts'
import { credentials } from '../credentials/credentials.sql.ts'
import { type Db, isAnyOf } from '../db.ts'
import { conflict, notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { habilitationEvents, habilitations } from './habilitations.sql.ts'
import { after, type HabilitationState, stateFrom } from './history.ts'
import type { Lapse } from './statuses.ts'

/** Who decides, and why. */
export type Decision = { author: string; reason: string; now?: Date }
/** What may happen to a habilitation once it is granted. */
export type Change = { kind: 'lapsed' | 'restored'; lapse: Lapse } | { kind: 'ended'; lapse: null }

const ACTIONS = { lapsed: 'habilitation.lapsed', restored: 'habilitation.restored', ended: 'habilitation.ended' }

/** Every event of a habilitation, the first first; `not_found` when there is none. */
export async function listEvents(db: Db, id: string) {
  const events = await db
    .select()
    .from(habilitationEvents)
    .where(eq(habilitationEvents.habilitationId, id))
    .orderBy(asc(habilitationEvents.id))
  if (events.length === 0) throw notFound('L’habilitation', id)
  return events
}

/**
 * Changes a habilitation, and its badge with it. What is already so changes nothing. Answers the state. Errors:
 * `not_found`; `habilitation_ended`, which is final.
 */
export async function changeHabilitation(
  db: Db,
  id: string,
  change: Change,
  { author, reason, now = new Date() }: Decision,
): Promise<HabilitationState> {
  return db.transaction(async (tx) => {
    const [held] = await tx.select().from(habilitations).where(eq(habilitations.id, id)).for('update')
    if (!held) throw notFound('L’habilitation', id)
    const before = stateFrom(await listEvents(tx, id))
    if (before.state === 'ended' && change.kind !== 'ended') throw ended()
    const event = { ...change, at: await momentAfter(tx, id, now) }
    const state = after(before, event)
    if (sameState(before, state)) return before
    await tx.insert(habilitationEvents).values({ habilitationId: id, ...event, author, reason })
    await tx
      .update(habilitations)
      .set({ lapses: state.lapses, endedAt: state.state === 'ended' ? event.at : null })
      .where(eq(habilitations.id, id))
    await followCredentials(tx, [id])
    const { personId, organisationId } = held
    const details = change.lapse ? { lapse: change.lapse } : {}
    const concerned = { subject: `habilitation:${id}`, personId, organisationId }
    await record(tx, { author, action: ACTIONS[change.kind], ...concerned, reason, details })
    return state
  })
}

const sameState = (one: HabilitationState, other: HabilitationState): boolean =>
  one.state === other.state && one.lapses.join() === other.lapses.join()

const ended = () =>
  conflict(
    'habilitation_ended',
    'Cette habilitation est retirée pour de bon : elle ne peut plus être suspendue ni rétablie.',
    'Si la personne doit être habilitée à nouveau, décidez d’une nouvelle demande.',
  )

/** Now, or the last event's moment when the clock has jumped back: the order of the events is that of their dates. */
async function momentAfter(tx: Db, id: string, now: Date): Promise<Date> {
  const [last] = await tx
    .select({ at: max(habilitationEvents.at) })
    .from(habilitationEvents)
    .where(eq(habilitationEvents.habilitationId, id))
  return last?.at && last.at > now ? last.at : now
}

/**
 * Brings the badges of these habilitations to the state of each: the credential always says what the events say. Called
 * by whatever changes one of the two; a badge not issued yet follows when it is.
 */
export async function followCredentials(tx: Db, ids: string[]): Promise<void> {
  const held = await tx
    .select({ id: habilitations.id })
    .from(habilitations)
    .where(isAnyOf(habilitations.id, ids))
    .orderBy(asc(habilitations.id))
    .for('update')
  const found = await tx
    .select({
      id: habilitations.id,
      lapses: habilitations.lapses,
      endedAt: habilitations.endedAt,
      credentialId: credentials.id,
      revokedAt: credentials.revokedAt,
      suspendedAt: credentials.suspendedAt,
    })
    .from(habilitations)
    .innerJoin(credentials, eq(credentials.awardId, habilitations.awardId))
    .where(
      isAnyOf(
        habilitations.id,
        held.map((one) => one.id),
      ),
    )
  for (const { id, lapses, endedAt, credentialId, revokedAt, suspendedAt } of found) {
    const isSuspended = lapses.length > 0
    const kind = endedAt ? 'revoked' : isSuspended ? 'suspended' : 'restored'
    const isSo = endedAt ? revokedAt !== null : isSuspended === (suspendedAt !== null)
    if (isSo || (revokedAt && !endedAt)) continue
    const { author, reason, at } = (await listEvents(tx, id)).at(-1)!
    await changeCredential(tx, credentialId, kind, { author, reason, at })
  }
}
