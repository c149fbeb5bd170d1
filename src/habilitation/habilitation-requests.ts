import { eq } from '../drizzle.ts'
import type { Actor } from '../auth/actor.ts'
import type { Db } from '../db.ts'
import { brokenConstraint, conflict, notAllowed, notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { rememberPeople, sealPerson } from '../people/people.ts'
import type { Vault } from '../vault.ts'
import { isOfficer, isReferentOf } from './access.ts'
import { requireOpenStructure } from './eligibility.ts'
import { habilitations } from './habilitations.sql.ts'
import { ageInDays, legalMoves, listHistory } from './moves.ts'
import { naming } from './organisation-requests.ts'
import { openDeclared } from './read-organisation-requests.ts'
import { requireProfessional } from './professionals.ts'
import { habilitationRequests, requestEvents } from './requests.sql.ts'
import type { NewHabilitationRequest } from './schema.ts'
import { type By, HABILITATION_REQUEST_MOVES, HABILITATION_REQUEST_STATUSES } from './statuses.ts'
import { type Authority, settlePeople } from './validation.ts'

export type HabilitationRequest = typeof habilitationRequests.$inferSelect
type Asking = { author: string; now?: Date }

/**
 * Asks for one more aidante or aidant in a structure; the request waits on the list. Answers its id. Errors:
 * `not_professional`, `email_not_nominative`, `request_known`, those of `requireOpenStructure`.
 */
export async function askForHabilitation(
  db: Db,
  vault: Vault,
  authority: Authority,
  slug: string,
  given: NewHabilitationRequest,
  { author, now = new Date() }: Asking,
): Promise<string> {
  requireProfessional(given)
  const { email, givenName, familyName, ...declared } = given
  const sealed = sealPerson(vault, { email, givenName, familyName })
  const asked = () =>
    db.transaction(async (tx) => {
      const organisationId = await requireOpenStructure(tx, slug)
      const personId = [...(await rememberPeople(tx, [sealed])).values()][0]!
      const [created] = await tx
        .insert(habilitationRequests)
        .values({ ...declared, organisationId, personId, identity: sealed.identity, origin: 'responsable', since: now })
        .returning()
      const { id, status } = created!
      const event = { habilitationRequestId: id, move: 'creation', to: status, at: now, author }
      await tx.insert(requestEvents).values({ ...event, reason: 'Demande de la structure' })
      await settlePeople(tx, authority, [personId], now)
      const subject = `habilitation_request:${id}`
      await record(tx, { author, action: 'habilitation_request.created', subject, organisationId, personId })
      return id
    })
  return naming(asked).catch((error: unknown) => {
    throw brokenConstraint(error) === 'habilitation_request_once' ? alreadyAsked() : error
  })
}

const alreadyAsked = () =>
  conflict(
    'request_known',
    'Une demande existe déjà pour cette personne dans cette structure.',
    'Suivez la demande qui existe : il n’y en a qu’une par personne et par structure.',
  )

/** In which quality someone acts on the requests of a structure (its slug). */
const capacitiesIn = (actor: Actor, slug: string): By[] => [
  ...(isOfficer(actor) ? (['officer'] as const) : []),
  ...(isReferentOf(actor, slug) ? (['referent'] as const) : []),
]

/** Lets through who decides in a structure; `forbidden` otherwise. */
export function requireCapacity(actor: Actor, slug: string): By[] {
  const by = capacitiesIn(actor, slug)
  if (by.length === 0) throw notAllowed('Votre accès ne couvre pas cette structure.')
  return by
}

/** All of a request, its history and what its reader may do with it now. Errors: `not_found`, `forbidden`. */
export async function readHabilitationRequest(db: Db, vault: Vault, actor: Actor, id: string, now = new Date()) {
  const [found] = await db
    .select({
      request: habilitationRequests,
      slug: organisations.slug,
      name: organisations.name,
      habilitation: habilitations.id,
    })
    .from(habilitationRequests)
    .innerJoin(organisations, eq(organisations.id, habilitationRequests.organisationId))
    .leftJoin(habilitations, eq(habilitations.requestId, habilitationRequests.id))
    .where(eq(habilitationRequests.id, id))
  if (!found) throw notFound('La demande', id)
  const { request, slug, name, habilitation } = found
  const by = requireCapacity(actor, slug)
  const { identity, personId, organisationId, formationCompletionId: _, ...kept } = request
  const history = await listHistory(db, { habilitationRequestId: id })
  const subject = `habilitation_request:${id}`
  await record(db, { author: actor.sub, action: 'habilitation_request.read', subject, organisationId, personId })
  const moves = legalMoves(HABILITATION_REQUEST_MOVES, request.status, by)
  return {
    ...kept,
    ...openDeclared(vault, identity),
    label: HABILITATION_REQUEST_STATUSES[request.status],
    ageInDays: ageInDays(request.since, now),
    structure: { slug, name },
    habilitation,
    moves: moves.map((move) => ({ move, label: HABILITATION_REQUEST_MOVES[move].label })),
    history,
  }
}
