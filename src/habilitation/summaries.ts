import { and, asc, eq, inArray, ne, sql } from '../drizzle.ts'
import { parisDate } from '../days.ts'
import { type Db, isAnyOf, rows } from '../db.ts'
import { invalid } from '../errors.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { personOfEmail } from '../people/people.ts'
import { enrolments, sessions } from '../training/training.sql.ts'
import type { Vault } from '../vault.ts'
import { trainingModules } from './formations.ts'
import { habilitations } from './habilitations.sql.ts'
import { openDeclared } from './read-organisation-requests.ts'
import { habilitationRequests, organisationRequests } from './requests.sql.ts'
import {
  HABILITATION_REQUEST_STATUSES,
  type HabilitationRequestStatus,
  keysOf,
  ORGANISATION_REQUEST_STATUSES,
  type OrganisationRequestStatus,
} from './statuses.ts'

/** From how many days in one status a request is slow, then late. */
export const SLOW_DAYS = 15
export const LATE_DAYS = 30

export type StatusCount<Status> = { status: Status; requests: number; late: number }

/** How many requests have each status, of those of a structure or of all; late ones have had it for more than `LATE_DAYS`. */
export async function countRequests(db: Db, now = new Date()) {
  const late = new Date(now.getTime() - LATE_DAYS * 24 * 3600_000).toISOString()
  const found = await rows<StatusCount<string> & { kind: string }>(
    db,
    sql`select 'organisation' as kind, status, count(*)::int as requests, count(*) filter (where since < ${late})::int as late
          from organisation_requests group by status
        union all
        select 'habilitation', status, count(*)::int, count(*) filter (where since < ${late})::int
          from habilitation_requests group by status`,
  )
  const of = <S extends string>(kind: string, statuses: Record<S, string>): StatusCount<S>[] =>
    keysOf(statuses).map((status) => {
      const one = found.find((row) => row.kind === kind && row.status === status)
      return { status, requests: one?.requests ?? 0, late: one?.late ?? 0 }
    })
  return {
    organisation: of<OrganisationRequestStatus>('organisation', ORGANISATION_REQUEST_STATUSES),
    habilitation: of<HabilitationRequestStatus>('habilitation', HABILITATION_REQUEST_STATUSES),
  }
}

/** The other requests for the structure of that SIRET, the latest first. */
export async function otherRequestsFor(db: Db, { siret, id }: { siret: string; id: string }) {
  const { number, status, since } = organisationRequests
  const found = await db
    .select({ id: organisationRequests.id, number, status, since })
    .from(organisationRequests)
    .where(and(eq(organisationRequests.siret, siret), ne(organisationRequests.id, id)))
    .orderBy(sql`${since} desc`)
    .limit(20)
  return found.map((one) => ({ ...one, label: ORGANISATION_REQUEST_STATUSES[one.status] }))
}

export type HeldSummary = {
  id: string
  lapses: (typeof habilitations.$inferSelect)['lapses']
  endedAt: Date | null
  lastSeenOn: string | null
  warnedAt: Date | null
}

/** The habilitation that each of these requests was validated with, by request. */
export async function habilitationsOfRequests(db: Db, requestIds: string[]): Promise<Map<string, HeldSummary>> {
  const { id, requestId, lapses, endedAt, lastSeenOn, warnedAt } = habilitations
  const found = await db
    .select({ id, requestId, lapses, endedAt, lastSeenOn, warnedAt })
    .from(habilitations)
    .where(isAnyOf(requestId, requestIds))
  return new Map(found.map(({ requestId, ...held }) => [requestId, held]))
}

export type NextSession = { startsOn: string; isWaiting: boolean }

/** The next training to come that the person of each of these requests is registered for, or waits for, by request. */
export async function nextSessionsOf(
  db: Db,
  requestIds: string[],
  now = new Date(),
): Promise<Map<string, NextSession>> {
  if (requestIds.length === 0) return new Map()
  const found = await db
    .selectDistinctOn([habilitationRequests.id], {
      id: habilitationRequests.id,
      startsOn: sessions.startsOn,
      state: enrolments.state,
    })
    .from(habilitationRequests)
    .innerJoin(enrolments, eq(enrolments.personId, habilitationRequests.personId))
    .innerJoin(sessions, eq(sessions.id, enrolments.sessionId))
    .where(
      and(
        isAnyOf(habilitationRequests.id, requestIds),
        inArray(enrolments.state, ['default', 'registered', 'waiting']),
        sql`${sessions.cancelledAt} is null and ${sessions.startsOn} >= ${parisDate(now)}`,
        await trainingModules(db),
      ),
    )
    .orderBy(asc(habilitationRequests.id), asc(sessions.startsOn))
  return new Map(found.map(({ id, startsOn, state }) => [id, { startsOn, isWaiting: state === 'waiting' }]))
}

/** A request of whoever has that address, the latest. Error: `request_unknown`. */
export async function requestOfAddress(db: Db, vault: Vault, email: string): Promise<string> {
  const personId = await personOfEmail(db, vault, email)
  const [found] = personId
    ? await db
        .select({ id: habilitationRequests.id })
        .from(habilitationRequests)
        .where(eq(habilitationRequests.personId, personId))
        .orderBy(sql`${habilitationRequests.createdAt} desc`)
        .limit(1)
    : []
  if (found) return found.id
  throw invalid(
    'request_unknown',
    'Aucune demande n’existe pour une personne qui a cette adresse.',
    'Recopiez l’adresse depuis la demande de la personne.',
    { field: 'email' },
  )
}

/** What these requests are called on a page, by id: their number and structure, or their person. */
export async function nameRequests(
  db: Db,
  vault: Vault,
  kind: 'organisation' | 'habilitation',
  ids: string[],
): Promise<Map<string, string>> {
  if (kind === 'organisation') {
    const { id, name } = organisationRequests
    const found = await db.select({ id, name }).from(organisationRequests).where(isAnyOf(id, ids))
    return new Map(found.map((one) => [one.id, one.name]))
  }
  const found = await db
    .select({ id: habilitationRequests.id, identity: habilitationRequests.identity, structure: organisations.name })
    .from(habilitationRequests)
    .innerJoin(organisations, eq(organisations.id, habilitationRequests.organisationId))
    .where(isAnyOf(habilitationRequests.id, ids))
  return new Map(
    found.map(({ id, identity, structure }) => {
      const { givenName, familyName } = openDeclared(vault, identity)
      return [id, `${givenName === null ? 'Personne effacée' : `${givenName} ${familyName}`}, ${structure}`]
    }),
  )
}
