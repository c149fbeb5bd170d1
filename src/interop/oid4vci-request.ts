import { Oauth2ServerErrorResponseError } from '@openid4vc/oauth2'
import type { CredentialOfferObject } from '@openid4vc/openid4vci'
import type { readOffer } from './offers.ts'
import { TX_CODE_LENGTH } from './offers.ts'
import type { WalletAccess } from './oid4vci-grant.ts'
import {
  configurationOf,
  type Format,
  FORMATS,
  formatOf,
  identifierOf,
  namedBy,
  type Protocol,
} from './oid4vci-metadata.ts'
import { walletRefusal } from './wallet-errors.ts'

/** The offer as a wallet reads it (OpenID4VCI 1.0 §4.1.1): every form of the badge, and the one way to have it. */
export async function offerObject(
  { issuer, metadata }: Protocol,
  { flow, code, asksTxCode }: Awaited<ReturnType<typeof readOffer>>,
): Promise<CredentialOfferObject> {
  const txCode = {
    input_mode: 'numeric' as const,
    length: TX_CODE_LENGTH,
    description: 'Le code à six chiffres affiché sous le QR code',
  }
  const grants =
    flow === 'authorization_code'
      ? { authorization_code: { issuer_state: code } }
      : {
          'urn:ietf:params:oauth:grant-type:pre-authorized_code': {
            'pre-authorized_code': code,
            ...(asksTxCode && { tx_code: txCode }),
          },
        }
  const made = await issuer.createCredentialOffer({
    issuerMetadata: metadata,
    credentialConfigurationIds: FORMATS.map(configurationOf),
    grants,
  })
  return made.credentialOfferObject
}

type Asked = { format: Format; credentialId: string; jwt: string }

/**
 * What a credential request asks for (OpenID4VCI 1.0 §8.2), among the badges that its token opens: by the identifier given with the
 * token, or by a configuration when that leaves one badge; and its one proof, under `proofs` or, as drafts had it, `proof`.
 * Errors: `invalid_credential_request`, `unknown_credential_identifier`, `unknown_credential_configuration`, `invalid_proof`.
 */
export function readRequest({ issuer, metadata }: Protocol, { granted }: WalletAccess, body: unknown): Asked {
  const { credentialIdentifier, credentialConfigurationId, proofs } = parse()
  const { format, credentialId } =
    credentialIdentifier === undefined
      ? onlyOne(credentialConfigurationId, granted)
      : identified(credentialIdentifier, granted)
  const [jwt, ...others] = proofs?.jwt ?? []
  if (jwt === undefined) {
    throw walletRefusal('invalid_proof', 'Il manque une preuve de possession de type jwt (proofs.jwt).')
  }
  if (others.length > 0) throw walletRefusal('invalid_proof', 'Une seule preuve par demande : un badge, une clé.')
  return { format, credentialId, jwt }

  function parse() {
    try {
      return issuer.parseCredentialRequest({
        issuerMetadata: metadata,
        credentialRequest: body as Record<string, unknown>,
      })
    } catch (error) {
      if (!(error instanceof Oauth2ServerErrorResponseError)) throw error
      const { credential_configuration_id: name } = (body ?? {}) as Record<string, unknown>
      if (typeof name === 'string' && !formatOf(name)) throw unknownConfiguration()
      throw walletRefusal('invalid_credential_request', `Demande mal formée : ${errorWords(error)}`)
    }
  }
}

type Granted = WalletAccess['granted']

function identified(identifier: string, granted: Granted): Granted[number] {
  const named = namedBy(identifier)
  const isGranted = granted.some((one) => identifierOf(one.format, one.credentialId) === identifier)
  if (named && isGranted) return named
  throw walletRefusal('unknown_credential_identifier', 'Ce jeton n’ouvre pas de badge de cet identifiant.')
}

function onlyOne(configuration: string | undefined, granted: Granted): Granted[number] {
  if (configuration === undefined) {
    throw walletRefusal('invalid_credential_request', 'Attendu : credential_identifier ou credential_configuration_id.')
  }
  const format = formatOf(configuration)
  if (!format) throw unknownConfiguration()
  const [badge, ...others] = granted.filter((one) => one.format === format)
  if (!badge) throw walletRefusal('credential_request_denied', 'Ce jeton n’ouvre aucun badge sous cette forme.')
  if (others.length === 0) return badge
  throw walletRefusal(
    'invalid_credential_request',
    'Ce jeton ouvre plusieurs badges : nommez le vôtre par credential_identifier.',
  )
}

const unknownConfiguration = () =>
  walletRefusal(
    'unknown_credential_configuration',
    `Configurations proposées : ${FORMATS.map(configurationOf).join(', ')}.`,
  )

const errorWords = ({ errorResponse }: Oauth2ServerErrorResponseError): string =>
  String(errorResponse.error_description)
