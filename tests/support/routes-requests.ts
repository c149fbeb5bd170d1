import type { Route } from './routes.ts'

const OFFICERS = ['exploitant', 'instructeur'] as const
const ANYONE = ['titulaire', ...OFFICERS] as const
const STRUCTURE = ['referent', ...OFFICERS] as const
/** After its rule, no request has that id, and the organisation is no structure. */
const NOBODY = { answers: [404] }
const NO_STRUCTURE = { answers: [409] }

const aidant = {
  email: 'zoe.exemple@exemple.invalid',
  givenName: 'Zoé',
  familyName: 'Exemple',
  profession: 'Secrétaire de mairie',
  standing: 'agent',
}
const structure = {
  structure: { name: 'Structure d’essai', siret: '21690266800013' },
  aidants: [aidant],
  declarations: { cgu: true, notFree: true, dpo: true, professionalsOnly: true, withoutElected: true },
}
const reason = 'Essai d’accès'

export const requests: Record<string, Route> = {
  'POST /habilitations/organisation-requests': { rule: ANYONE, body: structure },
  'GET /habilitations/organisation-requests/mine': { rule: ['titulaire'] },
  'GET /habilitations/organisation-requests': { rule: OFFICERS },
  'GET /habilitations/organisation-requests.csv': { rule: OFFICERS },
  'GET /habilitations/organisation-requests/:id': { rule: ANYONE, ...NOBODY },
  'POST /habilitations/organisation-requests/:id': { rule: ANYONE, body: structure, ...NOBODY },
  'POST /habilitations/organisation-requests/:id/decisions': {
    rule: ANYONE,
    body: { move: 'acceptance', reason },
    ...NOBODY,
  },
  'GET /habilitations/habilitation-requests': { rule: OFFICERS },
  'GET /habilitations/habilitation-requests.csv': { rule: OFFICERS },
  'GET /habilitations/habilitation-requests/:id': { rule: STRUCTURE, ...NOBODY },
  'POST /habilitations/habilitation-requests/:id/decisions': {
    rule: STRUCTURE,
    body: { move: 'admission', reason },
    ...NOBODY,
  },
  'GET /habilitations/structures/:slug/habilitation-requests': { rule: STRUCTURE },
  'POST /habilitations/structures/:slug/habilitation-requests': { rule: STRUCTURE, body: aidant, ...NO_STRUCTURE },
  'POST /habilitations/decisions': {
    rule: OFFICERS,
    body: [{ request: '{uuid}', kind: 'organisation', move: 'acceptance', reason }],
  },
  'POST /habilitations/imports': { rule: OFFICERS, body: [{}], isOpen: true },
}
