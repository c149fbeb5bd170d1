import type { Documents } from './documents.ts'
import { openEnvelope } from './envelope.ts'
import { checkForm } from './form.ts'
import { list } from './open-badge.ts'
import { type Purpose, readStatusBit } from './status.ts'
import { type checkProof, issuerOf, type JsonObject, Unreachable } from './suite.ts'
import { isInDate } from './validity.ts'
import { checkOpened } from './vc-jwt.ts'

export type Outcome = 'success' | 'failure' | 'skipped'

/** What a check found, before it is said in a language. */
export type Found = { outcome: Outcome; code: string; values?: Record<string, string> }

/** The state at a moment (now when none is given), for those badges whose history is known here; null for those of others. */
export type KnownState = (badge: JsonObject, at?: Date) => Promise<{ kind: string } | null>

/** Where a verification looks and what time it is. */
export type Context = {
  documents: Documents
  now: Date
  checkProof: typeof checkProof
  knownState?: KnownState | undefined
  /** A newer version was already asked for: it is followed once. */
  isRefreshed?: boolean | undefined
}

/** Whether a badge, or another credential, was revoked or suspended at that date. Unreachable is not valid, unknown is not revoked. */
export async function checkStatus(badge: JsonObject, purpose: Purpose, at: Date, context: Context): Promise<Found> {
  const isPast = at.getTime() < context.now.getTime()
  // Our own badges: the events that the lists are made from. Today is the last of them, even if a clock has jumped back since.
  const known = await context.knownState?.(badge, isPast ? at : undefined)
  if (known) return known.kind === WORD[purpose] ? { outcome: 'failure', code: WORD[purpose] } : clear(purpose)

  const entries = list(badge['credentialStatus'] as JsonObject | JsonObject[] | undefined)
  if (entries.length > MAX_ENTRIES || !entries.every(isKnownEntry)) return UNSUPPORTED.found
  const [named, bits] = [entries.filter(isRevocationList), entries.filter((entry) => !isRevocationList(entry))]
  // `["revocation"]` means the same in RDF and is signed all the same: read as another purpose, it would hide a revocation.
  if (bits.some((entry) => typeof entry['statusPurpose'] !== 'string')) return INVALID_LIST.found
  const mine = bits.filter((entry) => entry['statusPurpose'] === purpose)
  if (purpose === 'revocation') mine.push(...named)
  if (mine.length === 0) return { outcome: 'skipped', code: `no_${purpose}_list` }
  for (const entry of mine) {
    const read = await readEntry({ badge, entry, purpose, context })
    if (read.state === 'clear') continue
    if (read.state === 'unsure') return read.found
    if (!isPast) return { outcome: 'failure', code: WORD[purpose] }
    // Set today: only some lists tell since when.
    if (read.since === null) return { outcome: 'skipped', code: 'status_past_unknown' }
    if (read.since <= at) return { outcome: 'failure', code: WORD[purpose] }
  }
  // A revocation is final, so what is not revoked never was; a suspension may have come and gone.
  return isPast && purpose === 'suspension' ? { outcome: 'skipped', code: 'status_past_unknown' } : clear(purpose)
}

/** Each may cost a document to fetch. */
const MAX_ENTRIES = 8
const WORD = { revocation: 'revoked', suspension: 'suspended' } as const
const clear = (purpose: Purpose): Found => ({ outcome: 'success', code: `not_${WORD[purpose]}` })

/** What an entry says of a badge: clear, set (since a day where the list says it), or nothing certain. */
type Read = { state: 'clear' } | { state: 'set'; since: Date | null } | { state: 'unsure'; found: Found }

type Asked = { badge: JsonObject; entry: JsonObject; purpose: Purpose; context: Context }

const unsure = (outcome: 'failure' | 'skipped', code: string): Read & { state: 'unsure' } => ({
  state: 'unsure',
  found: { outcome, code },
})
const INVALID_LIST = unsure('failure', 'status_invalid')
const UNSUPPORTED = unsure('skipped', 'status_unsupported')
const UNREACHABLE = unsure('skipped', 'status_unreachable')

/** The lists of bits known here, by the type of their entries: that of the standard, and the one it had in VC 1.1. */
const BITSTRINGS = new Map([
  ['BitstringStatusListEntry', 'BitstringStatusListCredential'],
  ['StatusList2021Entry', 'StatusList2021Credential'],
])
const REVOCATION_LIST = '1EdTechRevocationList'

