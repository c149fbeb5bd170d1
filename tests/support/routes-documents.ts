import type { Route } from './routes.ts'

const HOLDER = ['titulaire'] as const
/** After its rule, who asks has no badge. */
const NO_BADGE = { answers: [422] }

/** What a holder takes away, and the certificate that a training organisation takes for its learners. */
export const documents: Record<string, Route> = {
  'GET /mon-espace/cv': { rule: HOLDER },
  'GET /mon-espace/cv.pdf': { rule: HOLDER, ...NO_BADGE },
  'GET /mon-espace/cv.png': { rule: HOLDER, ...NO_BADGE },
  'GET /mon-espace/cv.svg': { rule: HOLDER, ...NO_BADGE },
  'GET /mon-espace/cv-json-resume.json': { rule: HOLDER, ...NO_BADGE },
  'GET /mon-espace/cv-europass-3.3.json': { rule: HOLDER, ...NO_BADGE },
  'GET /mon-espace/archive.zip': { rule: HOLDER, answers: [404] },
  'GET /mon-espace/badges/:id/attestation.pdf': { rule: HOLDER, answers: [404] },
  'GET /organisme/:slug/badges/:id/attestation.pdf': {
    rule: ['exploitant', 'administrateur', 'formateur'],
    on: 'credential',
  },
}
