import { asc, desc, eq } from '../drizzle.ts'
import type { Actor } from '../auth/actor.ts'
import type { Db } from '../db.ts'
import { notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { openIdentity } from '../people/people.ts'
import type { Vault } from '../vault.ts'
import { ageInDays, legalMoves, listHistory } from './moves.ts'
import { capacities, type OrganisationRequest } from './organisation-requests.ts'
import { organisationRequestAidants, organisationRequests } from './requests.sql.ts'
import { EDITABLE, ORGANISATION_REQUEST_MOVES, ORGANISATION_REQUEST_STATUSES } from './statuses.ts'

/** All of a request, its history and what its reader may do with it now; `not_found` for whoever it does not regard. */
export async function readOrganisationRequest(db: Db, vault: Vault, actor: Actor, id: string, now = new Date()) {
  const [found] = await db
    .select({ request: organisationRequests, slug: organisations.slug })
    .from(organisationRequests)
    .leftJoin(organisations, eq(organisations.id, organisationRequests.organisationId))
    .where(eq(organisationRequests.id, id))
  if (!found || capacities(actor, found.request).length === 0) throw notFound('La demande', id)
  const { request, slug } = found
  const aidants = await db
    .select()
    .from(organisationRequestAidants)
    .where(eq(organisationRequestAidants.requestId, id))
    .orderBy(asc(organisationRequestAidants.personId))
  const answer = serializeOrganisationRequest(vault, { request, slug, aidants }, actor, now)
  const history = await listHistory(db, { organisationRequestId: id })
  if (request.issuerId !== actor.personId) {
    await record(db, { author: actor.sub, action: 'organisation_request.read', subject: `organisation_request:${id}` })
  }
  return { ...answer, history }
}

/** The requests that someone filled, the latest first; none for whoever is not a person. */
export async function listOwnOrganisationRequests(db: Db, personId: string | null) {
  if (personId === null) return []
  const { id, number, name, siret, status, since } = organisationRequests
  const found = await db
    .select({ id, number, name, siret, status, since })
    .from(organisationRequests)
    .where(eq(organisationRequests.issuerId, personId))
    .orderBy(desc(organisationRequests.createdAt), desc(id))
    .limit(500)
  return found.map((one) => ({ ...one, label: ORGANISATION_REQUEST_STATUSES[one.status] }))
}

type Whole = {
  request: OrganisationRequest
  slug: string | null
  aidants: (typeof organisationRequestAidants.$inferSelect)[]
}

function serializeOrganisationRequest(vault: Vault, { request, slug, aidants }: Whole, actor: Actor, now: Date) {
  const { id, number, status, since, createdAt, name, siret, departement, url, managerId } = request
  const { cgu, notFree, dpo, professionalsOnly, withoutElected } = request
  const by = capacities(actor, request)
  const moves = legalMoves(ORGANISATION_REQUEST_MOVES, status, by)
  return {
    id,
    number,
    status,
    label: ORGANISATION_REQUEST_STATUSES[status],
    since,
    ageInDays: ageInDays(since, now),
    createdAt,
    structure: { name, siret, departement, url, organisation: slug },
    manager: managerId && {
      ...openDeclared(vault, request.managerIdentity),
      profession: request.managerProfession,
      isAidant: aidants.some((one) => one.personId === managerId),
    },
    aidants: aidants.map(({ identity, profession, standing, conseillerNumerique, courseType }) => ({
      ...openDeclared(vault, identity),
      profession,
      standing,
      conseillerNumerique,
      courseType,
    })),
    declarations: { cgu, notFree, dpo, professionalsOnly, withoutElected },
    isEditable: EDITABLE.includes(status),
    moves: moves.map((move) => ({ move, label: ORGANISATION_REQUEST_MOVES[move].label })),
  }
}

const ERASED = { email: null, givenName: null, familyName: null }

/** An identity as it was declared; null fields once it is erased. */
export const openDeclared = (vault: Vault, identity: string | null) =>
  identity === null ? ERASED : openIdentity(vault, identity)
