import type { Route } from './routes.ts'

const HOLDER = ['titulaire'] as const
const EMPLOYERS = ['exploitant', 'administrateur', 'employeur'] as const

/** What people and structures lack in training. */
export const needsRoutes: Record<string, Route> = {
  'GET /api/v1/needs': { rule: HOLDER },
  'POST /api/v1/needs': { rule: HOLDER, body: { respondent: 'cadre', answers: { projet: 'oui' } } },
  'POST /api/v1/needs/withdrawal': { rule: HOLDER, body: { respondent: 'cadre' }, answers: [404] },
  'GET /api/v1/organisations/:slug/needs': { rule: EMPLOYERS },
  'POST /api/v1/organisations/:slug/needs': { rule: EMPLOYERS, body: { answers: { projet: 'oui' } } },
  // The first who may withdraws what was declared, if anything was.
  'POST /api/v1/organisations/:slug/needs/withdrawal': { rule: EMPLOYERS, answers: [204, 404] },
  'GET /mon-espace/besoins': { rule: HOLDER },
  'POST /mon-espace/besoins': { rule: HOLDER, body: { respondent: 'cadre', projet: 'oui' } },
  'POST /mon-espace/besoins/retrait': { rule: HOLDER, body: { respondent: 'cadre' }, answers: [404] },
  'GET /organisme/:slug/besoins': { rule: EMPLOYERS },
  'POST /organisme/:slug/besoins': { rule: EMPLOYERS, body: { projet: 'oui' } },
  'POST /organisme/:slug/besoins/retrait': { rule: EMPLOYERS, body: {}, answers: [303, 404] },
}
