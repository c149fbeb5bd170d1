import { and, asc, eq, sql } from '../drizzle.ts'
import type { Db } from '../db.ts'
import { conflict, invalid, notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { parisDate } from '../days.ts'
import { cancelEnrolments, countPlaces, placePeople, statesOf, whoAttended } from '../training/enrolments.ts'
import { holdSession, requireOpen, type Session } from '../training/sessions.ts'
import { enrolments, sessions } from '../training/training.sql.ts'
import type { Vault } from '../vault.ts'
import { holdRequest, trainingModules } from './formations.ts'
import { habilitationRequests } from './requests.sql.ts'
import { HABILITATION_REQUEST_STATUSES, REGISTERABLE } from './statuses.ts'
import { lastRegistrationDay } from './windows.ts'

type Request = typeof habilitationRequests.$inferSelect
export type Registration = { session: string; state: 'registered' | 'waiting'; position: number | null }

/** The structure (its slug) that a request is of; null when there is no such request. */
export async function structureOfRequest(db: Db, id: string): Promise<string | null> {
  const [found] = await db
    .select({ slug: organisations.slug })
    .from(habilitationRequests)
    .innerJoin(organisations, eq(organisations.id, habilitationRequests.organisationId))
    .where(eq(habilitationRequests.id, id))
  return found?.slug ?? null
}

/**
 * Registers the person of a request for a training: with a place, or last on the waiting list when it is full (days in
 * Paris). Once done, again changes nothing. Errors: `not_found`, `no_session_for_peers`, `request_not_registerable`,
 * `not_a_formation`, `session_cancelled`, `registration_closed`.
 */
export async function registerPerson(
  db: Db,
  {
    requestId,
    sessionId,
    author,
    now = new Date(),
  }: { requestId: string; sessionId: string; author: string; now?: Date },
): Promise<Registration> {
  return db.transaction(async (tx) => {
    const request = await holdRequest(tx, requestId)
    refuseStatus(request)
    const session = await holdFormation(tx, sessionId)
    requireOpen(session)
    const { personId, organisationId } = request
    const before = (await statesOf(tx, sessionId, [personId])).get(personId)
    if (before === undefined || before === 'cancelled') {
      refuseLate(session, await countPlaces(tx, sessionId), parisDate(now))
      await placePeople(tx, session, [personId], true)
    }
    const registration = await registrationOf(tx, sessionId, personId)
    if (before !== undefined && before !== 'cancelled') return registration
    const details = { session: sessionId, state: registration.state }
    const subject = `habilitation_request:${requestId}`
    await record(tx, { author, action: 'habilitation.registered', subject, organisationId, personId, details })
    return registration
  })
}

function refuseStatus({ status, courseType }: Request): void {
  if (courseType === 'peers' || status === 'processing_p2p') {
    throw conflict(
      'no_session_for_peers',
      'Cette demande suit la formation entre pairs : il n’y a pas de session où s’inscrire.',
      'Le test Pix passé vaudra aussi fin de formation.',
    )
  }
  if (REGISTERABLE.includes(status)) return
  throw conflict(
    'request_not_registerable',
    `La demande est « ${HABILITATION_REQUEST_STATUSES[status]} » : elle ne permet pas de s’inscrire en formation.`,
    'Attendez que l’éligibilité soit validée par l’équipe Aidants Connect.',
  )
}

/** Locks a session that makes a training for the habilitation. Errors: `not_found`, `not_a_formation`. */
async function holdFormation(tx: Db, id: string): Promise<Session> {
  const session = await holdSession(tx, id)
  if ((await tx.$count(sessions, and(eq(sessions.id, id), await trainingModules(tx)))) === 1) return session
  throw invalid(
    'not_a_formation',
    'Cette session ne forme pas à l’habilitation Aidants Connect : son module n’enseigne pas toutes les compétences demandées.',
    'Choisissez une session de la liste « GET /habilitations/formations ».',
  )
}

function refuseLate({ startsOn }: Session, enrolled: number, today: string): void {
  const last = lastRegistrationDay(startsOn, enrolled)
  if (today <= last) return
  throw conflict(
    'registration_closed',
    `Les inscriptions à cette session du ${startsOn} sont closes depuis le ${last}.`,
    'Choisissez une session plus lointaine : on s’inscrit 28 jours avant, ou 14 quand plus de 4 personnes sont déjà inscrites.',
  )
}

async function registrationOf(tx: Db, sessionId: string, personId: string): Promise<Registration> {
  const [found] = await tx
    .select({ state: enrolments.state, position: POSITION })
    .from(enrolments)
    .where(and(eq(enrolments.sessionId, sessionId), eq(enrolments.personId, personId)))
  const { state, position } = found!
  return { session: sessionId, state: state === 'waiting' ? state : 'registered', position }
}

/** The place on the waiting list, from 1; null for who does not wait. */
const POSITION = sql<number | null>`case when enrolments.waiting_rank is not null then (
  select count(*)::int from enrolments w
  where w.session_id = enrolments.session_id and w.waiting_rank <= enrolments.waiting_rank) end`

type Cancellation = { requestId: string; sessionId: string; author: string; reason: string; now?: Date }

/**
 * Calls a registration off; whoever has waited longest takes the place. Once done, again changes nothing. Errors:
 * `not_found`, `not_a_formation`, `already_attended`.
 */
export async function cancelRegistration(
  db: Db,
  vault: Vault,
  { requestId, sessionId, author, reason, now = new Date() }: Cancellation,
): Promise<void> {
  await db.transaction(async (tx) => {
    const { personId } = await holdRequest(tx, requestId)
    const session = await holdFormation(tx, sessionId)
    const state = (await statesOf(tx, sessionId, [personId])).get(personId)
    if (state === undefined) throw notFound('Pour cette demande, l’inscription à la session', sessionId)
    if ((await whoAttended(tx, sessionId, [personId])).has(personId)) {
      throw conflict(
        'already_attended',
        'Cette personne a suivi la session : son inscription ne peut plus être annulée.',
        'Si sa présence est notée par erreur, demandez à l’organisme de formation de la corriger.',
      )
    }
    await cancelEnrolments(tx, vault, [session], { reasons: new Map([[personId, reason]]), author, now })
  })
}

/** The trainings that the person of a request was registered for, by their first day. */
export async function listRegistrations(db: Db, requestId: string) {
  const found = await db
    .select({
      session: sessions.id,
      organisation: organisations.slug,
      startsOn: sessions.startsOn,
      endsOn: sessions.endsOn,
      hours: sessions.hours,
      modality: sessions.modality,
      departement: sessions.departement,
      place: sessions.place,
      cancelledAt: sessions.cancelledAt,
      state: enrolments.state,
      attendance: enrolments.attendance,
      position: POSITION,
    })
    .from(habilitationRequests)
    .innerJoin(enrolments, eq(enrolments.personId, habilitationRequests.personId))
    .innerJoin(sessions, eq(sessions.id, enrolments.sessionId))
    .innerJoin(organisations, eq(organisations.id, sessions.organisationId))
    .where(and(eq(habilitationRequests.id, requestId), await trainingModules(db)))
    .orderBy(asc(sessions.startsOn), asc(sessions.id))
  return found.map(({ cancelledAt, ...one }) => ({ ...one, cancelledAt: cancelledAt?.toISOString() ?? null }))
}
