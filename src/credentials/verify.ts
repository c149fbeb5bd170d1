import type { Documents } from './documents.ts'
import { type Lang, sentence } from './verify-messages.ts'
import { openEnvelope } from './envelope.ts'
import { checkShape, list, type OpenBadge } from './open-badge.ts'
import { checkRecipient } from './recipient.ts'
import { type Purpose, PURPOSES } from './status.ts'
import type { JsonObject } from './suite.ts'
import { SKEW_MS } from './validity.ts'
import { checkOpened } from './vc-jwt.ts'
import { checkEndorsements, type ShownEndorsement } from './verify-endorsements.ts'
import { isLinkedAddress } from './verify-link.ts'
import { followRefresh } from './verify-refresh.ts'
import { checkStatus, type Context, type Found, type Outcome } from './verify-status.ts'

export type CheckId = 'shape' | 'proof' | 'refresh' | Purpose | 'dates' | 'recipient' | 'endorsements'
export type Check = { id: CheckId; outcome: Outcome; code: string; message: string }
type Verdict = 'valid' | 'invalid' | 'indeterminate'
/** Which version of Open Badges a badge speaks, and what its authenticity rests on. */
export type Dialect = {
  version: '3.0' | '2.0' | '1.1' | '1.0' | '0.5'
  /** A proof inside it, a signed token around it (VC-JWT, or the JWS of older versions), or the site that hosts it. */
  proof: 'embedded' | 'jwt' | 'jws' | 'hosted'
}
export type Verification = {
  verdict: Verdict
  summary: string
  /** What was signed, or hosted, as it is; null when that could not be verified. */
  credential: JsonObject | null
  /** The same in the form of Open Badges 3.0, the only thing to display; null when nothing was verified. */
  badge: OpenBadge | null
  dialect: Dialect | null
  /** What others say of it, each verified. */
  endorsements: ShownEndorsement[]
  checks: Check[]
  /** Which of the names asked about it was issued to, where several were. */
  matched?: string[]
}

export type Question = {
  /** A name or an e-mail, compared with the hashes of the badge; among several, one is enough. */
  recipient?: string | string[] | undefined
  /** The day asked about; today when absent. */
  at?: Date | undefined
  lang?: Lang | undefined
}

/** What a check could not say, though it should: the verdict is then neither yes nor no. */
const UNDECIDED = new Set([
  'hosted_unreachable',
  'hosted_address_unknown',
  'legacy_not_checked',
  'shape_unsupported',
  'context_unknown',
  'proof_unsupported',
  'issuer_unreachable',
  'issuer_key_unlisted',
  'status_unreachable',
  'status_unsupported',
  'status_past_unknown',
  'recipient_unverifiable',
  'not_checked',
])

/**
 * Verifies an Open Badge in the order of the specification (OB 3.0 §8.3, Verification): shape, proof, refresh, status and dates,
 * recipient, endorsements. Never throws for what the badge says; the verdict is computed from the checks alone.
 * `given`: the credential, or the compact token that carries it.
 */
export async function verifyBadge(given: unknown, question: Question, asked: Context): Promise<Verification> {
  const context = { ...asked, documents: remembering(asked.documents) }
  const at = question.at ?? context.now
  const opened = openEnvelope(given)
  const shape = checkShape(opened.credential)
  const unread = opened.jwt !== null && opened.credential === undefined
  const found = new Map<CheckId, Found>([
    ['shape', unread ? { outcome: 'failure', code: 'jwt_malformed' } : shapeFound(shape)],
  ])
  if (shape.outcome !== 'success') return conclude({ found, question, at })
  const { badge } = shape
  const credential = opened.credential as JsonObject
  const proof = await checkOpened(opened, context)
  found.set('proof', named(proof, 'proof_ok'))
  // What no proof covers is nobody's word: its status, dates and recipient are not looked at, nor its addresses followed.
  if (proof.outcome !== 'success') return conclude({ found, question, at })
  const refresh = await followRefresh({ credential, badge, question }, context, verifyBadge)
  if (refresh.newer) return refresh.newer
  found.set('refresh', refresh.found)
  for (const purpose of PURPOSES) found.set(purpose, await checkStatus(badge, purpose, at, context))
  found.set('dates', checkDates(badge, at))
  const matched: string[] = []
  found.set('recipient', await recipientFound({ badge, context, matched }, [question.recipient ?? []].flat()))
  const { found: endorsed, endorsements } = await checkEndorsements(credential, at, context, question.lang)
  found.set('endorsements', endorsed)
  const dialect: Dialect = { version: '3.0', proof: opened.jwt === null ? 'embedded' : 'jwt' }
  return conclude({ found, question, at, credential, badge, dialect, matched, endorsements })
}

