import { type Opened, payloadOf } from './envelope.ts'
import { keysOfToken } from './issuer-jwks.ts'
import { readHeader, verifyJws } from './jws.ts'
import { numericDate } from './sign-jwt.ts'
import { issuerOf, type JsonObject, type ProofCheck } from './suite.ts'
import { isInForce } from './validity.ts'
import type { Context } from './verify-status.ts'

/** `JWT` is what OB 3.0 asks for; the others are those of VC-JOSE-COSE, its drafts and VC 1.1 issuers. */
const TYPES = ['jwt', 'vc+jwt', 'vc+ld+jwt', 'vc-ld+jwt', 'vc+ld+json+jwt']

/** The proof of a credential: inside it, or the token that carried it. Never throws for what the credential says. */
export const checkOpened = ({ credential, jwt }: Opened, context: Context): Promise<ProofCheck> =>
  jwt === null
    ? context.checkProof(credential as JsonObject, context.documents.did, context)
    : checkJwt(jwt, credential as JsonObject, context)

/**
 * Checks the signature of a token under a key of the issuer that it names, and that its claims say what the credential says
 * (OB 3.0 §8.2, External proof; VC-JOSE-COSE §3; VC 1.1 §6.3.1). `credential`: what `openEnvelope` read in it. A proof that the
 * credential holds besides must verify too. Never throws for what the token says.
 */
async function checkJwt(jwt: string, credential: JsonObject, context: Context): Promise<ProofCheck> {
  const read = readHeader(jwt, TYPES)
  if ('refused' in read) return { outcome: 'failure', code: read.refused }
  const issuer = issuerOf(credential)
  if (issuer === null) return { outcome: 'failure', code: 'issuer_mismatch' }
  const found = await keysOfToken(read.header, issuer, context)
  if (!('keys' in found)) return found
  const verified = await Promise.all(found.keys.map((key) => verifyJws(jwt, key, [read.alg])))
  if (verified.every((one) => one === null)) return { outcome: 'failure', code: 'proof_invalid' }

  const payload = payloadOf(jwt) ?? {}
  const differing = differingClaims(payload, credential, isJoseCose(read.header))
  if (differing.length > 0) {
    return { outcome: 'failure', code: 'claims_differ', values: { claims: differing.join(', ') } }
  }
  if (isJoseCose(read.header) && !isInForce(payload, context.now)) return { outcome: 'failure', code: 'jwt_expired' }
  return credential['proof'] === undefined
    ? { outcome: 'success' }
    : context.checkProof(credential, context.documents.did, context)
}

/** VC-JOSE-COSE tokens say so; there, every claim may be left out, and dates are those of the signature (§3.1.3). */
const isJoseCose = ({ typ }: JsonObject): boolean => typeof typ === 'string' && /vc\+(ld\+)?(json\+)?jwt$/i.test(typ)

/**
 * The registered claims that do not say what the credential says. OB 3.0 §8.2.4 and VC 1.1 §6.3.1 require `iss` and `nbf`, and
 * `jti` and `sub` when their counterpart is there.
 */
function differingClaims(payload: JsonObject, credential: JsonObject, isJoseCose: boolean): string[] {
  const subject = [credential['credentialSubject']].flat()[0] as JsonObject | undefined
  const texts = { iss: issuerOf(credential), jti: credential['id'], sub: subject?.['id'] }
  const dates = {
    nbf: credential['validFrom'] ?? credential['issuanceDate'],
    exp: credential['validUntil'] ?? credential['expirationDate'],
  }
  const wrong = Object.entries(texts).filter(
    ([name, said]) => !(payload[name] === said || (isJoseCose && payload[name] === undefined)),
  )
  const late = Object.entries(dates).filter(([name, said]) => {
    const claim = payload[name]
    if (claim === undefined) return !isJoseCose && said !== undefined
    // To the second: a claim may leave out the fractions of its counterpart.
    return typeof claim !== 'number' || (!isJoseCose && Math.floor(claim) !== numericDate(said))
  })
  return [...wrong, ...late].map(([name]) => name)
}
