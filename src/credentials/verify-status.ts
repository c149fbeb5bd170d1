import type { Documents } from './documents.ts'
import { checkForm } from './form.ts'
import { list, type OpenBadge } from './open-badge.ts'
import { type Purpose, readStatusBit } from './status.ts'
import { type checkProof, issuerOf, type JsonObject, Unreachable } from './suite.ts'

export type Outcome = 'success' | 'failure' | 'skipped'

/** What a check found, before it is said in a language. */
export type Found = { outcome: Outcome; code: string; values?: Record<string, string> }

/** The state at a moment (now when none is given), for those badges whose history is known here; null for those of others. */
export type KnownState = (badge: OpenBadge, at?: Date) => Promise<{ kind: string } | null>

/** Where a verification looks and what time it is. */
export type Context = {
  documents: Documents
  now: Date
  checkProof: typeof checkProof
  knownState?: KnownState | undefined
}

/** Clocks differ: what begins or ends within five minutes of now is taken either way. */
export const SKEW_MS = 5 * 60_000

/** Whether the badge was revoked or suspended at that date. Unreachable is not valid, unknown is not revoked. */
export async function checkStatus(badge: OpenBadge, purpose: Purpose, at: Date, context: Context): Promise<Found> {
  const isPast = at.getTime() < context.now.getTime()
  // Our own badges: the events that the lists are made from. Today is the last of them, even if a clock has jumped back since.
  const known = await context.knownState?.(badge, isPast ? at : undefined)
  if (known) return known.kind === WORD[purpose] ? { outcome: 'failure', code: WORD[purpose] } : clear(purpose)

  const entries = list(badge.credentialStatus) as JsonObject[]
  if (entries.some((entry) => ![entry['type']].flat().includes('BitstringStatusListEntry'))) return UNSUPPORTED
  // `["revocation"]` means the same in RDF and is signed all the same: read as another purpose, it would hide a revocation.
  if (entries.some((entry) => typeof entry['statusPurpose'] !== 'string')) return INVALID_LIST
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
const UNSUPPORTED: Found = { outcome: 'skipped', code: 'status_unsupported' }
const UNREACHABLE: Found = { outcome: 'skipped', code: 'status_unreachable' }

/** Reads one entry (Bitstring Status List 1.0 §3.2): the list must be the issuer's, signed, in date, of that purpose. */
async function readEntry(badge: OpenBadge, entry: JsonObject, purpose: Purpose, context: Context): Promise<Found> {
  const { statusListCredential: url, statusListIndex } = entry
  if (typeof url !== 'string' || !isIndex(statusListIndex)) return INVALID_LIST
  if ((entry['statusSize'] ?? 1) !== 1) return UNSUPPORTED
  let status: JsonObject
  try {
    status = await context.documents.json(url)
  } catch (error) {
    if (error instanceof Unreachable) return UNREACHABLE
    throw error
  }
  const form = checkForm(status)
  if (form) return form.code === 'context_unknown' ? UNSUPPORTED : INVALID_LIST
  const subject = (status['credentialSubject'] ?? {}) as JsonObject
  const trusted =
    status['id'] === url &&
    [status['type']].flat().includes('BitstringStatusListCredential') &&
    issuerOf(status) === issuerOf(badge) &&
    [subject['statusPurpose']].flat().includes(purpose) &&
    isInDate(status, context.now) &&
    typeof subject['encodedList'] === 'string'
  if (!trusted) return INVALID_LIST
  const proof = await context.checkProof(status, context.documents.did, context)
  if (proof.outcome === 'skipped') return proof.code === 'issuer_unreachable' ? UNREACHABLE : UNSUPPORTED
  if (proof.outcome === 'failure') return INVALID_LIST
  const bit = await readStatusBit(String(subject['encodedList']), Number(statusListIndex))
  if (bit === null) return INVALID_LIST
  return bit ? { outcome: 'failure', code: WORD[purpose] } : clear(purpose)
}

/** A string by the specification; a number is tolerated. */
const isIndex = (value: unknown): boolean => /^(string|number)$/.test(typeof value) && /^\d{1,12}$/.test(String(value))

/** Whether a document is in date, with the tolerance that clocks ask for. */
export function isInDate({ validFrom, validUntil }: JsonObject, now: Date): boolean {
  const from = typeof validFrom === 'string' ? Date.parse(validFrom) : Number.NEGATIVE_INFINITY
  const until = typeof validUntil === 'string' ? Date.parse(validUntil) : Number.POSITIVE_INFINITY
  return from <= now.getTime() + SKEW_MS && until >= now.getTime() - SKEW_MS
}
