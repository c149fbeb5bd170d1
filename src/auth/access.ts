import { randomUUID } from 'node:crypto'
import cookie from '@fastify/cookie'
import jwt from '@fastify/jwt'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Db } from '../db.ts'
import { notAllowed, notAuthenticated } from '../errors.ts'
import { getOrganisation } from '../organisations/organisations.ts'
import type { Vault } from '../vault.ts'
import type { Actor } from './actor.ts'
import { isRevoked } from './token-revocation.ts'
import { type Claims, type Role, readClaims, TOKEN_ISSUER } from './tokens.ts'
import { formToken, isFormToken, readWebSession, SESSION_HOURS } from './web-sessions.ts'

/** The rule of a route: anyone, or who holds one of these roles. */
type Access = 'public' | readonly Role[]

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access
    /** What a machine must have been allowed; a route without it is closed to machines. */
    scope?: string
  }
  interface FastifyRequest {
    actor: Actor | null
  }
}

declare module '@fastify/jwt' {
  interface FastifyJWT {
    user: unknown
  }
}

/** Who writes for a training organisation. */
export const TRAINERS: readonly Role[] = ['exploitant', 'administrateur', 'formateur']

/** Who decides of Aidants Connect requests. */
export const OFFICERS: readonly Role[] = ['exploitant', 'instructeur']

/** Where someone who is not signed in is sent, with the page they wanted as `suite`. */
export const SIGN_IN = '/connexion'

/** What signs and reads the service's own tokens. */
export async function registerTokens(app: FastifyInstance, vault: Vault): Promise<void> {
  await app.register(jwt, {
    secret: vault.derive('auth/jwt').toString('base64url'),
    sign: { algorithm: 'HS256', iss: TOKEN_ISSUER },
    // Required, or a token without them would not be checked at all.
    verify: { algorithms: ['HS256'], allowedIss: TOKEN_ISSUER, requiredClaims: ['iss', 'exp', 'sub'] },
  })
}

/** Tokens and sessions, and a rule for every route: one registered without its rule stops the start. */
export async function registerAccess(
  app: FastifyInstance,
  { db, vault, baseUrl }: { db: Db; vault: Vault; baseUrl: string },
): Promise<void> {
  await registerTokens(app, vault)
  await app.register(cookie)
  app.decorateRequest('actor', null)
  app.addHook('onRoute', (route) => {
    if (!route.config?.access)
      throw new Error(`La route ${String(route.method)} ${route.url} n’a pas de règle d’accès.`)
  })
  app.addHook('onRequest', async (request, reply) => {
    const { access, scope } = request.routeOptions.config
    if (!access || access === 'public') return
    request.actor = await actorOfRequest(request, db, baseUrl)
    if (!request.actor) {
      if (isPage(request)) return reply.redirect(`${SIGN_IN}?suite=${encodeURIComponent(request.url)}`)
      throw notAuthenticated()
    }
    const { grants, scopes } = request.actor
    if (!grants.some((one) => access.includes(one.role))) {
      throw notAllowed(`Le rôle « ${grants.map((one) => one.role).join(', ')} » ne permet pas cette action.`)
    }
    if (scopes && !(scope && scopes.includes(scope))) {
      throw notAllowed(`Cet accès de machine ne couvre pas cette action${scope ? ` (il faut « ${scope} »)` : ''}.`)
    }
  })
  app.addHook('preValidation', async (request) => {
    if (SAFE.has(request.method) || !request.actor?.secret) return
    refuseForeignForm(request, baseUrl)
    const given = (request.body as { _jeton?: unknown } | null)?._jeton ?? request.headers['x-jeton']
    if (isFormToken(vault, request.actor.secret, given)) return
    throw notAllowed('Ce formulaire a expiré ou ne vient pas de ce site.', 'Rechargez la page, puis recommencez.')
  })
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])
const isPage = (request: FastifyRequest): boolean =>
  request.method === 'GET' && !request.url.startsWith('/api/') && request.accepts().type(['html', 'json']) === 'html'

/** Refuses a form that another site sent: browsers say where a form comes from. */
export function refuseForeignForm(request: FastifyRequest, baseUrl: string): void {
  const { origin } = request.headers
  if (origin === undefined || origin === baseUrl) return
  throw notAllowed('Ce formulaire ne vient pas de ce site.', 'Ouvrez la page sur ce site, puis recommencez.')
}

