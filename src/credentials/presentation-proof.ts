import { pinnedContext } from './contexts.ts'
import { controllerDocument, isAhead, methodOf } from './controller.ts'
import { keysOfToken } from './issuer-jwks.ts'
import { readHeader, verifyJws } from './jws.ts'
import { payloadOf } from './envelope.ts'
import { isSupported, suitesOf } from './proof-suites.ts'
import { createLoader, type JsonObject, Unreachable } from './suite.ts'
import { isInForce } from './validity.ts'
import type { Context, Found } from './verify-status.ts'

/** What a verifier asked the holder to sign with the presentation: neither can be used again elsewhere. */
export type Asked = { challenge?: string | undefined; domain?: string | undefined }

const fails = (code: string): Found => ({ outcome: 'failure', code })
const OK: Found = { outcome: 'success', code: 'presentation_proof_ok' }
const MAX_PROOFS = 4

/**
 * Checks the proofs inside a presentation (Data Integrity §4.4): each made by its holder's own key for authentication, for the
 * challenge and domain asked for. Never throws for what the presentation says.
 */
export async function checkEmbedded(presentation: JsonObject, asked: Asked, context: Context): Promise<Found> {
  const proofs = presentation['proof'] === undefined ? [] : [presentation['proof']].flat()
  if (proofs.length === 0) return fails('presentation_unsigned')
  const known = proofs.filter((proof): proof is JsonObject => isSupported(proof, presentation))
  const isChained = known.some((proof) => proof['previousProof'] !== undefined)
  if (known.length < proofs.length || proofs.length > MAX_PROOFS || isChained) {
    return { outcome: 'skipped', code: 'proof_unsupported' }
  }
  for (const proof of known) {
    const found = checkTerms(proof, asked) ?? (await checkSignature(presentation, proof, context))
    if (found.outcome !== 'success') return found
  }
  return OK
}

function checkTerms(proof: JsonObject, { challenge, domain }: Asked): Found | null {
  if (proof['proofPurpose'] !== 'authentication') return fails('presentation_purpose')
  if (challenge !== undefined && proof['challenge'] !== challenge) return fails('presentation_challenge')
  if (domain !== undefined && ![proof['domain']].flat().includes(domain)) return fails('presentation_domain')
  return null
}

async function checkSignature(presentation: JsonObject, proof: JsonObject, context: Context): Promise<Found> {
  const { verificationMethod: name } = proof
  const [signer = ''] = typeof name === 'string' ? name.split('#') : []
  const holder = holderOf(presentation) ?? signer
  if (typeof name !== 'string' || signer !== holder) return fails('presentation_holder')
  try {
    const document = await context.documents.did(holder)
    const key = keyFor(document, holder, name, context.now)
    if (!key || !isAhead(proof['expires'], context.now)) return fails('proof_invalid')
    const [suite] = suitesOf(presentation, [proof], new Map())
    const { proof: _, ...unsigned } = presentation
    const { verified } = await suite!.verifyProof({
      document: unsigned,
      proof: { '@context': presentation['@context'], ...proof },
      documentLoader: createLoader(pinnedContext, new Map<string, object>([[name, key]])),
    })
    return verified ? OK : fails('proof_invalid')
  } catch (error) {
    if (error instanceof Unreachable) return { outcome: 'skipped', code: 'issuer_unreachable' }
    throw error
  }
}

/** The key of that name, when its controller lists it to authenticate; null otherwise. */
function keyFor(document: JsonObject, holder: string, name: string, now: Date): object | null {
  try {
    const controller = controllerDocument({ ...document, assertionMethod: document['authentication'] }, holder, now)
    return [controller['assertionMethod']].flat().includes(name) ? methodOf(controller, name) : null
  } catch {
    return null
  }
}

const TYPES = ['jwt', 'vp+jwt', 'vp+ld+jwt', 'vp-ld+jwt', 'vp+ld+json+jwt']

/**
 * Checks the token that a presentation came in (VC-JOSE-COSE §3.1.2; VC 1.1 §6.3.1): signed by its holder's key, `nonce` being
 * the challenge asked for and `aud` the domain.
 */
export async function checkToken(
  jwt: string,
  presentation: JsonObject,
  asked: Asked,
  context: Context,
): Promise<Found> {
  const read = readHeader(jwt, TYPES)
  if ('refused' in read) return fails(read.refused)
  const claims = payloadOf(jwt) ?? {}
  const holder = holderOf(presentation) ?? claims['iss']
  if (typeof holder !== 'string' || (claims['iss'] ?? holder) !== holder) return fails('presentation_holder')
  const found = await keysOfToken(read.header, holder, { ...context, relationship: 'authentication' })
  if (!('keys' in found)) return found
  const verified = await Promise.all(found.keys.map((key) => verifyJws(jwt, key, [read.alg])))
  if (verified.every((one) => one === null)) return fails('proof_invalid')
  if (asked.challenge !== undefined && claims['nonce'] !== asked.challenge) return fails('presentation_challenge')
  if (asked.domain !== undefined && ![claims['aud']].flat().includes(asked.domain)) return fails('presentation_domain')
  return isInForce(claims, context.now) ? OK : fails('jwt_expired')
}

/** Who presents, given alone or as an object (VC 2.0 §4.13); null when it is not said. */
export function holderOf({ holder }: JsonObject): string | null {
  const id = typeof holder === 'object' && holder !== null && 'id' in holder ? holder.id : holder
  return typeof id === 'string' ? id : null
}
