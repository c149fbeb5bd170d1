import { CREDENTIALS_V2 } from './contexts.ts'
import { readJson } from './strict-json.ts'
import { issuerOf, type JsonObject } from './suite.ts'

/** A credential, and the compact token that carried it; null when its proof is inside. */
export type Opened = { credential: unknown; jwt: string | null }

/** A compact JWS: three parts of base64url, the last one empty where nothing is signed. */
export const isToken = (text: string): boolean => /^[\w-]+\.[\w-]+\.[\w-]*$/.test(text)

/** The registered claims of a token (RFC 7519 §4.1) and those of VC-JWT: they repeat the credential, and are none of it. */
const CLAIMS = ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'vc', 'vp', 'nonce']

/**
 * The credential of a compact token, not verified, in each form that tokens give it: the payload itself (OB 3.0 §8.2,
 * VC-JOSE-COSE), a `vc` claim (VC 1.1 §6.3.1), or a token inside an `EnvelopedVerifiableCredential` (VC 2.0 §4.13).
 * What is not a token is a credential already.
 */
export function openEnvelope(given: unknown): Opened {
  const jwt = typeof given === 'string' ? given : envelopedToken(given, 'Credential')
  if (jwt === null) return { credential: given, jwt: null }
  const payload = payloadOf(jwt)
  return { credential: payload && credentialOf(payload), jwt }
}

/** The token inside an enveloped credential or presentation; null for what is not one. */
export function envelopedToken(given: unknown, what: 'Credential' | 'Presentation'): string | null {
  if (typeof given !== 'object' || given === null) return null
  const { '@context': contexts, type, id } = given as JsonObject
  if (![type].flat().includes(`EnvelopedVerifiable${what}`) || [contexts].flat()[0] !== CREDENTIALS_V2) return null
  const [, token] = /^data:application\/(?:v[cp](?:-ld|\+ld\+json)?\+)?jwt,([^,]*)$/.exec(String(id)) ?? []
  return token ?? ''
}

/** What a token says, not verified; undefined when that is not one JSON object without a name given twice. */
export const payloadOf = (jwt: string): JsonObject | undefined =>
  readJson(Buffer.from(jwt.split('.')[1] ?? '', 'base64url')) ?? undefined

/** The credential that a payload says, its claims apart. */
function credentialOf(payload: JsonObject): JsonObject {
  const { vc } = payload
  if (typeof vc === 'object' && vc !== null && !Array.isArray(vc)) return filled(vc as JsonObject, payload)
  return Object.fromEntries(Object.entries(payload).filter(([name]) => !CLAIMS.includes(name)))
}

/** VC 1.1 §6.3.1 lets a claim stand for a member that is left out of `vc`: it is put back. What both say is compared later. */
function filled(vc: JsonObject, { iss, sub, jti, nbf, exp }: JsonObject): JsonObject {
  const [from, until] =
    [vc['@context']].flat()[0] === CREDENTIALS_V2 ? ['validFrom', 'validUntil'] : ['issuanceDate', 'expirationDate']
  const { issuer, credentialSubject: subject } = vc
  return {
    ...vc,
    ...(jti !== undefined && vc['id'] === undefined && { id: jti }),
    ...(iss !== undefined && issuerOf(vc) === null && { issuer: isObject(issuer) ? { ...issuer, id: iss } : iss }),
    ...(isDate(nbf) && vc[from] === undefined && { [from]: dateOf(nbf) }),
    ...(isDate(exp) && vc[until] === undefined && { [until]: dateOf(exp) }),
    ...(sub !== undefined && isObject(subject) && !('id' in subject) && { credentialSubject: { id: sub, ...subject } }),
  }
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
/** Seconds that a date can hold (ECMA-262, Time Values). */
const isDate = (value: unknown): value is number => typeof value === 'number' && Math.abs(value) <= 8.64e12
const dateOf = (seconds: number): string => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')
