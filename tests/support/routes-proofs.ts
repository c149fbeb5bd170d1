import type { Route } from './routes.ts'

const HOLDER = { rule: ['titulaire'] } as const
const CHECKERS = { rule: ['exploitant', 'administrateur', 'formateur', 'referent', 'employeur'] } as const
/** After its rule, nothing has that name. */
const NOBODY = { answers: [404] }

export const proofs: Record<string, Route> = {
  'GET /proofs': HOLDER,
  'GET /proofs/:id': { ...HOLDER, ...NOBODY },
  'POST /proofs': { ...HOLDER, body: { kind: 'diplome', title: 'Licence d’essai' } },
  // Its signature is looked at: an empty badge is none.
  'POST /proofs/badges': { ...HOLDER, body: { kind: 'certification', credential: {} }, answers: [422] },
  'POST /proofs/:id/withdrawal': { ...HOLDER, ...NOBODY },
  'GET /organisations/:slug/proofs/:id': { ...CHECKERS, ...NOBODY },
  'POST /proofs/checks': {
    ...CHECKERS,
    body: {
      organisation: '{slug}',
      proof: '{uuid}',
      how: 'document',
      outcome: 'confirmed',
      reference: 'Essai d’accès',
      checkedOn: '2026-03-31',
    },
    ...NOBODY,
  },
}
