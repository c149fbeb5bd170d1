import { and, eq, type SQL } from '../drizzle.ts'
import { credentials } from '../credentials/credentials.sql.ts'
import { setStatusEntry } from '../credentials/other-statuses.ts'
import type { Db } from '../db.ts'
import { conflict, notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { endorsements } from './endorsements.sql.ts'
import { type EndorsementMove, type EndorsementState, STATE_WORDS, TRANSITIONS } from './transitions.ts'

type Signed = Pick<typeof endorsements.$inferInsert, 'document' | 'endorserId' | 'statusListId' | 'statusIndex'>
type Move = {
  id: string
  /** Whose it must be; nobody's for one that a link opened. */
  by?: SQL
  move: EndorsementMove
  author: string
  organisationId?: string
  /** What was given. */
  signed?: Signed
}

/** Moves an endorsement as the workflow admits, last in its transaction. Errors: `not_found`, `endorsement_moved`. */
export async function moveEndorsement(tx: Db, { id, by, move, author, organisationId, signed }: Move): Promise<void> {
  const [found] = await tx
    .select()
    .from(endorsements)
    .where(and(eq(endorsements.id, id), by))
    .for('update')
  if (!found) throw notFound('La recommandation', id)
  const to = TRANSITIONS[found.state][move]
  if (!to) throw moved(found.state)
  const now = new Date()
  await tx
    .update(endorsements)
    .set({
      state: to,
      changedAt: now,
      secretHash: null,
      secret: null,
      note: null,
      ...(move === 'giving' && { ...signed, givenAt: now }),
      ...(to === 'withdrawn' && { document: null }),
    })
    .where(eq(endorsements.id, id))
  const { statusListId, statusIndex } = found
  if (to === 'withdrawn' && statusListId !== null && statusIndex !== null) {
    await setStatusEntry(tx, { listId: statusListId, index: statusIndex }, 'revocation', true, now)
  }
  const [badge] = found.credentialId
    ? await tx
        .select({ personId: credentials.personId })
        .from(credentials)
        .where(eq(credentials.id, found.credentialId))
    : []
  await record(tx, {
    author,
    action: `endorsement.${to}`,
    subject: `endorsement:${id}`,
    organisationId: organisationId ?? found.organisationId,
    personId: badge?.personId ?? null,
  })
}

const moved = (state: EndorsementState) =>
  conflict(
    'endorsement_moved',
    `Cette recommandation est déjà « ${STATE_WORDS[state]} » : cette action ne s’y applique plus.`,
    'Rechargez la page pour voir où elle en est.',
  )
