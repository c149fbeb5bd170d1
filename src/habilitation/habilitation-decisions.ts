import { eq } from '../drizzle.ts'
import type { Actor } from '../auth/actor.ts'
import type { Db } from '../db.ts'
import { conflict } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import type { Vault } from '../vault.ts'
import { requireOpenStructure } from './eligibility.ts'
import { callOffRegistrations, holdRequest } from './formations.ts'
import { type HabilitationRequest, requireCapacity } from './habilitation-requests.ts'
import { changeHabilitation } from './habilitations.ts'
import { habilitations } from './habilitations.sql.ts'
import { isRepeated, requireMove } from './moves.ts'
import type { Decided } from './organisation-decisions.ts'
import { habilitationRequests, requestEvents } from './requests.sql.ts'
import type { HabilitationDecision } from './schema.ts'
import {
  HABILITATION_REQUEST_MOVES as MOVES,
  HABILITATION_REQUEST_STATUSES,
  type HabilitationRequestStatus,
  REGISTERABLE,
} from './statuses.ts'
import { type Authority, grant, settlePeople } from './validation.ts'

const WORKFLOW = { moves: MOVES, labels: HABILITATION_REQUEST_STATUSES }
/** What leads towards a habilitation asks for an open structure, and may be followed by its validation. */
const ONWARD = ['admission', 'peers', 'validation']

/**
 * Moves a request for one person. Of two decisions at once, one is taken. Cancelling a validated one ends its
 * habilitation for good. Errors: `not_found`, those of `requireMove`, `structure_closed`, `person_erased`.
 */
export async function decideHabilitationRequest(
  db: Db,
  vault: Vault,
  authority: Authority,
  actor: Actor,
  id: string,
  { move, reason, status: seen }: HabilitationDecision,
  now = new Date(),
): Promise<Decided<HabilitationRequestStatus>> {
  return db.transaction(async (tx) => {
    const request = await holdRequest(tx, id)
    const slug = await slugOf(tx, request)
    const { organisationId, personId, status: from } = request
    const by = requireCapacity(actor, slug)
    const author = actor.sub
    if (await isRepeated(tx, { habilitationRequestId: id }, { move, author })) {
      return { outcome: 'already', status: from }
    }
    requireMove(WORKFLOW, { move, status: seen }, from, by)
    if (ONWARD.includes(move)) await requireOpenStructure(tx, slug)
    const status = await moveTo(tx, request, move, { author, reason, now })
    if (REGISTERABLE.includes(from) && !REGISTERABLE.includes(status)) {
      await callOffRegistrations(tx, vault, { personId, organisationId, author, reason, now })
    }
    if (from === 'validated') await endHabilitation(tx, id, { author, reason, now })
    if (ONWARD.includes(move)) await settlePeople(tx, authority, [personId], now)
    const subject = `habilitation_request:${id}`
    const details = { move, from, status }
    const action = 'habilitation_request.decided'
    await record(tx, { author, action, subject, organisationId, personId, reason, details })
    return { outcome: 'done', status: await statusOf(tx, id) }
  })
}

type Decision = { author: string; reason: string; now: Date }

async function moveTo(
  tx: Db,
  { id, personId, organisationId, status: from, courseType, identity }: HabilitationRequest,
  move: HabilitationDecision['move'],
  { author, reason, now }: Decision,
): Promise<HabilitationRequestStatus> {
  const to = MOVES[move].to[courseType]
  const course = move === 'peers' ? 'peers' : courseType
  await tx
    .update(habilitationRequests)
    .set({ status: to, since: now, courseType: course })
    .where(eq(habilitationRequests.id, id))
  if (move === 'validation') {
    if (identity === null) throw erased()
    await grant(tx, [{ id, personId, organisationId, before: from }], { author, reason, now })
  } else {
    await tx.insert(requestEvents).values({ habilitationRequestId: id, move, from, to, at: now, author, reason })
  }
  return to
}

const erased = () =>
  conflict(
    'person_erased',
    'Les données de cette personne ont été effacées : elle ne peut plus être habilitée par cette demande.',
    'Si elle le souhaite, déposez une nouvelle demande.',
  )

async function endHabilitation(tx: Db, requestId: string, decision: Decision): Promise<void> {
  const [held] = await tx
    .select({ id: habilitations.id })
    .from(habilitations)
    .where(eq(habilitations.requestId, requestId))
  if (held) await changeHabilitation(tx, held.id, { kind: 'ended', lapse: null }, decision)
}

async function slugOf(tx: Db, { organisationId }: HabilitationRequest): Promise<string> {
  const [structure] = await tx
    .select({ slug: organisations.slug })
    .from(organisations)
    .where(eq(organisations.id, organisationId))
  return structure!.slug
}

async function statusOf(tx: Db, id: string): Promise<HabilitationRequestStatus> {
  const [found] = await tx
    .select({ status: habilitationRequests.status })
    .from(habilitationRequests)
    .where(eq(habilitationRequests.id, id))
  return found!.status
}
