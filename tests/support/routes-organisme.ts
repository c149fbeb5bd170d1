import type { Route } from './routes.ts'

const TRAINERS = ['exploitant', 'administrateur', 'formateur'] as const
const trainers: Route = { rule: TRAINERS }
const administrators: Route = { rule: ['exploitant', 'administrateur'] }
/** After its rule, nothing has that name. */
const NOBODY = { answers: [404] }
const why = { reason: 'Essai d’accès' }
const draft = {
  name: 'Badge d’essai',
  name_en: '',
  description: '',
  description_en: '',
  criteria: '',
  does_not_mean: '',
  does_not_mean_en: '',
  family: 'accompagnement',
  pictogram: 'star',
  level: '',
  validity: '',
  hours: '',
}

/** The space of an organisation: overview, figures, badges delivered, catalogue and editor, accesses. */
export const organisme: Record<string, Route> = {
  'GET /organisme/:slug': trainers,
  'GET /organisme/:slug/chiffres': trainers,
  'GET /organisme/:slug/chiffres.csv': trainers,
  'GET /organisme/:slug/badges': trainers,
  'POST /organisme/:slug/badges/recherche': { ...trainers, body: { cherche: 'personne@exemple.invalid' } },
  'GET /organisme/:slug/badges/:id': { ...trainers, ...NOBODY },
  'GET /organisme/:slug/badges/:id/revocation': { ...trainers, ...NOBODY },
  'POST /organisme/:slug/badges/:id/revocation': { ...trainers, body: why, ...NOBODY },
  'GET /organisme/:slug/badges/:id/suspension': { ...trainers, ...NOBODY },
  'POST /organisme/:slug/badges/:id/suspension': { ...trainers, body: why, ...NOBODY },
  'GET /organisme/:slug/badges/:id/retablissement': { ...trainers, ...NOBODY },
  'POST /organisme/:slug/badges/:id/retablissement': { ...trainers, body: why, ...NOBODY },
  'GET /organisme/:slug/catalogue': trainers,
  'POST /organisme/:slug/catalogue': { ...administrators, body: { name: 'Badge d’essai' } },
  'GET /organisme/:slug/catalogue/:badge': { ...administrators, ...NOBODY },
  'POST /organisme/:slug/catalogue/:badge': { ...administrators, body: draft, ...NOBODY },
  'GET /organisme/:slug/catalogue/:badge/apercu': { ...administrators, ...NOBODY },
  'POST /organisme/:slug/catalogue/:badge/publication': { ...administrators, body: {}, ...NOBODY },
  'POST /organisme/:slug/catalogue/:badge/retrait': { ...administrators, body: why, ...NOBODY },
  'GET /organisme/:slug/acces': administrators,
  'POST /organisme/:slug/acces': { ...administrators, body: { name: 'Logiciel', scopes: ['sessions'] } },
  'POST /organisme/:slug/acces/:id/secret': { ...administrators, body: { graceHours: '24' }, ...NOBODY },
  'POST /organisme/:slug/acces/:id/revocation': { ...administrators, body: {}, ...NOBODY },
}
