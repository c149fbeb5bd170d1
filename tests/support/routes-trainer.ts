import type { Route } from './routes.ts'

const TRAINERS = ['exploitant', 'administrateur', 'formateur'] as const
const session = { rule: TRAINERS, on: 'session' } as const
const reason = { reason: 'Essai d’accès' }
const day = '2026-03-31'
const plan = { subject: 'module:aidants-connect', startsOn: day, endsOn: day, capacity: 5, modality: 'distance' }
const learner = { email: 'inscrite@exemple.invalid', givenName: 'Zoé', familyName: 'Exemple' }
/** After its rule, the form is shown again: nobody is named in it. */
const AGAIN = { answers: [422] }
const NO_LINK: Route = { rule: 'public', answers: [404] }

/** The trainer's day: sessions, links, attendance, results and batches. */
export const trainer: Record<string, Route> = {
  'GET /organisme/:slug/sessions': { rule: TRAINERS },
  'GET /organisme/:slug/sessions/planifier': { rule: TRAINERS },
  'POST /organisme/:slug/sessions': { rule: TRAINERS, body: plan },
  'GET /organisme/:slug/sessions/:id': session,
  'POST /organisme/:slug/sessions/:id/annulation': { ...session, body: reason, answers: [409] },
  'POST /organisme/:slug/sessions/:id/demandes': { ...session, body: { decision: 'confirm' }, ...AGAIN },
  'POST /organisme/:slug/sessions/:id/inscriptions': { ...session, body: learner },
  'POST /organisme/:slug/sessions/:id/inscriptions/lignes': {
    ...session,
    body: { lignes: 'a@exemple.invalid;Zoé;Exemple' },
  },
  'POST /organisme/:slug/sessions/:id/inscriptions/retrait': { ...session, body: reason, ...AGAIN },
  'GET /organisme/:slug/sessions/:id/lien': session,
  'POST /organisme/:slug/sessions/:id/lien': { ...session, body: { action: 'open' } },
  'GET /organisme/:slug/sessions/:id/presences': session,
  'POST /organisme/:slug/sessions/:id/presences': { ...session, body: {}, isOpen: true, ...AGAIN },
  'GET /organisme/:slug/sessions/:id/resultats': session,
  'POST /organisme/:slug/sessions/:id/resultats': { ...session, body: {}, isOpen: true, ...AGAIN },
  'GET /organisme/:slug/sessions/:id/resultats/fichier': session,
  'POST /organisme/:slug/sessions/:id/resultats/fichier': { ...session, body: { csv: '' }, answers: [400, 422] },
  'POST /organisme/:slug/sessions/:id/resultats/fichier/envoi': { ...session, body: { csv: '' }, answers: [400] },
  'POST /organisme/:slug/sessions/:id/resultats/lignes': {
    ...session,
    body: { etape: 'verifier', c: [], l: [] },
    isOpen: true,
  },
  'GET /organisme/:slug/sessions/:id/resultats/modele.csv': session,
  'GET /organisme/:slug/lots': { rule: TRAINERS },
  'GET /organisme/:slug/lots/:id': { rule: TRAINERS, on: 'campaign' },
  'POST /organisme/:slug/lots/:id/etat': { rule: TRAINERS, on: 'campaign', body: { action: 'pause' }, answers: [409] },
  'GET /inscription/:token': NO_LINK,
  'POST /inscription/:token': { ...NO_LINK, body: learner },
}
