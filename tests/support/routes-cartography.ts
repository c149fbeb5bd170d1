import type { Route } from './routes.ts'

const open: Route = { rule: 'public' }
const RELEASE = '/api/v1/cartography/releases/1'

const TRAINERS = ['exploitant', 'administrateur', 'formateur'] as const
const positioning = {
  organisation: '{slug}',
  learner: { email: 'positionnee@exemple.invalid', givenName: 'Zoé', familyName: 'Exemple' },
  target: { habilitation: 'aidants-connect' },
}

/** The map of métiers and competences, and its releases. */
export const cartographyRoutes: Record<string, Route> = {
  'GET /api/v1/positionings': { rule: TRAINERS, scope: 'sessions', at: '/api/v1/positionings?organisation={slug}' },
  'POST /api/v1/positionings': { rule: TRAINERS, scope: 'sessions', body: positioning },
  'GET /mon-espace/positionnement': { rule: ['titulaire'] },
  'POST /mon-espace/positionnement': { rule: ['titulaire'], body: { but: 'habilitation:aidants-connect' } },
  'GET /mon-espace/positionnements': { rule: ['titulaire'] },
  'GET /mon-espace/positionnements/:id': { rule: ['titulaire'], answers: [404] },
  'POST /mon-espace/positionnements/:id/suppression': { rule: ['titulaire'], body: {}, answers: [404] },
  'GET /cartographie': open,
  'GET /cartographie/metiers/:slug': { ...open, at: '/cartographie/metiers/mediateur-numerique' },
  'GET /cartographie/competences/:framework/:version/:code': {
    ...open,
    at: '/cartographie/competences/mediation/1.0/D4',
  },
  'GET /cartographie/passerelles': open,
  'GET /cartographie/passerelles/:from/:to': { ...open, at: '/cartographie/passerelles/aidant-numerique/elu' },
  'GET /api/v1/cartography/bridges': { ...open, at: '/api/v1/cartography/bridges?from=mediateur-numerique' },
  'GET /api/v1/cartography/bridges/:from/:to': { ...open, at: '/api/v1/cartography/bridges/aidant-numerique/elu' },
  'GET /cartographie/manques': open,
  'GET /cartographie/manques/:file': { ...open, at: '/cartographie/manques/competences.csv' },
  'GET /api/v1/cartography/gaps': open,
  'GET /parcours/equipe': open,
  'POST /parcours/equipe': { ...open, body: { but: 'habilitation:aidants-connect', nom: ['A', 'B'], tenue: 2 } },
  'GET /cartographie/listes': open,
  'POST /cartographie/listes': { rule: ['exploitant'], answers: [422] },
  'POST /cartographie/listes/retrait': { rule: ['exploitant'], body: { name: 'lists/absente.yaml' }, answers: [404] },
  'GET /api/v1/content': { rule: ['exploitant'] },
  'PUT /api/v1/content/*': { rule: ['exploitant'], at: '/api/v1/content/lists/essai.yaml', answers: [422] },
  'DELETE /api/v1/content/*': { rule: ['exploitant'], at: '/api/v1/content/lists/absente.yaml', answers: [404] },
  'GET /cartographie/editions': open,
  'GET /cartographie/editions/:number': { ...open, at: '/cartographie/editions/1', answers: [200, 404] },
  'GET /cartographie/editions/publier': { rule: ['exploitant'] },
  'POST /cartographie/editions/publier': { rule: ['exploitant'], body: { number: 9, note: 'Essai' }, answers: [409] },
  'GET /cartographie/catalogue.jsonld': open,
  'GET /api/v1/cartography': open,
  'GET /api/v1/cartography/releases': open,
  'GET /api/v1/cartography/releases/:number': { ...open, at: '/api/v1/cartography/releases/1', answers: [200, 404] },
  'GET /api/v1/cartography/releases/:number/files/:name': {
    ...open,
    at: `${RELEASE}/files/metiers.csv`,
    answers: [200, 404],
  },
  'GET /api/v1/cartography/releases/:number/archive': { ...open, at: `${RELEASE}/archive`, answers: [200, 404] },
  'PUT /api/v1/cartography/releases/:number': { rule: ['exploitant'], at: RELEASE, body: { note: 'Essai' } },
}
