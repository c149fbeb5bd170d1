import { DataIntegrityProof } from '@digitalbazaar/data-integrity'
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey'
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite'
import * as vc from '@digitalbazaar/vc'
import { pinnedContext } from './contexts.ts'
import { controllerDocument, isAhead, methodOf } from './controller.ts'

export type JsonObject = { [key: string]: unknown }
export type DocumentLoader = (
  url: string,
) => Promise<{ contextUrl?: null; documentUrl: string; document: unknown; tag?: string }>
export type KeyPair = { publicKeyMultibase: string; secretKeyMultibase: string }

/** Finds the document of a DID; throws `Unreachable` when it cannot be had now. */
export type ResolveDid = (did: string) => Promise<JsonObject>

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
  cryptosuite.canonize(document, { documentLoader: createLoader(noDid, contexts) })

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
  return vc.issue({ credential, suite, documentLoader: createLoader(noDid, contexts), now: created })
}

const noDid: ResolveDid = async (did) => {
  throw new Error(`Signing needs no document of ${did}.`)
}

export type ProofCheck =
  | { outcome: 'success' }
  | { outcome: 'failure'; code: 'proof_missing' | 'proof_invalid' | 'issuer_mismatch' }
  | { outcome: 'skipped'; code: 'proof_unsupported' | 'issuer_unreachable' }

const MAX_PROOFS = 4

/**
 * Checks every proof of a credential: each one must verify, under a key that the issuer lists for assertions.
 * Dates and status are judged elsewhere. Never throws for what the badge says.
 */
export async function checkProof(
  credential: JsonObject,
  resolveDid: ResolveDid,
  { now, contexts = pinnedContext }: { now: Date; contexts?: Contexts },
): Promise<ProofCheck> {
  const proofs = [credential['proof'] ?? []].flat()
  if (proofs.length === 0) return { outcome: 'failure', code: 'proof_missing' }
  if (proofs.length > MAX_PROOFS || !proofs.every(isSupported)) return { outcome: 'skipped', code: 'proof_unsupported' }
  if (!proofs.every((proof) => controllerOf(proof) === issuerOf(credential))) {
    return { outcome: 'failure', code: 'issuer_mismatch' }
  }
  if (!proofs.every((proof) => controllerOf(proof)?.startsWith('did:'))) {
    return { outcome: 'skipped', code: 'proof_unsupported' }
  }

  let unreachable = false
  const resolve: ResolveDid = async (did) => {
    try {
      return controllerDocument(await resolveDid(did), did, now)
    } catch (error) {
      unreachable ||= error instanceof Unreachable
      throw error
    }
  }
  const { verified, results } = await vc.verifyCredential({
    credential,
    suite: new DataIntegrityProof({ cryptosuite }),
    documentLoader: createLoader(resolve, contexts),
    checkStatus: async () => ({ verified: true }),
    ...(typeof credential['validFrom'] === 'string' && { now: credential['validFrom'] }),
  })
  if (unreachable) return { outcome: 'skipped', code: 'issuer_unreachable' }
  // The library is content with one valid proof of several: here each of them counts.
  const all = verified && results?.length === proofs.length && results.every((one) => one.verified)
  const inTime = proofs.every((proof) => isAhead(proof['expires'], now))
  return all && inTime ? { outcome: 'success' } : { outcome: 'failure', code: 'proof_invalid' }
}

/** The identifier of a credential's issuer, given alone or inside a profile. */
export function issuerOf(credential: JsonObject): string | null {
  const issuer = credential['issuer']
  const id = typeof issuer === 'object' && issuer !== null && 'id' in issuer ? issuer.id : issuer
  return typeof id === 'string' ? id : null
}

function isSupported(proof: unknown): proof is JsonObject {
  if (typeof proof !== 'object' || proof === null) return false
  const { type, cryptosuite: suite, previousProof } = proof as JsonObject
  return type === 'DataIntegrityProof' && suite === 'eddsa-rdfc-2022' && previousProof === undefined
}

function controllerOf(proof: JsonObject): string | null {
  const method = proof['verificationMethod']
  return typeof method === 'string' ? method.split('#')[0]! : null
}

/** Known contexts and DID documents, nothing else: no text of a badge makes the service load an address. */
function createLoader(resolveDid: ResolveDid, contexts: Contexts): DocumentLoader {
  return async (url) => {
    const context = contexts(url)
    // `static` lets the library keep a context for the whole process: only the pinned ones may be.
    const kept = pinnedContext(url) ? { tag: 'static' } : {}
    if (context) return { contextUrl: null, documentUrl: url, document: context, ...kept }
    if (!url.startsWith('did:')) throw new Error(`Not a known context: ${url}`)
    const [did = ''] = url.split('#')
    const controller = await resolveDid(did)
    return { documentUrl: url, document: url === did ? controller : methodOf(controller, url) }
  }
}
