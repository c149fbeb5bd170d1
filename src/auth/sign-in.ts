import { and, count, eq, gt, isNull, sql } from '../drizzle.ts'
import type { Db } from '../db.ts'
import { record } from '../journal/journal.ts'
import { postMessage, withholdMessage } from '../messages/messages.ts'
import { normaliseEmail } from '../email.ts'
import { rememberPeople, sealPerson } from '../people/people.ts'
import { hashSecret, newSecret } from '../secret.ts'
import type { Vault } from '../vault.ts'
import { localPath } from './local-path.ts'
import { signInLinks } from './sign-in.sql.ts'
import { endWebSession, openWebSession } from './web-sessions.ts'

const LINK_MS = 15 * 60_000
/** Links that leave for one address in that time; beyond, nothing more is sent. */
export const LINKS_AT_ONCE = 5

type Deps = { db: Db; vault: Vault; baseUrl: string }

/**
 * Prepares a link for an address, and its message. Whoever the address belongs to, and even when it has had its links, the
 * same is done and answered: nobody learns from it who is known here.
 */
export async function askLink(
  { db, vault, baseUrl }: Deps,
  { email, suite }: { email: string; suite: unknown },
  now = new Date(),
): Promise<string> {
  const token = newSecret()
  const address = normaliseEmail(email)
  const emailFingerprint = vault.fingerprint('sign-in/email', address)
  const since = new Date(now.getTime() - LINK_MS)
  return db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${emailFingerprint}, 0))`)
    const [recent] = await tx
      .select({ links: count() })
      .from(signInLinks)
      .where(and(eq(signInLinks.emailFingerprint, emailFingerprint), gt(signInLinks.createdAt, since)))
    await tx.insert(signInLinks).values({
      tokenHash: hashSecret(token),
      email: vault.seal('sign-in/email', address),
      emailFingerprint,
      suite: vault.seal('sign-in/suite', localPath(suite)),
      createdAt: now,
      expiresAt: new Date(now.getTime() + LINK_MS),
    })
    const isEnough = recent!.links >= LINKS_AT_ONCE
    const url = `${baseUrl}/connexion/${token}`
    const message = await postMessage(tx, vault, { to: address, kind: 'sign-in', values: { url } })
    await withholdMessage(tx, message, isEnough)
    await record(tx, { author: 'service', action: 'auth.link_asked', subject: subjectOf(token) })
    return message
  })
}

/** Whether a link may still be used; false when it never was, has expired or was used. */
export async function isLinkOpen(db: Db, token: string, now = new Date()): Promise<boolean> {
  return (await db.select({ id: signInLinks.id }).from(signInLinks).where(isOpen(token, now))).length > 0
}

/**
 * Uses a link, once: finds or creates the person, ends the session that the browser had and opens a new one. Null when the
 * link never was, has expired or was used.
 */
export async function useLink(
  { db, vault }: Deps,
  { token, former }: { token: string; former: string | null },
  now = new Date(),
): Promise<{ secret: string; suite: string } | null> {
  return db.transaction(async (tx) => {
    const [link] = await tx
      .update(signInLinks)
      .set({ usedAt: now })
      .where(isOpen(token, now))
      .returning({ email: signInLinks.email, suite: signInLinks.suite })
    if (!link) return null
    const email = vault.open('sign-in/email', link.email)
    const known = await rememberPeople(tx, [sealPerson(vault, { email, givenName: '', familyName: '' })])
    const personId = known.values().next().value!
    if (former) await endWebSession(tx, former)
    const secret = await openWebSession(tx, personId, 'lien', now)
    await record(tx, {
      author: `person:${personId}`,
      action: 'auth.signed_in',
      subject: subjectOf(token),
      personId,
      details: { method: 'lien' },
    })
    return { secret, suite: vault.open('sign-in/suite', link.suite) }
  })
}

/** Ends the session of someone who leaves. */
export async function signOut(db: Db, { sub, personId, secret }: Leaving): Promise<void> {
  if (secret === null) return
  await db.transaction(async (tx) => {
    await endWebSession(tx, secret)
    await record(tx, { author: sub, action: 'auth.signed_out', subject: sub, personId })
  })
}
type Leaving = { sub: string; personId: string | null; secret: string | null }

const isOpen = (token: string, now: Date) =>
  and(eq(signInLinks.tokenHash, hashSecret(token)), isNull(signInLinks.usedAt), gt(signInLinks.expiresAt, now))

const subjectOf = (token: string): string => `link:${hashSecret(token).slice(0, 12)}`
