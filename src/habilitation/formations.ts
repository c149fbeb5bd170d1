import { and, asc, eq, gt, gte, inArray, isNull, ne, type SQL, sql } from '../drizzle.ts'
import { modules } from '../curricula/curricula.sql.ts'
import { type Db, rows } from '../db.ts'
import { conflict, invalid, notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { parisDate, lastDayAnywhere } from '../days.ts'
import { cancelEnrolments } from '../training/enrolments.ts'
import { enrolments, sessions } from '../training/training.sql.ts'
import { HOLDING } from '../training/transitions.ts'
import type { Vault } from '../vault.ts'
import { habilitationRequests } from './requests.sql.ts'
import { REGISTERABLE } from './statuses.ts'
import { type Authority, competencesAsked, holdPeople, settlePeople } from './validation.ts'
import { lastRegistrationDay } from './windows.ts'

/** Not a training that someone registers for: it is learnt from colleagues. */
const FROM_PEERS = 'aidants-connect-pair-a-pair'

/** The modules that make a training for the habilitation by themselves: they teach all the competences it asks for. */
export async function trainingModules(db: Db): Promise<SQL> {
  const asked = await competencesAsked(db)
  const found = await rows<{ slug: string; version: string }>(
    db,
    sql`select m.slug, m.module_version as version from module_competences m
        join json_to_recordset(${JSON.stringify(asked)}::json) as a (framework text, version text, code text)
          on a.framework = m.framework and a.version = m.version and a.code = m.code
        where m.slug <> ${FROM_PEERS}
        group by m.slug, m.module_version having count(*) = ${asked.length}`,
  )
  const names = found.map(({ slug, version }) => `${slug} ${version}`)
  return sql`${sessions.moduleSlug} || ' ' || ${sessions.moduleVersion} = any(${sql.param(names)})`
}

type CallOff = { personId: string; organisationId: string; author: string; reason: string; now?: Date }

/**
 * Calls off the trainings to come of a person whose request in a structure no longer lets her or him register, unless a
 * request in another structure still does; those who wait take the places. To be called before anything of the
 * transaction writes to the journal, or two of them could wait for each other.
 */
export async function callOffRegistrations(
  tx: Db,
  vault: Vault,
  { personId, organisationId, author, reason, now = new Date() }: CallOff,
): Promise<void> {
  // Of two requests of one person that end at once, the second sees what became of the first.
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`formations ${personId}`}, 0))`)
  const stillMay = and(
    eq(habilitationRequests.personId, personId),
    ne(habilitationRequests.organisationId, organisationId),
    inArray(habilitationRequests.status, [...REGISTERABLE]),
  )
  if ((await tx.$count(habilitationRequests, stillMay)) > 0) return
  const mine = tx
    .select({ id: enrolments.sessionId })
    .from(enrolments)
    .where(and(eq(enrolments.personId, personId), ne(enrolments.state, 'cancelled')))
  const held = await tx
    .select()
    .from(sessions)
    .where(
      and(
        inArray(sessions.id, mine),
        await trainingModules(tx),
        isNull(sessions.cancelledAt),
        gt(sessions.startsOn, parisDate(now)),
      ),
    )
    .orderBy(asc(sessions.id))
    .for('update')
  await cancelEnrolments(tx, vault, held, { reasons: new Map([[personId, reason]]), author, now })
}

type Done = { doneOn: string; author: string; reason: string; now?: Date }

/**
 * Notes, on an officer's word, that the training of a request is done (a day, on or before today anywhere), and validates
 * what is ready. The same day again changes nothing. Errors: `not_found`, `date_in_future`, `formation_done`.
 */
export async function noteFormation(
  db: Db,
  authority: Authority,
  requestId: string,
  { doneOn, author, reason, now = new Date() }: Done,
): Promise<void> {
  if (doneOn > lastDayAnywhere(now)) {
    throw invalid('date_in_future', 'La formation ne peut pas finir dans le futur.', 'Corrigez « doneOn ».')
  }
  await db.transaction(async (tx) => {
    const { personId, organisationId, formationDoneOn, formationSource } = await holdRequest(tx, requestId)
    if (formationDoneOn === doneOn) return
    if (formationDoneOn !== null) {
      throw conflict(
        'formation_done',
        `La formation est déjà notée comme finie le ${formationDoneOn} (${SOURCE_WORDS[formationSource!]}).`,
        'Il n’y a rien à ajouter : une formation finie le reste.',
      )
    }
    await tx
      .update(habilitationRequests)
      .set({ formationDoneOn: doneOn, formationSource: 'officer' })
      .where(eq(habilitationRequests.id, requestId))
    await settlePeople(tx, authority, [personId], now)
    const subject = `habilitation_request:${requestId}`
    const concerned = { subject, organisationId, personId }
    await record(tx, { author, action: 'habilitation.formation_noted', ...concerned, reason, details: { doneOn } })
  })
}

const SOURCE_WORDS = {
  session: 'par les acquis d’une session',
  peers: 'entre pairs, avec le test Pix',
  officer: 'par l’équipe Aidants Connect',
  import: 'par un import',
}

/** What is known of the training of a request, and its status. */
export async function readFormation(db: Db, id: string) {
  const { status, formationDoneOn, formationSource } = habilitationRequests
  const [found] = await db
    .select({ id: habilitationRequests.id, status, formationDoneOn, formationSource })
    .from(habilitationRequests)
    .where(eq(habilitationRequests.id, id))
  if (!found) throw notFound('La demande', id)
  return found
}

/** Locks a request with all that its person has, so that they move together; `not_found` otherwise. */
export async function holdRequest(tx: Db, id: string): Promise<typeof habilitationRequests.$inferSelect> {
  const { personId } = habilitationRequests
  const isOne = eq(habilitationRequests.id, id)
  const [asked] = await tx.select({ personId }).from(habilitationRequests).where(isOne)
  if (!asked) throw notFound('La demande', id)
  await holdPeople(tx, [asked.personId])
  const [held] = await tx.select().from(habilitationRequests).where(isOne).for('update')
  return held!
}

type Sought = {
  from?: string | undefined
  departement?: string | undefined
  modality?: 'presentiel' | 'distance' | 'hybride' | undefined
  limit: number
  after?: string | undefined
}

/** Trainings to come that a structure may register people for, by their first day, with the places that are left. */
export async function listFormations(db: Db, sought: Sought, now = new Date()) {
  const today = parisDate(now)
  const { from = today, departement, modality, limit, after } = sought
  const cursor = sql`(${sessions.startsOn}, ${sessions.id}) > (select s.starts_on, s.id from sessions s where s.id = ${after})`
  const found = await db
    .select({ session: sessions, enrolled: ENROLLED, waiting: WAITING, ...NAMES })
    .from(sessions)
    .innerJoin(organisations, eq(organisations.id, sessions.organisationId))
    .innerJoin(modules, and(eq(modules.slug, sessions.moduleSlug), eq(modules.version, sessions.moduleVersion)))
    .where(
      and(
        isNull(sessions.cancelledAt),
        gte(sessions.startsOn, from < today ? today : from),
        await trainingModules(db),
        departement === undefined ? undefined : eq(sessions.departement, departement),
        modality === undefined ? undefined : eq(sessions.modality, modality),
        after === undefined ? undefined : cursor,
      ),
    )
    .orderBy(asc(sessions.startsOn), asc(sessions.id))
    .limit(limit + 1)
  const items = found.slice(0, limit).map((one) => serializeFormation(one, today))
  return { items, next: found.length > limit ? items.at(-1)!.id : null }
}

const NAMES = {
  organisation: { slug: organisations.slug, name: organisations.name },
  module: { slug: modules.slug, title: modules.title },
}
/** How many are enrolled in a session of the statement, or wait for a place of it. */
const numberIn = (states: string[]) =>
  sql<number>`(select count(*)::int from enrolments e where e.session_id = sessions.id and e.state = any(${sql.param(states)}))`
const ENROLLED = numberIn(HOLDING)
const WAITING = numberIn(['waiting'])

type Found = {
  session: typeof sessions.$inferSelect
  enrolled: number
  waiting: number
  organisation: { slug: string; name: string }
  module: { slug: string; title: string }
}

function serializeFormation({ session, enrolled, waiting, organisation, module }: Found, today: string) {
  const { id, startsOn, endsOn, hours, modality, departement, place, capacity } = session
  const opensUntil = lastRegistrationDay(startsOn, enrolled)
  return {
    id,
    organisation,
    module,
    startsOn,
    endsOn,
    hours,
    modality,
    departement,
    place,
    capacity,
    remaining: Math.max(capacity - enrolled, 0),
    waiting,
    opensUntil,
    open: today <= opensUntil,
  }
}
