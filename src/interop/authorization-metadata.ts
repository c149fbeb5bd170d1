import { type Authorization, OFFLINE, PATHS } from './authorization.ts'

/** The metadata of the authorization server (RFC 8414), with what this service really does and nothing else. */
export const metadataOf = ({ baseUrl, scopes, anonymousGrants }: Authorization): Record<string, unknown> => ({
  issuer: baseUrl,
  authorization_endpoint: `${baseUrl}${PATHS.authorization}`,
  token_endpoint: `${baseUrl}${PATHS.token}`,
  registration_endpoint: `${baseUrl}${PATHS.registration}`,
  revocation_endpoint: `${baseUrl}${PATHS.revocation}`,
  scopes_supported: [...Object.keys(scopes), OFFLINE],
  response_types_supported: ['code'],
  response_modes_supported: ['query'],
  grant_types_supported: ['authorization_code', 'refresh_token', ...anonymousGrants],
  token_endpoint_auth_methods_supported: ['client_secret_basic', 'none'],
  revocation_endpoint_auth_methods_supported: ['client_secret_basic', 'none'],
  code_challenge_methods_supported: ['S256'],
  authorization_response_iss_parameter_supported: true,
  service_documentation: `${baseUrl}/api`,
  op_policy_uri: `${baseUrl}/donnees-personnelles`,
  op_tos_uri: `${baseUrl}/mentions-legales`,
  ...(anonymousGrants.length > 0 && { 'pre-authorized_grant_anonymous_access_supported': true }),
})
