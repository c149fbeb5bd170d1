import { timingSafeEqual } from 'node:crypto'
import { and, eq, gt, isNull, ne } from '../drizzle.ts'
import type { Db } from '../db.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { hashSecret, newSecret } from '../secret.ts'
import type { Vault } from '../vault.ts'
import type { Actor } from './actor.ts'
import { grants, webSessions } from './auth.sql.ts'

export const SESSION_HOURS = 12

/** Opens a session for a person; the answer is the secret of the cookie, kept nowhere else. */
export async function openWebSession(
  db: Db,
  personId: string,
  method: 'lien' | 'proconnect',
  now = new Date(),
): Promise<string> {
  const secret = newSecret()
  const expiresAt = new Date(now.getTime() + SESSION_HOURS * 3600_000)
  await db.insert(webSessions).values({ secretHash: hashSecret(secret), personId, method, expiresAt })
  return secret
}

/** Who holds that secret, with what they may do now; null when the session has ended or never was. */
export async function readWebSession(db: Db, secret: string, now = new Date()): Promise<Actor | null> {
  const found = await db
    .select({ personId: webSessions.personId, role: grants.role, organisation: organisations.slug })
    .from(webSessions)
    .leftJoin(grants, and(eq(grants.personId, webSessions.personId), isNull(grants.endedAt)))
    .leftJoin(organisations, eq(organisations.id, grants.organisationId))
    .where(
      and(eq(webSessions.secretHash, hashSecret(secret)), isNull(webSessions.endedAt), gt(webSessions.expiresAt, now)),
    )
  const personId = found[0]?.personId
  if (personId === undefined) return null
  const held = found.flatMap(({ role, organisation }) => (role ? [{ role, organisation }] : []))
  // Whoever signs in holds their own badges.
  return {
    sub: `person:${personId}`,
    personId,
    grants: [...held, { role: 'titulaire', organisation: null }],
    scopes: null,
    secret,
  }
}

/** Ends a session. */
export async function endWebSession(db: Db, secret: string): Promise<void> {
  await db
    .update(webSessions)
    .set({ endedAt: new Date() })
    .where(eq(webSessions.secretHash, hashSecret(secret)))
}

/** Ends the sessions of a person but that one. */
export async function endOtherSessions(db: Db, personId: string, secret: string): Promise<void> {
  const others = and(eq(webSessions.personId, personId), ne(webSessions.secretHash, hashSecret(secret)))
  await db
    .update(webSessions)
    .set({ endedAt: new Date() })
    .where(and(others, isNull(webSessions.endedAt)))
}

/** What a form must carry to be taken from this session: only a page that we served knows it. */
export const formToken = (vault: Vault, secret: string): string => vault.fingerprint('auth/form', secret)

/** Compares in the same time whatever differs. */
export function isFormToken(vault: Vault, secret: string, given: unknown): boolean {
  const received = Buffer.from(typeof given === 'string' ? given : '')
  return vault.fingerprints('auth/form', secret).some((token) => {
    const expected = Buffer.from(token)
    return expected.length === received.length && timingSafeEqual(expected, received)
  })
}
