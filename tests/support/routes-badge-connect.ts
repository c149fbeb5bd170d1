import type { Route } from './routes.ts'

const HOLDER = ['titulaire'] as const
const HOST = '/ims/ob/v3p0'
const REFUSED: Route = { rule: 'public', answers: [400], isOpen: true }
const UNPROVEN: Route = { rule: 'public', answers: [401], isOpen: true }
const NO_METHOD: Route = { rule: 'public', answers: [405], isOpen: true }
const UNKNOWN = '00000000-0000-4000-8000-000000000000'

/** The Open Badges 3.0 API, its authorization server, other hosts. */
export const badgeConnectRoutes: Record<string, Route> = {
  'GET /.well-known/oauth-authorization-server': { rule: 'public' },
  'GET /.well-known/openid-configuration': { rule: 'public' },
  'GET /oauth2/auth': REFUSED,
  'GET /oauth2/auth/:uid': { ...REFUSED, at: '/oauth2/auth/inconnue' },
  'POST /oauth2/token': REFUSED,
  'POST /oauth2/reg': REFUSED,
  'POST /oauth2/revoke': REFUSED,
  'GET /autorisation/:uid': { rule: HOLDER, at: '/autorisation/inconnue', answers: [410] },
  'POST /autorisation/:uid': {
    rule: HOLDER,
    at: '/autorisation/inconnue',
    body: { choix: 'refuser' },
    answers: [410],
  },

  [`GET ${HOST}/discovery`]: { rule: 'public' },
  [`GET ${HOST}/credentials`]: UNPROVEN,
  [`POST ${HOST}/credentials`]: UNPROVEN,
  [`PUT ${HOST}/credentials`]: NO_METHOD,
  [`PATCH ${HOST}/credentials`]: NO_METHOD,
  [`DELETE ${HOST}/credentials`]: NO_METHOD,
  [`GET ${HOST}/profile`]: UNPROVEN,
  [`PUT ${HOST}/profile`]: UNPROVEN,
  [`POST ${HOST}/profile`]: NO_METHOD,
  [`PATCH ${HOST}/profile`]: NO_METHOD,
  [`DELETE ${HOST}/profile`]: NO_METHOD,

  'GET /mon-espace/applications': { rule: HOLDER },
  'POST /mon-espace/applications/profil': { rule: HOLDER, body: { name: 'Zoé' } },
  'POST /mon-espace/applications/:id/retrait': {
    rule: HOLDER,
    at: `/mon-espace/applications/${'a'.repeat(43)}/retrait`,
    body: {},
    answers: [404],
  },
  'GET /mon-espace/applications/hotes': { rule: HOLDER },
  'POST /mon-espace/applications/hotes': { rule: HOLDER, body: { address: 'https://127.0.0.1' }, answers: [422] },
  'GET /mon-espace/applications/hotes/retour': { rule: HOLDER, answers: [409] },
  'POST /mon-espace/applications/hotes/:id/envois': {
    rule: HOLDER,
    at: `/mon-espace/applications/hotes/${UNKNOWN}/envois`,
    body: { badge: UNKNOWN },
    answers: [404],
  },
  'POST /mon-espace/applications/hotes/:id/retrait': {
    rule: HOLDER,
    at: `/mon-espace/applications/hotes/${UNKNOWN}/retrait`,
    body: {},
    answers: [404],
  },
}
