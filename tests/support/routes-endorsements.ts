import type { Route } from './routes.ts'

const HOLDER = { rule: ['titulaire'] } as const
const ADMINISTRATOR = { rule: ['administrateur'] } as const
const open: Route = { rule: 'public' }
/** After its rule, nothing has that name. */
const NOBODY = { answers: [404] }
const LINK = '/recommandations/aucun-lien-de-ce-nom-la'
const words = { comment: 'Nous avons travaillé ensemble un an.', confirmed: 'oui' }

/** What others say of badges, classes and organisations. */
export const endorsementsRoutes: Record<string, Route> = {
  'GET /endorsements/:file': { ...open, at: '/endorsements/{uuid}', ...NOBODY },
  'GET /credentials/:id/endorsements.json': { ...open, at: '/credentials/{credential}/endorsements.json' },
  'GET /achievements/:slug/:version/endorsements.json': {
    ...open,
    at: '/achievements/aidants-connect/1/endorsements.json',
  },
  'GET /organisations/:slug/endorsements.json': open,
  'GET /recommandations/:token': { ...open, at: LINK, ...NOBODY },
  'POST /recommandations/:token': { ...open, at: LINK, body: { text: '{}' }, ...NOBODY },
  // Any administrator may open a link: what is signed says for which organisation.
  'GET /recommandations/:token/organisme': {
    ...ADMINISTRATOR,
    at: `${LINK}/organisme`,
    isAnywhere: true,
    ...NOBODY,
  },
  'POST /recommandations/:token/organisme': {
    ...ADMINISTRATOR,
    at: `${LINK}/organisme`,
    isAnywhere: true,
    body: { ...words, organisme: '{slug}' },
    ...NOBODY,
  },
  // The badge is someone else's.
  'GET /mon-espace/badges/:id/recommandations': {
    ...HOLDER,
    at: '/mon-espace/badges/{credential}/recommandations',
    ...NOBODY,
  },
  'POST /mon-espace/badges/:id/recommandations': {
    ...HOLDER,
    at: '/mon-espace/badges/{credential}/recommandations',
    body: { note: 'Essai d’accès' },
    ...NOBODY,
  },
  'POST /mon-espace/badges/:id/recommandations/:endorsement/decision': {
    ...HOLDER,
    at: '/mon-espace/badges/{credential}/recommandations/{uuid}/decision',
    body: { decision: 'acceptance' },
    ...NOBODY,
  },
  'GET /organisme/:slug/recommandations': ADMINISTRATOR,
  'POST /organisme/:slug/recommandations': { ...ADMINISTRATOR, body: { note: 'Essai d’accès' } },
  'GET /organisme/:slug/recommandations/:id': {
    ...ADMINISTRATOR,
    ...NOBODY,
  },
  'POST /organisme/:slug/recommandations/:id': {
    ...ADMINISTRATOR,
    body: words,
    ...NOBODY,
  },
  'POST /organisme/:slug/recommandations/:id/refus': {
    ...ADMINISTRATOR,
    body: {},
    ...NOBODY,
  },
  'POST /organisme/:slug/recommandations/:id/retrait': {
    ...ADMINISTRATOR,
    body: {},
    ...NOBODY,
  },
  'POST /organisme/:slug/recommandations/:id/decision': {
    ...ADMINISTRATOR,
    body: { decision: 'acceptance' },
    ...NOBODY,
  },
}
