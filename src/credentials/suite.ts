import { DataIntegrityProof } from '@digitalbazaar/data-integrity'
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey'
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite'
import * as vc from '@digitalbazaar/vc'
import { pinnedContext } from './contexts.ts'
import { controllerDocument, isAhead, isAsserted, methodAlone, methodOf, type Multikey } from './controller.ts'
import type { TokenRefusal } from './jws.ts'
import { previousProofs } from './proof-chain.ts'
import { isOverJson, isSupported, suitesOf } from './proof-suites.ts'

export type JsonObject = { [key: string]: unknown }
export type DocumentLoader = (
  url: string,
) => Promise<{ contextUrl?: null; documentUrl: string; document: unknown; tag?: string }>
export type KeyPair = { publicKeyMultibase: string; secretKeyMultibase: string }

/** Finds the document of a DID, or at an https address; throws `Unreachable` when it cannot be had now. */
export type ResolveDid = (id: string) => Promise<JsonObject>

/** A document that could not be had: says nothing of the badge that asked for it. */
export class Unreachable extends Error {
  override name = 'Unreachable'
}

/** A new Ed25519 key pair in Multikey form (VC Data Integrity §2.2.2). */
export async function generateKeyPair(): Promise<KeyPair> {
  const pair = await Ed25519Multikey.generate()
  const { publicKeyMultibase, secretKeyMultibase } = await pair.export({ publicKey: true, secretKey: true })
  return { publicKeyMultibase, secretKeyMultibase }
}

/** The JSON-LD context of an address; undefined when it is not known. */
export type Contexts = (url: string) => object | undefined

/** The canonical N-Quads that are hashed and signed (RDFC-1.0, in JSON-LD safe mode). */
export const canonise = (document: JsonObject, contexts: Contexts = pinnedContext): Promise<string> =>
  cryptosuite.canonize(document, { documentLoader: createLoader(contexts) })

/** The verification method of a key: `<did>#<publicKeyMultibase>`. */
export const verificationMethodOf = (did: string, publicKeyMultibase: string) => ({
  id: `${did}#${publicKeyMultibase}`,
  type: 'Multikey',
  controller: did,
  publicKeyMultibase,
})

/** Signs a credential with `eddsa-rdfc-2022` (VC Data Integrity EdDSA Cryptosuites §3.2). */
export async function signCredential(
  credential: JsonObject,
  did: string,
  key: KeyPair,
  created: Date,
  contexts: Contexts = pinnedContext,
): Promise<JsonObject> {
  const pair = await Ed25519Multikey.from({ ...verificationMethodOf(did, key.publicKeyMultibase), ...key })
  const suite = new DataIntegrityProof({ signer: pair.signer(), date: created, cryptosuite })
  return vc.issue({ credential, suite, documentLoader: createLoader(contexts), now: created })
}

export type ProofCheck =
  | { outcome: 'success' }
  | {
      outcome: 'failure'
      code: 'proof_missing' | 'proof_invalid' | 'issuer_mismatch' | TokenRefusal | 'jwt_expired' | 'claims_differ'
      /** What the sentence of the code is filled with. */
      values?: Record<string, string>
    }
  | {
      outcome: 'skipped'
      code: 'proof_unsupported' | 'issuer_unreachable' | 'issuer_key_unlisted' | 'context_unknown'
    }

const MAX_PROOFS = 4

/**
 * Checks every proof of a credential, each over the ones that it was made over (Data Integrity §4.5): all must verify, under
 * keys that the issuer lists for assertions. Dates and status are judged elsewhere. Never throws for what the badge says.
 */
