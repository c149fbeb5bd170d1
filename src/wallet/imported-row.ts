import { and, eq, type InferSelectModel, or } from '../drizzle.ts'
import type { OpenBadge } from '../credentials/open-badge.ts'
import { claimedIssuer } from '../credentials/verification-view.ts'
import { type Check, decisiveCheck, type Verification } from '../credentials/verify.ts'
import { type Db, isAnyOf } from '../db.ts'
import { notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import type { Vault } from '../vault.ts'
import { importedBadges } from './wallet.sql.ts'

/** Whose wallet it is, and who writes. */
export type Holder = { personId: string; author: string }
export type Row = InferSelectModel<typeof importedBadges>
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
/** A row with what was sealed in it. */
export type Opened = { row: Row; content: Content; about: About }

/** What each sealed column is sealed for. */
export const WALLET_CONTENT = 'wallet/content'
export const WALLET_ABOUT = 'wallet/about'
const TEXT = 'wallet/text'
const IDENTITY = 'wallet/identity'

/** A badge of that wallet, opened. Errors: `not_found`. */
export async function openOwn(db: Db, vault: Vault, personId: string, id: string): Promise<Opened> {
  const [row] = await db.select().from(importedBadges).where(mine(personId, id))
  if (!row) throw notFound('Le badge', id)
  return opened(vault, row)
}

export const opened = (vault: Vault, row: Row): Opened => ({
  row,
  content: openContent(vault, row.content),
  about: openAbout(vault, row.about),
})

export const openContent = (vault: Vault, sealed: string) => JSON.parse(vault.open(WALLET_CONTENT, sealed)) as Content
export const openAbout = (vault: Vault, sealed: string) => JSON.parse(vault.open(WALLET_ABOUT, sealed)) as About

/** What was given, as text: a compact token or an address as it is, a credential as JSON. */
export const textOf = (given: unknown): string => (typeof given === 'string' ? given : (JSON.stringify(given) ?? ''))

/** The fingerprints of a badge under each master key, of its text and of its identity: what a rotation renews. */
export const textKeys = (vault: Vault, given: unknown): string[] => vault.fingerprints(TEXT, textOf(given))
export const identityKeys = (vault: Vault, { issuer, badge }: About): string[] =>
  vault.fingerprints(IDENTITY, JSON.stringify([issuer?.id, badge]))

export const mine = (personId: string, id: string) =>
  and(eq(importedBadges.id, id), eq(importedBadges.personId, personId))

/** The codes of a check that nobody answered: another day it may be otherwise. */
const UNANSWERED = ['issuer_unreachable', 'status_unreachable', 'hosted_unreachable', 'legacy_not_checked']

/** Whether a verification could not conclude because nobody answered. */
export const isUnanswered = ({ verdict, checks }: Verification): boolean =>
  verdict === 'indeterminate' && UNANSWERED.includes(decisiveCheck(checks)?.code ?? '')

/** Silence takes no refusal back. */
export const staysRefused = ({ verdict }: Row, found: Verification): boolean =>
  verdict === 'invalid' && isUnanswered(found)

type Given = { given: unknown; from: string | null; now: Date }

/** What is written of a verification; what was proven before stays shown when this one proves nothing. */
export function rowOf(vault: Vault, { given, from, now }: Given, found: Verification, before?: Opened) {
  const { verdict, checks, summary, dialect } = found
  const badge = found.badge ?? before?.content.badge ?? null
  const issuer = badge && claimedIssuer(badge)
  const about: About = {
    name: badge?.credentialSubject.achievement.name ?? null,
    issuer: issuer && { id: issuer.id, name: issuer.name ?? null },
    achievement: badge?.credentialSubject.achievement.id ?? null,
    badge: badge?.id ?? null,
    from,
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
    checkedAt: now,
    unansweredAt: isUnanswered(found) ? now : null,
  }
  return { values, texts, identities }
}
export type Fresh = ReturnType<typeof rowOf>

/** The rows of a wallet with that very text, and with that issuer and id. */
export async function twinsOf(tx: Db, vault: Vault, personId: string, { texts, identities }: Fresh) {
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

/** Whether what was just found takes the place of what is kept of the same badge. */
export function replaces(fresh: Fresh['values'], kept: Row): boolean {
  if (fresh.verdict !== 'valid' && kept.verdict === 'valid') return false
  return fresh.validFrom! >= kept.validFrom!
}

type Noted = Pick<Row, 'verdict' | 'version'>

/** The line of the journal: which row, and how it was found; nothing of what the badge says. */
export const note = (
  tx: Db,
  { personId, author }: Holder,
  action: string,
  id: string,
  noted?: Noted,
): Promise<void> => {
  const details = noted && { verdict: noted.verdict, version: noted.version }
  return record(tx, { author, action, subject: `imported:${id}`, personId, ...(details && { details }) })
}
