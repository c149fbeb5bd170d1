import { ECDH } from 'node:crypto'
import { decode } from 'base58-universal'
import type { JsonObject } from './suite.ts'

/** The public JWK of a verification method: `publicKeyJwk` as it is, or made from `publicKeyMultibase`; null for others. */
export function jwkOfMethod({ publicKeyJwk, publicKeyMultibase }: JsonObject): JsonObject | null {
  if (typeof publicKeyJwk === 'object' && publicKeyJwk !== null) return publicKeyJwk as JsonObject
  return typeof publicKeyMultibase === 'string' ? jwkOfMultikey(publicKeyMultibase) : null
}

const CURVES = [
  { code: [0x80, 0x24], crv: 'P-256', name: 'prime256v1', size: 32 },
  { code: [0x81, 0x24], crv: 'P-384', name: 'secp384r1', size: 48 },
] as const

/** Controlled Identifiers §2.2.2: base58btc of a code for the kind of key, then the key (a compressed point, for a curve). */
function jwkOfMultikey(multibase: string): JsonObject | null {
  if (!/^z[1-9A-HJ-NP-Za-km-z]{1,99}$/.test(multibase)) return null
  const bytes = Buffer.from(decode(multibase.slice(1)))
  const [first, second] = bytes
  const raw = bytes.subarray(2)
  if (first === 0xed && second === 0x01) {
    return raw.length === 32 ? { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') } : null
  }
  const curve = CURVES.find(({ code }) => code[0] === first && code[1] === second)
  if (!curve || raw.length !== curve.size + 1) return null
  try {
    const point = ECDH.convertKey(raw, curve.name, undefined, undefined, 'uncompressed') as Buffer
    const [x, y] = [point.subarray(1, 1 + curve.size), point.subarray(1 + curve.size)]
    return { kty: 'EC', crv: curve.crv, x: x.toString('base64url'), y: y.toString('base64url') }
  } catch {
    return null // not a point of the curve
  }
}
