import { eq, max, sql } from '../drizzle.ts'
import type { Actor } from '../auth/actor.ts'
import { giveGrant } from '../auth/grants.ts'
import { type Db, insertRows } from '../db.ts'
import { DomainError } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { makeEligible, structureClosed } from './eligibility.ts'
import { isRepeated, requireMove } from './moves.ts'
import {
  capacities,
  holdOrganisationRequest,
  naming,
  type OrganisationRequest,
  requireComplete,
} from './organisation-requests.ts'
import {
  habilitationRequests,
  organisationRequestAidants,
  organisationRequests,
  requestEvents,
} from './requests.sql.ts'
import type { OrganisationDecision } from './schema.ts'
import {
  ORGANISATION_REQUEST_MOVES as MOVES,
  ORGANISATION_REQUEST_STATUSES,
  type OrganisationRequestMove,
  type OrganisationRequestStatus,
} from './statuses.ts'
import { type Authority, settlePeople } from './validation.ts'

const WORKFLOW = { moves: MOVES, labels: ORGANISATION_REQUEST_STATUSES }
const NUMBER_LOCK = 1_516_021
const CLOSURE_REASON = 'La référente ou le référent a déjà sa carte'

/** What came of a decision; one sent twice is `already` taken. */
export type Decided<Status> = { outcome: 'done' | 'already'; status: Status }

/**
 * Moves a request for a structure. Of two decisions at once, one is taken. Errors: `not_found`, those of `requireMove`,
 * `declarations_missing`; `structure_closed` when it accepts a structure that is closed.
 */
export async function decideOrganisationRequest(
  db: Db,
  authority: Authority,
  actor: Actor,
  id: string,
  { move, reason, status: seen, managerHasTotp = false }: OrganisationDecision,
  now = new Date(),
): Promise<Decided<OrganisationRequestStatus>> {
  return naming(() =>
    db.transaction(async (tx) => {
      const held = await holdOrganisationRequest(tx, actor, id)
      const author = actor.sub
      if (await isRepeated(tx, { organisationRequestId: id }, { move, author })) {
        return { outcome: 'already', status: held.status }
      }
      requireMove(WORKFLOW, { move, status: seen }, held.status, capacities(actor, held))
      if (held.status === 'NEW') requireComplete(held)
      const decision = { author, reason, now }
      const eligible = move === 'acceptance' ? await openStructure(tx, held, author) : null
      let status = await moveTo(tx, held, move, decision, eligible)
      if (eligible) {
        const moved = { ...held, status, organisationId: eligible }
        if (managerHasTotp) {
          status = await moveTo(tx, moved, 'closure', { author: 'service', reason: CLOSURE_REASON, now })
        }
        await admitAidants(tx, authority, moved, decision)
        await nameReferent(tx, moved, author)
      }
      const subject = `organisation_request:${id}`
      const details = { move, from: held.status, status }
      const organisationId = eligible ?? held.organisationId
      await record(tx, { author, action: 'organisation_request.decided', subject, organisationId, reason, details })
      return { outcome: 'done', status }
    }),
  )
}

type Decision = { author: string; reason: string; now: Date }

async function moveTo(
  tx: Db,
  { id, number, status: from, organisationId }: OrganisationRequest,
  move: OrganisationRequestMove,
  { author, reason, now }: Decision,
  eligible: string | null = null,
): Promise<OrganisationRequestStatus> {
  const { to } = MOVES[move]
  await tx
    .update(organisationRequests)
    .set({
      status: to,
      since: now,
      number: number ?? (await nextNumber(tx)),
      organisationId: eligible ?? organisationId,
    })
    .where(eq(organisationRequests.id, id))
  await tx.insert(requestEvents).values({ organisationRequestId: id, move, from, to, at: now, author, reason })
  return to
}

/** One after the other: two submissions at once would take the same number. */
async function nextNumber(tx: Db): Promise<number> {
  await tx.execute(sql`select pg_advisory_xact_lock(${NUMBER_LOCK})`)
  const [found] = await tx.select({ last: max(organisationRequests.number) }).from(organisationRequests)
  return (found?.last ?? 0) + 1
}

async function openStructure(tx: Db, { siret, name, url }: OrganisationRequest, author: string): Promise<string> {
  const [structure] = await makeEligible(tx, [{ siret, name, url }], author)
  if (structure!.closedAt) throw structureClosed()
  return structure!.id
}

/** A request for each aidante and aidant who has none in this structure, and what was waiting for it. */
async function admitAidants(
  tx: Db,
  authority: Authority,
  { id, organisationId }: OrganisationRequest,
  { author, reason, now }: Decision,
): Promise<void> {
  const named = await tx
    .select()
    .from(organisationRequestAidants)
    .where(eq(organisationRequestAidants.requestId, id))
    .orderBy(organisationRequestAidants.personId)
  const at = now.toISOString()
  const given = named.map(({ personId, identity, profession, standing, conseillerNumerique, courseType }) => ({
    organisationId,
    personId,
    identity,
    profession,
    standing,
    conseillerNumerique,
    courseType,
    origin: 'habilitation',
    status: courseType === 'peers' ? 'processing_p2p' : 'processing',
    since: at,
  }))
  const then = sql`on conflict (person_id, organisation_id) do nothing returning id, status`
  const created = await insertRows<{ id: string; status: string }>(tx, habilitationRequests, given, then)
  const events = created.map((one) => ({
    habilitationRequestId: one.id,
    move: 'creation',
    to: one.status,
    at,
    author,
    reason,
  }))
  await insertRows(tx, requestEvents, events)
  const personIds = named.map((one) => one.personId)
  await settlePeople(tx, authority, personIds, now)
}

/** After what it waits for: it writes a line of the journal. */
async function nameReferent(tx: Db, { managerId, organisationId }: OrganisationRequest, author: string): Promise<void> {
  const grant = { personId: managerId!, role: 'referent', organisationId, grantedBy: author } as const
  await giveGrant(tx, grant).catch((error: unknown) => {
    if (!(error instanceof DomainError && error.code === 'grant_held')) throw error
  })
}
