import type { Role } from '../../src/auth/tokens.ts'
import { aRow } from './factories.ts'
import { cartographyRoutes } from './routes-cartography.ts'
import { conseillers } from './routes-conseillers.ts'
import { documents } from './routes-documents.ts'
import { feedRoutes } from './routes-feed.ts'
import { formations } from './routes-formations.ts'
import { habilitationPages } from './routes-habilitation-pages.ts'
import { habilitations } from './routes-habilitations.ts'
import { needsRoutes } from './routes-needs.ts'
import { organisme } from './routes-organisme.ts'
import { pix } from './routes-pix.ts'
import { placesRoutes } from './routes-places.ts'
import { proofs } from './routes-proofs.ts'
import { publicPages } from './routes-public.ts'
import { renewals } from './routes-renewals.ts'
import { requests } from './routes-requests.ts'
import { shares } from './routes-shares.ts'
import { statisticsRoutes } from './routes-statistics.ts'
import { trainer } from './routes-trainer.ts'
import { jwtRoutes } from './routes-jwt.ts'
import { openBadges2Routes } from './routes-open-badges-2.ts'
import { walletRoutes } from './routes-wallet.ts'
import { endorsementsRoutes } from './routes-endorsements.ts'
import { evidenceRoutes } from './routes-evidence.ts'
import { badgeConnectRoutes } from './routes-badge-connect.ts'
import { oid4vciRoutes } from './routes-oid4vci.ts'

/** Who may call: anyone, or these roles (all but `exploitant`, `comite` and `titulaire` for an organisation of their own). */
type Rule = 'public' | readonly Role[]

export type Route = {
  rule: Rule
  /** The address called, where the pattern with its `:slug` and `:id` does not say it. */
  at?: string
  /** It is about something of an organisation that is named by its id. */
  on?: 'session' | 'campaign' | 'credential' | 'structure' | 'request' | 'habilitation'
  body?: unknown
  /** How it answers who may; the success of each kind when absent. */
  answers?: number[]
  /** Whoever holds the role, in whatever organisation. */
  isAnywhere?: boolean
  /** Public, yet it writes. */
  writes?: boolean
  /** Its body is read as it is: another field is no error. */
  isOpen?: boolean
  /** What a machine must have been allowed. */
  scope?: string
}

export const reason = { reason: 'Essai d’accès' }
export const session = {
  module: 'aidants-connect',
  startsOn: '2026-03-31',
  endsOn: '2026-03-31',
  capacity: 5,
  modality: 'distance',
}
const learner = { email: 'inscrite@exemple.invalid', givenName: 'Zoé', familyName: 'Exemple' }

const open: Route = { rule: 'public' }
const TRAINERS: Rule = ['exploitant', 'administrateur', 'formateur']
const ADMINISTRATORS: Rule = ['exploitant', 'administrateur']
const OPERATOR: Rule = ['exploitant']
const HOLDER: Rule = ['titulaire']
const campaign = { rule: TRAINERS, on: 'campaign', scope: 'completions' } as const
const change = { rule: TRAINERS, on: 'credential', scope: 'credentials:write', body: reason } as const
/** After its rule, nothing has that name. */
const NOBODY = { answers: [404] }
/** After its rule, no such link was given. */
const NO_LINK = { answers: [404, 409, 410] }
/** After its rule, the state of the thing does not allow it. */
const NOT_NOW = { answers: [409] }

