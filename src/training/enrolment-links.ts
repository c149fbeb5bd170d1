import { and, asc, eq } from '../drizzle.ts'
import { type Db, isAnyOf } from '../db.ts'
import { addDays, parisDate } from '../days.ts'
import { conflict, DomainError, invalid, notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { isPlainAddress } from '../messages/address.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { emailFingerprints, type Identity, openIdentity, sealPerson } from '../people/people.ts'
import { hashSecret, newSecret } from '../secret.ts'
import type { Vault } from '../vault.ts'
import { enrolmentAsks, enrolmentLinks } from './enrolment-links.sql.ts'
import { countPlaces } from './enrolments.ts'
import { enrolLearners, holdSession, requireOpen, type Session } from './sessions.ts'
import { sessions } from './training.sql.ts'

const PURPOSE = 'training/enrolment-link'
export type LinkAction = 'open' | 'close' | 'renew'

/** A session's link as its trainer sees it; null before it was first opened. */
export async function readLink(db: Db, vault: Vault, sessionId: string) {
  const [found] = await db.select().from(enrolmentLinks).where(eq(enrolmentLinks.sessionId, sessionId))
  return found ? { secret: vault.open(PURPOSE, found.secret), isOpen: found.closedAt === null } : null
}

/**
 * Opens a session's link (the same one when it was closed), closes it, or replaces it: the former address then answers
 * nothing. Errors: `session_cancelled`.
 */
export async function changeLink(
  db: Db,
  vault: Vault,
  { id: sessionId, organisationId }: Session,
  { action, author }: { action: LinkAction; author: string },
): Promise<void> {
  await db.transaction(async (tx) => {
    requireOpen(await holdSession(tx, sessionId))
    const secret = newSecret()
    const kept = { secretHash: hashSecret(secret), secret: vault.seal(PURPOSE, secret) }
    if (action === 'close') {
      await tx.update(enrolmentLinks).set({ closedAt: new Date() }).where(eq(enrolmentLinks.sessionId, sessionId))
    } else {
      const set = action === 'renew' ? { ...kept, closedAt: null } : { closedAt: null }
      const values = { sessionId, ...kept }
      await tx.insert(enrolmentLinks).values(values).onConflictDoUpdate({ target: enrolmentLinks.sessionId, set })
    }
    const did = `session.link_${action === 'close' ? 'closed' : action === 'renew' ? 'renewed' : 'opened'}`
    await record(tx, { author, action: did, subject: `session:${sessionId}`, organisationId })
  })
}

/** What the page of a link tells: the session, who gives it, and why it takes no ask any more, if so. */
export async function readInvited(db: Db, token: string, now = new Date()) {
  const [found] = await db
    .select({ session: sessions, organisation: organisations.name, closedAt: enrolmentLinks.closedAt })
    .from(enrolmentLinks)
    .innerJoin(sessions, eq(sessions.id, enrolmentLinks.sessionId))
    .innerJoin(organisations, eq(organisations.id, sessions.organisationId))
    .where(eq(enrolmentLinks.secretHash, hashSecret(token)))
  if (!found) throw notFound('Le lien d’inscription', `${token.slice(0, 6)}…`)
  const { session, organisation, closedAt } = found
  const taken = await countPlaces(db, session.id)
  return { session, organisation, refusal: whyClosed(session, closedAt, now), isFull: taken >= session.capacity }
}

const ASK_TRAINER = 'Adressez-vous à la personne qui anime la session.'

function whyClosed(session: Session, closedAt: Date | null, now: Date): DomainError | null {
  if (session.cancelledAt) return conflict('session_cancelled', 'Cette session est annulée.', ASK_TRAINER)
  // A day later: overseas, the session may still be going on.
  if (addDays(session.endsOn, 1) < parisDate(now)) {
    return conflict('session_over', 'Cette session est terminée.', ASK_TRAINER)
  }
  return closedAt ? conflict('link_closed', 'Les inscriptions par ce lien sont fermées.', ASK_TRAINER) : null
}

/**
 * Keeps what someone typed on the page of a link until the trainer decides; the same address again changes nothing, and
 * nobody learns whether it is known. Errors: `not_found`, `address_invalid`, `session_cancelled`, `session_over`,
 * `link_closed`, `too_many_asks`.
 */
export async function askEnrolment(
  db: Db,
  vault: Vault,
  token: string,
  given: Identity,
  now = new Date(),
): Promise<void> {
  await db.transaction(async (tx) => {
    const { session } = await readInvited(tx, token, now)
    await holdSession(tx, session.id)
    const { refusal } = await readInvited(tx, token, now)
    if (refusal) throw refusal
    if (!isPlainAddress(given.email.trim())) {
      const mend = 'Écrivez-la comme prenom@exemple.fr.'
      throw invalid('address_invalid', 'Cette adresse n’est pas complète.', mend, { field: 'email' })
    }
    const { id: sessionId, organisationId, capacity } = session
    const { emailFingerprint, identity } = sealPerson(vault, given)
    const pending = eq(enrolmentAsks.sessionId, sessionId)
    const again = and(pending, isAnyOf(enrolmentAsks.emailFingerprint, emailFingerprints(vault, given.email)))
    if ((await tx.$count(enrolmentAsks, again)) > 0) return
    if ((await tx.$count(enrolmentAsks, pending)) >= capacity * 2 + 20) {
      throw conflict('too_many_asks', 'Beaucoup de demandes attendent déjà pour cette session.', ASK_TRAINER)
    }
    await tx.insert(enrolmentAsks).values({ sessionId, emailFingerprint, identity })
    const subject = `session:${sessionId}`
    await record(tx, { author: 'service', action: 'session.place_asked', subject, organisationId })
  })
}

export type Ask = { id: string; since: Date; who: Identity }

const ASKS_SHOWN = 100

/** The asks of a session that wait for a decision, the oldest first, at most a hundred; and how many there are. */
export async function listAsks(db: Db, vault: Vault, sessionId: string): Promise<{ asks: Ask[]; total: number }> {
  const mine = eq(enrolmentAsks.sessionId, sessionId)
  const found = await db
    .select()
    .from(enrolmentAsks)
    .where(mine)
    .orderBy(asc(enrolmentAsks.createdAt), asc(enrolmentAsks.id))
    .limit(ASKS_SHOWN)
  const asks = found.map(({ id, createdAt, identity }) => ({
    id,
    since: createdAt,
    who: openIdentity(vault, identity),
  }))
  return { asks, total: found.length < ASKS_SHOWN ? found.length : await db.$count(enrolmentAsks, mine) }
}

/**
 * Enrols who asked for it (beyond the capacity they wait), or refuses; either way what they typed is removed. Answers how
 * many were decided: those of another session, or decided meanwhile, are left out. Errors: `no_ask`, `session_cancelled`.
 */
export async function decideAsks(
  db: Db,
  vault: Vault,
  session: Session,
  { ids, decision, author }: { ids: string[]; decision: 'confirm' | 'refuse'; author: string },
): Promise<number> {
  return db.transaction(async (tx) => {
    await holdSession(tx, session.id)
    const decided = await tx
      .delete(enrolmentAsks)
      .where(and(eq(enrolmentAsks.sessionId, session.id), isAnyOf(enrolmentAsks.id, ids)))
      .returning({ identity: enrolmentAsks.identity })
    if (decided.length === 0) {
      const mend = 'Cochez les demandes à confirmer ou à refuser ; celles qui ont disparu sont déjà décidées.'
      throw invalid('no_ask', 'Aucune demande en attente n’est cochée.', mend, { field: 'demandes' })
    }
    const details = { asked: decided.length }
    const { organisationId } = session
    if (decision === 'refuse') {
      const subject = `session:${session.id}`
      await record(tx, { author, action: 'session.asks_refused', subject, organisationId, details })
      return decided.length
    }
    const learners = decided.map(({ identity }) => openIdentity(vault, identity))
    await enrolLearners(tx, vault, session, learners, { author, mayWait: true })
    return decided.length
  })
}

/** The asks that wait at these addresses. */
export const asksOf = (db: Db, vault: Vault, emails: string[]) =>
  db
    .select({
      organisme: organisations.name,
      session: sessions.id,
      début: sessions.startsOn,
      'demandée le': enrolmentAsks.createdAt,
      identité: enrolmentAsks.identity,
    })
    .from(enrolmentAsks)
    .innerJoin(sessions, eq(sessions.id, enrolmentAsks.sessionId))
    .innerJoin(organisations, eq(organisations.id, sessions.organisationId))
    .where(isAskOf(vault, emails))
    .then((found) => found.map((one) => ({ ...one, identité: openIdentity(vault, one.identité) })))

/** Removes the asks that wait at these addresses. */
export async function eraseAsks(tx: Db, vault: Vault, emails: string[]): Promise<void> {
  await tx.delete(enrolmentAsks).where(isAskOf(vault, emails))
}

const isAskOf = (vault: Vault, emails: string[]) =>
  isAnyOf(
    enrolmentAsks.emailFingerprint,
    emails.flatMap((email) => emailFingerprints(vault, email)),
  )
