import { and, eq, type InferSelectModel, or } from 'drizzle-orm'
import { type ElsewhereDeps, verifyElsewhere, verifyFor } from '../credentials/elsewhere.ts'
import type { OpenBadge } from '../credentials/open-badge.ts'
import { claimedIssuer } from '../credentials/verification-view.ts'
import { type Check, decisiveCheck, type Verification } from '../credentials/verify.ts'
import { type Db, isAnyOf } from '../db.ts'
import { DomainError, notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { lockPerson } from '../people/addresses.ts'
import type { Vault } from '../vault.ts'
import { dropOrphanRequests } from './orphan-requests.ts'
import type { Source } from './schema.ts'
import { importedBadges } from './wallet.sql.ts'

/** Whose wallet it is, and who writes. */
export type Holder = { personId: string; author: string }
type Given = {
  /** The credential, or the compact token that carries it. */
  given: unknown
  source: Source
  /** The name of the file or the address that it came by. */
  from?: string | null
}
export type Kept = { id: string; outcome: 'created' | 'replaced' | 'unchanged' }

type Row = InferSelectModel<typeof importedBadges>
/** What was given, what was proven of it, and the checks of the last verification; sealed. */
export type Content = { given: unknown; badge: OpenBadge | null; checks: Check[] }
/** What a list shows, sealed: names are those that were proven, null while nothing is. */
export type About = {
  name: string | null
  issuer: { id: string; name: string | null } | null
  achievement: string | null
  /** The identifier of the badge itself. */
  badge: string | null
  from: string | null
  /** The verdict of the last check in one French sentence. */
  summary: string
}

/** What each sealed column is sealed for. */
export const WALLET_CONTENT = 'wallet/content'
export const WALLET_ABOUT = 'wallet/about'
const TEXT = 'wallet/text'
const IDENTITY = 'wallet/identity'
export const MAX_IMPORTED = 200
const MAX_BYTES = 1024 * 1024

/**
 * Keeps a badge of elsewhere in someone's wallet: verified now, for her or his proved addresses. What is found valid or what
 * cannot be decided is kept, marked as such; what is refused is not. Two are the same badge when their issuer and their id are,
 * and the newer `validFrom` replaces the other (OB 3.0 API, upsertCredential); one that is only undecided never replaces a
 * valid one. Errors: `badge_not_valid`, `badge_not_yours`, `badge_is_ours`, `badge_too_large`, `too_many_imports`.
 */
export async function keepImported(deps: ElsewhereDeps, { personId, author }: Holder, asked: Given): Promise<Kept> {
  const { db, vault } = deps
  if (Buffer.byteLength(textOf(asked.given)) > MAX_BYTES) throw tooLarge()
  const verification = await verifyElsewhere(deps, personId, asked.given).catch(async (refusal: unknown) => {
    await recheckKept(deps, { personId, author }, asked.given)
    throw refusal
  })
  const fresh = rowOf(vault, { ...asked, from: asked.from ?? null }, verification)
  return db.transaction(async (tx) => {
    await lockPerson(tx, personId)
    const { sameText, sameBadge } = await twinsOf(tx, vault, personId, fresh)
    if (sameText && (!sameBadge || sameBadge.id === sameText.id)) {
      const { values } = rowOf(vault, { ...asked, from: asked.from ?? null }, verification, opened(vault, sameText))
      await tx.update(importedBadges).set(values).where(eq(importedBadges.id, sameText.id))
      await note(tx, { personId, author }, 'wallet.checked', sameText.id, values)
      return { id: sameText.id, outcome: 'unchanged' }
    }
    if (sameBadge) {
      if (!replaces(fresh.values, sameBadge)) return { id: sameBadge.id, outcome: 'unchanged' }
      if (sameText) await tx.delete(importedBadges).where(eq(importedBadges.id, sameText.id))
      const { verdict: importedVerdict } = fresh.values
      const anew = { ...fresh.values, source: asked.source, importedVerdict, importedAt: new Date() }
      await tx.update(importedBadges).set(anew).where(eq(importedBadges.id, sameBadge.id))
      await note(tx, { personId, author }, 'wallet.replaced', sameBadge.id, fresh.values)
      return { id: sameBadge.id, outcome: 'replaced' }
    }
    if ((await tx.$count(importedBadges, eq(importedBadges.personId, personId))) >= MAX_IMPORTED) throw tooMany()
    const [kept] = await tx
      .insert(importedBadges)
      .values({ ...fresh.values, personId, source: asked.source, importedVerdict: fresh.values.verdict })
      .returning({ id: importedBadges.id })
    await note(tx, { personId, author }, 'wallet.imported', kept!.id, fresh.values)
    return { id: kept!.id, outcome: 'created' }
  })
}

/** A badge that is refused now and was kept before is not what it was: its row says so, and it counts for nothing. */
async function recheckKept(deps: ElsewhereDeps, holder: Holder, given: unknown): Promise<void> {
  const { db, vault } = deps
  const sameText = isAnyOf(importedBadges.textKey, textKeys(vault, given))
  const [kept] = await db
    .select({ id: importedBadges.id })
    .from(importedBadges)
    .where(and(eq(importedBadges.personId, holder.personId), sameText))
  if (kept) await recheckImported(deps, holder, kept.id)
}

/**
 * Verifies a kept badge once more and keeps what was found, whatever it is; the verdict at import stays beside it. What was
 * undecided and turns out to be another one of the wallet gives way to it. Answers the id where it is now. Errors: `not_found`.
 */
export async function recheckImported(deps: ElsewhereDeps, { personId, author }: Holder, id: string): Promise<string> {
  const { db, vault } = deps
  const { row, content, about } = await openOwn(db, vault, personId, id)
  const verification = await verifyFor(deps, personId, content.given)
  const fresh = rowOf(vault, { given: content.given, from: about.from }, verification, { row, content, about })
  return db.transaction(async (tx) => {
    await lockPerson(tx, personId)
    const { sameBadge } = await twinsOf(tx, vault, personId, fresh)
    if (sameBadge && sameBadge.id !== id && !replaces(fresh.values, sameBadge)) {
      await tx.delete(importedBadges).where(mine(personId, id))
      await note(tx, { personId, author }, 'wallet.replaced', id)
      return sameBadge.id
    }
    if (sameBadge && sameBadge.id !== id) await tx.delete(importedBadges).where(eq(importedBadges.id, sameBadge.id))
    const written = await tx
      .update(importedBadges)
      .set(fresh.values)
      .where(and(mine(personId, id), isAnyOf(importedBadges.textKey, fresh.texts)))
      .returning({ id: importedBadges.id })
    // Replaced or withdrawn while it was being verified: what is there now is left as it is.
    if (written.length === 0) await openOwn(tx, vault, personId, id)
    else await note(tx, { personId, author }, 'wallet.checked', id, fresh.values)
    return id
  })
}

/** Takes a badge of elsewhere out of the wallet: nothing of it is left. Errors: `not_found`. */
export async function withdrawImported(db: Db, { personId, author }: Holder, id: string): Promise<void> {
  await db.transaction(async (tx) => {
    const gone = await tx.delete(importedBadges).where(mine(personId, id)).returning({ id: importedBadges.id })
    if (gone.length === 0) throw notFound('Le badge', id)
    await dropOrphanRequests(tx)
    await note(tx, { personId, author }, 'wallet.withdrawn', id)
  })
}

/** A badge of that wallet, opened. Errors: `not_found`. */
export async function openOwn(db: Db, vault: Vault, personId: string, id: string): Promise<Before> {
  const [row] = await db.select().from(importedBadges).where(mine(personId, id))
  if (!row) throw notFound('Le badge', id)
  return opened(vault, row)
}
const opened = (vault: Vault, row: Row): Before => ({
  row,
  content: openContent(vault, row.content),
  about: openAbout(vault, row.about),
})

export const openContent = (vault: Vault, sealed: string) => JSON.parse(vault.open(WALLET_CONTENT, sealed)) as Content
export const openAbout = (vault: Vault, sealed: string) => JSON.parse(vault.open(WALLET_ABOUT, sealed)) as About

/** The fingerprints of a badge under each master key, of its text and of its identity: what a rotation renews. */
export const textKeys = (vault: Vault, given: unknown): string[] => vault.fingerprints(TEXT, textOf(given))
export const identityKeys = (vault: Vault, { issuer, badge }: About): string[] =>
  vault.fingerprints(IDENTITY, JSON.stringify([issuer?.id, badge]))

const mine = (personId: string, id: string) => and(eq(importedBadges.id, id), eq(importedBadges.personId, personId))
const textOf = (given: unknown): string => (typeof given === 'string' ? given : (JSON.stringify(given) ?? ''))

type Before = { row: Row; content: Content; about: About }

/** What is written of a verification; what was proven before stays shown when this one proves nothing. */
function rowOf(vault: Vault, { given, from }: Pick<Given, 'given' | 'from'>, found: Verification, before?: Before) {
  const { verdict, checks, summary, dialect } = found
  const badge = found.badge ?? before?.content.badge ?? null
  const issuer = badge && claimedIssuer(badge)
  const about: About = {
    name: badge?.credentialSubject.achievement.name ?? null,
    issuer: issuer && { id: issuer.id, name: issuer.name ?? null },
    achievement: badge?.credentialSubject.achievement.id ?? null,
    badge: badge?.id ?? null,
    from: from ?? null,
    summary,
  }
  const content: Content = { given, badge, checks }
  const texts = textKeys(vault, given)
  const identities = badge === null ? [] : identityKeys(vault, about)
  const values = {
    textKey: texts[0]!,
    identityKey: identities[0] ?? null,
    content: vault.seal(WALLET_CONTENT, JSON.stringify(content)),
    about: vault.seal(WALLET_ABOUT, JSON.stringify(about)),
    version: dialect?.version ?? before?.row.version ?? null,
    proof: dialect?.proof ?? before?.row.proof ?? null,
    validFrom: badge && new Date(badge.validFrom),
    validUntil: badge?.validUntil === undefined ? null : new Date(badge.validUntil),
    verdict,
    code: verdict === 'valid' ? null : (decisiveCheck(checks)?.code ?? 'not_checked'),
    checkedAt: new Date(),
  }
  return { values, texts, identities }
}
type Fresh = ReturnType<typeof rowOf>

/** The rows of a wallet with that very text, and with that issuer and id. */
async function twinsOf(tx: Db, vault: Vault, personId: string, { texts, identities }: Fresh) {
  const isTwin = or(isAnyOf(importedBadges.textKey, texts), isAnyOf(importedBadges.identityKey, identities))
  const found = await tx
    .select()
    .from(importedBadges)
    .where(and(eq(importedBadges.personId, personId), isTwin))
  return {
    sameText: found.find((one) => texts.includes(one.textKey)),
    sameBadge: found.find((one) => one.identityKey !== null && identities.includes(one.identityKey)),
  }
}

function replaces(fresh: Fresh['values'], kept: Row): boolean {
  if (fresh.verdict !== 'valid' && kept.verdict === 'valid') return false
  return fresh.validFrom! >= kept.validFrom!
}

type Noted = Pick<Row, 'verdict' | 'version'>
const note = (tx: Db, { personId, author }: Holder, action: string, id: string, noted?: Noted): Promise<void> => {
  const details = noted && { verdict: noted.verdict, version: noted.version }
  return record(tx, { author, action, subject: `imported:${id}`, personId, ...(details && { details }) })
}

const tooLarge = () =>
  new DomainError(
    'too_large',
    'badge_too_large',
    'Ce badge dépasse 1 Mo.',
    'Demandez à qui l’a délivré un badge sans image jointe.',
  )
const tooMany = () =>
  new DomainError(
    'too_many',
    'too_many_imports',
    `Vous gardez déjà ${MAX_IMPORTED} badges d’ailleurs.`,
    'Retirez ceux qui ne servent plus.',
  )
