import type { Route } from './routes.ts'

const open: Route = { rule: 'public' }

/** The figures: their pages, their files, their publication. */
export const statisticsRoutes: Record<string, Route> = {
  'GET /statistiques': open,
  'GET /statistiques/:edition': { ...open, at: '/statistiques/observatoire_2022' },
  'GET /api/v1/statistics/editions': open,
  'GET /api/v1/statistics/imported/:edition': { ...open, at: '/api/v1/statistics/imported/observatoire_2022' },
  'GET /api/v1/statistics/editions/:edition/figures': {
    ...open,
    at: '/api/v1/statistics/editions/edition-inconnue/figures',
    answers: [404],
  },
  'PUT /api/v1/statistics/editions/:edition': {
    rule: ['exploitant'],
    at: '/api/v1/statistics/editions/edition-essai',
    body: { fromMonth: '2019-01', toMonth: '2019-02' },
  },
}
