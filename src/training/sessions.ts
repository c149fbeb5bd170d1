import { and, asc, desc, eq, gt, type InferSelectModel, ne, sql } from '../drizzle.ts'
import { findAchievementFor } from '../badges/achievements.ts'
import { latestModule } from '../curricula/curricula.ts'
import type { Module } from '../curricula/schema.ts'
import { type Db, rows } from '../db.ts'
import { brokenConstraint, conflict, invalid, notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { knownDepartement } from '../organisations/departements.ts'
import { requireAwardable } from '../organisations/networks.ts'
import { getPublished } from '../organisations/organisation-badges.ts'
import type { Organisation } from '../organisations/organisations.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { normaliseEmail } from '../email.ts'
import { type Identity, rememberPeople, sealPerson } from '../people/people.ts'
import type { Vault } from '../vault.ts'
import { placePeople, tellLearners } from './enrolments.ts'
import { campaigns, enrolments, sessions } from './training.sql.ts'

export type Session = InferSelectModel<typeof sessions>
export type NewSession = {
  module?: string
  block?: string
  /** A badge that the organisation wrote. */
  badge?: string
  startsOn: string
  endsOn: string
  departement?: string | null
  place?: string | null
  capacity: number
  modality: 'presentiel' | 'distance' | 'hybride'
  hours?: number
  priceCents?: number
}

/** Plans a session of a module, of a block's assessment or of the organisation's own badge, pinned to the versions of today. */
export async function planSession(
  db: Db,
  organisation: Organisation,
  given: NewSession,
  author: string,
): Promise<Session> {
  const { module: moduleSlug, block, badge, ...rest } = given
  const departement = knownDepartement(given.departement)
  const module = moduleSlug ? await latestModule(db, moduleSlug) : null
  requireHours(module, given.hours)
  const achievement = badge
    ? await getPublished(db, organisation, badge)
    : await findAchievementFor(db, module ? `module:${module.slug}` : `block:${block}`)
  await requireAwardable(db, organisation, achievement.slug)
  try {
    return await keepSession(db, author, {
      ...rest,
      departement,
      organisationId: organisation.id,
      moduleSlug: module?.slug,
      moduleVersion: module?.version,
      achievementSlug: achievement.slug,
      achievementVersion: achievement.version,
    })
  } catch (error) {
    throw namedRefusal(error) ?? error
  }
}

/** The catalogue says how long a module may last; where it does not, nothing is refused. */
function requireHours(module: Module | null, hours: number | undefined): void {
  const { min = null, max = null } = module?.hours ?? {}
  if (!module || hours === undefined || (hours >= (min ?? 1) && hours <= (max ?? hours))) return
  const [least, most] = [min && `au moins ${min} heures`, max && `au plus ${max} heures`]
  const admitted = min === max ? `${min} heures` : [least, most].filter(Boolean).join(' et ')
  throw wrongHours(`Une session du module « ${module.title} » dure ${admitted} ; vous en indiquez ${hours}.`)
}

const wrongHours = (message: string) =>
  invalid('session_hours', message, 'Corrigez « hours » ; laissez-le de côté si la durée n’est pas connue.')

const keepSession = (db: Db, author: string, values: typeof sessions.$inferInsert): Promise<Session> =>
  db.transaction(async (tx) => {
    const [planned] = await tx.insert(sessions).values(values).returning()
    const { id, organisationId, achievementSlug, achievementVersion } = planned!
    const details = { achievement: `${achievementSlug}/${achievementVersion}` }
    await record(tx, { author, action: 'session.planned', subject: `session:${id}`, organisationId, details })
    return planned!
  })

function namedRefusal(error: unknown) {
  switch (brokenConstraint(error)) {
    case 'session_dates_in_order':
      return invalid('dates_in_order', 'La session finit avant de commencer.', 'Corrigez les dates.')
    case 'session_place_when_present':
      return invalid(
        'departement_missing',
        'Une session en présentiel se tient dans un département.',
        'Ajoutez « departement » (par exemple 69), ou indiquez la modalité « distance ».',
      )
    case 'session_aidants_connect_hours':
      return wrongHours('Une formation Aidants Connect dure 7 heures ou 14 heures.')
    case 'session_price_admitted':
      return invalid(
        'session_price',
        'Le prix d’une session va de 0 à 100 000 € par personne.',
        'Corrigez le prix ; laissez-le de côté s’il n’est pas publié.',
        { field: 'price' },
      )
    default:
      return null
  }
}

/** A session and the slug of its organisation; `not_found` otherwise. */
export async function getSession(db: Db, id: string): Promise<{ session: Session; organisation: Organisation }> {
  const [found] = await db
    .select({ session: sessions, organisation: organisations })
    .from(sessions)
    .innerJoin(organisations, eq(organisations.id, sessions.organisationId))
    .where(eq(sessions.id, id))
  if (!found) throw notFound('La session', id)
  return found
}

/** An organisation's sessions after a cursor, by id. */
export async function listSessions(db: Db, organisationId: string, limit: number, after?: string) {
  const found = await db
    .select()
    .from(sessions)
    .where(and(eq(sessions.organisationId, organisationId), after === undefined ? undefined : gt(sessions.id, after)))
    .orderBy(asc(sessions.id))
    .limit(limit + 1)
  return { items: found.slice(0, limit), next: found.length > limit ? found[limit - 1]!.id : null }
}

/** The latest batches of results of a session, the last first. */
export const latestLots = (db: Db, sessionId: string): Promise<{ id: string; receivedAt: Date }[]> =>
  db
    .select({ id: campaigns.id, receivedAt: campaigns.receivedAt })
    .from(campaigns)
    .where(eq(campaigns.sessionId, sessionId))
    .orderBy(desc(campaigns.receivedAt), desc(campaigns.id))
    .limit(5)

/**
 * Enrols learners; those already enrolled stay so. When that exceeds the capacity, whoever is beyond waits, or
 * (`mayWait` false) the whole request is refused with `session_full`. Errors: also `session_cancelled`.
 */
export async function enrolLearners(
  db: Db,
  vault: Vault,
  { id: sessionId, organisationId }: Session,
  learners: Identity[],
  { author, mayWait }: { author: string; mayWait: boolean },
): Promise<{ enrolled: number; waiting: number; capacity: number }> {
  return db.transaction(async (tx) => {
    const session = await holdSession(tx, sessionId)
    requireOpen(session)
    const sealed = distinct(learners).map((one) => sealPerson(vault, one))
    const ids = await rememberPeople(tx, sealed)
    const people = [...new Set(sealed.map((one) => ids.get(one.emailFingerprint)!))]
    const { taken, waiting } = await placePeople(tx, session, people, mayWait)
    const details = { asked: people.length, enrolled: taken, waiting: waiting.length }
    await record(tx, { author, action: 'session.enrolled', subject: `session:${sessionId}`, organisationId, details })
    return { enrolled: taken, waiting: waiting.length, capacity: session.capacity }
  })
}

/** Locks the session so that enrolments and completions of two requests do not cross; answers it as it is then. */
export async function holdSession(tx: Db, id: string): Promise<Session> {
  const [held] = await tx.select().from(sessions).where(eq(sessions.id, id)).for('update')
  if (!held) throw notFound('La session', id)
  return held
}

/** Refuses, with `session_cancelled`, what a session that was called off no longer takes. */
export function requireOpen({ cancelledAt }: Session): void {
  if (cancelledAt === null) return
  throw conflict(
    'session_cancelled',
    'Cette session est annulée : elle ne reçoit plus ni inscriptions, ni présences, ni acquis.',
    'Planifiez une autre session.',
  )
}

/**
 * Calls a session off and tells those who are enrolled or wait; once done, again changes nothing. Errors: `not_found`,
 * `session_attended` once someone attended it or has a completion.
 */
export async function cancelSession(
  db: Db,
  vault: Vault,
  id: string,
  { author, reason, now = new Date() }: { author: string; reason: string; now?: Date },
): Promise<Session> {
  return db.transaction(async (tx) => {
    const session = await holdSession(tx, id)
    if (session.cancelledAt) return session
    await refuseAttended(tx, id)
    const [cancelled] = await tx
      .update(sessions)
      .set({ cancelledAt: now, cancelledReason: reason })
      .where(eq(sessions.id, id))
      .returning()
    const told = await tx
      .select({ personId: enrolments.personId })
      .from(enrolments)
      .where(and(eq(enrolments.sessionId, id), ne(enrolments.state, 'cancelled')))
    const personIds = told.map((one) => one.personId)
    await tellLearners(tx, vault, session, personIds, (to, said) => ({
      to,
      kind: 'session-cancelled',
      values: { ...said, reason },
    }))
    const { organisationId } = session
    const details = { enrolled: told.length }
    await record(tx, { author, action: 'session.cancelled', subject: `session:${id}`, organisationId, reason, details })
    return cancelled!
  })
}

async function refuseAttended(tx: Db, id: string): Promise<void> {
  const [seen] = await rows(
    tx,
    sql`select 1 from enrolments where session_id = ${id} and attendance in ('present', 'replay')
        union all select 1 from completions where session_id = ${id} limit 1`,
  )
  if (!seen) return
  throw conflict(
    'session_attended',
    'Des personnes ont suivi cette session, ou des acquis y sont enregistrés : elle ne peut plus être annulée.',
    'Si une présence est notée par erreur, corrigez-la d’abord ; un badge délivré par erreur se révoque.',
  )
}

const distinct = (learners: Identity[]): Identity[] => [
  ...new Map(learners.map((one) => [normaliseEmail(one.email), one])).values(),
]

export function serializeSession(session: Session, organisation: string) {
  const { id, moduleSlug, moduleVersion, achievementSlug, achievementVersion } = session
  const { startsOn, endsOn, departement, place, capacity, modality, hours, priceCents, cancelledAt } = session
  return {
    id,
    organisation,
    module: moduleSlug ? { slug: moduleSlug, version: moduleVersion } : null,
    achievement: { slug: achievementSlug, version: achievementVersion },
    startsOn,
    endsOn,
    departement,
    place,
    capacity,
    modality,
    hours,
    priceCents,
    cancelledAt: cancelledAt?.toISOString() ?? null,
  }
}