export async function checkProof(
  credential: JsonObject,
  resolveDid: ResolveDid,
  { now, contexts = pinnedContext }: { now: Date; contexts?: Contexts },
): Promise<ProofCheck> {
  const proofs = [credential['proof'] ?? []].flat()
  if (proofs.length === 0) return { outcome: 'failure', code: 'proof_missing' }
  const areSupported = (all: unknown[]): all is JsonObject[] => all.every((proof) => isSupported(proof, credential))
  if (proofs.length > MAX_PROOFS || !areSupported(proofs)) return { outcome: 'skipped', code: 'proof_unsupported' }
  const issuer = issuerOf(credential)
  const names = proofs.map((proof) => proof['verificationMethod'])
  if (issuer === null || !areNamesOf(issuer, names)) return { outcome: 'failure', code: 'issuer_mismatch' }
  if (!/^(did:|https?:)/.test(issuer)) return { outcome: 'skipped', code: 'proof_unsupported' }
  const previous = previousProofs(proofs)
  if (previous === null) return INVALID

  let known: Map<string, object> | null
  try {
    known = await keysOf(issuer, [...new Set(names)], resolveDid, now)
  } catch (error) {
    if (error instanceof Unreachable) return { outcome: 'skipped', code: 'issuer_unreachable' }
    throw error
  }
  if (known === null) return INVALID
  if (proofs.some(isOverJson) && !(await isInKnownWords(credential, contexts)))
    return { outcome: 'skipped', code: 'context_unknown' }
  const from = credential['validFrom'] ?? credential['issuanceDate']
  const { verified, results } = await vc.verifyCredential({
    credential,
    suite: suitesOf(credential, proofs, previous),
    documentLoader: createLoader(contexts, known),
    checkStatus: async () => ({ verified: true }),
    ...(typeof from === 'string' && { now: from }),
  })
  // The library is content with one valid proof of several: here each of them counts.
  const all = verified && results?.length === proofs.length && results.every((one) => one.verified)
  return all && proofs.every((proof) => isAhead(proof['expires'], now)) ? { outcome: 'success' } : INVALID
}

/** Whether each member of a document is a word of its contexts: a proof over the JSON alone covers the others all the same. */
function isInKnownWords(credential: JsonObject, contexts: Contexts): Promise<boolean> {
  const { proof: _, ...document } = credential
  return canonise(document, contexts).then(
    () => true,
    () => false,
  )
}

const INVALID: ProofCheck = { outcome: 'failure', code: 'proof_invalid' }

/** Whether keys of those names can be an issuer's: within its DID, or on the web like it, where its document must list them. */
const areNamesOf = (issuer: string, names: unknown[]): names is string[] =>
  names.every(
    (name) =>
      typeof name === 'string' &&
      (name.split('#')[0] === issuer || [issuer, name].every((one) => one.startsWith('https://'))),
  )

/** The document of an issuer and the keys of those names, by their ids; null when one is not among its assertion keys. */
async function keysOf(
  issuer: string,
  names: string[],
  resolve: ResolveDid,
  now: Date,
): Promise<Map<string, Multikey | JsonObject> | null> {
  const document = await resolve(issuer)
  const controller = orNull(() => controllerDocument(document, issuer, now))
  if (!controller || !names.every((name) => isAsserted(controller, name))) return null
  const known = new Map<string, Multikey | JsonObject>([[issuer, controller]])
  for (const name of names) {
    const place = name.split('#')[0]!
    const elsewhere = place === issuer ? null : await resolve(place)
    const key = orNull(() => (elsewhere ? methodAlone(elsewhere, name, issuer, now) : methodOf(controller, name)))
    if (!key) return null
    known.set(name, key)
  }
  return known
}

function orNull<T>(read: () => T): T | null {
  try {
    return read()
  } catch {
    return null
  }
}

/** The identifier of a credential's issuer, given alone or inside a profile. */
export function issuerOf(credential: JsonObject): string | null {
  const issuer = credential['issuer']
  const id = typeof issuer === 'object' && issuer !== null && 'id' in issuer ? issuer.id : issuer
  return typeof id === 'string' ? id : null
}

/** Known contexts and the documents already found, nothing else: no text of a badge makes the service load an address. */
export function createLoader(contexts: Contexts, known = new Map<string, object>()): DocumentLoader {
  return async (url) => {
    const context = contexts(url)
    // `static` lets the library keep a context for the whole process, as it does words written inside a credential: of those
    // that have an address, only the pinned ones may be.
    const kept = context === pinnedContext(url) ? { tag: 'static' } : {}
    if (context) return { contextUrl: null, documentUrl: url, document: context, ...kept }
    const document = known.get(url)
    if (!document) throw new Error(`Not a known document: ${url}`)
    return { documentUrl: url, document }
  }
}
