import type { Route } from './routes.ts'

const reason = { reason: 'Essai d’accès' }
const OFFICERS = ['exploitant', 'instructeur'] as const
const REFERENT = [...OFFICERS, 'referent'] as const
/** After its rule, no habilitation has that id: an officer is told so, anyone else only that it is not theirs. */
const NOT_ONE = { answers: [403, 404] }
const NOBODY = { answers: [404] }

export const habilitations: Record<string, Route> = {
  'GET /habilitations': { rule: REFERENT, at: '/habilitations?organisation={slug}' },
  'GET /habilitations/:id': { rule: [...REFERENT, 'titulaire'], ...NOT_ONE },
  'GET /habilitations/:id/state': { rule: 'public', ...NOBODY },
  'POST /habilitations/:id/lapse': { rule: REFERENT, body: reason, ...NOT_ONE },
  'POST /habilitations/:id/restoration': { rule: REFERENT, body: reason, ...NOT_ONE },
  'POST /habilitations/:id/withdrawal': { rule: OFFICERS, body: reason, ...NOBODY },
  'GET /habilitations/structures/:slug': { rule: REFERENT, ...NOBODY },
  'POST /habilitations/structures/:slug/closure': { rule: OFFICERS, body: reason, ...NOBODY },
  'POST /habilitations/structures/:slug/reopening': { rule: OFFICERS, body: reason, ...NOBODY },
  'GET /habilitations/counts': { rule: [...OFFICERS, 'comite'] },
  'POST /habilitations/activity': {
    rule: OFFICERS,
    body: [{ habilitation: '{uuid}', lastSeenOn: '2026-03-31' }],
  },
}
