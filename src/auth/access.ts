import jwt from '@fastify/jwt'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { notAllowed, notAuthenticated } from '../errors.ts'
import type { Vault } from '../vault.ts'
import { type Claims, type Role, readClaims, TOKEN_ISSUER } from './tokens.ts'

/** The rule of a route: anyone, or the bearer of a token in one of these roles. */
type Access = 'public' | readonly Role[]

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access
  }
}

declare module '@fastify/jwt' {
  interface FastifyJWT {
    user: unknown
  }
}

/** Who writes for a training organisation. */
export const TRAINERS: readonly Role[] = ['exploitant', 'administrateur', 'formateur']

/** Bearer tokens, and a rule for every route: one registered without its rule stops the start. */
export async function registerAccess(app: FastifyInstance, vault: Vault): Promise<void> {
  await app.register(jwt, {
    secret: vault.derive('auth/jwt').toString('base64url'),
    sign: { algorithm: 'HS256', iss: TOKEN_ISSUER },
    // Required, or a token without them would not be checked at all.
    verify: { algorithms: ['HS256'], allowedIss: TOKEN_ISSUER, requiredClaims: ['iss', 'exp', 'sub'] },
  })
  app.addHook('onRoute', (route) => {
    if (!route.config?.access)
      throw new Error(`La route ${String(route.method)} ${route.url} n’a pas de règle d’accès.`)
  })
  app.addHook('onRequest', async (request) => {
    const access = request.routeOptions.config.access
    if (!access || access === 'public') return
    await request.jwtVerify().catch(() => {
      throw notAuthenticated()
    })
    const claims = claimsOf(request)
    if (!access.includes(claims.role)) {
      throw notAllowed(`Le rôle « ${claims.role} » ne permet pas cette action.`)
    }
  })
}

/** The claims of the bearer; `unauthenticated` when there is none. */
export function claimsOf(request: FastifyRequest): Claims {
  const claims = readClaims(request.user)
  if (!claims) throw notAuthenticated()
  return claims
}

/** Lets through who acts for the whole service or for that organisation; `forbidden` otherwise. */
export function requireOrganisation(claims: Claims, slug: string): void {
  if (claims.role !== 'exploitant' && claims.organisation !== slug) {
    throw notAllowed('Votre jeton ne couvre pas cet organisme.')
  }
}

/** A token for these claims, good for that many hours. */
export const signToken = (app: FastifyInstance, claims: Claims, hours: number): string =>
  app.jwt.sign(claims, { expiresIn: hours * 3600_000 })
