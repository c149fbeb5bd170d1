import { createHash, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzip, gzipSync } from 'node:zlib'
import { and, eq, isNotNull, sql } from '../drizzle.ts'
import type { Db } from '../db.ts'
import { notFound } from '../errors.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import type { Vault } from '../vault.ts'
import { CREDENTIALS_V2 } from './contexts.ts'
import { credentials, statusListCredentials, statusLists } from './credentials.sql.ts'
import { activeKey, issuerProfile } from './keys.ts'
import type { StatusEntry } from './slots.ts'
import { statusEntries } from './other-statuses.sql.ts'
import { signCredential } from './suite.ts'

export const PURPOSES = ['revocation', 'suspension'] as const
export type Purpose = (typeof PURPOSES)[number]

/** Bitstring Status List 1.0 §6.1: 131,072 entries at least, so that an index says little about its holder. */
export const LIST_LENGTH = 131_072

/** A signed list is good for a day, and signed anew an hour before; a cache may keep it five minutes. */
const VALIDITY_MS = 24 * 3600_000
const RENEW_MS = 23 * 3600_000
export const CACHE_SECONDS = 300

/** Where a credential stands in its issuer's lists. */
export type Place = { listId: string; index: number }

/**
 * Reserves `count` status indexes of an organisation, in its newest list and, when that is full, in a next one.
 * The range is taken under the row's lock, then scattered by a permutation of its own: two reservations never meet.
 */
export async function reserveSlots(db: Db, vault: Vault, organisationId: string, count: number): Promise<Place[]> {
  const places: Place[] = []
  await db.transaction(async (tx) => {
    // One lock for the issuer: its lists are opened one after the other.
    await tx
      .select({ id: organisations.id })
      .from(organisations)
      .where(eq(organisations.id, organisationId))
      .for('update')
    while (places.length < count) {
      const list = await openList(tx, vault, organisationId)
      const taken = Math.min(count - places.length, LIST_LENGTH - list.allocated)
      await tx
        .update(statusLists)
        .set({ allocated: list.allocated + taken })
        .where(eq(statusLists.id, list.id))
      const scatter = permutation(Buffer.from(vault.open(SEED, list.seed), 'base64url'))
      for (let i = 0; i < taken; i++) places.push({ listId: list.id, index: scatter(list.allocated + i) })
    }
  })
  return places
}

/** What the permutation of a list is drawn from: kept with the list, so that a change of master key changes nothing of it. */
const SEED = 'status-list/seed'

async function openList(
  tx: Db,
  vault: Vault,
  organisationId: string,
): Promise<{ id: string; allocated: number; seed: string }> {
  const [newest] = await tx
    .select()
    .from(statusLists)
    .where(eq(statusLists.organisationId, organisationId))
    .orderBy(sql`${statusLists.sequence} desc`)
    .limit(1)
  // A list of version 0.1, without its seed, is left as it is: a next one is opened.
  if (newest?.seed && newest.allocated < LIST_LENGTH) return { ...newest, seed: newest.seed }
  const seed = vault.seal(SEED, randomBytes(32).toString('base64url'))
  const [opened] = await tx
    .insert(statusLists)
    .values({ organisationId, sequence: (newest?.sequence ?? 0) + 1, seed })
    .returning()
  return { ...opened!, seed }
}

/**
 * A keyed permutation of 0…131,071: four Feistel rounds over 18 bits, walked until they land inside the list. What the rounds
 * mix in is drawn from the key at once (SHAKE256).
 */
export function permutation(key: Buffer): (position: number) => number {
  const drawn = createHash('shake256', { outputLength: 4 * 512 * 2 })
    .update(key)
    .digest()
  const round = (half: number, n: number): number => drawn.readUInt16BE(2 * (n * 512 + half)) & 0x1ff
  const shuffle = (value: number): number => {
    let [left, right] = [value >> 9, value & 0x1ff]
    for (let n = 0; n < 4; n++) [left, right] = [right, left ^ round(right, n)]
    return (left << 9) | right
  }
  return (position) => {
    let index = shuffle(position)
    while (index >= LIST_LENGTH) index = shuffle(index)
    return index
  }
}

const statusListUrl = (baseUrl: string, listId: string, purpose: Purpose): string =>
  `${baseUrl}/status-lists/${listId}-${purpose}`

