import type { Db } from '../db.ts'
import { getOrganisation } from '../organisations/organisations.ts'
import type { Vault } from '../vault.ts'
import { activeJwk, type TokenAlg } from './jwks.ts'
import { signJwt } from './jws.ts'
import { issuerOf, type JsonObject } from './suite.ts'

type Options = {
  /** RS256 unless said otherwise: the same credential then gives the same bytes. */
  alg?: TokenAlg
  /** Puts the credential in a `vc` claim, as verifiers of VC 1.1 read it, instead of among the claims. */
  inVcClaim?: boolean
}

/**
 * A credential as a token (OB 3.0 §8.2, VC-JWT): its members without any proof, then the registered claims that repeat them.
 * Signed by the key of the organisation that issues it; `kid` is the address of the public one, `typ` is `JWT`.
 */
export async function signAsJwt(
  db: Db,
  vault: Vault,
  baseUrl: string,
  organisation: { id: string; slug: string },
  credential: JsonObject,
  { alg = 'RS256', inVcClaim = false }: Options = {},
): Promise<string> {
  const key = await activeJwk(db, vault, baseUrl, organisation, alg)
  const { proof: _, ...unsecured } = credential
  const claims = claimsOf(unsecured)
  const payload = inVcClaim ? { ...claims, vc: unsecured } : { ...unsecured, ...claims }
  return signJwt(payload, { kid: key.kid, typ: 'JWT' }, key)
}

/** A badge of this service as a token of its issuer: what its document says, its proof apart. ES256 gives new bytes each time. */
export const credentialToken = async (
  db: Db,
  vault: Vault,
  baseUrl: string,
  { organisation, document }: { organisation: string; document: string },
  alg?: TokenAlg,
): Promise<string> =>
  signAsJwt(db, vault, baseUrl, await getOrganisation(db, organisation), JSON.parse(document) as JsonObject, {
    ...(alg && { alg }),
  })

/**
 * The registered claims that say again what a credential says (OB 3.0 §8.2.4): `iss`, `jti`, `nbf`, `exp` when it ends, and `sub`
 * when its subject has an identifier. A badge whose subject is known by hashes alone has none: nothing there could equal one.
 */
function claimsOf(credential: JsonObject): JsonObject {
  const subject = credential['credentialSubject'] as JsonObject | undefined
  const until = credential['validUntil'] ?? credential['expirationDate']
  return {
    iss: issuerOf(credential),
    ...(credential['id'] !== undefined && { jti: credential['id'] }),
    nbf: numericDate(credential['validFrom'] ?? credential['issuanceDate']),
    ...(until !== undefined && { exp: numericDate(until) }),
    ...(typeof subject?.['id'] === 'string' && { sub: subject['id'] }),
  }
}

/** Whole seconds (RFC 7519 §2): fractions are allowed, and refused by some readers. */
export const numericDate = (date: unknown): number => Math.floor(Date.parse(String(date)) / 1000)
