import {
  type CredentialIssuerMetadata,
  type IssuerMetadataResult,
  Openid4vciIssuer,
  type Openid4vciIssuerOptions,
  Openid4vciVersion,
  setGlobalConfig,
} from '@openid4vc/openid4vci'
import { CREDENTIALS_V2, OPEN_BADGES_V3 } from '../credentials/contexts.ts'

/** The forms in which a wallet receives a badge (OpenID4VCI 1.0, appendix A.1): a proof inside it, or a token around it. */
export const FORMATS = ['ldp_vc', 'jwt_vc_json'] as const
export type Format = (typeof FORMATS)[number]

/** The algorithms of the keys that badges are bound to. */
export const PROOF_ALGS = ['ES256', 'EdDSA', 'RS256'] as const

const TYPES: [string, ...string[]] = ['VerifiableCredential', 'OpenBadgeCredential']
const PREFIX = 'OpenBadgeCredential_'

/** The name of a form in the metadata: one configuration a form, whatever the badge and the organisation that signs it. */
export const configurationOf = (format: Format): string => `${PREFIX}${format}`
/** The form that a configuration, or the scope of the same name, stands for; null for another name. */
export const formatOf = (configuration: string): Format | null =>
  FORMATS.find((one) => configurationOf(one) === configuration) ?? null

/** What one badge is called in one form (`credential_identifier`, §3.3.4), and the badge and the form that it names. */
export const identifierOf = (format: Format, credentialId: string): string => `${format}.${credentialId}`
export function namedBy(identifier: string): { format: Format; credentialId: string } | null {
  const [, name, credentialId] = /^(\w+)\.([0-9a-f-]{36})$/.exec(identifier) ?? []
  const format = FORMATS.find((one) => one === name)
  return format && credentialId ? { format, credentialId } : null
}

/** What a token of ours opens, in the words of the standard (§5.1.1): each form of these badges. */
export const detailsOf = (credentialIds: string[], formats: readonly Format[] = FORMATS) =>
  formats.map((format) => ({
    type: 'openid_credential' as const,
    credential_configuration_id: configurationOf(format),
    credential_identifiers: credentialIds.map((id) => identifierOf(format, id)),
  }))

const CLAIMS = [
  [['credentialSubject', 'achievement', 'name'], 'Badge', 'Badge'],
  [['credentialSubject', 'achievement', 'description'], 'Ce qu’il atteste', 'What it attests'],
  [['credentialSubject', 'activityEndDate'], 'Acquis le', 'Achieved on'],
] as const

const named = (fr: string, en: string) => [
  { name: fr, locale: 'fr' },
  { name: en, locale: 'en' },
]

function configuration(format: Format) {
  return {
    format,
    scope: configurationOf(format),
    cryptographic_binding_methods_supported: ['did:key', 'did:jwk', 'jwk'],
    credential_signing_alg_values_supported: [format === 'ldp_vc' ? 'eddsa-rdfc-2022' : 'ES256'],
    credential_definition: {
      ...(format === 'ldp_vc' && { '@context': [CREDENTIALS_V2, OPEN_BADGES_V3] }),
      type: TYPES,
    },
    proof_types_supported: { jwt: { proof_signing_alg_values_supported: [...PROOF_ALGS] as [string, ...string[]] } },
    credential_metadata: {
      display: named('Badge de compétences (Open Badge)', 'Skills badge (Open Badge)'),
      claims: CLAIMS.map(([path, fr, en]) => ({ path: [...path], display: named(fr, en) })),
    },
  }
}

/**
 * The credential issuer (OpenID4VCI 1.0 §12.2.4): one for the service, at its own address, for a holder puts badges of several
 * organisations in one wallet. Who issues a badge is said inside it: `issuer` is the DID of the organisation, whose key signs.
 * `authorizationServer`: the identifier of the server whose tokens are taken.
 */
const issuerMetadata = (baseUrl: string, authorizationServer: string) =>
  ({
    credential_issuer: baseUrl,
    authorization_servers: [authorizationServer],
    credential_endpoint: `${baseUrl}/oid4vci/credential`,
    nonce_endpoint: `${baseUrl}/oid4vci/nonce`,
    notification_endpoint: `${baseUrl}/oid4vci/notification`,
    display: named('Insigne, badges de la médiation numérique', 'Insigne, badges of digital mediation'),
    credential_configurations_supported: Object.fromEntries(
      FORMATS.map((one) => [configurationOf(one), configuration(one)]),
    ),
  }) satisfies CredentialIssuerMetadata

/** The library, with our answers to what it asks of its user; what it never does here is refused. */
export type Protocol = { issuer: Openid4vciIssuer; metadata: IssuerMetadataResult }

/** The protocol library set up for this service: it reads requests, offers and proofs; `verifyJwt` finds keys and checks signatures. */
export function createProtocol(
  baseUrl: string,
  authorizationServer: string,
  verifyJwt: Openid4vciIssuerOptions['callbacks']['verifyJwt'],
): Protocol {
  // On this machine alone, without TLS, addresses are http: the library refuses them unless told.
  if (baseUrl.startsWith('http:')) setGlobalConfig({ allowInsecureUrls: true })
  const never = (): never => {
    throw new Error('Not used by the issuer.')
  }
  const issuer = new Openid4vciIssuer({
    callbacks: { verifyJwt, hash: never, signJwt: never, generateRandom: never, clientAuthentication: never },
  })
  const credentialIssuer = issuer.createCredentialIssuerMetadata(issuerMetadata(baseUrl, authorizationServer))
  return {
    issuer,
    metadata: {
      originalDraftVersion: Openid4vciVersion.V1,
      credentialIssuer,
      authorizationServers: [],
      knownCredentialConfigurations: issuer.getKnownCredentialConfigurationsSupported(credentialIssuer),
    },
  }
}
