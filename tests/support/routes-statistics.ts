import type { Route } from './routes.ts'

const open: Route = { rule: 'public' }

/** The figures: their pages, their files, their publication. */
export const statisticsRoutes: Record<string, Route> = {
  'GET /statistiques': open,
  'GET /statistiques/provisoire': { rule: ['comite', 'exploitant'] },
  'GET /api/v1/statistics/provisional': { rule: ['comite', 'exploitant'] },
  'GET /statistiques/:edition/croisements': {
    ...open,
    at: '/statistiques/edition-inconnue/croisements',
    answers: [404],
  },
  'GET /statistiques/:edition/territoires': {
    ...open,
    at: '/statistiques/edition-inconnue/territoires',
    answers: [404],
  },
  'GET /statistiques/:edition/territoires/:territory': {
    ...open,
    at: '/statistiques/edition-inconnue/territoires/FR',
    answers: [404],
  },
  'GET /statistiques/:edition/graphiques/:file': { ...open, at: '/statistiques/observatoire_2022/graphiques/I3.svg' },
  'GET /statistiques/:edition/tableaux/:file': { ...open, at: '/statistiques/observatoire_2022/tableaux/I3.csv' },
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
    body: { fromMonth: '2019-01', toMonth: '2019-02', organisation: '{slug}' },
    answers: [202, 409],
  },
  'GET /api/v1/statistics/tables': open,
  'GET /api/v1/statistics/editions/:edition': {
    ...open,
    at: '/api/v1/statistics/editions/edition-inconnue',
    answers: [404],
  },
  'GET /api/v1/statistics/editions/:edition/files/:name': {
    ...open,
    at: '/api/v1/statistics/editions/edition-inconnue/files/chiffres.csv',
    answers: [404],
  },
  'GET /api/v1/statistics/imported/:edition/files/:name': {
    ...open,
    at: '/api/v1/statistics/imported/observatoire_2022/files/chiffres.parquet',
  },
  'GET /statistiques/publier': { rule: ['exploitant'] },
  'POST /statistiques/publier': {
    rule: ['exploitant'],
    body: { edition: 'page-essai', fromMonth: '2018-01', toMonth: '2018-02', threshold: 5, organisation: '{slug}' },
    answers: [303, 409],
  },
  'GET /donnees': open,
  'GET /donnees/catalogue.jsonld': open,
}
