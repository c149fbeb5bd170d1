import { and, asc, eq, exists, lte, type SQL, sql } from '../drizzle.ts'
import type { AnyPgColumn } from '../drizzle-pg.ts'
import type { Db } from '../db.ts'
import { record } from '../journal/journal.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import type { Vault } from '../vault.ts'
import { ageInDays } from './moves.ts'
import { openDeclared } from './read-organisation-requests.ts'
import { habilitationRequests, organisationRequests } from './requests.sql.ts'
import {
  HABILITATION_REQUEST_STATUSES,
  type HabilitationRequestStatus,
  ORGANISATION_REQUEST_STATUSES,
  type OrganisationRequestStatus,
} from './statuses.ts'

/** What is sought: days since a status, an organisation's slug, the `next` of the page before. */
export type Sought<Status> = {
  status?: Status | undefined
  departement?: string | undefined
  olderThan?: number | undefined
  organisation?: string | undefined
  /** The number of a structure's request. */
  number?: number | undefined
  after?: string | undefined
}

const DAY_MS = 24 * 3600_000

type Place = { since: AnyPgColumn; id: AnyPgColumn }

/** A place in the queue by what it is made of: a request decided since then no longer stands there, the place does. */
const cursorOf = ({ since, id }: Place) =>
  sql<string>`to_char(${since} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '_' || ${id}`

const isAfter = ({ since, id }: Place, cursor: string): SQL => {
  const [moment, last] = cursor.split('_')
  return sql`(${since}, ${id}) > (${moment}::timestamptz, ${last}::uuid)`
}

const hasWaited = (since: AnyPgColumn, days: number, now: Date): SQL =>
  lte(since, new Date(now.getTime() - days * DAY_MS))

const pageOf = <T extends { cursor: string }>(found: T[], limit: number) => ({
  page: found.slice(0, limit),
  next: found.length > limit ? found[limit - 1]!.cursor : null,
})

/** Requests for structures, whoever has waited longest first. */
export async function queueOrganisations(
  db: Db,
  sought: Sought<OrganisationRequestStatus>,
  limit: number,
  now = new Date(),
) {
  const { id, number, status, since, name, siret, departement } = organisationRequests
  const { olderThan, after } = sought
  const found = await db
    .select({
      id,
      number,
      status,
      since,
      name,
      siret,
      departement,
      organisation: organisations.slug,
      cursor: cursorOf(organisationRequests),
    })
    .from(organisationRequests)
    .leftJoin(organisations, eq(organisations.id, organisationRequests.organisationId))
    .where(
      and(
        sought.status && eq(status, sought.status),
        sought.departement ? eq(departement, sought.departement) : undefined,
        sought.organisation ? eq(organisations.slug, sought.organisation) : undefined,
        sought.number === undefined ? undefined : eq(number, sought.number),
        olderThan === undefined ? undefined : hasWaited(since, olderThan, now),
        after === undefined ? undefined : isAfter(organisationRequests, after),
      ),
    )
    .orderBy(asc(since), asc(id))
    .limit(limit + 1)
  const { page, next } = pageOf(found, limit)
  const items = page.map(({ cursor: _cursor, ...one }) => ({
    ...one,
    label: ORGANISATION_REQUEST_STATUSES[one.status],
    ageInDays: ageInDays(one.since, now),
  }))
  return { items, next }
}

/** Requests for people, whoever has waited longest first, named as they were declared. */
export async function queueHabilitations(
  db: Db,
  vault: Vault,
  sought: Sought<HabilitationRequestStatus> & { personId?: string | undefined },
  limit: number,
  now = new Date(),
) {
  const requests = habilitationRequests
  const { olderThan, after } = sought
  const found = await db
    .select({
      id: requests.id,
      status: requests.status,
      since: requests.since,
      organisation: organisations.slug,
      structureName: organisations.name,
      siret: organisations.siret,
      identity: requests.identity,
      profession: requests.profession,
      standing: requests.standing,
      conseillerNumerique: requests.conseillerNumerique,
      origin: requests.origin,
      courseType: requests.courseType,
      formationDoneOn: requests.formationDoneOn,
      pixDoneOn: requests.pixDoneOn,
      pixScore: requests.pixScore,
      cursor: cursorOf(requests),
    })
    .from(requests)
    .innerJoin(organisations, eq(organisations.id, requests.organisationId))
    .where(
      and(
        sought.status && eq(requests.status, sought.status),
        sought.departement ? isAskedWith(db, eq(organisationRequests.departement, sought.departement)) : undefined,
        sought.number === undefined ? undefined : isAskedWith(db, eq(organisationRequests.number, sought.number)),
        sought.personId ? eq(requests.personId, sought.personId) : undefined,
        sought.organisation ? eq(organisations.slug, sought.organisation) : undefined,
        olderThan === undefined ? undefined : hasWaited(requests.since, olderThan, now),
        after === undefined ? undefined : isAfter(requests, after),
      ),
    )
    .orderBy(asc(requests.since), asc(requests.id))
    .limit(limit + 1)
  const { page, next } = pageOf(found, limit)
  const items = page.map(({ cursor: _cursor, identity, ...one }) => ({
    ...one,
    ...openDeclared(vault, identity),
    label: HABILITATION_REQUEST_STATUSES[one.status],
    ageInDays: ageInDays(one.since, now),
  }))
  return { items, next }
}

/** What a structure's own request declares: its département is known from nothing else. */
const isAskedWith = (db: Db, so: SQL): SQL =>
  exists(
    db
      .select({ one: sql`1` })
      .from(organisationRequests)
      .where(and(eq(organisationRequests.organisationId, habilitationRequests.organisationId), so)),
  )

type Reading = { author: string; action: 'listed' | 'exported'; rows?: number; organisationId?: string }

/** Keeps in the journal that requests were read with the names of those they are about. */
export const recordReading = (db: Db, kind: 'organisation' | 'habilitation', reading: Reading): Promise<void> => {
  const { author, action, rows, organisationId = null } = reading
  const subject = 'habilitation:aidants-connect'
  const details = rows === undefined ? {} : { rows }
  return record(db, { author, action: `${kind}_requests.${action}`, subject, organisationId, details })
}
