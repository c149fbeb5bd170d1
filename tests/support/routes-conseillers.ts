import type { Route } from './routes.ts'

const EMPLOYERS: Route['rule'] = ['exploitant', 'administrateur', 'employeur']
const TRAINERS: Route['rule'] = ['exploitant', 'administrateur', 'formateur']
const person = { email: '{new}@exemple.invalid', givenName: 'Zoé', familyName: 'Exemple' }
/** After its rule, nothing has that name. */
const NOBODY = { answers: [404] }
const end = { organisation: '{slug}', endedOn: '2026-03-31', reason: 'Essai d’accès' }
const commitment = { organisation: '{slug}', agreedOn: '2026-03-31', content: 'Deux modules' }
const contract = { organisation: '{slug}', type: 'CDI', typologie: 'conum', startsOn: '2026-03-31', ...person }
const row = { email: 'formee@exemple.invalid', given_name: 'Zoé', family_name: 'Exemple', date_debut: '2026-03-31' }

export const conseillers: Record<string, Route> = {
  'POST /conseillers/contracts': { rule: EMPLOYERS, body: contract },
  'GET /conseillers/contracts': { rule: EMPLOYERS, at: '/conseillers/contracts?organisation={slug}' },
  'GET /conseillers/contracts/:id': {
    rule: EMPLOYERS,
    at: '/conseillers/contracts/{uuid}?organisation={slug}',
    ...NOBODY,
  },
  'POST /conseillers/contracts/:id/end': { rule: EMPLOYERS, body: end, ...NOBODY },
  'POST /conseillers/contracts/:id/commitment': { rule: EMPLOYERS, body: commitment, ...NOBODY },
  'POST /conseillers/initial-trainings': {
    rule: TRAINERS,
    scope: 'completions',
    body: { organisation: '{slug}', rows: [row] },
  },
  'GET /conseillers/initial-trainings': {
    rule: TRAINERS,
    scope: 'completions',
    at: '/conseillers/initial-trainings?organisation={slug}',
  },
  'GET /conseillers/training': { rule: ['titulaire'] },
  'GET /conseillers/:id/training': {
    rule: EMPLOYERS,
    at: '/conseillers/{uuid}/training?organisation={slug}',
    ...NOBODY,
  },
  'GET /conseillers/lateness': { rule: EMPLOYERS, at: '/conseillers/lateness?organisation={slug}' },
}
