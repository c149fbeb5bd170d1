import type { Route } from './routes.ts'

const structures = ['exploitant', 'administrateur', 'referent', 'employeur'] as const
/** After its rule, nothing has that name. */
const NOBODY = { answers: [404] }
const place = { nom: 'Lieu d’essai', tells: 'presence' }

/** The places where people are helped, and who is trained there. */
export const placesRoutes: Record<string, Route> = {
  'GET /api/v1/places': { rule: 'public' },
  'GET /api/v1/places.csv': { rule: 'public' },
  'GET /api/v1/places/:id/evidence': { rule: 'public', ...NOBODY },
  'PUT /api/v1/organisations/:slug/places/:id': {
    rule: structures,
    at: '/api/v1/organisations/{slug}/places/{new}',
    body: place,
  },
  'DELETE /api/v1/organisations/:slug/places/:id': { rule: structures, ...NOBODY },
  'GET /organisme/:slug/lieux': { rule: structures },
  'POST /organisme/:slug/lieux': { rule: structures, body: { id: '{new}', ...place } },
  'POST /organisme/:slug/lieux/fin': { rule: structures, body: { id: '{uuid}' }, ...NOBODY },
}
