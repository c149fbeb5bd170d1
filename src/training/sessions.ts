import departements from '@etalab/decoupage-administratif/data/departements.json' with { type: 'json' }
import { and, asc, eq, gt, type InferSelectModel, sql } from 'drizzle-orm'
import { findAchievementFor } from '../badges/achievements.ts'
import { latestModule } from '../curricula/curricula.ts'
import { type Db, insertRows } from '../db.ts'
import { brokenConstraint, conflict, invalid, notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { requireAwardable } from '../organisations/networks.ts'
import type { Organisation } from '../organisations/organisations.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { type Identity, normaliseEmail, rememberPeople, sealPerson } from '../people/people.ts'
import type { Vault } from '../vault.ts'
import { enrolments, sessions } from './training.sql.ts'

export type Session = InferSelectModel<typeof sessions>
export type NewSession = {
  module?: string
  block?: string
  startsOn: string
  endsOn: string
  departement?: string | null
  place?: string | null
  capacity: number
  modality: 'presentiel' | 'distance' | 'hybride'
}

const DEPARTEMENTS = new Set((departements as { code: string }[]).map((one) => one.code))

/** Plans a session of a module or of a block's assessment, pinned to the versions of today. */
export async function planSession(
  db: Db,
  organisation: Organisation,
  given: NewSession,
  author: string,
): Promise<Session> {
  const { module: moduleSlug, block, ...rest } = given
  const departement = given.departement?.trim() || null
  if (departement && !DEPARTEMENTS.has(departement)) {
    throw invalid(
      'departement_unknown',
      `Le code de département « ${departement} » n’existe pas.`,
      'Donnez le code officiel, en gardant le zéro de tête : 01, 2A, 69, 971…',
    )
  }
  const module = moduleSlug ? await latestModule(db, moduleSlug) : null
  const achievement = await findAchievementFor(db, module ? `module:${module.slug}` : `block:${block}`)
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

/** Enrols learners; those already enrolled stay so. Refuses the whole request when it exceeds the capacity. */
export async function enrolLearners(
  db: Db,
  vault: Vault,
  { id: sessionId, organisationId }: Session,
  learners: Identity[],
  author: string,
): Promise<{ enrolled: number; capacity: number }> {
  return db.transaction(async (tx) => {
    const capacity = await holdSession(tx, sessionId)
    const ids = await rememberPeople(
      tx,
      distinct(learners).map((one) => sealPerson(vault, one)),
    )
    const rows = [...ids.values()].map((personId) => ({ sessionId, personId }))
    await insertRows(tx, enrolments, rows, sql`on conflict do nothing`)
    const enrolled = await tx.$count(enrolments, eq(enrolments.sessionId, sessionId))
    if (enrolled > capacity) {
      throw conflict(
        'session_full',
        `La session compte ${capacity} places ; avec ces inscriptions il y aurait ${enrolled} personnes.`,
        'Retirez des inscriptions ou planifiez une autre session.',
      )
    }
    const details = { asked: rows.length, enrolled }
    await record(tx, { author, action: 'session.enrolled', subject: `session:${sessionId}`, organisationId, details })
    return { enrolled, capacity }
  })
}

/** Locks the session so that enrolments and completions of two requests do not cross; answers its capacity. */
export async function holdSession(tx: Db, id: string): Promise<number> {
  const [held] = await tx
    .select({ capacity: sessions.capacity })
    .from(sessions)
    .where(eq(sessions.id, id))
    .for('update')
  if (!held) throw notFound('La session', id)
  return held.capacity
}

const distinct = (learners: Identity[]): Identity[] => [
  ...new Map(learners.map((one) => [normaliseEmail(one.email), one])).values(),
]

export function serializeSession(session: Session, organisation: string) {
  const { id, moduleSlug, moduleVersion, achievementSlug, achievementVersion } = session
  const { startsOn, endsOn, departement, place, capacity, modality } = session
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
  }
}
