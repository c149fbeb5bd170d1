import { and, desc, eq, gt } from '../drizzle.ts'
import type { Dialect, Verification } from '../credentials/verify.ts'
import { type Db, isAnyOf } from '../db.ts'
import type { Vault } from '../vault.ts'
import { openAbout, openContent, openOwn } from './imported-row.ts'
import { MAX_IMPORTED } from './imports.ts'
import { importedBadges } from './wallet.sql.ts'

type Asked = { limit: number; offset: number; since?: Date | undefined; version?: Dialect['version'] }

/**
 * A page of someone's badges of elsewhere, each with what was given (`given`: a credential, or a compact token), the newest
 * first, and how many there are in all. `since`: only those issued after that moment (OB 3.0 API, getCredentials). What is not
 * `valid` is given too: the caller reads `verdict`.
 */
export async function listImported(db: Db, vault: Vault, personId: string, { limit, offset, since, version }: Asked) {
  const where = and(
    eq(importedBadges.personId, personId),
    since === undefined ? undefined : gt(importedBadges.validFrom, since),
    version === undefined ? undefined : eq(importedBadges.version, version),
  )
  const total = await db.$count(importedBadges, where)
  const found = await db
    .select()
    .from(importedBadges)
    .where(where)
    .orderBy(desc(importedBadges.importedAt), desc(importedBadges.id))
    .limit(limit)
    .offset(offset)
  const items = found.map(({ id, content, verdict, validFrom, importedAt, version, proof }) => ({
    id,
    given: openContent(vault, content).given,
    verdict,
    version,
    proof,
    validFrom,
    importedAt,
  }))
  return { total, items }
}

/** The same of several accounts of one person, as a line each of what is held about her or him. */
export async function exportImported(db: Db, vault: Vault, people: string[]) {
  const found = await db.select().from(importedBadges).where(isAnyOf(importedBadges.personId, people))
  return found.map((one) => ({
    badge: openContent(vault, one.content).given,
    'venu par': one.source,
    'd’où': openAbout(vault, one.about).from,
    'gardé le': one.importedAt,
    'verdict ce jour-là': one.importedVerdict,
    'vérifié le': one.checkedAt,
    'sans réponse le': one.unansweredAt,
    verdict: one.verdict,
    code: one.code,
    'reconnaissance demandée': one.requestId === null ? 'non' : 'oui',
  }))
}

const shown = {
  id: importedBadges.id,
  about: importedBadges.about,
  source: importedBadges.source,
  version: importedBadges.version,
  proof: importedBadges.proof,
  validFrom: importedBadges.validFrom,
  validUntil: importedBadges.validUntil,
  importedAt: importedBadges.importedAt,
  importedVerdict: importedBadges.importedVerdict,
  verdict: importedBadges.verdict,
  code: importedBadges.code,
  checkedAt: importedBadges.checkedAt,
  unansweredAt: importedBadges.unansweredAt,
  requestId: importedBadges.requestId,
}

/** Someone's badges of elsewhere as lists show them, the newest first; `ids`: those alone. */
export async function listWallet(db: Db, vault: Vault, personId: string, ids?: string[]) {
  const found = await db
    .select(shown)
    .from(importedBadges)
    .where(ownedAmong(personId, ids))
    .orderBy(desc(importedBadges.importedAt), desc(importedBadges.id))
    .limit(2 * MAX_IMPORTED) // two wallets may have become one
  return found.map(({ about, ...row }) => ({ ...row, ...openAbout(vault, about) }))
}
export type ImportedBadge = Awaited<ReturnType<typeof listWallet>>[number]

/** What was given of those badges, by id: a credential, a compact token, or the address where it is published. */
export async function givenOf(db: Db, vault: Vault, personId: string, ids: string[]): Promise<Map<string, unknown>> {
  const { id, content } = importedBadges
  const found = await db.select({ id, content }).from(importedBadges).where(ownedAmong(personId, ids))
  return new Map(found.map((one) => [one.id, openContent(vault, one.content).given]))
}

const ownedAmong = (personId: string, ids?: string[]) =>
  and(eq(importedBadges.personId, personId), ids && isAnyOf(importedBadges.id, ids))

/** One of them, with what was proven of it and the checks of its last verification. Errors: `not_found`. */
export async function getImported(db: Db, vault: Vault, personId: string, id: string) {
  const { row, content, about } = await openOwn(db, vault, personId, id)
  const { content: _content, about: _about, textKey: _text, identityKey: _identity, personId: _person, ...kept } = row
  return { ...kept, ...about, proven: content.badge, checks: content.checks }
}
export type ImportedWhole = Awaited<ReturnType<typeof getImported>>

/** Whether a badge of elsewhere holds at that moment: found valid at its last check, and not over since. */
export const isGood = (
  { verdict, validUntil }: { verdict: Verification['verdict']; validUntil: Date | null },
  now: Date,
): boolean => verdict === 'valid' && (validUntil === null || validUntil > now)
