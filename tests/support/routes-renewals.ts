import type { Route } from './routes.ts'

export const renewals: Record<string, Route> = {
  'GET /credentials/:id/renewal': { rule: 'public', at: '/credentials/{credential}/renewal' },
  'GET /credentials/expiring': {
    rule: ['exploitant', 'administrateur', 'formateur'],
    scope: 'credentials',
    at: '/credentials/expiring?organisation={slug}',
  },
}
