import type { Route } from './routes.ts'

const HOLDER: Route = { rule: ['titulaire'], answers: [404] }
const TRAINERS = ['exploitant', 'administrateur', 'formateur'] as const
const MINE = '/mon-espace/badges/{credential}/preuves'
const OURS = '/organisme/{slug}/badges/{credential}/preuves'
const deposit = { name: 'Affiche d’atelier' }

/** Evidence files, and the present version of a badge. The badge of the place is nobody's who signs in here. */
export const evidenceRoutes: Record<string, Route> = {
  'GET /credentials/:id/refresh': { rule: 'public', at: '/credentials/{credential}/refresh' },
  'GET /evidence/:id': { rule: 'public', answers: [404] },
  'GET /mon-espace/badges/:id/preuves': { ...HOLDER, at: MINE },
  'POST /mon-espace/badges/:id/preuves': { rule: ['titulaire'], at: MINE, body: deposit, answers: [404, 422] },
  'POST /mon-espace/badges/:id/preuves/:file/affichage': {
    ...HOLDER,
    at: `${MINE}/{uuid}/affichage`,
    body: { visible: 'oui' },
  },
  'POST /mon-espace/badges/:id/preuves/:file/suppression': { ...HOLDER, at: `${MINE}/{uuid}/suppression`, body: {} },
  'GET /organisme/:slug/badges/:id/preuves': { rule: TRAINERS, at: OURS },
  // Without a file, after its rule.
  'POST /organisme/:slug/badges/:id/preuves': { rule: TRAINERS, at: OURS, body: deposit, answers: [422] },
  'POST /organisme/:slug/badges/:id/preuves/:file/suppression': {
    rule: TRAINERS,
    at: `${OURS}/{uuid}/suppression`,
    body: {},
    answers: [404],
  },
}