/** The status entries of a credential: revocation, which is final, and suspension, which is not. */
export function statusSlots(baseUrl: string, { listId, index }: Place): [StatusEntry, StatusEntry] {
  const entry = (purpose: Purpose): StatusEntry => {
    const list = statusListUrl(baseUrl, listId, purpose)
    return { id: `${list}#${index}`, index: String(index), list }
  }
  return [entry('revocation'), entry('suspension')]
}

export type SignedList = { document: string; etag: string }

/** The signed list, from the last signature when nothing changed since. Signing happens outside any transaction. */
export async function signedStatusList(
  db: Db,
  vault: Vault,
  baseUrl: string,
  listId: string,
  purpose: Purpose,
  now = new Date(),
): Promise<SignedList> {
  const [found] = await db
    .select({
      changes: statusLists.changes,
      organisation: organisations,
      kept: statusListCredentials,
    })
    .from(statusLists)
    .innerJoin(organisations, eq(organisations.id, statusLists.organisationId))
    .leftJoin(
      statusListCredentials,
      and(eq(statusListCredentials.listId, statusLists.id), eq(statusListCredentials.purpose, purpose)),
    )
    .where(eq(statusLists.id, listId))
  if (!found) throw notFound('La liste d’états', `${listId}-${purpose}`)
  const { changes, organisation, kept } = found
  if (kept && kept.changes === changes && now.getTime() - kept.signedAt.getTime() < RENEW_MS) {
    return { document: kept.document, etag: etagOf(changes, kept.signedAt) }
  }

  const url = statusListUrl(baseUrl, listId, purpose)
  const unsigned = {
    '@context': [CREDENTIALS_V2],
    id: url,
    type: ['VerifiableCredential', 'BitstringStatusListCredential'],
    issuer: issuerProfile(organisation, baseUrl).id,
    validFrom: now.toISOString(),
    validUntil: new Date(now.getTime() + VALIDITY_MS).toISOString(),
    credentialSubject: {
      id: `${url}#list`,
      type: 'BitstringStatusList',
      statusPurpose: purpose,
      encodedList: encodeList(await setIndexes(db, listId, purpose)),
      ttl: CACHE_SECONDS * 1000,
    },
  }
  const key = await activeKey(db, vault, organisation.id)
  const signed = await signCredential(unsigned, unsigned.issuer, key, now)
  const fresh = { document: JSON.stringify(signed), changes, signedAt: now }
  await db
    .insert(statusListCredentials)
    .values({ listId, purpose, ...fresh })
    .onConflictDoUpdate({
      target: [statusListCredentials.listId, statusListCredentials.purpose],
      set: fresh,
      setWhere: sql`${statusListCredentials.changes} <= ${changes}`,
    })
  return { document: fresh.document, etag: etagOf(changes, now) }
}

const etagOf = (changes: number, signedAt: Date): string => `"${changes}-${signedAt.getTime()}"`

async function setIndexes(db: Db, listId: string, purpose: Purpose): Promise<number[]> {
  const since = purpose === 'revocation' ? 'revokedAt' : 'suspendedAt'
  const badges = await db
    .select({ index: credentials.statusIndex })
    .from(credentials)
    .where(and(eq(credentials.statusListId, listId), isNotNull(credentials[since])))
  const others = await db
    .select({ index: statusEntries.index })
    .from(statusEntries)
    .where(and(eq(statusEntries.listId, listId), isNotNull(statusEntries[since])))
  return [...badges, ...others].map((row) => row.index)
}

/** `u` and the base64url of the gzipped bits, the first index being the leftmost bit (§3.1). */
export function encodeList(indexes: number[]): string {
  const bits = Buffer.alloc(LIST_LENGTH / 8)
  for (const index of indexes) bits[index >> 3]! |= 0x80 >> (index & 7)
  return `u${gzipSync(bits).toString('base64url')}`
}

const MAX_LIST_BYTES = 16 * 1024 * 1024
const unzip = promisify(gunzip)

/** The bit of an index in an encoded list; null when the list cannot be read, is too short or unpacks too large. */
export async function readStatusBit(encodedList: string, index: number): Promise<boolean | null> {
  if (!/^u[\w-]+$/.test(encodedList)) return null
  const packed = Buffer.from(encodedList.slice(1), 'base64url')
  const bits = await unzip(packed, { maxOutputLength: MAX_LIST_BYTES }).catch(() => null)
  if (!bits || bits.length * 8 < LIST_LENGTH || index >= bits.length * 8) return null
  return (bits[index >> 3]! & (0x80 >> (index & 7))) !== 0
}
