import { and, eq, isNotNull, isNull, or } from '../drizzle.ts'
import { type Db, isAnyOf } from '../db.ts'
import { notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { changeHabilitations, type Decision, holdHabilitations } from './habilitations.ts'
import { habilitations, structures } from './habilitations.sql.ts'
import { habilitationRequests } from './requests.sql.ts'
import { AUTOMATIC } from './statuses.ts'
import { type Authority, holdPeople, settlePeople } from './validation.ts'

/** A structure whose aidantes and aidants may be habilitated; `not_found` for an organisation that is not one. */
export async function getStructure(db: Db, slug: string) {
  const [found] = await db
    .select({
      id: structures.organisationId,
      slug: organisations.slug,
      name: organisations.name,
      createdAt: structures.createdAt,
      closedAt: structures.closedAt,
      reopenedAt: structures.reopenedAt,
    })
    .from(structures)
    .innerJoin(organisations, eq(organisations.id, structures.organisationId))
    .where(eq(organisations.slug, slug))
  if (!found) throw notFound('La structure', slug)
  return found
}

/**
 * Closes a structure: every habilitation that holds in it is suspended for that, and its requests wait. A closed one stays
 * as it is. Error: `not_found`.
 */
export async function closeStructure(db: Db, slug: string, decision: Decision): Promise<void> {
  const { id } = await getStructure(db, slug)
  const { author, reason, now = new Date() } = decision
  await db.transaction(async (tx) => {
    const [closed] = await tx
      .update(structures)
      .set({ closedAt: now })
      .where(and(eq(structures.organisationId, id), isNull(structures.closedAt)))
      .returning()
    if (!closed) return
    const held = await holdHabilitations(tx, isHeldIn(id))
    const changed = await changeHabilitations(tx, held, { kind: 'lapsed', lapse: 'structure' }, { ...decision, now })
    const details = { habilitations: changed.length }
    const concerned = { subject: `organisation:${slug}`, organisationId: id }
    await record(tx, { author, action: 'structure.closed', ...concerned, reason, details })
  })
}

/**
 * Reopens a structure: what its closing suspended holds again, unless something else suspends it too, and the requests that
 * were ready meanwhile are validated. An open one stays as it is. Error: `not_found`.
 */
export async function reopenStructure(db: Db, authority: Authority, slug: string, decision: Decision): Promise<void> {
  const { id } = await getStructure(db, slug)
  const { author, reason, now = new Date() } = decision
  await db.transaction(async (tx) => {
    const [reopened] = await tx
      .update(structures)
      .set({ closedAt: null, reopenedAt: now })
      .where(and(eq(structures.organisationId, id), isNotNull(structures.closedAt)))
      .returning()
    if (!reopened) return
    const { asked: waiting } = await holdPeople(tx, await peopleWaitingIn(tx, id))
    // Those of the same people elsewhere too: settling makes their badges follow once the journal is held.
    await holdHabilitations(tx, or(isHeldIn(id), isAnyOf(habilitations.personId, waiting))!)
    const held = await tx.select({ id: habilitations.id }).from(habilitations).where(isHeldIn(id))
    const ids = held.map((one) => one.id)
    const changed = await changeHabilitations(tx, ids, { kind: 'restored', lapse: 'structure' }, { ...decision, now })
    await settlePeople(tx, authority, waiting, now)
    const details = { habilitations: changed.length }
    const concerned = { subject: `organisation:${slug}`, organisationId: id }
    await record(tx, { author, action: 'structure.reopened', ...concerned, reason, details })
  })
}

const isHeldIn = (organisationId: string) =>
  and(eq(habilitations.organisationId, organisationId), isNull(habilitations.endedAt))!

async function peopleWaitingIn(tx: Db, organisationId: string): Promise<string[]> {
  const waits = isAnyOf(habilitationRequests.status, [...AUTOMATIC])
  const found = await tx
    .selectDistinct({ personId: habilitationRequests.personId })
    .from(habilitationRequests)
    .where(and(eq(habilitationRequests.organisationId, organisationId), waits))
  return found.map(({ personId }) => personId)
}
