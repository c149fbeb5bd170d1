import { ECDH } from 'node:crypto'
import { decode } from 'base58-universal'
import { publicJwk } from '../credentials/jws.ts'
import type { JsonObject } from '../credentials/suite.ts'

/** A key of a wallet: its public JWK, and the DID that stands for it in a badge. */
export type HolderKey = { did: string; jwk: JsonObject }

const MAX_DID = 2000

/**
 * The key that the header of a proof names (OpenID4VCI 1.0, appendix F.1): a JWK, or the DID URL of a did:key or a did:jwk, which
 * hold their key in their own text. Null for any other, and for a key with its private part: nothing is fetched.
 */
export function holderKey({ kid, jwk }: { kid?: unknown; jwk?: unknown }): HolderKey | null {
  if (jwk !== undefined) return kid === undefined ? keyOfJwk(jwk) : null
  if (typeof kid !== 'string' || kid.length > MAX_DID) return null
  const [did = '', fragment] = kid.split('#')
  const jwkOf = did.startsWith('did:jwk:') ? keyOfDidJwk(did) : keyOfDidKey(did)
  const isIts = fragment === undefined || fragment === (did.startsWith('did:jwk:') ? '0' : did.slice('did:key:'.length))
  return jwkOf && isIts ? { did, jwk: jwkOf } : null
}

/** A bare JWK stands in the badge as the did:jwk of its public members alone. */
function keyOfJwk(given: unknown): HolderKey | null {
  const known = publicJwk(given)
  if (!known) return null
  const { alg: _, ...jwk } = known
  return { did: `did:jwk:${Buffer.from(JSON.stringify(jwk)).toString('base64url')}`, jwk }
}

function keyOfDidJwk(did: string): JsonObject | null {
  try {
    return publicJwk(JSON.parse(Buffer.from(did.slice('did:jwk:'.length), 'base64url').toString('utf8')))
  } catch {
    return null
  }
}

/** did:key: a multicodec, then the key: Ed25519 (0xed) as it is, P-256 (0x1200) compressed. */
function keyOfDidKey(did: string): JsonObject | null {
  const [, encoded] = /^did:key:z([1-9A-HJ-NP-Za-km-z]{40,60})$/.exec(did) ?? []
  const bytes = encoded ? Buffer.from(decode(encoded)) : Buffer.alloc(0)
  const [codec, key] = [bytes.toString('hex', 0, 2), bytes.subarray(2)]
  if (codec === 'ed01' && key.length === 32) return { kty: 'OKP', crv: 'Ed25519', x: key.toString('base64url') }
  return codec === '8024' && key.length === 33 ? pointOf(key) : null
}

function pointOf(compressed: Buffer): JsonObject | null {
  try {
    const point = ECDH.convertKey(compressed, 'prime256v1', undefined, undefined, 'uncompressed') as Buffer
    const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url'))
    return { kty: 'EC', crv: 'P-256', x, y }
  } catch {
    // Not a point of the curve.
    return null
  }
}
