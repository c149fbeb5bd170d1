import { payloadOf } from './envelope.ts'
import type { JsonObject } from './suite.ts'

export const OPEN_BADGES_V2 = 'https://w3id.org/openbadges/v2'
const OPEN_BADGES_V1 = 'https://w3id.org/openbadges/v1'

/** The versions of Open Badges before 3.0, which speak of assertions. */
export type OlderVersion = '2.0' | '1.1' | '1.0' | '0.5'

/**
 * Which older version a badge speaks, as its JSON or as the token that carries it (a JWS); null for one of 3.0, and for what
 * is none. A badge that lacks something is still told by the rest, so that what it lacks can be said.
 */
export function olderVersion(given: unknown): OlderVersion | null {
  const value = typeof given === 'string' ? payloadOf(given) : given
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  const assertion = value as JsonObject
  const contexts = [assertion['@context'] ?? []].flat()
  if (contexts.includes(OPEN_BADGES_V2)) return '2.0'
  if (contexts.includes(OPEN_BADGES_V1)) return '1.1'
  if ('credentialSubject' in assertion || 'vc' in assertion) return null
  if (!('badge' in assertion) && !('recipient' in assertion)) return null
  if ('verification' in assertion) return '2.0'
  if (assertion['type'] === 'Assertion') return '1.1'
  if (contexts.length > 0) return null
  const isOldest = !['uid', 'verify', 'issuedOn'].some((name) => name in assertion)
  return isOldest ? '0.5' : '1.0'
}

/** Open Badges 0.5 bears neither its address nor a signature: only the address where it was read can vouch for it. */
export const bearsNoAddress = (given: unknown): boolean => olderVersion(given) === '0.5'

/** A web address in place of a badge: the first versions were baked so. */
export const isAddress = (given: unknown): given is string =>
  typeof given === 'string' && /^https?:\/\/\S+$/i.test(given)
