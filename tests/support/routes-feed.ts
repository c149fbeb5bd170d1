import type { Route } from './routes.ts'

const TRAINERS = ['exploitant', 'administrateur', 'formateur'] as const
const administrators: Route = { rule: ['exploitant', 'administrateur'] }
/** After its rule, nothing has that name. */
const NOBODY = { answers: [404] }
const types = ['badge.issued']
const url = 'https://outil.exemple.fr/insigne'
const one = '{uuid}'

/** What tells other tools of what happened here. */
export const feedRoutes: Record<string, Route> = {
  'GET /api/v1/events': { rule: TRAINERS, scope: 'events', at: '/api/v1/events?organisation={slug}' },
  'GET /api/v1/webhooks': { ...administrators, at: '/api/v1/webhooks?organisation={slug}' },
  'POST /api/v1/webhooks': { ...administrators, body: { organisation: '{slug}', url, types } },
  'DELETE /api/v1/webhooks/:id': { ...administrators, at: `/api/v1/webhooks/${one}?organisation={slug}`, ...NOBODY },
  'POST /api/v1/webhooks/:id/secrets': {
    ...administrators,
    at: `/api/v1/webhooks/${one}/secrets?organisation={slug}`,
    body: {},
    ...NOBODY,
  },
  'POST /api/v1/webhooks/:id/resumption': {
    ...administrators,
    at: `/api/v1/webhooks/${one}/resumption?organisation={slug}`,
    ...NOBODY,
  },
  'POST /api/v1/webhooks/:id/trial': {
    ...administrators,
    at: `/api/v1/webhooks/${one}/trial?organisation={slug}`,
    ...NOBODY,
  },
  'GET /organisme/:slug/webhooks': administrators,
  'POST /organisme/:slug/webhooks': { ...administrators, body: { url, types }, answers: [200] },
  'POST /organisme/:slug/webhooks/:id/secret': { ...administrators, body: { graceHours: '24' }, ...NOBODY },
  'POST /organisme/:slug/webhooks/:id/essai': { ...administrators, body: {}, ...NOBODY },
  'POST /organisme/:slug/webhooks/:id/reprise': { ...administrators, body: {}, ...NOBODY },
  'POST /organisme/:slug/webhooks/:id/suppression': { ...administrators, body: {}, ...NOBODY },
}
