import type { Route } from './routes.ts'

const OFFICERS = ['exploitant', 'instructeur'] as const
const ANYONE = ['titulaire', ...OFFICERS] as const
const STRUCTURE = ['referent', ...OFFICERS] as const
/** After its rule, no request has that id. */
const NOBODY = { answers: [404] }

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
  'GET /habilitations/habilitation-requests/:id': { rule: STRUCTURE, on: 'request' },
  // The first who may decides it; after her or him, it is decided.
  'POST /habilitations/habilitation-requests/:id/decisions': {
    rule: STRUCTURE,
    on: 'request',
    body: { move: 'peers', reason },
    answers: [200, 409],
  },
  'GET /habilitations/structures/:slug/habilitation-requests': { rule: STRUCTURE, on: 'structure' },
  'POST /habilitations/structures/:slug/habilitation-requests': {
    rule: STRUCTURE,
    on: 'structure',
    body: aidant,
    answers: [201, 409],
  },
  'POST /habilitations/decisions': {
    rule: OFFICERS,
    body: [{ request: '{uuid}', kind: 'organisation', move: 'acceptance', reason }],
  },
  'POST /habilitations/imports': { rule: OFFICERS, body: [{}], isOpen: true },
}
