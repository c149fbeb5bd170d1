import { and, eq, sql } from '../drizzle.ts'
import { type ElsewhereDeps, verifyElsewhere } from '../credentials/elsewhere.ts'
import { type Db, isAnyOf } from '../db.ts'
import { DomainError, notFound } from '../errors.ts'
import { lockPerson } from '../people/addresses.ts'
import {
  type Holder,
  mine,
  note,
  opened,
  replaces,
  rowOf,
  staysRefused,
  textKeys,
  textOf,
  twinsOf,
} from './imported-row.ts'
import { dropOrphanRequests } from './orphan-requests.ts'
import { recheckImported } from './recheck.ts'
import type { Source } from './schema.ts'
import { importedBadges } from './wallet.sql.ts'

type Given = {
  /** The credential, or the compact token that carries it. */
  given: unknown
  source: Source
  /** The name of the file or the address that it came by. */
  from?: string | null
}
export type Kept = { id: string; outcome: 'created' | 'replaced' | 'unchanged' }

export const MAX_IMPORTED = 200
const MAX_BYTES = 1024 * 1024
/** Of all the badges of a wallet, sealed. */
const MAX_WALLET_BYTES = 20 * 1024 * 1024

/**
 * Keeps a badge of elsewhere in someone's wallet: verified now, for her or his proved addresses. What is found valid or what
 * cannot be decided is kept, marked as such; what is refused is not. Two are the same badge when their issuer and their id are,
 * and the newer `validFrom` replaces the other (OB 3.0 API, upsertCredential); one that is only undecided never replaces a
 * valid one. Errors: `badge_not_valid`, `badge_not_yours`, `badge_is_ours`, `badge_too_large`, `too_many_imports`,
 * `wallet_full`.
 */
export async function keepImported(deps: ElsewhereDeps, { personId, author }: Holder, asked: Given): Promise<Kept> {
  const { db, vault } = deps
  const given = { given: asked.given, from: asked.from ?? null, now: new Date() }
  if (Buffer.byteLength(textOf(asked.given)) > MAX_BYTES) throw tooLarge()
  const verification = await verifyElsewhere(deps, personId, asked.given).catch(async (refusal: unknown) => {
    await recheckKept(deps, { personId, author }, asked.given)
    throw refusal
  })
  const fresh = rowOf(vault, given, verification)
  return db.transaction(async (tx) => {
    await lockPerson(tx, personId)
    const { sameText, sameBadge } = await twinsOf(tx, vault, personId, fresh)
    if (sameText && (!sameBadge || sameBadge.id === sameText.id)) {
      if (staysRefused(sameText, verification)) return { id: sameText.id, outcome: 'unchanged' }
      const { values } = rowOf(vault, given, verification, opened(vault, sameText))
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
    await assertRoom(tx, personId, fresh.values.content)
    const [kept] = await tx
      .insert(importedBadges)
      .values({ ...fresh.values, personId, source: asked.source, importedVerdict: fresh.values.verdict })
      .returning({ id: importedBadges.id })
    await note(tx, { personId, author }, 'wallet.imported', kept!.id, fresh.values)
    return { id: kept!.id, outcome: 'created' }
  })
}

/** A wallet is read whole by its archive and its export: as many badges, and as much of them, as one answer may hold. */
async function assertRoom(tx: Db, personId: string, content: string): Promise<void> {
  const [kept] = await tx
    .select({ count: sql<number>`count(*)::int`, size: sql<number>`coalesce(sum(octet_length(content)), 0)::int` })
    .from(importedBadges)
    .where(eq(importedBadges.personId, personId))
  if (kept!.count >= MAX_IMPORTED) throw tooMany()
  if (kept!.size + content.length > MAX_WALLET_BYTES) throw walletFull()
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

/** Takes a badge of elsewhere out of the wallet: nothing of it is left. Errors: `not_found`. */
export async function withdrawImported(db: Db, { personId, author }: Holder, id: string): Promise<void> {
  await db.transaction(async (tx) => {
    const gone = await tx.delete(importedBadges).where(mine(personId, id)).returning({ id: importedBadges.id })
    if (gone.length === 0) throw notFound('Le badge', id)
    await dropOrphanRequests(tx)
    await note(tx, { personId, author }, 'wallet.withdrawn', id)
  })
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
const walletFull = () =>
  new DomainError(
    'too_many',
    'wallet_full',
    'Vos badges d’ailleurs occupent déjà 20 Mo.',
    'Retirez ceux qui ne servent plus, ou demandez à qui les délivre des badges sans image jointe.',
  )
