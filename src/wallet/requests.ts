import { and, asc, countDistinct, eq, exists, gt, isNull, notExists, or, sql } from '../drizzle.ts'
import { alias } from '../drizzle-pg.ts'
import { type Db, isAnyOf } from '../db.ts'
import { conflict, notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import type { Organisation } from '../organisations/organisations.ts'
import { requireRecogniser, stillCounts } from './equivalences.ts'
import { classKey } from './schema.ts'
import { equivalenceRequests, equivalences, importedBadges } from './wallet.sql.ts'

/** A class that someone asks about, in the words of a badge that was found valid. */
export type Asked = {
  issuer: string
  achievement: string
  name: string
  description: string
  criteria: string | null
}
type Asking = { personId: string; author: string; imported: string }

/**
 * Puts a class of badges in the queue of those to be recognised, behind a badge that its holder keeps; what was refused is
 * open again. Of people the queue only ever says how many they are. Errors: `already_recognised`.
 */
export async function askRecognition(db: Db, { personId, author, imported }: Asking, asked: Asked): Promise<void> {
  const { issuer, achievement } = asked
  const key = classKey(issuer, achievement)
  await db.transaction(async (tx) => {
    if ((await tx.$count(equivalences, and(eq(equivalences.class, key), stillCounts()))) > 0) throw recognised()
    const [request] = await tx
      .insert(equivalenceRequests)
      .values({ ...asked, class: key })
      .onConflictDoUpdate({
        target: equivalenceRequests.class,
        set: { refusedAt: null, refusedBy: null, refusedReason: null },
      })
      .returning({ id: equivalenceRequests.id })
    const requestId = request!.id
    await tx.update(importedBadges).set({ requestId }).where(eq(importedBadges.id, imported))
    await record(tx, { author, action: 'equivalence.asked', subject: `equivalence-request:${requestId}`, personId })
  })
}

type Page = { limit: number; after?: string | undefined }

/** The classes that wait for an answer, the oldest first, each with how many people hold one and asked; nothing of who. */
export async function listRequests(db: Db, { limit, after }: Page) {
  const mark = alias(equivalenceRequests, 'mark')
  const behind = eq(importedBadges.requestId, equivalenceRequests.id)
  const people = db
    .select({ people: countDistinct(importedBadges.personId) })
    .from(importedBadges)
    .where(behind)
  const known = db
    .select({ id: equivalences.id })
    .from(equivalences)
    .where(and(eq(equivalences.class, equivalenceRequests.class), stillCounts()))
  const isAfter = exists(
    db
      .select({ id: mark.id })
      .from(mark)
      .where(
        and(
          eq(mark.id, sql`${after ?? null}::uuid`),
          or(
            gt(equivalenceRequests.askedAt, mark.askedAt),
            and(eq(equivalenceRequests.askedAt, mark.askedAt), gt(equivalenceRequests.id, mark.id)),
          ),
        ),
      ),
  )
  const found = await db
    .select({
      id: equivalenceRequests.id,
      issuer: equivalenceRequests.issuer,
      achievement: equivalenceRequests.achievement,
      name: equivalenceRequests.name,
      description: equivalenceRequests.description,
      criteria: equivalenceRequests.criteria,
      askedAt: equivalenceRequests.askedAt,
      people: sql<number>`(${people})`.mapWith(Number),
    })
    .from(equivalenceRequests)
    .where(
      and(
        isNull(equivalenceRequests.refusedAt),
        exists(db.select({ id: importedBadges.id }).from(importedBadges).where(behind)),
        notExists(known),
        after === undefined ? undefined : isAfter,
      ),
    )
    .orderBy(asc(equivalenceRequests.askedAt), asc(equivalenceRequests.id))
    .limit(limit + 1)
  const items = found.slice(0, limit)
  return { items, next: found.length > limit ? items.at(-1)!.id : null }
}
export type EquivalenceRequest = Awaited<ReturnType<typeof listRequests>>['items'][number]

/** A class that someone asks to be recognised. Errors: `not_found`. */
export async function getRequest(db: Db, id: string) {
  const [found] = await db.select().from(equivalenceRequests).where(eq(equivalenceRequests.id, id))
  if (!found) throw notFound('La demande', id)
  return found
}

/** Closes a request without recognising the class; who asked reads why. Errors: `not_found`, `request_closed`. */
export async function refuseRequest(
  db: Db,
  { organisation, author }: { organisation: Organisation; author: string },
  { id, reason }: { id: string; reason: string },
): Promise<void> {
  requireRecogniser(organisation)
  await db.transaction(async (tx) => {
    const refused = { refusedAt: new Date(), refusedBy: organisation.id, refusedReason: reason.trim() }
    const isOpen = and(eq(equivalenceRequests.id, id), isNull(equivalenceRequests.refusedAt))
    const done = await tx.update(equivalenceRequests).set(refused).where(isOpen).returning()
    if (done.length === 0) {
      await getRequest(tx, id)
      throw closed()
    }
    const subject = `equivalence-request:${id}`
    await record(tx, { author, action: 'equivalence.refused', subject, organisationId: organisation.id, reason })
  })
}

/** What became of these requests: when each was asked, and by whom and why it was refused, if it was. */
export const readRequests = (db: Db, ids: string[]) =>
  db
    .select({
      id: equivalenceRequests.id,
      askedAt: equivalenceRequests.askedAt,
      refusedReason: equivalenceRequests.refusedReason,
      refusedBy: organisations.name,
    })
    .from(equivalenceRequests)
    .leftJoin(organisations, eq(organisations.id, equivalenceRequests.refusedBy))
    .where(isAnyOf(equivalenceRequests.id, ids))
export type RequestState = Awaited<ReturnType<typeof readRequests>>[number]

const recognised = () =>
  conflict('already_recognised', 'Ces badges sont déjà reconnus ici.', 'Il n’y a rien à demander.')
const closed = () =>
  conflict('request_closed', 'Cette demande a déjà sa réponse.', 'Si on la refait, elle reviendra dans la file.')
