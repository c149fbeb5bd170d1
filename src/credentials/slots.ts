import { isDeepStrictEqual } from 'node:util'
import { CREDENTIALS_V2, OPEN_BADGES_EXTENSIONS, OPEN_BADGES_V3 } from './contexts.ts'
import type { Values } from './fill.ts'
import { type HashedIdentity, identityObject } from './recipient.ts'
import type { JsonObject } from './suite.ts'

/** What every credential of an issuer and a badge class has in common. */
export type Fixed = {
  issuer: { id: string; type: string[]; name: string; url: string }
  /** The Open Badges 3.0 Achievement. */
  achievement: { id: string; name: string; resultDescription?: { id: string; resultType: string }[] }
}

/** What one credential adds to it; `results` in the order of the achievement's result descriptions. */
export type Slots = {
  id: string
  validFrom: string
  validUntil: string | null
  activityEndDate: string
  email: HashedIdentity
  name: HashedIdentity
  /** Null where nothing was shown. */
  results: (string | null)[]
  evidence: { id: string | null; narrative: string | null } | null
  revocation: StatusEntry
  suspension: StatusEntry
  /** Where its newer version is asked for (OB 3.0, RefreshService); null for badges signed before there was one. */
  refresh: string | null
}
/** One entry of a Bitstring Status List (1.0 §2.1). */
export type StatusEntry = { id: string; index: string; list: string }

/** The only kind of refresh service that Open Badges 3.0 knows. */
export const REFRESH_TYPE = '1EdTechCredentialRefresh'

/** Where the results start among the values. */
export const FIRST_RESULT = 17

/** The slots as values, in order. */
export const valuesOf = ({
  email,
  name,
  results,
  evidence,
  revocation,
  suspension,
  refresh,
  ...plain
}: Slots): Values => [
  plain.id,
  plain.validFrom,
  plain.validUntil,
  plain.activityEndDate,
  email.identityHash,
  email.salt,
  name.identityHash,
  name.salt,
  evidence?.id ?? null,
  evidence?.narrative ?? null,
  revocation.id,
  revocation.index,
  revocation.list,
  suspension.id,
  suspension.index,
  suspension.list,
  refresh,
  ...results,
]

/** The slots that these are the values of. */
export function slotsFrom(values: Values): Slots {
  const [validUntil = null, evidenceId = null, narrative = null, refresh = null] = [2, 8, 9, 16].map((n) => values[n])
  const text = (position: number): string => values[position]!
  const hashed = (first: number) => ({ identityHash: text(first), salt: text(first + 1) })
  const entry = (first: number) => ({ id: text(first), index: text(first + 1), list: text(first + 2) })
  return {
    id: text(0),
    validFrom: text(1),
    validUntil,
    activityEndDate: text(3),
    email: hashed(4),
    name: hashed(6),
    evidence: evidenceId === null && narrative === null ? null : { id: evidenceId, narrative },
    revocation: entry(10),
    suspension: entry(13),
    refresh,
    results: values.slice(FIRST_RESULT),
  }
}

/** The unsigned Open Badge (OB 3.0 §8, AchievementCredential): absent values are left out, sets are arrays. */
export function assemble({ issuer, achievement }: Fixed, slots: Slots): JsonObject {
  const scales = achievement.resultDescription ?? []
  const result = scales.flatMap(({ id, resultType }, index) => {
    const value = slots.results[index] ?? null
    if (value === null) return []
    return [{ type: ['Result'], resultDescription: id, [resultType === 'Status' ? 'status' : 'value']: value }]
  })
  const { evidence } = slots
  return {
    '@context': [CREDENTIALS_V2, OPEN_BADGES_V3, ...(slots.refresh === null ? [] : [OPEN_BADGES_EXTENSIONS])],
    id: slots.id,
    type: ['VerifiableCredential', 'OpenBadgeCredential'],
    name: achievement.name,
    issuer,
    validFrom: slots.validFrom,
    ...(slots.validUntil !== null && { validUntil: slots.validUntil }),
    credentialSubject: {
      type: ['AchievementSubject'],
      identifier: [identityObject('emailAddress', slots.email), identityObject('name', slots.name)],
      activityEndDate: slots.activityEndDate,
      achievement,
      ...(result.length > 0 && { result }),
    },
    ...(evidence && {
      evidence: [
        {
          ...(evidence.id !== null && { id: evidence.id }),
          type: ['Evidence'],
          ...(evidence.narrative !== null && { narrative: evidence.narrative }),
        },
      ],
    }),
    credentialStatus: [statusEntry('revocation', slots.revocation), statusEntry('suspension', slots.suspension)],
    ...(slots.refresh !== null && { refreshService: { id: slots.refresh, type: REFRESH_TYPE } }),
  }
}

/** An entry of a status list as a credential holds it (Bitstring Status List 1.0 §2.1). */
export const statusEntry = (statusPurpose: string, { id, index, list }: StatusEntry) => ({
  id,
  type: 'BitstringStatusListEntry',
  statusPurpose,
  statusListIndex: index,
  statusListCredential: list,
})

/**
 * The slots of a signed badge of that issuer and class; null unless assembling them again gives that very badge,
 * its proof apart: nothing in it is then left unsigned.
 */
export function disassemble(credential: JsonObject, fixed: Fixed): Slots | null {
  const { proof, ...badge } = credential
  if (typeof proof !== 'object' || proof === null || Array.isArray(proof)) return null
  try {
    const slots = slotsOf(badge as Assembled, fixed)
    return isDeepStrictEqual(assemble(fixed, slots), badge) ? slots : null
  } catch (error) {
    // Another shape: what was looked for is not there.
    if (error instanceof TypeError) return null
    throw error
  }
}

type Entry = { id: string; statusListIndex: string; statusListCredential: string }
type Assembled = {
  id: string
  validFrom: string
  validUntil?: string
  credentialSubject: {
    activityEndDate: string
    identifier: [HashedIdentity, HashedIdentity]
    result?: { resultDescription: string; value?: string; status?: string }[]
  }
  evidence?: { id?: string; narrative?: string }[]
  credentialStatus: [Entry, Entry]
  refreshService?: { id: string }
}

function slotsOf({ credentialSubject: subject, credentialStatus, evidence, ...badge }: Assembled, fixed: Fixed): Slots {
  const shown = evidence?.[0]
  const results = new Map((subject.result ?? []).map((one) => [one.resultDescription, one.value ?? one.status ?? null]))
  const [revocation, suspension] = credentialStatus.map((one) => ({
    id: one.id,
    index: one.statusListIndex,
    list: one.statusListCredential,
  }))
  return {
    id: badge.id,
    validFrom: badge.validFrom,
    validUntil: badge.validUntil ?? null,
    activityEndDate: subject.activityEndDate,
    email: hashedOf(subject.identifier[0]),
    name: hashedOf(subject.identifier[1]),
    results: (fixed.achievement.resultDescription ?? []).map((one) => results.get(one.id) ?? null),
    evidence:
      shown && (shown.id ?? shown.narrative) ? { id: shown.id ?? null, narrative: shown.narrative ?? null } : null,
    revocation: revocation!,
    suspension: suspension!,
    refresh: badge.refreshService?.id ?? null,
  }
}

const hashedOf = ({ identityHash, salt }: HashedIdentity): HashedIdentity => ({ identityHash, salt })
