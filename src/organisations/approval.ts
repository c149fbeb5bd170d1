import { and, asc, desc, eq, isNull, ne } from '../drizzle.ts'
import type { Db } from '../db.ts'
import { conflict } from '../errors.ts'
import { record } from '../journal/journal.ts'
import {
  checkedDeclaration,
  type Declaration,
  getOrganisation,
  namedConflict,
  type Organisation,
} from './organisations.ts'
import { organisationEvents, organisationFacts, organisations } from './organisations.sql.ts'
import {
  MOVE_SAID,
  MOVE_WORDS,
  type OrganisationMove,
  type OrganisationState,
  STATE_WORDS,
  TRANSITIONS,
} from './transitions.ts'

const ACTIONS: Record<OrganisationMove, string> = {
  approval: 'organisation.approved',
  refusal: 'organisation.refused',
  suspension: 'organisation.suspended',
  reinstatement: 'organisation.reinstated',
  request: 'organisation.requested',
}

/**
 * Moves an organisation from the state it is in. Of two decisions at once, one is taken. Errors: `not_found`,
 * `organisation_state` when the state does not admit the move, or no longer.
 */
export async function moveOrganisation(
  db: Db,
  slug: string,
  move: OrganisationMove,
  { author, reason }: { author: string; reason: string },
): Promise<Organisation> {
  return db.transaction(async (tx) => {
    const { id, state: from } = await getOrganisation(tx, slug)
    const state = TRANSITIONS[from][move]
    if (!state) throw notFrom(from, move)
    const [moved] = await tx
      .update(organisations)
      .set({ state })
      .where(and(eq(organisations.id, id), eq(organisations.state, from)))
      .returning()
    if (!moved) {
      throw conflict(
        'organisation_state',
        'Quelqu’un d’autre vient de décider pour cet organisme : votre décision n’a pas été prise.',
        'Relisez son état, puis décidez à nouveau s’il le faut.',
      )
    }
    await tx.insert(organisationEvents).values({ organisationId: id, state, author, reason })
    await record(tx, {
      author,
      action: ACTIONS[move],
      subject: `organisation:${slug}`,
      organisationId: id,
      reason,
      details: { from, state },
    })
    return moved
  })
}

/**
 * Corrects what a refused organisation says of itself, and asks for its approval again. A fact that was checked of
 * another value falls. Errors: those of registering, and `organisation_state` unless it is refused.
 */
export async function requestAgain(
  db: Db,
  slug: string,
  given: Declaration,
  decision: { author: string; reason: string },
): Promise<Organisation> {
  const declared = checkedDeclaration(given)
  const values = { siret: declared.siret, nda: declared.nda, qualiopi: declared.qualiopi ? 'oui' : 'non' }
  try {
    return await db.transaction(async (tx) => {
      const { id } = await getOrganisation(tx, slug)
      await tx.update(organisations).set(declared).where(eq(organisations.id, id))
      for (const [kind, value] of Object.entries(values) as [keyof typeof values, string | null][]) {
        const fallen = and(
          eq(organisationFacts.organisationId, id),
          eq(organisationFacts.kind, kind),
          isNull(organisationFacts.supersededAt),
          value === null ? undefined : ne(organisationFacts.value, value),
        )
        await tx.update(organisationFacts).set({ supersededAt: new Date() }).where(fallen)
      }
      return moveOrganisation(tx, slug, 'request', decision)
    })
  } catch (error) {
    throw namedConflict(error, { slug, siret: declared.siret }) ?? error
  }
}

function notFrom(state: OrganisationState, move: OrganisationMove) {
  const legal = Object.keys(TRANSITIONS[state]).map((one) => MOVE_WORDS[one as OrganisationMove])
  return conflict(
    'organisation_state',
    `Cet organisme est ${STATE_WORDS[state]} : on ne peut pas ${MOVE_SAID[move]}.`,
    `Dans cet état, on peut : ${legal.join(', ')}.`,
  )
}

/** The decisions taken about an organisation, the latest first. */
export const listDecisions = (db: Db, organisationId: string) =>
  db
    .select({ state: organisationEvents.state, at: organisationEvents.at, reason: organisationEvents.reason })
    .from(organisationEvents)
    .where(eq(organisationEvents.organisationId, organisationId))
    .orderBy(desc(organisationEvents.id))

/** The organisations in a state, by name: those that wait for a decision, to begin with. */
export const listOrganisations = (db: Db, state: OrganisationState, limit: number) =>
  db.select().from(organisations).where(eq(organisations.state, state)).orderBy(asc(organisations.name)).limit(limit)
