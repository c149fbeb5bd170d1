import type { Route } from './routes.ts'

const reason = { reason: 'Essai d’accès' }
const OFFICERS = ['exploitant', 'instructeur'] as const
const REFERENT = [...OFFICERS, 'referent'] as const
const on = 'habilitation'

export const habilitations: Record<string, Route> = {
  'GET /habilitations': { rule: REFERENT, at: '/habilitations?organisation={slug}' },
  'GET /habilitations/:id': { rule: [...REFERENT, 'titulaire'], on, answers: [200, 403] },
  'GET /habilitations/:id/state': { rule: 'public', on },
  'POST /habilitations/:id/lapse': { rule: REFERENT, on, body: reason },
  'POST /habilitations/:id/restoration': { rule: REFERENT, on, body: reason },
  'POST /habilitations/:id/withdrawal': { rule: OFFICERS, on, body: reason },
  'GET /habilitations/structures/:slug': { rule: REFERENT, on: 'structure' },
  'POST /habilitations/structures/:slug/closure': {
    rule: OFFICERS,
    on: 'structure',
    body: reason,
    answers: [200, 409],
  },
  'POST /habilitations/structures/:slug/reopening': {
    rule: OFFICERS,
    on: 'structure',
    body: reason,
    answers: [200, 409],
  },
  'GET /habilitations/counts': { rule: [...OFFICERS, 'comite'] },
  'POST /habilitations/activity': {
    rule: OFFICERS,
    body: [{ habilitation: '{uuid}', lastSeenOn: '2026-03-31' }],
  },
}
