import type { Route } from './routes.ts'

const HOLDER = { rule: ['titulaire'] } as const
const RECOGNISERS = { rule: ['exploitant', 'administrateur'] } as const
/** After its rule, nothing has that name. */
const NOBODY = { answers: [404] }
const reason = { reason: 'Essai d’accès' }
const equivalence = {
  issuer: 'did:web:ailleurs.example',
  achievement: 'https://ailleurs.example/classes/{new}',
  name: 'Essai',
  competences: [{ framework: 'mediation', version: '1.0', code: 'D4' }],
  ...reason,
}
const PAGE = '/mon-espace/badges-d-ailleurs'
const SPACE = '/organisme/:slug/equivalences'
const API = '/api/v1/organisations/:slug'

/** Badges of elsewhere, and what they are worth here. */
export const walletRoutes: Record<string, Route> = {
  [`GET ${PAGE}`]: HOLDER,
  // Nothing is given.
  [`POST ${PAGE}`]: { ...HOLDER, body: {}, answers: [422] },
  [`GET ${PAGE}/:id`]: { ...HOLDER, ...NOBODY },
  [`POST ${PAGE}/:id/verification`]: { ...HOLDER, body: {}, ...NOBODY },
  [`POST ${PAGE}/:id/reconnaissance`]: { ...HOLDER, body: {}, ...NOBODY },
  [`POST ${PAGE}/:id/retrait`]: { ...HOLDER, body: {}, ...NOBODY },
  'GET /api/v1/wallet': HOLDER,
  // Its signature is looked at: an empty badge is none.
  'POST /api/v1/wallet': { ...HOLDER, body: { credential: {} }, answers: [422] },
  'GET /api/v1/wallet/:id': { ...HOLDER, ...NOBODY },
  'POST /api/v1/wallet/:id/verification': { ...HOLDER, ...NOBODY },
  'POST /api/v1/wallet/:id/withdrawal': { ...HOLDER, ...NOBODY },
  'POST /api/v1/wallet/:id/recognition-request': { ...HOLDER, ...NOBODY },

  'GET /equivalences': { rule: 'public' },
  'GET /api/v1/equivalences': { rule: 'public' },
  [`POST ${API}/equivalences`]: { ...RECOGNISERS, body: equivalence },
  [`POST ${API}/equivalences/:id/end`]: { ...RECOGNISERS, body: reason, ...NOBODY },
  [`GET ${API}/equivalence-requests`]: RECOGNISERS,
  [`POST ${API}/equivalence-requests/:id/refusal`]: { ...RECOGNISERS, body: reason, ...NOBODY },
  [`GET ${SPACE}`]: RECOGNISERS,
  [`GET ${SPACE}/nouvelle`]: RECOGNISERS,
  [`POST ${SPACE}/nouvelle`]: {
    ...RECOGNISERS,
    body: { name: '', issuer: '', achievement: '', reason: '', startsOn: '', endsOn: '' },
    answers: [200],
  },
  [`POST ${SPACE}/:id/fin`]: { ...RECOGNISERS, body: reason, ...NOBODY },
  [`POST ${SPACE}/demandes/:id/refus`]: { ...RECOGNISERS, body: reason, ...NOBODY },
}
