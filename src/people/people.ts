import { sql } from 'drizzle-orm'
import { type Db, insertRows, isAnyOf } from '../db.ts'
import type { Vault } from '../vault.ts'
import { people } from './people.sql.ts'

export type Identity = { email: string; givenName: string; familyName: string }

/** An e-mail as compared: trimmed, lower case, composed form (composed last: lower case may take a letter apart). */
export const normaliseEmail = (email: string): string => email.trim().toLowerCase().normalize('NFC')

const emailFingerprint = (vault: Vault, email: string): string =>
  vault.fingerprint('people/email', normaliseEmail(email))

/** Someone as the database keeps them: what is sealed, and what finds them again. */
export type Sealed = { emailFingerprint: string; identity: string }

/** Seals identities, once for all the places that keep them. */
export const sealPerson = (vault: Vault, identity: Identity): Sealed => ({
  emailFingerprint: emailFingerprint(vault, identity.email),
  identity: sealIdentity(vault, identity),
})

/**
 * Finds or creates the people of these identities (distinct e-mails) in one statement whatever their number.
 * The answer maps each e-mail's fingerprint to a person's id; the name of someone already known does not change.
 */
export async function rememberPeople(db: Db, sealed: Sealed[]): Promise<Map<string, string>> {
  // A change of nothing, so that every id is returned.
  const then = sql`on conflict (email_fingerprint) do update set email_fingerprint = excluded.email_fingerprint
    returning id, email_fingerprint as fingerprint`
  const given = sealed.map(({ emailFingerprint, identity }) => ({ emailFingerprint, identity }))
  return byFingerprint(await insertRows<Found>(db, people, given, then))
}

/** The ids of the people already known, by the fingerprint of their e-mail. */
export async function findPeople(db: Db, sealed: Sealed[]): Promise<Map<string, string>> {
  const fingerprints = sealed.map((one) => one.emailFingerprint)
  const found = await db
    .select({ id: people.id, fingerprint: people.emailFingerprint })
    .from(people)
    .where(isAnyOf(people.emailFingerprint, fingerprints))
  return byFingerprint(found)
}

type Found = { id: string; fingerprint: string }
const byFingerprint = (found: Found[]) => new Map(found.map((row) => [row.fingerprint, row.id]))

/** Seals an identity, with its e-mail as compared. */
const sealIdentity = (vault: Vault, { email, givenName, familyName }: Identity): string =>
  vault.seal('people/identity', JSON.stringify({ email: normaliseEmail(email), givenName, familyName }))

/** Opens a sealed identity: to be hashed into a badge, never to be logged. */
export const openIdentity = (vault: Vault, sealed: string): Identity =>
  JSON.parse(vault.open('people/identity', sealed))