const API: Record<string, Route> = {
  'GET /frameworks': open,
  'GET /frameworks/:id/competences': { ...open, at: '/frameworks/digcomp/competences' },
  'GET /crosswalks': open,
  'GET /metiers': open,
  'GET /certifications': open,
  'GET /modules': open,
  'GET /modules/:slug': { ...open, at: '/modules/aidants-connect' },
  'GET /paths': open,
  'GET /achievements': open,
  'GET /networks': open,
  'GET /openapi.json': open,
  'POST /verifications': { ...open, body: { credential: {} }, isOpen: true, writes: true },
  'GET /organisations/:slug': open,
  'GET /organisations': { rule: OPERATOR, at: '/organisations?state=pending' },
  'POST /organisations': { rule: OPERATOR, body: { slug: '{new}', name: 'Organisme d’essai' } },
  'POST /organisations/:slug/approval': { rule: OPERATOR, body: reason, ...NOT_NOW },
  'POST /organisations/:slug/refusal': { rule: OPERATOR, body: reason, ...NOT_NOW },
  'POST /organisations/:slug/suspension': { rule: OPERATOR, body: reason, answers: [200, 409] },
  'POST /organisations/:slug/reinstatement': { rule: OPERATOR, body: reason, ...NOT_NOW },
  'POST /organisations/:slug/facts': {
    rule: OPERATOR,
    body: [{ kind: 'nda', value: '11751234567', source: 'Essai d’accès', checkedOn: '2026-03-31' }],
  },
  'POST /organisations/:slug/register-check': { rule: OPERATOR, answers: [409, 422, 503] },
  'GET /organisations/:slug/journal': { rule: ADMINISTRATORS },
  'POST /organisations/:slug/keys': { rule: ADMINISTRATORS },
  'GET /organisations/:slug/clients': { rule: ADMINISTRATORS },
  'POST /organisations/:slug/clients': { rule: ADMINISTRATORS, body: { name: 'Logiciel', scopes: ['sessions'] } },
  'POST /organisations/:slug/clients/:id/secrets': { rule: ADMINISTRATORS, body: {}, ...NOBODY },
  'DELETE /organisations/:slug/clients/:id': { rule: ADMINISTRATORS, ...NOBODY },
  'POST /networks': {
    rule: OPERATOR,
    body: { slug: '{new}', name: 'Réseau d’essai', kind: 'reseau', source: 'Essai d’accès' },
  },
  'POST /networks/:network/members': { rule: OPERATOR, body: { organisation: '{slug}' }, ...NOBODY },
  'POST /networks/:network/members/removal': { rule: OPERATOR, body: { organisation: '{slug}', ...reason }, ...NOBODY },
  'POST /networks/:network/achievements': { rule: OPERATOR, body: { achievement: 'aidants-connect' }, ...NOBODY },
  'POST /networks/:network/achievements/removal': {
    rule: OPERATOR,
    body: { achievement: 'aidants-connect', ...reason },
    ...NOBODY,
  },
  'POST /sessions': { rule: TRAINERS, scope: 'sessions', body: { ...session, organisation: '{slug}' } },
  'GET /sessions': { rule: TRAINERS, scope: 'sessions', at: '/sessions?organisation={slug}' },
  'POST /sessions/:id/enrolments': { rule: TRAINERS, scope: 'sessions', on: 'session', body: [learner] },
  'POST /sessions/:id/completions': {
    rule: TRAINERS,
    scope: 'completions',
    on: 'session',
    body: [aRow(2)],
    isOpen: true,
  },
  'GET /campaigns/:id': campaign,
  'GET /campaigns/:id/receipts': campaign,
  'GET /campaigns/:id/receipts.csv': campaign,
  'GET /campaigns/:id/events': campaign,
  'POST /campaigns/:id/pause': { ...campaign, ...NOT_NOW },
  'POST /campaigns/:id/resume': { ...campaign, ...NOT_NOW },
  'POST /campaigns/:id/cancel': { ...campaign, ...NOT_NOW },
  'GET /credentials': { rule: TRAINERS, scope: 'credentials', at: '/credentials?organisation={slug}' },
  'POST /credentials/:id/suspension': change,
  'POST /credentials/:id/restoration': change,
  'POST /credentials/:id/revocation': change,
}

