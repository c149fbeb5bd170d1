import type { Route } from './routes.ts'

const OFFICERS = ['exploitant', 'instructeur'] as const
const STRUCTURE = [...OFFICERS, 'referent'] as const
const TRAINERS = ['exploitant', 'administrateur', 'formateur'] as const
const session = { rule: TRAINERS, on: 'session', scope: 'sessions' } as const
const reason = { reason: 'Essai d’accès' }
const email = 'inscrite@exemple.invalid'
/** Or, to who is no officer, that it is not theirs. */
const NOT_ONE = { answers: [403, 404] }

export const formations: Record<string, Route> = {
  'GET /sessions/:id/enrolments': session,
  'POST /sessions/:id/enrolments/cancellation': { ...session, body: [{ email, ...reason }] },
  'POST /sessions/:id/attendance': { ...session, body: [{ email, attendance: 'present' }] },
  'POST /sessions/:id/cancellation': { ...session, body: reason, answers: [409] },
  'GET /habilitations/formations': { rule: STRUCTURE, isAnywhere: true },
  'GET /habilitations/habilitation-requests/:id/registrations': { rule: STRUCTURE, ...NOT_ONE },
  'POST /habilitations/habilitation-requests/:id/registrations': {
    rule: STRUCTURE,
    body: { session: '{session}' },
    ...NOT_ONE,
  },
  'POST /habilitations/habilitation-requests/:id/registrations/cancellation': {
    rule: STRUCTURE,
    body: { session: '{session}', ...reason },
    ...NOT_ONE,
  },
  'POST /habilitations/habilitation-requests/:id/formation': {
    rule: OFFICERS,
    on: 'request',
    body: { doneOn: '2026-03-31', ...reason },
  },
  'GET /habilitations/structures/:slug/webinar': { rule: STRUCTURE, on: 'structure' },
}
