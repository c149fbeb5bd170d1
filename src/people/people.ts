import { sql } from '../drizzle.ts'
import { type Db, insertRows, isAnyOf } from '../db.ts'
import { normaliseEmail } from '../email.ts'
import type { Vault } from '../vault.ts'
import { people } from './people.sql.ts'

export type Identity = { email: string; givenName: string; familyName: string }

/** The fingerprints of an e-mail under each master key at hand, the present one first. */
export const emailFingerprints = (vault: Vault, email: string): string[] =>
  vault.fingerprints('people/email', normaliseEmail(email))

/** Someone as the database keeps them: what is sealed, and what finds them again. */
export type Sealed = {
  emailFingerprint: string
  /** What found them under the master keys that a rotation replaces; none otherwise. */
  formerFingerprints: string[]
  identity: string
}

/** Seals identities, once for all the places that keep them. */
export const sealPerson = (vault: Vault, identity: Identity): Sealed => ({
  ...soughtBy(vault, identity.email),
  identity: sealIdentity(vault, identity),
})

/** What finds the person of an e-mail. */
export function soughtBy(vault: Vault, email: string): Omit<Sealed, 'identity'> {
  const [emailFingerprint, ...formerFingerprints] = emailFingerprints(vault, email)
  return { emailFingerprint: emailFingerprint!, formerFingerprints }
}

/**
 * Finds or creates the people of these identities (distinct e-mails) in one statement whatever their number.
 * The answer maps each e-mail's fingerprint to a person's id; the name of someone already known does not change.
 */
export async function rememberPeople(db: Db, sealed: Sealed[]): Promise<Map<string, string>> {
  // A change of nothing, so that every id is returned; of no key, or whatever refers to them would wait for this transaction.
  const then = sql`on conflict (email_fingerprint) do update set created_at = people.created_at
    returning coalesce(alias_of, id) as id, email_fingerprint as fingerprint`
  const insert = async (one: Db, some: Sealed[]): Promise<Map<string, string>> => {
    const given = some.map(({ emailFingerprint, identity }) => ({ emailFingerprint, identity }))
    return byFingerprint(await insertRows<Found>(one, people, given, then))
  }
  if (!sealed.some((one) => one.formerFingerprints.length > 0)) return insert(db, sealed)
  // While two master keys are in use the constraint alone would let the same e-mail in twice, once under each.
  return db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${PEOPLE_LOCK})`)
    const known = await findPeople(tx, sealed)
    const fresh = sealed.filter((one) => !known.has(one.emailFingerprint))
    return new Map([...known, ...(await insert(tx, fresh))])
  })
}

const PEOPLE_LOCK = 1_516_017

/** Who has that address, first or further; null when nobody does. */
export async function personOfEmail(db: Db, vault: Vault, email: string): Promise<string | null> {
  const [found] = await db
    .select({ id: sql<string>`coalesce(${people.aliasOf}, ${people.id})` })
    .from(people)
    .where(isAnyOf(people.emailFingerprint, emailFingerprints(vault, email)))
  return found?.id ?? null
}

/** The ids of the people already known, by the present fingerprint of their e-mail. */
export async function findPeople(db: Db, sealed: Omit<Sealed, 'identity'>[]): Promise<Map<string, string>> {
  const present = new Map(
    sealed.flatMap((one) =>
      [one.emailFingerprint, ...one.formerFingerprints].map((name) => [name, one.emailFingerprint] as const),
    ),
  )
  const found = await db
    .select({ id: sql<string>`coalesce(${people.aliasOf}, ${people.id})`, fingerprint: people.emailFingerprint })
    .from(people)
    .where(isAnyOf(people.emailFingerprint, [...present.keys()]))
  return new Map(found.map((row) => [present.get(row.fingerprint!)!, row.id]))
}

type Found = { id: string; fingerprint: string }
const byFingerprint = (found: Found[]) => new Map(found.map((row) => [row.fingerprint, row.id]))

/** Seals an identity, with its e-mail as compared. */
const sealIdentity = (vault: Vault, { email, givenName, familyName }: Identity): string =>
  vault.seal('people/identity', JSON.stringify({ email: normaliseEmail(email), givenName, familyName }))

/** Opens a sealed identity: to be hashed into a badge, never to be logged. */
export const openIdentity = (vault: Vault, sealed: string): Identity =>
  JSON.parse(vault.open('people/identity', sealed))
