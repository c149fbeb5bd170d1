import type { Documents } from './documents.ts'
import { type Lang, sentence } from './verify-messages.ts'
import { checkShape, list, type OpenBadge } from './open-badge.ts'
import { checkRecipient } from './recipient.ts'
import { type Purpose, PURPOSES, readStatusBit } from './status.ts'
import { checkProof, issuerOf, type JsonObject, Unreachable } from './suite.ts'

export type CheckId = 'shape' | 'proof' | 'refresh' | Purpose | 'dates' | 'recipient' | 'endorsements'
export type Outcome = 'success' | 'failure' | 'skipped'
export type Check = { id: CheckId; outcome: Outcome; code: string; message: string }
export type Verdict = 'valid' | 'invalid' | 'indeterminate'
export type Verification = {
  verdict: Verdict
  summary: string
  /** The signed payload, the only thing to display; null when nothing readable was given. */
  credential: JsonObject | null
  checks: Check[]
}

export type Question = {
  /** A name or an e-mail, compared with the hashes of the badge. */
  recipient?: string | undefined
  /** The day asked about; today when absent. */
  at?: Date | undefined
  lang?: Lang | undefined
}

/** The state on a past day, for those badges whose history is known here; null for those of others. */
export type PastState = (credentialId: string, at: Date) => Promise<{ kind: string } | null>

type Context = { documents: Documents; now: Date; pastState?: PastState | undefined }
type Found = { outcome: Outcome; code: string; values?: Record<string, string> }

/** What a check could not say, though it should: the verdict is then neither yes nor no. */
const UNDECIDED = new Set([
  'shape_unsupported',
  'proof_unsupported',
  'issuer_unreachable',
  'status_unreachable',
  'status_unsupported',
  'status_past_unknown',
  'recipient_unverifiable',
  'not_checked',
])
const SKEW_MS = 5 * 60_000

/**
 * Verifies an Open Badge in the order of the specification (OB 3.0 §8.3, Verification): shape, proof, refresh, status and dates,
 * recipient, endorsements. Never throws for what the badge says; the verdict is computed from the checks alone.
 */
export async function verifyBadge(given: unknown, question: Question, context: Context): Promise<Verification> {
  const lang = question.lang ?? 'fr'
  const at = question.at ?? context.now
  const found = new Map<CheckId, Found>()
  const shape = checkShape(given)
  found.set('shape', shapeFound(shape))
  if (shape.outcome === 'success') {
    const credential = given as JsonObject
    found.set('proof', named(await checkProof(credential, (did) => context.documents.did(did)), 'proof_ok'))
    // What an invalid proof covers is nobody's word: its status, dates and recipient are not looked at.
    if (found.get('proof')?.outcome !== 'failure') {
      found.set('refresh', { outcome: 'skipped', code: credential['refreshService'] ? 'refresh_not_followed' : 'refresh_none' })
      for (const purpose of PURPOSES) found.set(purpose, await checkStatus(shape.badge, purpose, at, context))
      found.set('dates', checkDates(shape.badge, at))
      found.set('recipient', recipientFound(shape.badge, question.recipient))
      found.set('endorsements', {
        outcome: 'skipped',
        code: credential['endorsement'] || credential['endorsementJwt'] ? 'endorsements_not_checked' : 'endorsements_none',
      })
    }
  }
  return conclude(given, found, at, lang)
}

const ORDER: CheckId[] = ['shape', 'proof', 'refresh', ...PURPOSES, 'dates', 'recipient', 'endorsements']

function conclude(given: unknown, found: Map<CheckId, Found>, at: Date, lang: Lang): Verification {
  const checks = ORDER.map((id): Check => {
    const { outcome, code, values = {} } = found.get(id) ?? { outcome: 'skipped', code: 'not_checked' }
    return { id, outcome, code, message: sentence(code, lang, values) }
  })
  const failure = checks.find((check) => check.outcome === 'failure')
  const undecided = checks.find((check) => UNDECIDED.has(check.code))
  const verdict: Verdict = failure ? 'invalid' : undecided ? 'indeterminate' : 'valid'
  const reason = (failure ?? undecided)?.message ?? ''
  const summary = [sentence(`verdict_${verdict}`, lang, { date: at.toISOString().slice(0, 10) }), reason].join(' ').trim()
  const readable = typeof given === 'object' && given !== null && !Array.isArray(given)
  return { verdict, summary, credential: readable ? (given as JsonObject) : null, checks }
}

const named = (check: { outcome: Outcome; code?: string }, success: string): Found => ({
  outcome: check.outcome,
  code: check.code ?? success,
})

function shapeFound(shape: ReturnType<typeof checkShape>): Found {
  if (shape.outcome === 'success') return { outcome: 'success', code: 'shape_ok' }
  if (shape.outcome === 'skipped') return shape
  return { outcome: 'failure', code: shape.code, values: { where: shape.where || '/' } }
}

