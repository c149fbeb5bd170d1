import type { Authorization } from './authorization.ts'
import { OFFLINE, PATHS } from './authorization.ts'
import {
  BADGE_SCOPES,
  READ_CREDENTIALS,
  READ_PROFILE,
  WRITE_CREDENTIALS,
  WRITE_PROFILE,
} from './badge-connect-scopes.ts'

export const BASE = '/ims/ob/v3p0'

type Site = Pick<Authorization, 'baseUrl'> & { title: string }

/** The service description document (OB 3.0 §6.3.1): OpenAPI 3, with what 1EdTech adds to it. */
export const discoveryOf = ({ baseUrl, title }: Site) => {
  const secured = (scope: string, summary: string, operationId: string) => ({
    summary,
    operationId,
    tags: ['OpenBadgeCredentials'],
    security: [{ OAuth2ACG: [scope] }],
    responses: { 200: { description: 'OK' }, default: { description: 'Imsx_StatusInfo' } },
  })
  return {
    openapi: '3.0.1',
    info: {
      title,
      version: '3.0',
      description: 'Les badges de leurs titulaires, lus et rangés avec leur accord (Open Badges 3.0).',
      termsOfService: `${baseUrl}/mentions-legales`,
      'x-imssf-privacyPolicyUrl': `${baseUrl}/donnees-personnelles`,
      'x-imssf-image': `${baseUrl}/static/icon.svg`,
    },
    servers: [{ url: `${baseUrl}${BASE}` }],
    paths: {
      '/credentials': {
        get: secured(READ_CREDENTIALS, 'Lire les badges', 'getCredentials'),
        post: secured(WRITE_CREDENTIALS, 'Ranger un badge', 'upsertCredential'),
      },
      '/profile': {
        get: secured(READ_PROFILE, 'Lire le profil', 'getProfile'),
        put: secured(WRITE_PROFILE, 'Changer le profil', 'putProfile'),
      },
      '/discovery': {
        get: {
          summary: 'Ce document',
          operationId: 'getServiceDescription',
          responses: { 200: { description: 'OK' } },
        },
      },
    },
    components: { securitySchemes: { OAuth2ACG: schemeOf({ baseUrl, title }) } },
  }
}

const schemeOf = ({ baseUrl, title }: Site) => ({
  type: 'oauth2',
  description: 'OAuth 2.0, code d’autorisation avec PKCE (S256)',
  'x-imssf-name': title,
  'x-imssf-privacyPolicyUrl': `${baseUrl}/donnees-personnelles`,
  'x-imssf-termsOfServiceUrl': `${baseUrl}/mentions-legales`,
  'x-imssf-registrationUrl': `${baseUrl}${PATHS.registration}`,
  'x-imssf-revocationUrl': `${baseUrl}${PATHS.revocation}`,
  flows: {
    authorizationCode: {
      authorizationUrl: `${baseUrl}${PATHS.authorization}`,
      tokenUrl: `${baseUrl}${PATHS.token}`,
      refreshUrl: `${baseUrl}${PATHS.token}`,
      scopes: { ...BADGE_SCOPES, [OFFLINE]: 'garder cet accès jusqu’à ce que la ou le titulaire le retire' },
    },
  },
})