/** Whether the type of an entry is known here. */
const isKnownEntry = (entry: JsonObject): boolean =>
  isRevocationList(entry) || typesOf(entry).some((type) => BITSTRINGS.has(type))

/** Whether it is an entry of a list of revoked badges (1EdTech Revocation List 1.0), which has no other purpose. */
const isRevocationList = (entry: JsonObject): boolean => typesOf(entry).includes(REVOCATION_LIST)

/** Reads one entry of a badge; the list must be its issuer's, and say what it is asked. */
async function readEntry(asked: Asked): Promise<Read> {
  const isNamed = isRevocationList(asked.entry)
  const url = asked.entry[isNamed ? 'id' : 'statusListCredential']
  if (typeof url !== 'string') return INVALID_LIST
  if (!isNamed && !isIndex(asked.entry['statusListIndex'])) return INVALID_LIST
  if (!isNamed && (asked.entry['statusSize'] ?? 1) !== 1) return UNSUPPORTED
  const { documents } = asked.context
  let given: JsonObject | string
  try {
    given = await (isNamed ? documents.json(url) : (documents.credential ?? documents.json)(url))
  } catch (error) {
    if (error instanceof Unreachable) return UNREACHABLE
    throw error
  }
  const { credential, jwt } = openEnvelope(given)
  if (typeof credential !== 'object' || credential === null) return INVALID_LIST
  const status = credential as JsonObject
  if (status['id'] !== url || issuerOf(status) !== issuerOf(asked.badge)) return INVALID_LIST
  return isNamed ? readNames(asked.badge, status) : readBit(asked, status, jwt)
}

/** The entry of a badge in a list by names: revoked unless it says `false`, since the day that it may say. Not signed. */
function readNames(badge: JsonObject, status: JsonObject): Read {
  // Both names are read by verifiers in use: the plural was that of the drafts.
  const named = status['revokedCredential'] ?? status['revokedCredentials']
  if (typeof named !== 'object' || named === null) return UNSUPPORTED
  const entries = list(named as JsonObject | JsonObject[]).filter((one) => typeof one === 'object' && one !== null)
  const mine = entries.filter((one) => one['id'] === badge['id'] && one['revoked'] !== false)
  if (mine.length === 0) return { state: 'clear' }
  const days = mine.map((one) => (typeof one['revoked'] === 'string' ? Date.parse(one['revoked']) : Number.NaN))
  const since = days.every(Number.isFinite) ? new Date(Math.min(...days)) : null
  return { state: 'set', since }
}

/**
 * The bit of a badge (Bitstring Status List 1.0 §3.2): the list must be signed by its issuer, inside or by the token that
 * carries it (`jwt`), in date, of that purpose.
 */
async function readBit({ entry, purpose, context }: Asked, status: JsonObject, jwt: string | null): Promise<Read> {
  const form = checkForm(status)
  if (form) return form.code === 'context_unknown' ? UNSUPPORTED : INVALID_LIST
  const subject = (status['credentialSubject'] ?? {}) as JsonObject
  const expected = typesOf(entry).map((type) => BITSTRINGS.get(type))
  const encoded = subject['encodedList']
  const trusted =
    typesOf(status).some((type) => expected.includes(type)) &&
    [subject['statusPurpose']].flat().includes(purpose) &&
    isInDate(status, context.now)
  if (!trusted || typeof encoded !== 'string') return INVALID_LIST
  const proof = await checkOpened({ credential: status, jwt }, context)
  if (proof.outcome === 'skipped') return proof.code === 'issuer_unreachable' ? UNREACHABLE : UNSUPPORTED
  if (proof.outcome === 'failure') return INVALID_LIST
  const bit = await readStatusBit(asMultibase(encoded, entry), Number(entry['statusListIndex']))
  if (bit === null) return INVALID_LIST
  return bit ? { state: 'set', since: null } : { state: 'clear' }
}

/** Status List 2021 wrote its bits in base64, without the letter that says so. */
function asMultibase(encoded: string, entry: JsonObject): string {
  const isOlder = typesOf(entry).includes('StatusList2021Entry') && !encoded.startsWith('u')
  return isOlder ? `u${Buffer.from(encoded, 'base64').toString('base64url')}` : encoded
}

const typesOf = (value: JsonObject): string[] => [value['type'] ?? []].flat() as string[]

/** A string by the specification; a number is tolerated. */
const isIndex = (value: unknown): boolean => /^(string|number)$/.test(typeof value) && /^\d{1,12}$/.test(String(value))
