import type { Route } from './routes.ts'

const open: Route = { rule: 'public' }

/** The public pages of the catalogue, their images for previews, and those that the law asks for. */
export const publicPages: Record<string, Route> = {
  'GET /accessibilite': open,
  'GET /mentions-legales': open,
  'GET /organisations': open,
  'GET /parcours/calculer': open,
  'POST /api/v1/paths/plan': { ...open, body: { target: { habilitation: 'aidants-connect' } } },
  'GET /apercu.png': open,
  'GET /achievements/:slug/:version/apercu.png': { ...open, at: '/achievements/aidants-connect/1/apercu.png' },
  'GET /metiers/:slug/apercu.png': { ...open, at: '/metiers/mediateur-numerique/apercu.png' },
  'GET /modules/:slug/apercu.png': { ...open, at: '/modules/aidants-connect/apercu.png' },
  'GET /organisations/:slug/apercu.png': open,
  'GET /parcours/:slug/apercu.png': { ...open, at: '/parcours/mediateur-numerique/apercu.png' },
  'GET /referentiels/:framework/:version/apercu.png': { ...open, at: '/referentiels/digcomp/3.0/apercu.png' },
  'GET /referentiels/:framework/:version/:code/apercu.png': { ...open, at: '/referentiels/digcomp/3.0/1.1/apercu.png' },
}
