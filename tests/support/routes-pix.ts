import type { Route } from './routes.ts'

const OFFICERS = { rule: ['exploitant', 'instructeur'] } as const
const reason = { reason: 'Essai d’accès' }
const nobody = '01890000-0000-7000-8000-000000000000'

export const pix: Record<string, Route> = {
  'POST /habilitations/pix-results': {
    ...OFFICERS,
    body: [{ "date d'envoi": '2026-04-02', 'email saisi': 'inconnue@exemple.invalid', résultat: 0.5 }],
    isOpen: true,
  },
  'GET /habilitations/pix-results': OFFICERS,
  'POST /habilitations/pix-results/:id/match': { ...OFFICERS, body: { request: nobody, ...reason }, answers: [404] },
  'POST /habilitations/pix-results/:id/dismissal': { ...OFFICERS, body: reason, answers: [404] },
  'POST /habilitations/pix-certifications': {
    ...OFFICERS,
    body: {
      email: '{new}@exemple.invalid',
      verificationCode: 'P-ABCDEFGH',
      pixScore: 512,
      certifiedOn: '2026-03-31',
      marks: [],
    },
    answers: [422],
  },
  'GET /habilitations/pix-certifications': {
    ...OFFICERS,
    at: `/habilitations/pix-certifications?request=${nobody}`,
    answers: [404],
  },
}
