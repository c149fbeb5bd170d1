import type { Route } from './routes.ts'

const open: Route = { rule: 'public' }
/** After its rule, the token is missing. */
const NO_TOKEN: Route = { rule: 'public', answers: [401] }
/** A badge of someone else is nobody's here. */
const MINE = { rule: ['titulaire'], at: '/mon-espace/badges/{credential}/portefeuille', answers: [404] } as const

/** Wallets. */
export const oid4vciRoutes: Record<string, Route> = {
  'GET /.well-known/openid-credential-issuer': open,
  'GET /oid4vci/offers/:secret': { ...open, at: '/oid4vci/offers/inconnu', answers: [404] },
  'POST /oid4vci/nonce': open,
  'POST /oid4vci/credential': NO_TOKEN,
  'POST /oid4vci/notification': NO_TOKEN,
  'GET /mon-espace/badges/:id/portefeuille': { ...MINE, answers: [404] },
  'POST /mon-espace/badges/:id/portefeuille': { ...MINE, answers: [404], body: { flow: 'pre-authorized_code' } },
}
