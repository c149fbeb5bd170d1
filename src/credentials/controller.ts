import { createPublicKey, type JsonWebKey } from 'node:crypto'
import { decode, encode } from 'base58-universal'
import type { JsonObject } from './suite.ts'

/** A public key of a controller, in the one form that suites read (Controlled Identifiers §2.2.2). */
export type Multikey = {
  '@context': 'https://w3id.org/security/multikey/v1'
  id: string
  type: 'Multikey'
  controller: string
  publicKeyMultibase: string
}

/**
 * What a verification needs of the document of an issuer, named by a DID or by an https address: its keys and those that it
 * lists for assertions, in the plainest form. The rest, which its owner writes at will, is never expanded. Throws when it is
 * not that issuer's.
 */
export function controllerDocument(document: JsonObject, issuer: string, now: Date): JsonObject {
  if (document['id'] !== issuer) throw new Error('The document is not that of the issuer.')
  const absolute = (id: unknown): string => (String(id).startsWith('#') ? `${issuer}${String(id)}` : String(id))
  // DID Core §5.3: a relationship names a key, or holds it.
  const asserted = members(document['assertionMethod'])
  const methods = [...members(document['verificationMethod']), ...asserted].filter(isObject)
  return {
    // The context by which the library reads the document without expanding it.
    '@context': 'https://www.w3.org/ns/did/v1',
    id: issuer,
    verificationMethod: methods
      .filter((one) => isInForce(one, now))
      .map((one) => ({ ...one, id: absolute(one['id']) })),
    assertionMethod: asserted.map((one) => absolute(isObject(one) ? one['id'] : one)),
  }
}

/** Whether the document of a controller lists a key for assertions. */
export const isAsserted = (controller: JsonObject, id: string): boolean =>
  members(controller['assertionMethod']).includes(id)

/**
 * The key of that id, as its controller's document gives it: a fragment alone proves nothing. Throws when there is none, when
 * it is of another controller, or when it is not a public key of a known kind.
 */
export function methodOf(controller: JsonObject, id: string): Multikey {
  const found = members(controller['verificationMethod'])
    .filter(isObject)
    .find((method) => method['id'] === id)
  if (!found) throw new Error('The key is not in the document of its controller.')
  return multikeyOf(found, id, String(controller['id']))
}

/** The key of that id in a document elsewhere, which is that key or holds it (Controlled Identifiers §3.3); throws as `methodOf`. */
export function methodAlone(document: JsonObject, id: string, controller: string, now: Date): Multikey {
  const found = [document, ...members(document['verificationMethod'])].filter(isObject).find((one) => one['id'] === id)
  if (!found || !isInForce(found, now)) throw new Error('The document does not hold the key.')
  return multikeyOf(found, id, controller)
}

function multikeyOf(method: JsonObject, id: string, controller: string): Multikey {
  if (method['controller'] !== controller) throw new Error('The key is of another controller.')
  const publicKeyMultibase = READERS.get(String(method['type']))?.(method) ?? null
  if (publicKeyMultibase === null) throw new Error('The key is not of a known kind.')
  return { '@context': 'https://w3id.org/security/multikey/v1', id, type: 'Multikey', controller, publicKeyMultibase }
}

type Read = (method: JsonObject) => string | null

const readMultibase: Read = ({ publicKeyMultibase: key, secretKeyMultibase, privateKeyMultibase }) =>
  typeof key === 'string' && secretKeyMultibase === undefined && privateKeyMultibase === undefined && kindOf(key)
    ? key
    : null

const readJwk: Read = ({ publicKeyJwk: jwk, privateKeyJwk }) =>
  isObject(jwk) && jwk['d'] === undefined && privateKeyJwk === undefined ? multibaseOf(jwk) : null

/** How the key of each type of verification method is written; a key published with its secret is nobody's. */
const READERS = new Map<string, Read>([
  ['Multikey', readMultibase],
  ['JsonWebKey', readJwk],
  ['JsonWebKey2020', readJwk],
  [
    'Ed25519VerificationKey2020',
    (method) => {
      const key = readMultibase(method)
      return key !== null && kindOf(key)?.curve === 'Ed25519' ? key : null
    },
  ],
])

/** Two bytes that say which kind of key follows, and the bytes of that key (a point of a curve is compressed). */
const KINDS = [
  { curve: 'Ed25519', header: [0xed, 0x01], length: 32 },
  { curve: 'P-256', header: [0x80, 0x24], length: 33 },
  { curve: 'P-384', header: [0x81, 0x24], length: 49 },
] as const

function kindOf(multibase: string): (typeof KINDS)[number] | null {
  if (!/^z[1-9A-HJ-NP-Za-km-z]{40,80}$/.test(multibase)) return null
  const bytes = decode(multibase.slice(1))
  return (
    KINDS.find(
      ({ header, length }) => bytes[0] === header[0] && bytes[1] === header[1] && bytes.length === length + 2,
    ) ?? null
  )
}

/** The multibase of a JSON Web Key; null for what is not a point of a known curve. */
function multibaseOf(jwk: JsonObject): string | null {
  const kind = KINDS.find((one) => one.curve === jwk['crv'])
  const { kty, crv, x, y } = jwk
  if (!kind || kty !== (kind.curve === 'Ed25519' ? 'OKP' : 'EC')) return null
  if (jwk['use'] !== undefined && jwk['use'] !== 'sig') return null
  try {
    // Refuses what is not on the curve, and writes each number at its full length.
    const read = createPublicKey({ key: { kty, crv, x, y } as JsonWebKey, format: 'jwk' }).export({ format: 'jwk' })
    const [left, right] = [read.x, read.y].map((part) => Buffer.from(part ?? '', 'base64url'))
    const sign = right!.length === 0 ? [] : [2 + (right!.at(-1)! & 1)]
    return `z${encode(Uint8Array.from([...kind.header, ...sign, ...left!]))}`
  } catch {
    return null
  }
}

/** Controlled Identifiers §2.2: nothing is verified with a key once it has expired or was revoked. */
const isInForce = ({ expires, revoked }: JsonObject, now: Date): boolean =>
  [expires, revoked].every((date) => isAhead(date, now))

/** Whether a date that may be absent is still to come; what is not a date has passed. */
export const isAhead = (date: unknown, now: Date): boolean =>
  date === undefined || (typeof date === 'string' && Date.parse(date) > now.getTime())

const members = (value: unknown): unknown[] => (value === undefined ? [] : [value].flat())
const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null
