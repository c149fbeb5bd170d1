import { inArray, sql } from 'drizzle-orm'
import type { Db } from '../db.ts'
import type { Vault } from '../vault.ts'
import { people } from './people.sql.ts'

export type Identity = { email: string; givenName: string; familyName: string }

/** An e-mail as compared: trimmed, lower case, composed form (composed last: lower case may take a letter apart). */
export const normaliseEmail = (email: string): string => email.trim().toLowerCase().normalize('NFC')

const emailFingerprint = (vault: Vault, email: string): string =>
  vault.fingerprint('people/email', normaliseEmail(email))

/**
 * Finds or creates the people of these identities (distinct e-mails) in one statement whatever their number.
 * The answer maps each normalised e-mail to a person's id; the name of someone already known does not change.
 */
export async function rememberPeople(db: Db, vault: Vault, identities: Identity[]): Promise<Map<string, string>> {
  if (identities.length === 0) return new Map()
  const emails = new Map(identities.map((one) => [emailFingerprint(vault, one.email), normaliseEmail(one.email)]))
  const values = identities.map((one) => ({
    emailFingerprint: emailFingerprint(vault, one.email),
    identity: sealIdentity(vault, one),
  }))
  const kept = await db
    .insert(people)
    .values(values)
    .onConflictDoUpdate({
      target: people.emailFingerprint,
      set: { emailFingerprint: sql`excluded.email_fingerprint` }, // a change of nothing, so that every id is returned
    })
    .returning({ id: people.id, fingerprint: people.emailFingerprint })
  return new Map(kept.map((row) => [emails.get(row.fingerprint)!, row.id]))
}

/** The ids of the people already known under these e-mails. */
export async function findPeople(db: Db, vault: Vault, emails: string[]): Promise<Map<string, string>> {
  if (emails.length === 0) return new Map()
  const byFingerprint = new Map(emails.map((email) => [emailFingerprint(vault, email), normaliseEmail(email)]))
  const found = await db
    .select({ id: people.id, fingerprint: people.emailFingerprint })
    .from(people)
    .where(inArray(people.emailFingerprint, [...byFingerprint.keys()]))
  return new Map(found.map((row) => [byFingerprint.get(row.fingerprint)!, row.id]))
}

/** Seals an identity, with its e-mail as compared. */
export const sealIdentity = (vault: Vault, { email, givenName, familyName }: Identity): string =>
  vault.seal('people/identity', JSON.stringify({ email: normaliseEmail(email), givenName, familyName }))

/** Opens a sealed identity: to be hashed into a badge, never to be logged. */
export const openIdentity = (vault: Vault, sealed: string): Identity =>
  JSON.parse(vault.open('people/identity', sealed))
