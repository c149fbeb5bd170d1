import { createPublicKey } from 'node:crypto'
import type { JsonObject } from '../credentials/suite.ts'

/** A public key as Open Badges 2.0 publishes it (PEM of its SubjectPublicKeyInfo), from its JWK. */
export const pemOf = (jwk: JsonObject): string =>
  createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' }) as string

/** The other way; null for what is not a public key in PEM. */
export function jwkOfPem(pem: unknown): JsonObject | null {
  if (typeof pem !== 'string' || pem.length > 20_000 || pem.includes('PRIVATE')) return null
  try {
    return createPublicKey(pem).export({ format: 'jwk' })
  } catch {
    return null
  }
}
