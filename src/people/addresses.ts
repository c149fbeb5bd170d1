import { and, asc, eq, gt, isNull, or, sql } from '../drizzle.ts'
import type { Db } from '../db.ts'
import { conflict, DomainError, invalid, notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { isPlainAddress } from '../messages/address.ts'
import { postMessage } from '../messages/messages.ts'
import { hashSecret, newSecret } from '../secret.ts'
import type { Vault } from '../vault.ts'
import { addressProofs, people } from './people.sql.ts'
import { normaliseEmail } from '../email.ts'
import { openIdentity, personOfEmail, sealPerson } from './people.ts'

export type Address = { id: string; email: string; fingerprint: string; since: Date }

/** The addresses of a person, the first one first; none once erased. */
export async function listAddresses(db: Db, vault: Vault, personId: string): Promise<Address[]> {
  const found = await db
    .select({
      id: people.id,
      identity: people.identity,
      fingerprint: people.emailFingerprint,
      since: people.createdAt,
    })
    .from(people)
    .where(ofPerson(personId))
    .orderBy(sql`${people.aliasOf} nulls first`, asc(people.createdAt), asc(people.id))
  return found.map(({ identity, fingerprint, ...row }) => ({
    ...row,
    email: openIdentity(vault, identity!).email,
    fingerprint: fingerprint!,
  }))
}

const ofPerson = (personId: string) =>
  and(isNull(people.erasedAt), or(eq(people.id, personId), eq(people.aliasOf, personId)))

const MINUTES = 15
const MAX_LINKS = 5

type Asked = { personId: string; author: string; email: string }

/**
 * Sends a link to an address that the person wants to add, whoever has it now: the answer tells nothing of that.
 * Errors: `address_invalid`, `address_held` (already theirs), `too_many_links`.
 */
export async function askAddress(db: Db, vault: Vault, baseUrl: string, { personId, author, email }: Asked) {
  const address = normaliseEmail(email)
  if (!isPlainAddress(address)) {
    throw invalid(
      'address_invalid',
      'Cette adresse n’a pas la forme d’une adresse électronique.',
      'Écrivez-la en entier, par exemple prenom@exemple.fr.',
      { field: 'email' },
    )
  }
  const token = newSecret()
  await db.transaction(async (tx) => {
    await lockPerson(tx, personId)
    if ((await listAddresses(tx, vault, personId)).some((one) => one.email === address)) throw held()
    const isOpen = and(eq(addressProofs.personId, personId), gt(addressProofs.expiresAt, new Date()))
    if ((await tx.$count(addressProofs, isOpen)) >= MAX_LINKS) throw tooMany()
    const expiresAt = new Date(Date.now() + MINUTES * 60_000)
    const sealed = vault.seal('people/address-proof', address)
    await tx.insert(addressProofs).values({ tokenHash: hashSecret(token), personId, email: sealed, expiresAt })
    const url = `${baseUrl}/mon-espace/adresses/confirmation/${token}`
    await postMessage(tx, vault, { to: address, kind: 'address', values: { url } })
    await record(tx, { author, action: 'person.address_asked', subject: `person:${personId}`, personId })
  })
}

/** The address that an open link proves, and whether another person has it; `address_link_ended` otherwise. */
export async function readProof(db: Db, vault: Vault, token: string, personId: string) {
  const [found] = await db
    .select({ email: addressProofs.email })
    .from(addressProofs)
    .where(isOpenProof(token, personId))
  if (!found) throw linkEnded()
  const email = vault.open('people/address-proof', found.email)
  const owner = await personOfEmail(db, vault, email)
  return { email, other: owner === null || owner === personId ? null : owner }
}

/** Uses a link up, in the transaction of what it allows; answers the address. Errors: `address_link_ended`. */
export async function useProof(tx: Db, vault: Vault, token: string, personId: string): Promise<string> {
  const [used] = await tx
    .update(addressProofs)
    .set({ usedAt: new Date() })
    .where(isOpenProof(token, personId))
    .returning({ email: addressProofs.email })
  if (!used) throw linkEnded()
  return vault.open('people/address-proof', used.email)
}

/** Adds the address that a link proved. Errors: `address_link_ended`, `address_elsewhere` (another person's: to be merged). */
export async function confirmAddress(db: Db, vault: Vault, given: { token: string; personId: string; author: string }) {
  const { token, personId, author } = given
  await db.transaction(async (tx) => {
    const identity = await lockPerson(tx, personId)
    const email = await useProof(tx, vault, token, personId)
    const owner = await personOfEmail(tx, vault, email)
    if (owner === personId) return
    if (owner !== null) throw elsewhere()
    const { emailFingerprint, identity: sealed } = sealPerson(vault, { ...openIdentity(vault, identity), email })
    const added = await tx
      .insert(people)
      .values({ emailFingerprint, identity: sealed, aliasOf: personId })
      .onConflictDoNothing()
      .returning({ id: people.id })
    if (added.length === 0) throw elsewhere() // received from an organisation at this very moment
    await record(tx, { author, action: 'person.address_added', subject: `person:${personId}`, personId })
  })
}

/** Takes an address away from a person; the first one is then replaced. Errors: `not_found`, `last_address`. */
export async function removeAddress(db: Db, given: { personId: string; addressId: string; author: string }) {
  const { personId, addressId, author } = given
  await db.transaction(async (tx) => {
    await lockPerson(tx, personId)
    const rows = await tx
      .select()
      .from(people)
      .where(ofPerson(personId))
      .orderBy(asc(people.createdAt), asc(people.id))
      .for('update')
    if (!rows.some((one) => one.id === addressId)) throw notFound('L’adresse', addressId)
    const next = rows.find((one) => one.id !== personId)
    if (!next) throw lastAddress()
    await tx
      .update(people)
      .set(BLANK())
      .where(eq(people.id, addressId === personId ? next.id : addressId))
    if (addressId === personId) {
      const { emailFingerprint, identity } = next
      await tx.update(people).set({ emailFingerprint, identity }).where(eq(people.id, personId))
    }
    await record(tx, { author, action: 'person.address_removed', subject: `person:${personId}`, personId })
  })
}

/** What a row keeps of someone erased, or of an address taken away: nothing. */
export const BLANK = () => ({ emailFingerprint: null, identity: null, erasedAt: new Date() })

/**
 * Holds a person under all her or his addresses until the end of the transaction: nobody else writes to them. Answers the
 * sealed identity; `not_found` once erased.
 */
export async function lockPerson(tx: Db, personId: string): Promise<string> {
  const found = await tx
    .select({ id: people.id, identity: people.identity, aliasOf: people.aliasOf })
    .from(people)
    .where(ofPerson(personId))
    .orderBy(people.id)
    // Weaker than `update`: a badge being kept meanwhile only refers to the person, and must not wait for its own rows.
    .for('no key update')
  const first = found.find((one) => one.id === personId && one.aliasOf === null)
  if (!first) throw notFound('L’espace', personId)
  return first.identity!
}

const isOpenProof = (token: string, personId: string) =>
  and(
    eq(addressProofs.tokenHash, hashSecret(token)),
    eq(addressProofs.personId, personId),
    isNull(addressProofs.usedAt),
    gt(addressProofs.expiresAt, new Date()),
  )

const linkEnded = () =>
  new DomainError(
    'gone',
    'address_link_ended',
    'Ce lien n’ajoute plus d’adresse : il a déjà servi, il a plus de 15 minutes, ou il a été demandé depuis un autre espace que celui qui est ouvert ici.',
    'Ouvrez votre espace, page « Mes adresses », et demandez un nouveau lien.',
  )
const held = () =>
  conflict('address_held', 'Cette adresse est déjà l’une des vôtres.', 'Il n’y a rien d’autre à faire.')
const elsewhere = () =>
  conflict(
    'address_elsewhere',
    'Cette adresse est celle d’un autre espace, que vous venez de prouver être le vôtre.',
    'Ouvrez de nouveau le lien reçu, et choisissez de réunir les deux espaces.',
  )
const lastAddress = () =>
  conflict(
    'last_address',
    'C’est votre seule adresse : sans elle, vous ne pourriez plus ouvrir votre espace.',
    'Ajoutez d’abord une autre adresse, puis retirez celle-ci.',
  )
const tooMany = () =>
  new DomainError(
    'too_many',
    'too_many_links',
    'Vous avez demandé plusieurs liens en peu de temps.',
    'Regardez dans votre boîte de réception, ou attendez un quart d’heure.',
  )