async function actorOfRequest(request: FastifyRequest, db: Db, baseUrl: string): Promise<Actor | null> {
  if (request.headers.authorization !== undefined) {
    const claims = await request.jwtVerify().then(readClaims, () => null)
    if (!claims || (await isRevoked(db, claims))) throw notAuthenticated()
    return actorOf(claims)
  }
  return findActor(request, db, baseUrl)
}

/** Who is signed in, on a page that is open to all; null for a passer-by. */
export async function findActor(request: FastifyRequest, db: Db, baseUrl: string): Promise<Actor | null> {
  const secret = request.cookies[cookieName(baseUrl)]
  return secret ? readWebSession(db, secret) : null
}

const actorOf = ({ sub, role, organisation, scope }: Claims): Actor => ({
  sub,
  personId: null,
  grants: [{ role, organisation: organisation ?? null }],
  scopes: scope?.split(' ') ?? null,
  secret: null,
})

/** Who asks; `unauthenticated` when the route let anyone in. */
export function actorFrom(request: FastifyRequest): Actor {
  if (!request.actor) throw notAuthenticated()
  return request.actor
}

export type SignedIn = { personId: string; author: string; secret: string }

/** The person who signed in; `forbidden` to a token of the command line or a machine, which is nobody's space. */
export function holderOf(request: FastifyRequest): SignedIn {
  const { personId, sub, secret } = actorFrom(request)
  if (personId !== null && secret !== null) return { personId, author: sub, secret }
  throw notAllowed('Cet espace est celui d’une personne qui s’est connectée.', 'Connectez-vous par la page /connexion.')
}

/** What the forms of a page served to this browser must carry; empty for a bearer of a token. */
export function jetonOf(request: FastifyRequest, vault: Vault): string {
  const { secret } = actorFrom(request)
  return secret === null ? '' : formToken(vault, secret)
}

/** The space of an organisation, for who may be there: the organisation, who asks and as what, and what forms must carry. */
export async function spaceOf(request: FastifyRequest, slug: string, { db, vault }: { db: Db; vault: Vault }) {
  const { sub } = requireOrganisation(request, slug)
  const organisation = await getOrganisation(db, slug)
  return { organisation, author: sub, roles: rolesIn(request, slug), jeton: jetonOf(request, vault) }
}
export type OrganisationSpace = Awaited<ReturnType<typeof spaceOf>>

/** The roles of who asks in that organisation, those of the whole service among them. */
export const rolesIn = (request: FastifyRequest, slug: string): Role[] =>
  actorFrom(request)
    .grants.filter(({ organisation }) => organisation === null || organisation === slug)
    .map((one) => one.role)

/** Lets through who holds one of the route's roles for that organisation, or for the whole service; `forbidden` otherwise. */
export function requireOrganisation(request: FastifyRequest, slug: string): Actor {
  const actor = actorFrom(request)
  const { access = [] } = request.routeOptions.config
  const may = actor.grants.some(
    ({ role, organisation }) => access.includes(role) && (role === 'exploitant' || organisation === slug),
  )
  if (!may) throw notAllowed('Votre accès ne couvre pas cet organisme.')
  return actor
}

// A cookie that only this host may set, where the connection is secure.
const cookieName = (baseUrl: string): string => (baseUrl.startsWith('https:') ? '__Host-insigne' : 'insigne')

/** Gives the browser the secret of a session that was just opened. */
export function keepSession(reply: FastifyReply, baseUrl: string, secret: string): void {
  void reply.setCookie(cookieName(baseUrl), secret, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: baseUrl.startsWith('https:'),
    maxAge: SESSION_HOURS * 3600,
  })
}

/** Takes it back. */
export function dropSession(reply: FastifyReply, baseUrl: string): void {
  void reply.clearCookie(cookieName(baseUrl), { path: '/', secure: baseUrl.startsWith('https:') })
}

/** A token for these claims, good for that many hours. */
export const signToken = (app: FastifyInstance, claims: Claims, hours: number): string =>
  app.jwt.sign({ jti: randomUUID(), ...claims }, { expiresIn: Math.round(hours * 3600) }) // in seconds

/** What a token of ours says, while it is good; null otherwise. */
export function readToken(app: FastifyInstance, token: string) {
  try {
    const payload = app.jwt.verify<{ exp: number }>(token)
    const claims = readClaims(payload)
    return claims?.jti === undefined
      ? null
      : { sub: claims.sub, jti: claims.jti, expiresAt: new Date(payload.exp * 1000) }
  } catch {
    return null
  }
}
