import type { Route } from './routes.ts'

const HOLDER = { rule: ['titulaire'] } as const

/** The pages of a holder's space and the links by which she or he shows badges. */
export const shares: Record<string, Route> = {
  'GET /mon-espace/competences': HOLDER,
  'GET /mon-espace/parcours': HOLDER,
  'GET /mon-espace/metiers': HOLDER,
  'GET /mon-espace/metiers/:slug': { ...HOLDER, at: '/mon-espace/metiers/mediateur-numerique' },
  'GET /mon-espace/partages': HOLDER,
  // The badge is someone else's.
  'POST /mon-espace/partages': { ...HOLDER, body: { badges: ['{credential}'], days: '30' }, answers: [422] },
  'POST /mon-espace/partages/:id/retrait': { ...HOLDER, body: {}, answers: [404] },
  'GET /partages/:token': { rule: 'public', answers: [404] },
}
