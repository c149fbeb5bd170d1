import { createHash } from 'node:crypto'
import { checkEndorsement, commentOf, endorserName } from './check-endorsement.ts'
import { list } from './open-badge.ts'
import { issuerOf, type JsonObject } from './suite.ts'
import { type Lang, sentence } from './verify-messages.ts'
import type { Context, Found } from './verify-status.ts'

/** What someone says of a badge, of its class, of its issuer or of an endorser, and what verifying it gave. */
export type ShownEndorsement = {
  /** The place of what it endorses. */
  of: 'badge' | 'achievement' | 'issuer' | 'endorser'
  /** Its identifier; with an `id` that the signature proves and a `name` that it claims, null where nothing is proven. */
  issuer: { id: string; name: string | null }
  /** Null where nothing is proven. */
  comment: string | null
  validFrom: string
  verdict: 'valid' | 'invalid' | 'indeterminate'
  /** Why, by a stable code and in a sentence. */
  code: string
  message: string
  /** The issuer of the badge speaks of its own badge, class or self. */
  isSelf: boolean
  /** What others say of who endorses. */
  endorsements: ShownEndorsement[]
}

/** Endorsements looked at, how deep those of endorsers are followed, and how long all of it may last (ms). */
const MAX_ENDORSEMENTS = 20
const MAX_DEPTH = 3
const MAX_MS = 12_000

/** Someone's words at a place of a credential: they must be about `subject`. */
type Claim = {
  given: unknown
  digest: string
  of: ShownEndorsement['of']
  subject: string
  /** Identifiers and digests of the endorsements, and of the issuers, on the way from the badge: met again, they go round. */
  way: string[]
  into: ShownEndorsement[]
}

/**
 * Verifies the endorsements of a credential, of its achievement and of its issuer, embedded and as tokens, and those of who
 * endorses (OB 3.0 §8.3, endorsements): 20 in all, three deep, each once. Each is a credential of its own: form, subject,
 * proof, status, dates. One that fails takes nothing from the badge, which its issuer signed: so it is never a `failure`.
 */
export async function checkEndorsements(
  credential: JsonObject,
  at: Date,
  context: Context,
  lang: Lang = 'fr',
): Promise<{ found: Found; endorsements: ShownEndorsement[] }> {
  const endorsements: ShownEndorsement[] = []
  const issuer = issuerOf(credential) ?? ''
  let level = claimsOn(credential, issuer, endorsements)
  const seen = new Set<string>()
  const started = performance.now()
  let [looked, left] = [0, 0]
  for (let depth = 1; level.length > 0 && depth <= MAX_DEPTH; depth++) {
    const once = level.filter(({ digest, subject }) => isNew(seen, `${digest} ${subject}`))
    const room = performance.now() - started < MAX_MS ? MAX_ENDORSEMENTS - looked : 0
    const taken = once.slice(0, room)
    looked += taken.length
    if (depth === 1) left = once.length - taken.length
    const next = await Promise.all(taken.map((claim) => follow(claim, { issuer, at, context, lang })))
    level = next.flat()
  }
  return { found: foundOf(endorsements, left), endorsements }
}

const isNew = (seen: Set<string>, key: string): boolean => !seen.has(key) && seen.add(key).has(key)

/** The endorsements of a credential in the places of the standard (OB 3.0 B.1.1 AchievementCredential, B.1.2 Achievement, B.1.21 Profile). */
function claimsOn(credential: JsonObject, issuer: string, into: ShownEndorsement[]): Claim[] {
  const [subject] = [credential['credentialSubject']].flat() as { achievement?: JsonObject }[]
  const achievement = subject?.achievement
  const way = [String(credential['id']), issuer]
  return [
    ...claimsIn(credential, 'badge', String(credential['id']), way, into),
    ...claimsIn(achievement, 'achievement', String(achievement?.['id']), way, into),
    ...claimsIn(credential['issuer'], 'issuer', issuer, way, into),
  ]
}

function claimsIn(bearer: unknown, of: Claim['of'], subject: string, way: string[], into: ShownEndorsement[]): Claim[] {
  if (typeof bearer !== 'object' || bearer === null) return []
  const { endorsement, endorsementJwt } = bearer as JsonObject
  return [...list(endorsement), ...list(endorsementJwt)].map((given) => ({
    given,
    digest: digestOf(given),
    of,
    subject,
    way,
    into,
  }))
}

type Asked = { issuer: string; at: Date; context: Context; lang: Lang }

/** Verifies one, shows it, and answers what others say of who gave it. */
async function follow(claim: Claim, { issuer, at, context, lang }: Asked): Promise<Claim[]> {
  const { given, digest, of, subject, way, into } = claim
  const checked = await checkEndorsement(given, subject, at, context)
  const { endorsement } = checked
  const isSelf = of !== 'endorser' && checked.issuer === issuer
  const isLoop = !isSelf && [digest, checked.issuer, String(endorsement?.['id'])].some((one) => way.includes(one))
  const { verdict, code } = isLoop ? LOOP : checked
  const shown: ShownEndorsement = {
    of,
    issuer: { id: checked.issuer, name: endorsement ? endorserName(endorsement) : null },
    comment: endorsement ? commentOf(endorsement) : null,
    validFrom: endorsement ? String(endorsement['validFrom']) : '',
    verdict,
    code: verdict === 'valid' && isSelf ? 'endorsement_self' : code,
    message: sentence(verdict === 'valid' && isSelf ? 'endorsement_self' : code, lang),
    isSelf,
    endorsements: [],
  }
  into.push(shown)
  if (verdict !== 'valid' || !endorsement) return []
  const further = [...way, digest, checked.issuer, String(endorsement['id'])]
  return claimsIn(endorsement['issuer'], 'endorser', checked.issuer, further, shown.endorsements)
}

const LOOP = { verdict: 'indeterminate', code: 'endorsement_loop' } as const

const digestOf = (given: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(given) ?? '')
    .digest('base64url')

/** `left`: those that were too many to be looked at. */
function foundOf(endorsements: ShownEndorsement[], left: number): Found {
  const all = endorsements.length + left
  const valid = endorsements.filter((one) => one.verdict === 'valid')
  const others = valid.filter((one) => !one.isSelf).length
  const values = { valid: String(others), all: String(all) }
  if (all === 0) return { outcome: 'skipped', code: 'endorsements_none' }
  if (others === all) return { outcome: 'success', code: all === 1 ? 'endorsements_one' : 'endorsements_ok', values }
  if (others > 0) return { outcome: 'skipped', code: 'endorsements_partly', values }
  if (valid.length === all) return { outcome: 'skipped', code: 'endorsements_self' }
  const isRefused = left === 0 && endorsements.every((one) => one.verdict === 'invalid' || one.isSelf)
  return { outcome: 'skipped', code: isRefused ? 'endorsements_invalid' : 'endorsements_undecided', values }
}