function checkDates({ validFrom, validUntil }: OpenBadge, at: Date): Found {
  const values = { from: validFrom.slice(0, 10), until: validUntil?.slice(0, 10) ?? '' }
  if (Date.parse(validFrom) > at.getTime() + SKEW_MS) return { outcome: 'failure', code: 'not_yet_valid', values }
  if (validUntil === undefined) return { outcome: 'success', code: 'no_expiry', values }
  if (Date.parse(validUntil) < at.getTime()) return { outcome: 'failure', code: 'expired', values }
  return { outcome: 'success', code: 'dates_ok', values }
}

function recipientFound(badge: OpenBadge, typed: string | undefined): Found {
  if (typed === undefined || typed.trim() === '') return { outcome: 'skipped', code: 'recipient_not_asked' }
  const code = checkRecipient(list(badge.credentialSubject.identifier), typed)
  const outcomes = { recipient_ok: 'success', recipient_mismatch: 'failure', recipient_unverifiable: 'skipped' } as const
  return { outcome: outcomes[code], code }
}

/** Whether the badge was revoked or suspended at that date. Unreachable is not valid, unknown is not revoked. */
async function checkStatus(badge: OpenBadge, purpose: Purpose, at: Date, context: Context): Promise<Found> {
  const isPast = at.getTime() < context.now.getTime()
  const past = isPast ? await context.pastState?.(badge.id, at) : null
  if (past) return past.kind === WORD[purpose] ? { outcome: 'failure', code: WORD[purpose] } : clear(purpose)

  const entries = list(badge.credentialStatus) as JsonObject[]
  if (entries.some((entry) => entry['type'] !== 'BitstringStatusListEntry')) {
    return { outcome: 'skipped', code: 'status_unsupported' }
  }
  const mine = entries.filter((entry) => entry['statusPurpose'] === purpose)
  if (mine.length === 0) return { outcome: 'skipped', code: `no_${purpose}_list` }
  for (const entry of mine) {
    const found = await readEntry(badge, entry, purpose, context)
    if (found.outcome === 'success') continue
    // Set today: nothing tells since when.
    return isPast && found.code === WORD[purpose] ? { outcome: 'skipped', code: 'status_past_unknown' } : found
  }
  // A revocation is final, so what is not revoked never was; a suspension may have come and gone.
  return isPast && purpose === 'suspension' ? { outcome: 'skipped', code: 'status_past_unknown' } : clear(purpose)
}

const WORD = { revocation: 'revoked', suspension: 'suspended' } as const
const clear = (purpose: Purpose): Found => ({ outcome: 'success', code: `not_${WORD[purpose]}` })
const INVALID_LIST: Found = { outcome: 'failure', code: 'status_invalid' }

/** Reads one entry (Bitstring Status List 1.0 §3.2): the list must be the issuer's, signed, in date, of that purpose. */
async function readEntry(badge: OpenBadge, entry: JsonObject, purpose: Purpose, context: Context): Promise<Found> {
  const { statusListCredential: url, statusListIndex } = entry
  const index = Number(statusListIndex)
  if (typeof url !== 'string' || !Number.isInteger(index) || index < 0 || (entry['statusSize'] ?? 1) !== 1) return INVALID_LIST
  let status: JsonObject
  try {
    status = await context.documents.json(url)
  } catch (error) {
    if (error instanceof Unreachable) return { outcome: 'skipped', code: 'status_unreachable' }
    throw error
  }
  const subject = (status['credentialSubject'] ?? {}) as JsonObject
  const trusted =
    status['id'] === url &&
    [status['type']].flat().includes('BitstringStatusListCredential') &&
    issuerOf(status) === issuerOf(badge) &&
    [subject['statusPurpose']].flat().includes(purpose) &&
    isInDate(status, context.now) &&
    typeof subject['encodedList'] === 'string'
  if (!trusted) return INVALID_LIST
  const proof = await checkProof(status, (did) => context.documents.did(did))
  if (proof.outcome === 'skipped') return { outcome: 'skipped', code: 'status_unreachable' }
  if (proof.outcome === 'failure') return INVALID_LIST
  const bit = await readStatusBit(String(subject['encodedList']), index)
  if (bit === null) return INVALID_LIST
  return bit ? { outcome: 'failure', code: WORD[purpose] } : clear(purpose)
}

function isInDate({ validFrom, validUntil }: JsonObject, now: Date): boolean {
  const from = typeof validFrom === 'string' ? Date.parse(validFrom) : Number.NEGATIVE_INFINITY
  const until = typeof validUntil === 'string' ? Date.parse(validUntil) : Number.POSITIVE_INFINITY
  return from <= now.getTime() + SKEW_MS && until >= now.getTime() - SKEW_MS
}
