import {
  calculateJwkThumbprint,
  CompactSign,
  compactVerify,
  errors,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from 'jose'
import { readJson } from './strict-json.ts'
import type { JsonObject } from './suite.ts'

/** What a badge may be signed with: never `none`, nor what is verified with the secret that signs (HS*). */
export const JWS_ALGS = ['RS256', 'RS384', 'RS512', 'PS256', 'ES256', 'ES384', 'EdDSA'] as const
export type JwsAlg = (typeof JWS_ALGS)[number]

/** A key to sign with: the URI of its public JWK, its algorithm, and its JWK with the private part. */
export type SigningJwk = { kid: string; alg: JwsAlg; privateJwk: JsonObject }

/** Why a token is refused before its signature is looked at; each has its sentence (`verify-messages.ts`). */
export type TokenRefusal =
  'jwt_malformed' | 'jwt_too_large' | 'jwt_algorithm' | 'jwt_critical' | 'jwt_private_key' | 'jwt_weak_key' | 'jwt_type'

const MAX_TOKEN = 1024 * 1024

/**
 * The header of a compact JWS (RFC 7515 §7.1), before anything is believed of it, or why it is refused: base64url that is not
 * canonical, an algorithm that is not one of `algs`, `crit` (nothing of it is understood here, §4.1.11), a key that should be
 * secret or is too weak, a `typ` that is none of `types` (lower case, without `application/`; absent is accepted).
 */
export function readHeader(
  token: string,
  types: readonly string[],
  algs: readonly JwsAlg[] = JWS_ALGS,
): { header: JsonObject; alg: JwsAlg } | { refused: TokenRefusal } {
  if (token.length > MAX_TOKEN) return { refused: 'jwt_too_large' }
  const header = headerOf(token)
  if (!header) return { refused: 'jwt_malformed' }
  const alg = algs.find((one) => one === header['alg'])
  if (!alg) return { refused: 'jwt_algorithm' }
  if ('crit' in header || 'b64' in header) return { refused: 'jwt_critical' }
  if ('jwk' in header && isSecret(header['jwk'])) return { refused: 'jwt_private_key' }
  if ('jwk' in header && !publicJwk(header['jwk'])) return { refused: 'jwt_weak_key' }
  const { typ } = header
  // A media type: compared without case, and its `application/` may be left out (§4.1.9).
  const type = typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : typ
  if (type !== undefined && !types.some((one) => one === type)) return { refused: 'jwt_type' }
  return { header, alg }
}

function headerOf(token: string): JsonObject | null {
  const parts = token.split('.')
  if (parts.length !== 3 || !parts.every(isCanonical)) return null
  return readJson(Buffer.from(parts[0]!, 'base64url'))
}

/** One spelling of the same bytes: the last letter of another one could be changed and the token still verify. */
const isCanonical = (part: string): boolean => Buffer.from(part, 'base64url').toString('base64url') === part

/**
 * The bytes that a compact JWS carries, when this public JWK signed it with one of these algorithms; else null, whatever the
 * reason. Never throws for what the token or the key says.
 */
export async function verifyJws(
  token: string,
  jwk: unknown,
  algs: readonly JwsAlg[] = JWS_ALGS,
): Promise<Buffer | null> {
  const header = headerOf(token)
  const alg = algs.find((one) => one === header?.['alg'])
  const key = publicJwk(jwk)
  if (!header || !alg || !key || 'crit' in header || 'b64' in header) return null
  if ((key['alg'] ?? alg) !== alg) return null
  try {
    const { payload } = await compactVerify(token, await importJWK(key as JWK, alg), { algorithms: [alg] })
    return Buffer.from(payload)
  } catch (error) {
    // What jose and WebCrypto throw for a signature that is wrong, and for a key that is not one or not for that algorithm.
    if (error instanceof errors.JOSEError || error instanceof TypeError || error instanceof DOMException) return null
    throw error
  }
}

/** Signs a payload as a compact JWS; `header` besides `alg`, in the order given. */
export async function signJwt(
  payload: JsonObject | string,
  header: JsonObject,
  { alg, privateJwk }: Pick<SigningJwk, 'alg' | 'privateJwk'>,
): Promise<string> {
  const bytes = Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload))
  return new CompactSign(bytes).setProtectedHeader({ alg, ...header }).sign(await importJWK(privateJwk as JWK, alg))
}

/** A new key pair of that algorithm (RSA: 2,048 bits), as JWKs, named by the thumbprint of the public one (RFC 7638). */
export async function generateJwk(
  alg: JwsAlg,
): Promise<{ thumbprint: string; publicJwk: JsonObject; privateJwk: JsonObject }> {
  const pair = await generateKeyPair(alg, { extractable: true, modulusLength: 2048 })
  const publicKey = await exportJWK(pair.publicKey)
  const privateKey = await exportJWK(pair.privateKey)
  return { thumbprint: await calculateJwkThumbprint(publicKey), publicJwk: publicKey, privateJwk: privateKey }
}

/** The thumbprint of a public JWK (RFC 7638, SHA-256): two JWKs with the same one are the same key. */
export const thumbprintOf = (jwk: JsonObject): Promise<string> => calculateJwkThumbprint(jwk)

const SECRET_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv']

/** Whether a JWK tells what should be secret: anyone could sign with it. */
export const isSecret = (jwk: unknown): boolean =>
  isRecord(jwk) && (jwk['kty'] === 'oct' || SECRET_MEMBERS.some((member) => member in jwk))

/**
 * The public part of a JWK that may verify badges: RSA of 2,048 to 8,192 bits, P-256, P-384 or Ed25519, its private members
 * absent, its use not another than to sign. Null for anything else.
 */
export function publicJwk(jwk: unknown): JsonObject | null {
  if (!isRecord(jwk) || isSecret(jwk)) return null
  const { kty, crv, use, alg } = jwk
  const names = kty === 'RSA' ? ['n', 'e'] : kty === 'EC' ? ['crv', 'x', 'y'] : kty === 'OKP' ? ['crv', 'x'] : null
  if (!names?.every((name) => typeof jwk[name] === 'string')) return null
  if (kty === 'RSA' && !isRsaSize(bitsOf(String(jwk['n'])))) return null
  if (kty === 'EC' && crv !== 'P-256' && crv !== 'P-384') return null
  if (kty === 'OKP' && crv !== 'Ed25519') return null
  if (use !== undefined && use !== 'sig') return null
  return { kty, ...Object.fromEntries(names.map((name) => [name, jwk[name]])), ...(alg !== undefined && { alg }) }
}

// Below, too weak (RFC 7518 §3.3); above, each verification costs too much.
const isRsaSize = (bits: number): boolean => bits >= 2048 && bits <= 8192

function bitsOf(modulus: string): number {
  const bytes = Buffer.from(modulus.slice(0, 4096), 'base64url')
  const first = bytes.findIndex((byte) => byte !== 0)
  return first < 0 ? 0 : (bytes.length - first - 1) * 8 + (32 - Math.clz32(bytes[first]!))
}

const isRecord = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
