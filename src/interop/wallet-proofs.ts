import type { Openid4vciIssuerOptions } from '@openid4vc/openid4vci'
import { Oauth2ServerErrorResponseError } from '@openid4vc/oauth2'
import { readHeader, verifyJws } from '../credentials/jws.ts'
import type { Vault } from '../vault.ts'
import { PROOF_ALGS, type Protocol } from './oid4vci-metadata.ts'
import { walletRefusal } from './wallet-errors.ts'
import { type HolderKey, holderKey } from './wallet-keys.ts'
import { type Nonce, readNonce } from './wallet-nonces.ts'

/** How old a proof may be, and how far ahead the clock of a telephone, in seconds. */
const MAX_AGE = 600
const SKEW = 60

/** What the library asks of us to verify a proof: the key, taken from the header alone, and the signature. */
export const verifyProofJwt: Openid4vciIssuerOptions['callbacks']['verifyJwt'] = async (
  signer,
  { compact, header },
) => {
  const key = holderKey(header)
  const isSigned = key !== null && (await verifyJws(compact, key.jwk, PROOF_ALGS)) !== null
  return isSigned ? { verified: true, signerJwk: key.jwk as never } : { verified: false }
}

type Asked = {
  vault: Vault
  protocol: Protocol
  /** The client that the token was given to; null for a wallet without a name (pre-authorised code). */
  clientId: string | null
  now: Date
}

/**
 * Verifies the proof that a wallet holds a key (OpenID4VCI 1.0, appendix F.1 and F.4): its form, its algorithm, its signature by
 * the key that its header names, this service as its audience, its age, one of our nonces. Whether that nonce was used already
 * is for `useNonce` to say. Errors: `invalid_proof`, `invalid_nonce`.
 */
export async function readProof(
  jwt: string,
  { vault, protocol, clientId, now }: Asked,
): Promise<HolderKey & { nonce: Nonce }> {
  const checked = readHeader(jwt, ['openid4vci-proof+jwt'], PROOF_ALGS)
  if ('refused' in checked) throw refused(HEADERS[checked.refused] ?? 'jeton mal formé.')
  const key = holderKey(checked.header)
  if (!key) throw refused(UNKNOWN_KEY)
  const { payload } = await protocol.issuer
    .verifyCredentialRequestJwtProof({ jwt, issuerMetadata: protocol.metadata, now })
    .catch((error: unknown) => {
      if (error instanceof Oauth2ServerErrorResponseError) throw refused(libraryWords(error))
      throw error
    })
  const { iat, iss, nonce: given } = payload
  const age = now.getTime() / 1000 - iat
  if (age > MAX_AGE || age < -SKEW) throw refused('sa date (iat) est trop ancienne, ou à venir.')
  // F.1: the client's own identifier; a wallet without one has nothing to say there, whatever it writes.
  if (clientId !== null && iss !== undefined && iss !== clientId) throw refused('iss nomme un autre client.')
  if (given === undefined) throw refused('elle ne porte pas de c_nonce.')
  const nonce = readNonce(vault, given, now)
  if (!nonce) throw usedNonce()
  return { ...key, nonce }
}

/** One refusal for a nonce that is not ours, too old or used: the wallet asks for another in each case. */
export const usedNonce = () =>
  walletRefusal('invalid_nonce', 'Ce c_nonce a servi, a expiré ou ne vient pas de ce service : demandez-en un autre.')

const refused = (why: string) => walletRefusal('invalid_proof', `Preuve de possession refusée : ${why}`)

const UNKNOWN_KEY =
  'l’en-tête doit porter soit jwk (sans partie privée), soit kid : une URL de did:key (Ed25519, P-256) ou de did:jwk.'

const HEADERS: Partial<Record<Extract<ReturnType<typeof readHeader>, { refused: unknown }>['refused'], string>> = {
  jwt_too_large: 'jeton trop long.',
  jwt_algorithm: `alg doit être ${PROOF_ALGS.join(', ')}.`,
  jwt_critical: 'paramètre critique (crit) inconnu.',
  jwt_private_key: 'l’en-tête donne la partie privée de la clé ; cette clé n’est plus sûre, changez-en.',
  jwt_weak_key: UNKNOWN_KEY,
  jwt_type: 'typ doit être openid4vci-proof+jwt.',
}

/** What the library says of its refusal, without the start that is the same for all. */
const libraryWords = ({ errorResponse }: Oauth2ServerErrorResponseError): string =>
  String(errorResponse.error_description).replace(
    'Error verifiying credential request proof jwt.',
    'signature, aud ou dates :',
  )
