import { isDeepStrictEqual } from 'node:util'
import { openEnvelope } from './envelope.ts'
import type { OpenBadge } from './open-badge.ts'
import { REFRESH_TYPE } from './slots.ts'
import { issuerOf, type JsonObject, Unreachable } from './suite.ts'
import type { Question, Verification } from './verify.ts'
import type { Context, Found } from './verify-status.ts'

type Asked = { credential: JsonObject; badge: OpenBadge; question: Question }
/** The whole verification of a badge: given, as it calls what is here. */
type Verify = (given: unknown, question: Question, context: Context) => Promise<Verification>

/**
 * Asks once for the newer version that a badge announces (OB 3.0 §8.3), whose proof is known to be good: `newer` is the
 * verification of it, when it is the same badge by the same issuer, not older and rightly signed. Otherwise the badge is
 * judged as it was given, and `found` says why.
 */
export async function followRefresh(
  { credential, badge, question }: Asked,
  context: Context,
  verify: Verify,
): Promise<{ found: Found; newer?: Verification }> {
  if (context.isRefreshed) return { found: { outcome: 'success', code: 'refresh_followed' } }
  if (credential['refreshService'] === undefined) return skipped('refresh_none')
  const address = addressOf(credential['refreshService'])
  if (address === null) return skipped('refresh_not_followed')
  let given: JsonObject | string
  try {
    given = await (context.documents.credential ?? context.documents.json)(address)
  } catch (error) {
    // Undecided it is not: what the issuer signed stands, and its lists, not this address, say what was revoked.
    if (error instanceof Unreachable) return skipped('refresh_unreachable')
    throw error
  }
  const { credential: offered } = openEnvelope(given)
  if (!isNewerOf(badge, offered)) return skipped('refresh_refused')
  if (isDeepStrictEqual(unsigned(offered), unsigned(credential))) {
    return { found: { outcome: 'success', code: 'refresh_same' } }
  }
  const newer = await verify(given, question, { ...context, isRefreshed: true })
  const isProven = newer.checks.some(({ id, outcome }) => id === 'proof' && outcome === 'success')
  return isProven ? { found: { outcome: 'success', code: 'refresh_followed' }, newer } : skipped('refresh_refused')
}

const skipped = (code: string) => ({ found: { outcome: 'skipped', code } as const })

/** Where a newer version is to be had; null when the badge only names services of other kinds. */
function addressOf(services: unknown): string | null {
  const known = ([services].flat() as (JsonObject | null)[]).find((one) =>
    [one?.['type']].flat().includes(REFRESH_TYPE),
  )
  return typeof known?.['id'] === 'string' ? known['id'] : null
}

/** Two credentials are the same when the ids of their issuers and their own are; the older never replaces the newer (OB 3.0 API). */
function isNewerOf(badge: OpenBadge, offered: unknown): offered is JsonObject {
  if (typeof offered !== 'object' || offered === null) return false
  const { id, issuanceDate, validFrom = issuanceDate } = offered as JsonObject
  const isSame = id === badge.id && issuerOf(offered as JsonObject) === issuerOf(badge)
  return isSame && typeof validFrom === 'string' && Date.parse(validFrom) >= Date.parse(badge.validFrom)
}

/** What a proof or a token adds to what a credential says: the registered claims only repeat it (OB 3.0 §8.2.4). */
const SIGNATURE = ['proof', 'iss', 'jti', 'nbf', 'exp', 'iat', 'sub']

/** What a credential says, whoever signed it, when and how: signed again, it says the same. */
const unsigned = (credential: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(credential).filter(([name]) => !SIGNATURE.includes(name)))
