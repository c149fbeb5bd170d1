import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { decode } from 'base58-universal'
import { base58 } from './base58.ts'
import { compile } from './compile.ts'
import { type CompiledBadge, compileBadge } from './compile-badge.ts'
import { controllerDocument, methodOf } from './controller.ts'
import { CREDENTIALS_V2, OPEN_BADGES_V3 } from './contexts.ts'
import { marker, type Values } from './fill.ts'
import { disassemble, type Fixed, valuesOf } from './slots.ts'
import { checkProof, issuerOf, type JsonObject, type KeyPair, type ResolveDid } from './suite.ts'

/** The options of a proof, as they are signed with the badge (VC Data Integrity EdDSA §3.3.5). */
export const proofOptions = (created: string, verificationMethod: string) => ({
  type: 'DataIntegrityProof',
  created,
  verificationMethod,
  cryptosuite: 'eddsa-rdfc-2022',
  proofPurpose: 'assertionMethod',
})
const compiledOptions = await compile({
  '@context': [CREDENTIALS_V2, OPEN_BADGES_V3],
  ...proofOptions(marker(0), marker(1)),
})

const hashOptions = (created: string, verificationMethod: string): string | null =>
  compiledOptions([created, verificationMethod])?.sha256() ?? null

export type Signing = { did: string; key: KeyPair; created: Date }

/** When a proof was made and by which key, as it says it (Data Integrity §2.1: no fraction of a second). */
export const saidOf = ({ did, key, created }: Signing) => ({
  created: `${created.toISOString().slice(0, 19)}Z`,
  verificationMethod: `${did}#${key.publicKeyMultibase}`,
})

/** The proof values of badges of one class, as the library would sign them; null for those that only the library can. */
export async function signCompiled(
  badge: CompiledBadge,
  badges: Values[],
  signing: Signing,
): Promise<(string | null)[]> {
  const { created, verificationMethod } = saidOf(signing)
  const hashed = hashOptions(created, verificationMethod)
  const privateKey = privateKeyOf(signing.key)
  await badge.prepare(badges)
  // The hash of the options, then that of the badge: what is signed.
  const bytes = Buffer.concat([Buffer.from(hashed ?? '', 'latin1'), Buffer.alloc(32)])
  return badges.map((values) => {
    const filled = hashed === null ? null : badge.fill(values)
    if (!filled) return null
    bytes.write(filled.sha256(), 32, 'latin1')
    return `z${base58(sign(null, bytes, privateKey))}`
  })
}

/** Multikey (Controlled Identifiers §2.2.2): two bytes that say Ed25519, then the 32 of the key (a secret one adds the public). */
const keyBytes = (multibase: string): string =>
  Buffer.from(decode(multibase.slice(1)).subarray(2, 34)).toString('base64url')

const privateKeyOf = ({ publicKeyMultibase, secretKeyMultibase }: KeyPair): KeyObject =>
  createPrivateKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: keyBytes(publicKeyMultibase), d: keyBytes(secretKeyMultibase) },
    format: 'jwk',
  })

const MAX_CLASSES = 500
const MAX_KEYS = 5000

/** Verifies the badges of classes that it learnt, from the same form as they were signed from. */
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
      const proof = readProof(credential['proof'])
      if (!badge || !slots || !proof) return null
      const values = valuesOf(slots)
      const hashed = hashOptions(proof.created, proof.verificationMethod)
      await badge.prepare([values])
      const filled = badge.fill(values)
      if (!filled || hashed === null) return null
      const bytes = Buffer.from(hashed + filled.sha256(), 'latin1')
      const key = keys.get(publicKeyMultibase) ?? publicKeyOf(publicKeyMultibase)
      if (keys.size < MAX_KEYS) keys.set(publicKeyMultibase, key)
      return verify(null, bytes, key, proof.signature)
    },
  }
}

/**
 * Checks proofs as the library does, and those of this service's own badges (DIDs that start with `own`) some thirty times
 * faster once their class is known. `onFallback` counts the own badges that the library had to check.
 */
export function createProofChecker(own: string, onFallback: () => void = () => {}): typeof checkProof {
  const compiled = createCompiledVerifier()
  return async (credential, resolveDid, options) => {
    const did = issuerOf(credential)
    if (!did?.startsWith(own)) return checkProof(credential, resolveDid, options)
    const key = await assertionKey(credential, did, resolveDid, options.now)
    const isGenuine = key === null ? null : await compiled.verify(credential, key)
    if (isGenuine !== null) return isGenuine ? { outcome: 'success' } : { outcome: 'failure', code: 'proof_invalid' }
    onFallback()
    const checked = await checkProof(credential, resolveDid, options)
    if (checked.outcome === 'success') compiled.learn(credential)
    return checked
  }
}

/** The key of a proof, when its issuer lists it for assertions; null for what the library should judge and name. */
async function assertionKey(
  credential: JsonObject,
  did: string,
  resolveDid: ResolveDid,
  now: Date,
): Promise<string | null> {
  const proof = readProof(credential['proof'])
  if (!proof?.verificationMethod.startsWith(`${did}#`)) return null
  try {
    const controller = controllerDocument(await resolveDid(did), did, now)
    const { type, controller: owner, publicKeyMultibase: key } = methodOf(controller, proof.verificationMethod)
    const asserts = [controller['assertionMethod']].flat().includes(proof.verificationMethod)
    return asserts && type === 'Multikey' && owner === did && typeof key === 'string' && key.startsWith('z6Mk')
      ? key
      : null
  } catch {
    return null
  }
}

/** The proof of a badge, when it is one alone and has exactly the members that ours have. */
function readProof(proof: unknown): { created: string; verificationMethod: string; signature: Uint8Array } | null {
  if (typeof proof !== 'object' || proof === null || Array.isArray(proof)) return null
  const { proofValue, ...options } = proof as Record<string, unknown>
  const { created, verificationMethod } = options
  if (typeof created !== 'string' || typeof verificationMethod !== 'string' || typeof proofValue !== 'string')
    return null
  if (!isDeepStrictEqual(options, proofOptions(created, verificationMethod)) || !DATE.test(created)) return null
  if (!/^z[1-9A-HJ-NP-Za-km-z]{80,90}$/.test(proofValue)) return null
  return { created, verificationMethod, signature: decode(proofValue.slice(1)) }
}

const DATE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/

const publicKeyOf = (multibase: string): KeyObject =>
  createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: keyBytes(multibase) }, format: 'jwk' })

function fixedOf(credential: JsonObject): Fixed | null {
  const { issuer, credentialSubject: subject } = credential
  if (typeof issuer !== 'object' || typeof subject !== 'object' || subject === null) return null
  return 'achievement' in subject ? ({ issuer, achievement: subject.achievement } as Fixed) : null
}
