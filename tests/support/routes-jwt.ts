import type { Route } from './routes.ts'

/** Keys of tokens, and the VC-API. */
export const jwtRoutes: Record<string, Route> = {
  'GET /organisations/:slug/jwks.json': { rule: 'public' },
  'GET /organisations/:slug/jwks/:kid': {
    rule: 'public',
    at: `/organisations/{slug}/jwks/${'A'.repeat(43)}`,
    answers: [404],
  },
  'POST /vc-api/issuers/:slug/credentials/issue': {
    rule: ['exploitant', 'administrateur', 'formateur'],
    scope: 'credentials:write',
    body: {
      credential: {
        '@context': ['https://www.w3.org/ns/credentials/v2'],
        type: ['VerifiableCredential'],
        credentialSubject: { name: 'Essai d’accès' },
      },
    },
  },
  // After its rule, nothing was signed under that name.
  'POST /vc-api/issuers/:slug/credentials/status': {
    rule: ['exploitant', 'administrateur', 'formateur'],
    scope: 'credentials:write',
    body: {
      credentialId: 'urn:uuid:0',
      credentialStatus: { type: 'BitstringStatusListEntry', statusPurpose: 'revocation' },
      status: true,
    },
    answers: [404],
  },
  'POST /vc-api/credentials/verify': {
    rule: ['exploitant', 'administrateur', 'formateur'],
    scope: 'credentials',
    isAnywhere: true,
    body: { verifiableCredential: {} },
    answers: [400],
  },
  'POST /vc-api/presentations/verify': {
    rule: ['exploitant', 'administrateur', 'formateur'],
    scope: 'credentials',
    isAnywhere: true,
    body: { verifiablePresentation: {} },
    answers: [400],
  },
}