const PAGES: Record<string, Route> = {
  'GET /': open,
  'GET /api': open,
  'GET /badges': open,
  'GET /achievements/:slug': { ...open, at: '/achievements/aidants-connect' },
  'GET /achievements/:slug/:version': { ...open, at: '/achievements/aidants-connect/1' },
  'GET /achievements/:slug/:version/image.png': { ...open, at: '/achievements/aidants-connect/1/image.png' },
  'GET /achievements/:slug/:version/image.svg': { ...open, at: '/achievements/aidants-connect/1/image.svg' },
  'GET /credentials/:file': { ...open, at: '/credentials/{credential}', writes: true },
  'GET /credentials/:id/identites': { ...open, ...NOBODY },
  'GET /donnees-personnelles': open,
  'GET /health/live': open,
  'GET /health/ready': open,
  'GET /lots/:id': { ...open, at: '/lots/{campaign}' },
  'GET /lots/:id/events': { ...open, at: '/lots/{campaign}/events' },
  'GET /messages': { ...open, ...NOBODY },
  'GET /messages/:id': { ...open, ...NOBODY },
  'GET /metiers': open,
  'GET /metiers/:slug': { ...open, ...NOBODY },
  'GET /metrics': open,
  'GET /modules': open,
  'GET /modules/:slug': { ...open, at: '/modules/aidants-connect' },
  'GET /organisations/:slug': open,
  'GET /organisations/:slug/did.json': open,
  'GET /parcours': open,
  'GET /parcours/:slug': { ...open, ...NOBODY },
  'GET /referentiels': open,
  'GET /referentiels/:framework/:version': { ...open, at: '/referentiels/digcomp/3.0' },
  'GET /referentiels/:framework/:version/:code': { ...open, at: '/referentiels/digcomp/3.0/1.1' },
  'GET /reseaux': open,
  'GET /reseaux/:slug': { ...open, ...NOBODY },
  'GET /status-lists/:list': { ...open, at: '/status-lists/{uuid}-revocation', ...NOBODY },
  'GET /verifier': open,
  'GET /vocabulaire': open,
  'POST /verifier': { ...open, body: {}, isOpen: true, answers: [400, 415, 422] },

  'GET /connexion': open,
  'POST /connexion': { ...open, body: { email: 'personne@exemple.invalid' }, writes: true },
  'GET /connexion/:token': { ...open, answers: [404, 409, 410] },
  'POST /connexion/:token': { ...open, answers: [404, 409, 410] },
  'POST /deconnexion': { rule: HOLDER },
  'POST /oauth/token': { ...open, body: { grant_type: 'client_credentials' }, isOpen: true, answers: [400, 401] },
  'POST /oauth/revoke': { ...open, body: { token: 'abc' }, isOpen: true, answers: [400, 401] },

  'GET /invitations/:token': { rule: HOLDER, ...NO_LINK },
  'POST /invitations/:token': { rule: HOLDER, body: {}, ...NO_LINK },
  'GET /mon-espace': { rule: HOLDER },
  'GET /mon-espace/adresses': { rule: HOLDER },
  'POST /mon-espace/adresses': { rule: HOLDER, body: { email: '{new}@exemple.invalid' } },
  'POST /mon-espace/adresses/:id/retrait': { rule: HOLDER, body: {}, ...NOBODY },
  'GET /mon-espace/adresses/confirmation/:token': { rule: HOLDER, ...NO_LINK },
  'POST /mon-espace/adresses/confirmation/:token': { rule: HOLDER, body: {}, ...NO_LINK },
  'POST /mon-espace/adresses/reunion/:token': { rule: HOLDER, body: {}, ...NO_LINK },
  'POST /mon-espace/badges/:id/nom': {
    rule: HOLDER,
    at: '/mon-espace/badges/{credential}/nom',
    body: { visible: 'oui' },
    ...NOBODY,
  },
  'GET /mon-espace/donnees': { rule: HOLDER },
  'GET /mon-espace/donnees.json': { rule: HOLDER },
  'GET /mon-espace/effacement': { rule: HOLDER },
  'POST /mon-espace/effacement': { rule: HOLDER, body: { confirmation: 'EFFACER' }, answers: [200, 303] },

  'GET /mon-espace/preuves': { rule: HOLDER },
  'POST /mon-espace/preuves': { rule: HOLDER, body: { kind: 'diplome', title: 'Licence d’essai' } },
  'POST /mon-espace/preuves/badges': { rule: HOLDER, body: { kind: 'diplome', credential: '{}' }, answers: [422] },
  'POST /mon-espace/preuves/:id/retrait': { rule: HOLDER, body: {}, ...NOBODY },

  'GET /organisme': { rule: HOLDER },
  'GET /organisme/inscription': { rule: HOLDER },
  'POST /organisme/inscription': { rule: HOLDER, body: { slug: '{new}', name: 'Organisme d’essai' } },
  'GET /organisme/a-approuver': { rule: OPERATOR },
  'POST /organisme/:slug/decision': { rule: OPERATOR, body: { move: 'approval', ...reason }, ...NOT_NOW },
  'GET /organisme/:slug/demande': { rule: ADMINISTRATORS },
  'POST /organisme/:slug/demande': { rule: ADMINISTRATORS, body: { name: 'Organisme d’essai', ...reason }, ...NOT_NOW },
  'GET /organisme/:slug/journal': { rule: ADMINISTRATORS },
  'GET /organisme/:slug/cles': { rule: ADMINISTRATORS },
  'POST /organisme/:slug/cles': { rule: ADMINISTRATORS, body: { confirmed: 'oui', ...reason } },
  'GET /organisme/:slug/equipe': { rule: ADMINISTRATORS },
  'POST /organisme/:slug/equipe/invitations': {
    rule: ADMINISTRATORS,
    body: { email: '{new}@exemple.invalid', role: 'formateur' },
  },
  'POST /organisme/:slug/equipe/invitations/:id/retrait': { rule: ADMINISTRATORS, body: {}, ...NOBODY },
  'POST /organisme/:slug/equipe/:id/fin': { rule: ADMINISTRATORS, body: reason, ...NOBODY },
}

/** Every route of the service but static files, its rule, and a request for it: a new route fails until it stands here. */
export const ROUTES: Record<string, Route> = {
  ...Object.fromEntries(
    Object.entries({
      ...API,
      ...requests,
      ...formations,
      ...pix,
      ...habilitations,
      ...conseillers,
      ...proofs,
      ...renewals,
    }).map(([name, route]) => [
      name.replace(' ', ' /api/v1'),
      { ...route, ...(route.at && { at: `/api/v1${route.at}` }) },
    ]),
  ),
  ...PAGES,
  ...documents,
  ...habilitationPages,
  ...cartographyRoutes,
  ...statisticsRoutes,
  ...needsRoutes,
  ...feedRoutes,
  ...placesRoutes,
  ...publicPages,
  ...organisme,
  ...shares,
  ...trainer,
  ...jwtRoutes,
  ...openBadges2Routes,
  ...walletRoutes,
  ...endorsementsRoutes,
  ...evidenceRoutes,
  ...badgeConnectRoutes,
  ...oid4vciRoutes,
}