const ORDER: CheckId[] = ['shape', 'proof', 'refresh', ...PURPOSES, 'dates', 'recipient', 'endorsements']

type Conclusion = { found: Map<CheckId, Found>; question: Question; at: Date } & Partial<
  Pick<Verification, 'credential' | 'badge' | 'dialect' | 'matched' | 'endorsements'>
>

/** The verdict and its sentences, from what was found; what was not looked at says so. Shared by every version of the standard. */
export function conclude({ found, question, at, ...proven }: Conclusion): Verification {
  const { lang = 'fr', recipient } = question
  const checks = ORDER.map((id): Check => {
    const { outcome, code, values = {} } = found.get(id) ?? { outcome: 'skipped', code: 'not_checked' }
    return { id, outcome, code, message: sentence(code, lang, values) }
  })
  const reason = decisiveCheck(checks)
  const isProven = found.get('proof')?.outcome === 'success'
  const verdict: Verdict = reason?.outcome === 'failure' ? 'invalid' : reason || !isProven ? 'indeterminate' : 'valid'
  const summary = [sentence(`verdict_${verdict}`, lang, { date: at.toISOString().slice(0, 10) }), reason?.message ?? '']
    .join(' ')
    .trim()
  const { credential = null, badge = null, dialect = null, matched = [], endorsements = [] } = isProven ? proven : {}
  const told = { verdict, summary, credential, badge, dialect, endorsements, checks }
  return Array.isArray(recipient) ? { ...told, matched } : told
}

/** The check that the verdict rests on, unless it is «valid»: the first that says no, else the first that could not say. */
export const decisiveCheck = <T extends { outcome: Outcome; code: string }>(checks: T[]): T | undefined =>
  checks.find((check) => check.outcome === 'failure') ?? checks.find((check) => UNDECIDED.has(check.code))

/** Each document is asked for once in a verification: the badge and its lists are of one time. */
function remembering({ did, json, credential }: Documents): Documents {
  const once = <T>(find: (name: string) => Promise<T>) => {
    const known = new Map<string, Promise<T>>()
    return async (name: string): Promise<T> => {
      const found = known.get(name) ?? find(name)
      known.set(name, found)
      return found
    }
  }
  return { did: once(did), json: once(json), ...(credential && { credential: once(credential) }) }
}

const named = (check: Partial<Found> & { outcome: Outcome }, success: string): Found => ({ code: success, ...check })

function shapeFound(shape: ReturnType<typeof checkShape>): Found {
  if (shape.outcome === 'success') return { outcome: 'success', code: 'shape_ok' }
  if (shape.outcome === 'skipped') return shape
  return { outcome: 'failure', code: shape.code, values: { where: shape.where || '/' } }
}

/** Whether a day is within the dates of a badge. */
export function checkDates({ validFrom, validUntil }: OpenBadge, at: Date): Found {
  const values = { from: validFrom.slice(0, 10), until: validUntil?.slice(0, 10) ?? '' }
  if (Date.parse(validFrom) > at.getTime() + SKEW_MS) return { outcome: 'failure', code: 'not_yet_valid', values }
  if (validUntil === undefined) return { outcome: 'success', code: 'no_expiry', values }
  if (Date.parse(validUntil) < at.getTime()) return { outcome: 'failure', code: 'expired', values }
  return { outcome: 'success', code: 'dates_ok', values }
}

type Asked = { badge: OpenBadge; context: Context; matched: string[] }

/** Compares each name; those that match are put into `matched`. */
export async function recipientFound({ badge, context, matched }: Asked, typed: string[]): Promise<Found> {
  const names = typed.filter((one) => one.trim() !== '')
  const codes = new Set<string>()
  for (const name of names) {
    const direct = checkRecipient(list(badge.credentialSubject.identifier), name)
    const isLinked = direct === 'recipient_mismatch' && (await isLinkedAddress(badge, name, context))
    codes.add(isLinked ? 'recipient_linked' : direct)
    if (isLinked || direct === 'recipient_ok') matched.push(name)
  }
  for (const [code, outcome] of RECIPIENT_OUTCOMES) {
    if (codes.has(code))
      return { outcome, code: code === 'recipient_mismatch' && names.length > 1 ? 'recipient_none' : code }
  }
  return { outcome: 'skipped', code: 'recipient_not_asked' }
}

/** The first of them that a name gave: «none of them» is only said where each could be compared. */
const RECIPIENT_OUTCOMES: [code: string, outcome: Outcome][] = [
  ['recipient_ok', 'success'],
  ['recipient_linked', 'success'],
  ['recipient_unverifiable', 'skipped'],
  ['recipient_mismatch', 'failure'],
]
