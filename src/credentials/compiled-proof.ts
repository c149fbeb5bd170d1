import { createPrivateKey, createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { decode } from 'base58-universal'
import { base58 } from './base58.ts'
import { compile, marker } from './compile.ts'
import { type CompiledBadge, compileBadge } from './compile-badge.ts'
import { CREDENTIALS_V2, OPEN_BADGES_V3 } from './contexts.ts'
import { disassemble, type Fixed, type Slots } from './slots.ts'
import type { JsonObject, KeyPair } from './suite.ts'

/** The options of a proof, as they are signed with the badge (VC Data Integrity EdDSA §3.3.5). */
const proofOptions = (created: string, verificationMethod: string) => ({
  type: 'DataIntegrityProof',
  created,
  verificationMethod,
  cryptosuite: 'eddsa-rdfc-2022',
  proofPurpose: 'assertionMethod',
})
const compiledOptions = await compile({
  '@context': [CREDENTIALS_V2, OPEN_BADGES_V3],
  ...proofOptions(marker('created'), marker('verificationMethod')),
})

/** What is signed: the hash of the options, then that of the badge. Null when the library has to be asked. */
async function signedBytes(badge: CompiledBadge, slots: Slots, options: Buffer): Promise<Buffer | null> {
  const canonical = await badge.canonise(slots)
  return canonical && Buffer.concat([options, hash('sha256', canonical, 'buffer')])
}

function hashOptions(created: string, verificationMethod: string): Buffer | null {
  const canonical = compiledOptions({ created, verificationMethod })
  return canonical && hash('sha256', canonical, 'buffer')
}

export type Signing = { did: string; key: KeyPair; created: Date }

/** Signs badges of one class as the library would, one text each; null for those that only the library can sign. */
export async function signCompiled(badge: CompiledBadge, slots: Slots[], { did, key, created }: Signing): Promise<(string | null)[]> {
  const options = proofOptions(`${created.toISOString().slice(0, 19)}Z`, `${did}#${key.publicKeyMultibase}`)
  const hashed = hashOptions(options.created, options.verificationMethod)
  const privateKey = privateKeyOf(key)
  const proof = `,"proof":${JSON.stringify(options).slice(0, -1)},"proofValue":"z`
  const signed: (string | null)[] = []
  for (const one of slots) {
    const bytes = hashed && (await signedBytes(badge, one, hashed))
    signed.push(bytes && `${badge.write(one).slice(0, -1)}${proof}${base58(sign(null, bytes, privateKey))}"}}`)
  }
  return signed
}

/** Multikey (Controlled Identifiers §2.2.2): two bytes that say Ed25519, then the 32 of the key. */
const keyBytes = (multibase: string): string => Buffer.from(decode(multibase.slice(1)).subarray(2)).toString('base64url')

const privateKeyOf = ({ publicKeyMultibase, secretKeyMultibase }: KeyPair): KeyObject =>
  createPrivateKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: keyBytes(publicKeyMultibase), d: keyBytes(secretKeyMultibase) },
    format: 'jwk',
  })

const MAX_CLASSES = 500
const MAX_KEYS = 5000

/** Verifies the badges of classes that were learnt, which are those of this service: see `learn`. */
export function createCompiledVerifier() {
  const classes = new Map<string, CompiledBadge>()
  const keys = new Map<string, KeyObject>()
  return {
    /** Remembers the class of a badge that the library found genuine: a false one never costs a compilation. */
    learn(credential: JsonObject): void {
      const fixed = fixedOf(credential)
      if (fixed && classes.size < MAX_CLASSES) classes.set(JSON.stringify(fixed), compileBadge(fixed))
    },
    /** Whether the proof of that key is genuine; null when the library has to be asked. */
    async verify(credential: JsonObject, publicKeyMultibase: string): Promise<boolean | null> {
      const fixed = fixedOf(credential)
      const badge = fixed && classes.get(JSON.stringify(fixed))
      const slots = badge && disassemble(credential, fixed)
      if (!badge || !slots) return null
      const { proofValue, ...options } = credential['proof'] as Record<string, unknown>
      const { created, verificationMethod } = options
      if (typeof created !== 'string' || typeof verificationMethod !== 'string' || typeof proofValue !== 'string') return null
      if (!isDeepStrictEqual(options, proofOptions(created, verificationMethod)) || !DATE.test(created)) return null
      if (!/^z[1-9A-HJ-NP-Za-km-z]{85,89}$/.test(proofValue)) return null
      const hashed = hashOptions(created, verificationMethod)
      const bytes = hashed && (await signedBytes(badge, slots, hashed))
      if (!bytes) return null
      const key = keys.get(publicKeyMultibase) ?? publicKeyOf(publicKeyMultibase)
      if (keys.size < MAX_KEYS) keys.set(publicKeyMultibase, key)
      return verify(null, bytes, key, decode(proofValue.slice(1)))
    },
  }
}

const DATE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/

const publicKeyOf = (multibase: string): KeyObject =>
  createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: keyBytes(multibase) }, format: 'jwk' })

function fixedOf(credential: JsonObject): Fixed | null {
  const { issuer, credentialSubject: subject } = credential
  if (typeof issuer !== 'object' || typeof subject !== 'object' || subject === null) return null
  return 'achievement' in subject ? ({ issuer, achievement: subject.achievement } as Fixed) : null
}
