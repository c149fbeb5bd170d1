import { and, asc, desc, eq, gt, isNotNull, isNull, lte, or, type SQL } from '../drizzle.ts'
import { achievements } from '../badges/badges.sql.ts'
import { credentials, ofClass } from '../credentials/credentials.sql.ts'
import { addDays, parisDate, parisDay } from '../days.ts'
import { type Db, insertRows, isAnyOf } from '../db.ts'
import { conflict, invalid, notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { lockPerson } from '../people/addresses.ts'
import { hashSecret, newSecret } from '../secret.ts'
import type { Vault } from '../vault.ts'
import { openAbout } from '../wallet/imported-row.ts'
import { nameOf } from '../wallet/marks.ts'
import { importedBadges } from '../wallet/wallet.sql.ts'
import { sharedCredentials, sharedImports, shares } from './shares.sql.ts'

/** Badges that one link shows, links that one person has open, days that a link lasts: at most. */
export const MAX_SHARED = 30
const MAX_LIVE = 50
const MAX_DAYS = 365
/** Ended links that are still listed. */
const ENDED_SHOWN = 20

const SHARE_SECRET = 'share/secret'
export const SHARE_LABEL = 'share/label'

export type Owner = { personId: string; author: string }
export type NewShare = {
  badges: string[]
  /** Badges of elsewhere, of her or his wallet. */
  elsewhere?: string[]
  /** For whom, in the holder's words. */
  label: string
  days: number
  /** The last day of the link, in Paris; it takes the place of `days`. */
  until?: string | undefined
  showName: boolean
  showHabilitations: boolean
}

/**
 * Makes a link that shows these badges of a person until its end; answers its id. Errors: `share_empty`, `share_too_large`,
 * `share_badges` when one is not hers or his, or is of elsewhere and nothing of it was ever proven, `share_end`,
 * `too_many_shares`.
 */
export async function createShare(
  db: Db,
  vault: Vault,
  { personId, author }: Owner,
  given: NewShare,
  now = new Date(),
): Promise<string> {
  // The name is read in badges delivered here: without one there is none to show.
  const showName = given.showName && given.badges.length > 0
  const { showHabilitations } = given
  const expiresAt = endOf(given, now)
  const [badges, elsewhere] = [[...new Set(given.badges)], [...new Set(given.elsewhere ?? [])]]
  const all = badges.length + elsewhere.length
  if (all === 0) throw empty()
  if (all > MAX_SHARED) throw tooLarge(all)
  const [secret, label] = [newSecret(), given.label.trim()]
  return db.transaction(async (tx) => {
    await lockPerson(tx, personId)
    if ((await tx.$count(shares, and(eq(shares.personId, personId), isLive(now)))) >= MAX_LIVE) throw tooMany()
    if (!(await areTheirs(tx, personId, badges, elsewhere))) throw notMine()
    const [kept] = await tx
      .insert(shares)
      .values({
        personId,
        secretHash: hashSecret(secret),
        secret: vault.seal(SHARE_SECRET, secret),
        label: label === '' ? null : vault.seal(SHARE_LABEL, label),
        showName,
        showHabilitations,
        createdAt: now,
        expiresAt,
      })
      .returning({ id: shares.id })
    const { id } = kept!
    await insertRows(
      tx,
      sharedCredentials,
      badges.map((credentialId) => ({ shareId: id, credentialId })),
    )
    await insertRows(
      tx,
      sharedImports,
      elsewhere.map((importedId) => ({ shareId: id, importedId })),
    )
    const details = {
      badges: badges.length,
      elsewhere: elsewhere.length,
      until: parisDate(expiresAt),
      showName,
      showHabilitations,
    }
    await record(tx, { author, action: 'share.created', subject: `share:${id}`, personId, details })
    return id
  })
}

async function areTheirs(tx: Db, personId: string, badges: string[], elsewhere: string[]): Promise<boolean> {
  const ours = and(isAnyOf(credentials.id, badges), eq(credentials.personId, personId), isNull(credentials.erasedAt))
  const { id, personId: owner, identityKey } = importedBadges
  const theirs = and(isAnyOf(id, elsewhere), eq(owner, personId), isNotNull(identityKey))
  const found = [await tx.$count(credentials, ours), await tx.$count(importedBadges, theirs)]
  return found[0] === badges.length && found[1] === elsewhere.length
}

/** Ends a link at once: its secret is forgotten. What has ended already stays as it is; `not_found` for someone else's. */
export async function withdrawShare(db: Db, { personId, author }: Owner, id: string): Promise<void> {
  await db.transaction(async (tx) => {
    const mine = and(eq(shares.id, id), eq(shares.personId, personId))
    const [found] = await tx.select({ withdrawnAt: shares.withdrawnAt }).from(shares).where(mine).for('update')
    if (!found) throw notFound('Le lien de partage', id)
    if (found.withdrawnAt) return
    await tx.update(shares).set({ withdrawnAt: new Date(), secret: null }).where(eq(shares.id, id))
    await record(tx, { author, action: 'share.withdrawn', subject: `share:${id}`, personId })
  })
}

export type Share = Awaited<ReturnType<typeof listShares>>['live'][number]

/** The links of a person, with the secret of those that are open: the first to end first, then the last that ended. */
export async function listShares(db: Db, vault: Vault, personId: string, now = new Date()) {
  const owned = eq(shares.personId, personId)
  const live = await db
    .select()
    .from(shares)
    .where(and(owned, isLive(now)))
    .orderBy(asc(shares.expiresAt))
  const ended = await db
    .select()
    .from(shares)
    .where(and(owned, or(lte(shares.expiresAt, now), isNotNull(shares.withdrawnAt))))
    .orderBy(desc(shares.createdAt))
    .limit(ENDED_SHOWN)
  const ids = [...live, ...ended].map((one) => one.id)
  const [names, elsewhere] = [await namesOf(db, ids), await elsewhereOf(db, vault, ids)]
  const open = ({ secret, label, ...one }: typeof shares.$inferSelect) => ({
    ...one,
    label: label === null ? null : vault.open(SHARE_LABEL, label),
    secret: secret === null ? null : vault.open(SHARE_SECRET, secret),
    badges: names.get(one.id) ?? [],
    elsewhere: elsewhere.get(one.id) ?? [],
  })
  return { live: live.map(open), ended: ended.map(open) }
}

async function namesOf(db: Db, ids: string[]): Promise<Map<string, string[]>> {
  const found = await db
    .select({ shareId: sharedCredentials.shareId, about: achievements.about })
    .from(sharedCredentials)
    .innerJoin(credentials, eq(credentials.id, sharedCredentials.credentialId))
    .innerJoin(achievements, ofClass)
    .where(isAnyOf(sharedCredentials.shareId, ids))
    .orderBy(desc(credentials.id))
  const byShare = Map.groupBy(found, (one) => one.shareId)
  return new Map([...byShare].map(([id, ones]) => [id, ones.map((one) => one.about.name)]))
}

async function elsewhereOf(db: Db, vault: Vault, ids: string[]): Promise<Map<string, string[]>> {
  const found = await db
    .select({ shareId: sharedImports.shareId, about: importedBadges.about })
    .from(sharedImports)
    .innerJoin(importedBadges, eq(importedBadges.id, sharedImports.importedId))
    .where(isAnyOf(sharedImports.shareId, ids))
    .orderBy(desc(importedBadges.importedAt), desc(importedBadges.id))
  const byShare = Map.groupBy(found, (one) => one.shareId)
  return new Map([...byShare].map(([id, ones]) => [id, ones.map((one) => nameOf(openAbout(vault, one.about)))]))
}

const isLive = (now: Date): SQL | undefined => and(isNull(shares.withdrawnAt), gt(shares.expiresAt, now))

/** When a link ends: with a day in Paris, or so many days from now. */
function endOf({ days, until }: NewShare, now: Date): Date {
  const today = parisDate(now)
  const last = until ?? addDays(today, days)
  if (last < today || last > addDays(today, MAX_DAYS)) throw wrongEnd(until === undefined ? 'days' : 'until')
  return parisDay(last).until
}

const empty = () =>
  invalid('share_empty', 'Aucun badge n’est choisi.', 'Cochez au moins un badge à montrer.', { field: 'badges' })
const tooLarge = (asked: number) =>
  invalid(
    'share_too_large',
    `Un lien montre au plus ${MAX_SHARED} badges ; vous en avez choisi ${asked}.`,
    'Décochez-en, ou faites deux liens.',
    { field: 'badges' },
  )
const notMine = () =>
  invalid(
    'share_badges',
    'Un des badges choisis n’est pas dans votre espace.',
    'Rechargez la page, puis recommencez.',
    {
      field: 'badges',
    },
  )
const wrongEnd = (field: string) =>
  invalid(
    'share_end',
    'Un lien finit aujourd’hui au plus tôt, et dans un an au plus tard.',
    'Choisissez une autre fin.',
    {
      field,
    },
  )
const tooMany = () =>
  conflict(
    'too_many_shares',
    `Vous avez déjà ${MAX_LIVE} liens ouverts.`,
    'Retirez ceux qui ne servent plus, puis recommencez.',
  )
