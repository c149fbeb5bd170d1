import type { Route } from './routes.ts'

const OFFICERS = ['exploitant', 'instructeur'] as const
const STRUCTURE = ['referent', ...OFFICERS] as const
const ANYONE = ['titulaire', ...OFFICERS] as const
const reason = 'Essai d’accès'
/** After its rule, nothing has that id. */
const NOBODY = { answers: [404] }
/** Or, to who is no officer, that it is not theirs. */
const NOT_ONE = { answers: [403, 404] }
const request = { rule: STRUCTURE, on: 'request' } as const
const structure = { rule: STRUCTURE, on: 'structure' } as const
const habilitation = { rule: STRUCTURE, on: 'habilitation', body: { reason } } as const
const asked = { name: 'Structure d’essai', siret: '21690266800013' }
const aidant = {
  email: 'zoe.exemple-2@exemple.invalid',
  givenName: 'Zoé',
  familyName: 'Exemple-2',
  profession: 'Secrétaire de mairie',
  standing: 'agent',
}
const many = { requests: ['01890000-0000-7000-8000-000000000000 new'], reason }

export const habilitationPages: Record<string, Route> = {
  'GET /habilitations': { rule: ANYONE },
  'GET /habilitations/structures': { rule: OFFICERS },
  'POST /habilitations/structures': { rule: OFFICERS, body: { ...many, move: 'acceptance' } },
  'GET /habilitations/aidants': { rule: OFFICERS },
  'POST /habilitations/aidants': { rule: OFFICERS, body: { ...many, move: 'admission' } },
  'GET /habilitations/demandes/nouvelle': { rule: ANYONE },
  'POST /habilitations/demandes': { rule: ANYONE, body: asked },
  'GET /habilitations/demandes/:id': { rule: ANYONE, ...NOBODY },
  'POST /habilitations/demandes/:id/decisions': { rule: ANYONE, body: { move: 'acceptance', reason }, ...NOBODY },
  'GET /habilitations/demandes/:id/modification': { rule: ANYONE, ...NOBODY },
  'POST /habilitations/demandes/:id/modification': { rule: ANYONE, body: asked, ...NOBODY },
  'GET /habilitations/aidants/:id': request,
  // The first who may decides it; after her or him, it is decided.
  'POST /habilitations/aidants/:id/decisions': { ...request, body: { move: 'peers', reason }, answers: [303, 409] },
  'POST /habilitations/aidants/:id/formation': {
    ...request,
    rule: OFFICERS,
    body: { doneOn: '2026-03-31', reason },
  },
  'GET /habilitations/aidants/:id/inscriptions': request,
  'POST /habilitations/aidants/:id/inscriptions': { rule: STRUCTURE, body: { session: '{session}' }, ...NOT_ONE },
  'POST /habilitations/aidants/:id/inscriptions/annulation': {
    rule: STRUCTURE,
    body: { session: '{session}', reason },
    ...NOT_ONE,
  },
  'GET /habilitations/structures/:slug': structure,
  'GET /habilitations/structures/:slug/ajout': structure,
  'GET /habilitations/structures/:slug/webinaire': structure,
  'POST /habilitations/structures/:slug/aidants': { ...structure, body: aidant, answers: [303, 409] },
  'POST /habilitations/structures/:slug/fermeture': { ...structure, rule: OFFICERS, body: { reason } },
  'POST /habilitations/structures/:slug/reouverture': { ...structure, rule: OFFICERS, body: { reason } },
  'GET /habilitations/accordees': { rule: OFFICERS },
  'GET /habilitations/accordees/:id': {
    rule: [...STRUCTURE, 'titulaire'],
    on: 'habilitation',
    answers: [200, 403],
  },
  'POST /habilitations/accordees/:id/suspension': habilitation,
  'POST /habilitations/accordees/:id/retablissement': habilitation,
  'POST /habilitations/accordees/:id/retrait': { ...habilitation, rule: OFFICERS },
  'GET /habilitations/pix': { rule: OFFICERS },
  'POST /habilitations/pix': {
    rule: OFFICERS,
    body: {
      file: JSON.stringify([
        { "date d'envoi": '2026-04-02', 'email saisi': 'inconnue@exemple.invalid', résultat: 0.5 },
      ]),
    },
  },
  'POST /habilitations/pix/:id/rattachement': {
    rule: OFFICERS,
    body: { email: 'inconnue@exemple.invalid', reason },
    answers: [404, 422],
  },
  'POST /habilitations/pix/:id/mise-de-cote': { rule: OFFICERS, body: { reason }, ...NOBODY },
}
