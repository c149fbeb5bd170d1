import type { Documents } from './documents.ts'
import { type Lang, sentence } from './verify-messages.ts'
import { checkShape, list, type OpenBadge } from './open-badge.ts'
import { checkRecipient } from './recipient.ts'
import { type Purpose, PURPOSES } from './status.ts'
import type { JsonObject } from './suite.ts'
import { isLinkedAddress } from './verify-link.ts'
import { checkStatus, type Context, type Found, type Outcome, SKEW_MS } from './verify-status.ts'

type CheckId = 'shape' | 'proof' | 'refresh' | Purpose | 'dates' | 'recipient' | 'endorsements'
export type Check = { id: CheckId; outcome: Outcome; code: string; message: string }
type Verdict = 'valid' | 'invalid' | 'indeterminate'
export type Verification = {
  verdict: Verdict
  summary: string
  /** The signed payload, the only thing to display; null when no signature was verified. */
  credential: JsonObject | null
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
  'shape_unsupported',
  'context_unknown',
  'proof_unsupported',
  'issuer_unreachable',
  'status_unreachable',
  'status_unsupported',
  'status_past_unknown',
  'recipient_unverifiable',
  'not_checked',
])

/**
 * Verifies an Open Badge in the order of the specification (OB 3.0 §8.3, Verification): shape, proof, refresh, status and dates,
 * recipient, endorsements. Never throws for what the badge says; the verdict is computed from the checks alone.
 */
export async function verifyBadge(given: unknown, question: Question, context: Context): Promise<Verification> {
  const lang = question.lang ?? 'fr'
  const at = question.at ?? context.now
  const found = new Map<CheckId, Found>()
  const matched: string[] = []
  const shape = checkShape(given)
  found.set('shape', shapeFound(shape))
  if (shape.outcome === 'success') {
    const credential = given as JsonObject
    const documents = remembering(context.documents)
    const proof = await context.checkProof(credential, documents.did, context)
    found.set('proof', named(proof, 'proof_ok'))
    // What no proof covers is nobody's word: its status, dates and recipient are not looked at, nor its addresses followed.
    if (proof.outcome === 'success') {
      found.set('refresh', {
        outcome: 'skipped',
        code: credential['refreshService'] ? 'refresh_not_followed' : 'refresh_none',
      })
      for (const purpose of PURPOSES)
        found.set(purpose, await checkStatus(shape.badge, purpose, at, { ...context, documents }))
      found.set('dates', checkDates(shape.badge, at))
      const asked = { badge: shape.badge, context: { ...context, documents }, matched }
      found.set('recipient', await recipientFound(asked, [question.recipient ?? []].flat()))
      found.set('endorsements', {
        outcome: 'skipped',
        code:
          credential['endorsement'] || credential['endorsementJwt'] ? 'endorsements_not_checked' : 'endorsements_none',
      })
    }
  }
  const verification = conclude(given, found, at, lang)
  return Array.isArray(question.recipient) ? { ...verification, matched } : verification
}

const ORDER: CheckId[] = ['shape', 'proof', 'refresh', ...PURPOSES, 'dates', 'recipient', 'endorsements']

function conclude(given: unknown, found: Map<CheckId, Found>, at: Date, lang: Lang): Verification {
  const checks = ORDER.map((id): Check => {
    const { outcome, code, values = {} } = found.get(id) ?? { outcome: 'skipped', code: 'not_checked' }
    return { id, outcome, code, message: sentence(code, lang, values) }
  })
  const reason = decisiveCheck(checks)
  const proven = found.get('proof')?.outcome === 'success'
  const verdict: Verdict = reason?.outcome === 'failure' ? 'invalid' : reason || !proven ? 'indeterminate' : 'valid'
  const summary = [sentence(`verdict_${verdict}`, lang, { date: at.toISOString().slice(0, 10) }), reason?.message ?? '']
    .join(' ')
    .trim()
  return { verdict, summary, credential: proven ? (given as JsonObject) : null, checks }
}

/** The check that the verdict rests on, unless it is «valid»: the first that says no, else the first that could not say. */
export const decisiveCheck = (checks: Check[]): Check | undefined =>
  checks.find((check) => check.outcome === 'failure') ?? checks.find((check) => UNDECIDED.has(check.code))

/** Each document is asked for once in a verification: the badge and its lists are of one time. */
function remembering({ did, json }: Documents): Documents {
  const once = (find: (name: string) => Promise<JsonObject>) => {
    const known = new Map<string, Promise<JsonObject>>()
    return async (name: string): Promise<JsonObject> => {
      const found = known.get(name) ?? find(name)
      known.set(name, found)
      return found
    }
  }
  return { did: once(did), json: once(json) }
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

type Asked = { badge: OpenBadge; context: Context; matched: string[] }

/** Compares each name; those that match are put into `matched`. */
async function recipientFound({ badge, context, matched }: Asked, typed: string[]): Promise<Found> {
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
