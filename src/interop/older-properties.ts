import type { OlderVersion } from '../credentials/badge-version.ts'
import type { JsonObject } from '../credentials/suite.ts'

/** The classes of Open Badges 0.5 to 2.0 that a badge is made of. */
type ClassName = 'Assertion' | 'BadgeClass' | 'Issuer' | 'Recipient' | 'Verification' | 'CryptographicKey'

type Kind = keyof typeof KINDS
/** Property → kind; `?` where it may be absent. */
type Properties = Record<string, Kind | `${Kind}?`>

/**
 * What each version requires, and the form of what it allows and is read here (OB 2.0 §«Open Badges Vocabulary»; Assertion 0.5,
 * 1.0 and 1.1, «Structure»). An issuer's `email`, which 2.0 asks for, is not insisted upon: nothing is concluded from it.
 */
const REQUIRED: Record<OlderVersion, Partial<Record<ClassName, Properties>>> = {
  '0.5': {
    Assertion: { recipient: 'identity', badge: 'object', salt: 'text?', issued_on: 'date?', expires: 'date?' },
    BadgeClass: { name: 'text', description: 'text', image: 'path', criteria: 'path', issuer: 'object' },
    Issuer: { name: 'text', origin: 'url' },
  },
  '1.0': {
    Assertion: {
      uid: 'text',
      recipient: 'object',
      badge: 'url',
      verify: 'object',
      issuedOn: 'date',
      expires: 'date?',
    },
    Recipient: { type: 'text', identity: 'text', hashed: 'boolean', salt: 'text?' },
    Verification: { type: 'method', url: 'url' },
    BadgeClass: { name: 'text', description: 'text', image: 'image', criteria: 'url', issuer: 'url' },
    Issuer: { name: 'text', url: 'url', revocationList: 'url?' },
  },
  '1.1': {
    Assertion: {
      '@context': 'context1',
      type: 'text',
      id: 'uri',
      uid: 'text',
      recipient: 'object',
      badge: 'url',
      verify: 'object',
      issuedOn: 'date',
      expires: 'date?',
    },
    Recipient: { type: 'text', identity: 'text', hashed: 'boolean', salt: 'text?' },
    Verification: { type: 'method', url: 'url' },
    BadgeClass: {
      '@context': 'context1',
      type: 'text',
      id: 'uri',
      name: 'text',
      description: 'text',
      image: 'image',
      criteria: 'url',
      issuer: 'url',
    },
    Issuer: { '@context': 'context1', type: 'text', id: 'uri', name: 'text', url: 'url', revocationList: 'url?' },
  },
  '2.0': {
    Assertion: {
      '@context': 'context2',
      type: 'assertion',
      id: 'uri',
      recipient: 'object',
      badge: 'reference',
      verification: 'object',
      issuedOn: 'date',
      expires: 'date?',
      narrative: 'string?',
    },
    Recipient: { type: 'texts', identity: 'text', hashed: 'boolean', salt: 'string?' },
    Verification: { type: 'method', creator: 'uri?' },
    BadgeClass: {
      type: 'badgeClass',
      id: 'uri',
      name: 'text',
      description: 'text',
      image: 'image',
      criteria: 'reference',
      issuer: 'reference',
    },
    Issuer: { type: 'profile', id: 'uri', name: 'text', url: 'url', revocationList: 'url?' },
    CryptographicKey: { owner: 'uri', publicKeyPem: 'text' },
  },
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '' && value.length <= 20_000
const isUrl = (value: unknown): boolean => isText(value) && /^https?:\/\/\S+$/i.test(value) && URL.canParse(value)
const isUri = (value: unknown): boolean => isText(value) && /^[a-z][a-z0-9+.-]*:\S+$/i.test(value)
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const has = (value: unknown, ...names: string[]): boolean =>
  [value].flat().length <= 20 && [value].flat().some((one) => names.includes(String(one)))

const KINDS = {
  text: isText,
  texts: (value: unknown) => [value].flat().length > 0 && [value].flat().every(isText),
  string: (value: unknown) => typeof value === 'string' && value.length <= 20_000,
  boolean: (value: unknown) => typeof value === 'boolean',
  url: isUrl,
  uri: isUri,
  /** 0.5: an address, or a path of the issuer's origin. */
  path: (value: unknown) => isUrl(value) || (isText(value) && /^\/\S*$/.test(value)),
  object: isObject,
  reference: (value: unknown) => isUri(value) || isObject(value),
  image: (value: unknown) =>
    isUrl(value) || isObject(value) || (typeof value === 'string' && value.startsWith('data:image/')),
  date: (value: unknown) => instantOf(value) !== null,
  /** A hash or an e-mail, in the clear. */
  identity: (value: unknown) => isText(value) && /^\w+\$[0-9a-z]+$|@/i.test(value),
  method: (value: unknown) => methodOf(value) !== null,
  context1: (value: unknown) => has(value, 'https://w3id.org/openbadges/v1'),
  context2: (value: unknown) => has(value, 'https://w3id.org/openbadges/v2'),
  assertion: (value: unknown) => has(value, 'Assertion'),
  badgeClass: (value: unknown) => has(value, 'BadgeClass'),
  profile: (value: unknown) => has(value, 'Issuer', 'Profile'),
} as const

/** The first property of an object that is missing, or not of its kind; null when it has all that its version requires. */
export function faultOf(version: OlderVersion, name: ClassName, value: unknown): string | null {
  if (!isObject(value)) return ''
  for (const [property, rule] of Object.entries(REQUIRED[version][name] ?? {})) {
    const found = value[property]
    const isOptional = rule.endsWith('?')
    const kind = (isOptional ? rule.slice(0, -1) : rule) as Kind
    if (isOptional && (found === undefined || found === null)) continue
    if (!KINDS[kind](found)) return property
  }
  return null
}

/** The same of an assertion and of what it holds; where the fault is, as `/recipient/identity`. */
export function assertionFault(version: OlderVersion, assertion: JsonObject): string | null {
  const parts: [ClassName, string, unknown][] =
    version === '0.5'
      ? [
          ['BadgeClass', '/badge', assertion['badge']],
          ['Issuer', '/badge/issuer', isObject(assertion['badge']) ? assertion['badge']['issuer'] : null],
        ]
      : [
          ['Recipient', '/recipient', assertion['recipient']],
          ['Verification', version === '2.0' ? '/verification' : '/verify', verificationOf(assertion)],
        ]
  for (const [name, path, value] of [['Assertion', '', assertion] as const, ...parts]) {
    const fault = faultOf(version, name, value)
    if (fault !== null) return fault === '' ? path : `${path}/${fault}`
  }
  return null
}

/** How an assertion asks to be verified: `verification` in 2.0, `verify` before. */
export const verificationOf = (assertion: JsonObject): unknown => assertion['verification'] ?? assertion['verify']

/** Hosted or signed; null for neither. 2.0 writes `HostedBadge` and `SignedBadge`. */
export function methodOf(type: unknown): 'hosted' | 'signed' | null {
  const isHosted = has(type, 'HostedBadge', 'hosted')
  const isSigned = has(type, 'SignedBadge', 'signed')
  return isHosted === isSigned ? null : isHosted ? 'hosted' : 'signed'
}

const ISO = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)(Z|[+-]\d{2}(?::?\d{2})?)?)?$/

/** The moment of a date: ISO 8601 (at UTC where no zone is said), or seconds since 1970 as the first versions count. */
export function instantOf(value: unknown): Date | null {
  if (/^(number|string)$/.test(typeof value) && /^\d{9,10}$/.test(String(value))) return new Date(Number(value) * 1000)
  const [found, day, time = '00:00', zone = 'Z'] = (typeof value === 'string' && ISO.exec(value)) || []
  if (!found) return null
  const whole = zone === 'Z' ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(3).replace(':', '') || '00'}`
  const instant = new Date(`${day}T${time.replace(',', '.')}${whole}`)
  const midnight = new Date(`${day}T00:00:00Z`)
  if (Number.isNaN(instant.getTime()) || Number.isNaN(midnight.getTime())) return null
  // A day that its month does not have (31 June) would be one of the next.
  return midnight.toISOString().startsWith(day!) ? instant : null
}
