import type { Route } from './routes.ts'

const open: Route = { rule: 'public' }

/** Open Badges 2.0. */
export const openBadges2Routes: Record<string, Route> = {
  'GET /ob2/assertions/:file': { ...open, at: '/ob2/assertions/{credential}' },
  'GET /ob2/badges/:slug/:name/:version': { ...open, at: '/ob2/badges/{slug}/aidants-connect/1' },
  'GET /ob2/issuers/:slug': open,
  // Nothing was signed yet: no such key.
  'GET /ob2/keys/:slug/:kid': { ...open, answers: [404] },
  'GET /ob2/revocations/:slug': open,
}
