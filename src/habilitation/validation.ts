import { sql } from '../drizzle.ts'
import { findAchievementFor } from '../badges/achievements.ts'
import { giveAwards } from '../credentials/awards.ts'
import { anyId, type Db, insertRows, isAnyOf, rows } from '../db.ts'
import { recordAll } from '../journal/journal.ts'
import { habilitationEvents, habilitations } from './habilitations.sql.ts'
import { followCredentials, holdHabilitations } from './habilitations.ts'
import { applyResults, matchResults, peopleOfWaitingResults } from './pix-matching.ts'
import { requestEvents } from './requests.sql.ts'
import { AUTOMATIC } from './statuses.ts'

/** Who signs habilitations (the slug of an organisation), and where this service is. */
export type Authority = { issuer: string; baseUrl: string }

const SUBJECT = 'habilitation:aidants-connect'
/** The framework by whose competences a training counts, whatever the métier it was written for. */
const FRAMEWORK = 'mediation'
/** Badges ordered at once. */
const PAGE = 1000
const AUTOMATIC_REASON = 'Formation suivie et test Pix passé'

/**
 * Takes note of the trainings that these people completed, then validates the requests whose training and Pix test are both
 * done, each exactly once whatever runs at the same time, and gives the badge of each. Their badges follow their state.
 */
export async function settlePeople(tx: Db, authority: Authority, personIds: string[], now = new Date()): Promise<void> {
  const { asked, held } = await holdPeople(tx, personIds)
  if (asked.length === 0) return
  await matchResults(tx, asked)
  await applyResults(tx, asked)
  await noteTrainings(tx, asked)
  await validateReady(tx, asked, now)
  while ((await giveBadges(tx, authority, asked)) === PAGE);
  await followCredentials(tx, held)
}

/**
 * Settles what nothing else would: results received while the request of their person was being kept, badges whose signer
 * was not known. Answers how many badges are to be issued.
 */
export async function settleWaiting(tx: Db, authority: Authority): Promise<number> {
  await settlePeople(tx, authority, await peopleOfWaitingResults(tx))
  return giveBadges(tx, authority)
}

/**
 * Holds these people, their structures, requests and habilitations until the end of the transaction, in one order
 * and before anything waits for the journal: of two that settle the same person, one goes first. Answers those who have a
 * request, and their habilitations.
 */
export async function holdPeople(tx: Db, personIds: string[]): Promise<{ asked: string[]; held: string[] }> {
  const found = await rows<{ id: string }>(
    tx,
    sql`select distinct organisation_id as id from habilitation_requests where person_id = ${anyId(personIds)}`,
  )
  // One query when nobody is asked for, which most badges are about.
  if (found.length === 0) return { asked: [], held: [] }
  // The people first, as whoever erases or merges them does: what is inserted below refers to them, and would wait for it.
  await tx.execute(sql`select 1 from people where id = ${anyId(personIds)} order by id for key share`)
  const places = anyId(found.map((one) => one.id))
  await tx.execute(sql`select 1 from structures where organisation_id = ${places} order by organisation_id for share`)
  const requests = await rows<{ personId: string }>(
    tx,
    sql`select person_id as "personId" from habilitation_requests where person_id = ${anyId(personIds)}
        order by id for no key update`,
  )
  const asked = [...new Set(requests.map((one) => one.personId))]
  return { asked, held: await holdHabilitations(tx, isAnyOf(habilitations.personId, asked)) }
}

/** The professional competences that a training must teach to count for the habilitation. */
export async function competencesAsked(tx: Db) {
  const { competences } = await findAchievementFor(tx, SUBJECT)
  const asked = competences.filter((one) => one.framework === FRAMEWORK)
  return asked.map(({ framework, version, code }) => ({ framework, version, code }))
}

/**
 * A training counts when the sessions that someone completed teach together every professional competence that the
 * habilitation asks for: the general one, or those adapted to a métier. It is done on the day the last of them was; what a
 * revoked badge told does not count.
 */
async function noteTrainings(tx: Db, personIds: string[]): Promise<void> {
  const given = await competencesAsked(tx)
  await tx.execute(sql`
    with asked as (select * from json_to_recordset(${JSON.stringify(given)}::json) as a (framework text, version text, code text)),
    shown as (
      select distinct on (c.person_id, a.code) c.person_id, a.code, c.completed_on, c.id
      from completions c
      left join credentials k on k.completion_id = c.id
      join sessions s on s.id = c.session_id
      join module_competences m on m.slug = s.module_slug and m.module_version = s.module_version
      join asked a on a.framework = m.framework and a.version = m.version and a.code = m.code
      where c.person_id = ${anyId(personIds)} and k.revoked_at is null
      order by c.person_id, a.code, c.completed_on, c.id
    ),
    done as (
      select person_id, max(completed_on) as completed_on, (array_agg(id order by completed_on desc, id))[1] as id
      from shown group by person_id having count(*) = ${given.length}
    )
    update habilitation_requests r
    set formation_done_on = done.completed_on, formation_source = 'session', formation_completion_id = done.id
    from done where r.person_id = done.person_id and r.formation_done_on is null`)
}

type Ready = { id: string; personId: string; organisationId: string; before: string }

/** A structure that is closed holds its requests back: they are validated when it opens again. */
async function validateReady(tx: Db, personIds: string[], now: Date): Promise<void> {
  const ready = await rows<Ready>(
    tx,
    sql`with ready as (
          select r.id, r.status from habilitation_requests r
          join structures s on s.organisation_id = r.organisation_id and s.closed_at is null
          where r.person_id = ${anyId(personIds)} and r.status = any(${sql.param([...AUTOMATIC])})
            and r.formation_done_on is not null and r.pix_done_on is not null and r.identity is not null
        )
        update habilitation_requests r set status = 'validated', since = ${now.toISOString()}::timestamptz
        from ready where r.id = ready.id and r.status = ready.status
        returning r.id, r.person_id as "personId", r.organisation_id as "organisationId", ready.status as before`,
  )
  await grant(tx, ready, { author: 'service', reason: AUTOMATIC_REASON, now })
}

/** Grants the habilitations of requests that have just been validated, with the move of each. */
export async function grant(
  tx: Db,
  requests: Ready[],
  { author, reason, now }: { author: string; reason: string; now: Date },
): Promise<void> {
  const at = now.toISOString()
  const moves = requests.map(({ id, before }) => ({
    habilitationRequestId: id,
    move: 'validation',
    from: before,
    to: 'validated',
    at,
    author,
    reason,
  }))
  await insertRows(tx, requestEvents, moves)
  const given = requests.map(({ id, personId, organisationId }) => ({
    requestId: id,
    personId,
    organisationId,
    grantedAt: at,
  }))
  const then = sql`on conflict (request_id) do nothing
    returning id, person_id as "personId", organisation_id as "organisationId"`
  type Granted = { id: string; personId: string; organisationId: string }
  const granted = await insertRows<Granted>(tx, habilitations, given, then)
  const events = granted.map(({ id }) => ({ habilitationId: id, kind: 'granted', at, author, reason }))
  await insertRows(tx, habilitationEvents, events)
  const action = 'habilitation.granted'
  await recordAll(
    tx,
    granted.map(({ id, ...concerned }) => ({ author, action, subject: `habilitation:${id}`, ...concerned, reason })),
  )
}

/** Habilitations whose badge was not ordered, of these people or (none named) of all: it is, once its signer is known here. */
async function giveBadges(tx: Db, { issuer, baseUrl }: Authority, personIds?: string[]): Promise<number> {
  const achievement = await findAchievementFor(tx, SUBJECT)
  const mine = personIds ? sql`h.person_id = ${anyId(personIds)}` : sql`true`
  const waiting = await rows<Waiting>(
    tx,
    sql`select h.id, h.person_id as "personId", r.identity, h.granted_at::date::text as "awardedOn", o.slug, o.name, o.siret,
          signer.id as "organisationId"
        from habilitations h
        join habilitation_requests r on r.id = h.request_id
        join organisations o on o.id = h.organisation_id
        join organisations signer on signer.slug = ${issuer}
        where h.award_id is null and h.ended_at is null and r.identity is not null and ${mine}
        order by h.id limit ${PAGE} for update of h`,
  )
  const given = waiting.map(({ id, slug, name, siret, ...one }) => ({
    ...one,
    key: `habilitation:${id}`,
    achievementSlug: achievement.slug,
    achievementVersion: achievement.version,
    evidenceUrl: `${baseUrl}/organisations/${slug}`,
    narrative: `Habilitation Aidants Connect dans la structure « ${name} »${siret ? ` (SIRET ${siret})` : ''} : elle vaut pour cette personne dans cette structure, avec le mandat de la personne aidée.`,
  }))
  const awarded = await giveAwards(tx, given)
  if (awarded.size === 0) return 0
  const ids = [...awarded.keys()].map((key) => key.slice(key.indexOf(':') + 1))
  await tx.execute(sql`
    update habilitations h set award_id = a.award_id
    from unnest(${sql.param(ids)}::uuid[], ${sql.param([...awarded.values()])}::uuid[]) as a (id, award_id)
    where h.id = a.id and h.id = ${anyId(ids)}`)
  return awarded.size
}

type Waiting = {
  id: string
  personId: string
  identity: string
  awardedOn: string
  slug: string
  name: string
  siret: string | null
  organisationId: string
}
