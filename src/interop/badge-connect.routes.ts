import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Value } from 'typebox/value'
import type { ElsewhereDeps } from '../credentials/elsewhere.ts'
import { DomainError, invalid, malformed, notAuthenticated } from '../errors.ts'
import { sendProblem } from '../problem.ts'
import { hashSecret } from '../secret.ts'
import { asPrivate, JSON_LD, sendDocument } from '../web/reply.ts'
import { type Access, type Authorization, readAccess } from './authorization.ts'
import { listCredentials, MAX_PAGE, type Page, upsertCredential } from './badge-connect.ts'
import { BASE, discoveryOf } from './badge-connect-discovery.ts'
import { readProfile, ShownProfile, writeProfile } from './badge-connect-profile.ts'
import { READ_CREDENTIALS, READ_PROFILE, WRITE_CREDENTIALS, WRITE_PROFILE } from './badge-connect-scopes.ts'
import { noSuchMethod, statusInfoOf } from './imsx.ts'

type Deps = ElsewhereDeps & { authorization: Authorization; title: string }

const hide = true
const HOUR = 3600
const bodyLimit = 1024 * 1024
const publicly = (max: number) => ({ access: 'public' as const, rateLimit: { max, timeWindow: 60_000 } })
/** A compact JWS comes as text; a credential as JSON, under any of its names. */
const JSON_TYPES = /^application\/(json|ld\+json|vc\+ld\+json|vc)\b/
const Query = Type.Object({
  limit: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,3}$' })),
  offset: Type.Optional(Type.String({ pattern: '^[0-9]{1,9}$' })),
  since: Type.Optional(Type.String({ format: 'date-time' })),
})
const OTHERS = { '/credentials': ['PUT', 'PATCH', 'DELETE'], '/profile': ['POST', 'PATCH', 'DELETE'] }

/**
 * The Open Badges 3.0 API as host (`/ims/ob/v3p0`): applications read and keep the badges of the holders who let them. A
 * call costs four statements for its token (`readAccess`), and those of its verb.
 */
export const badgeConnectRoutes =
  ({ authorization, title, ...deps }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { db, vault, baseUrl } = deps
    const discovery = JSON.stringify(discoveryOf({ baseUrl, title }))
    app.removeAllContentTypeParsers()
    app.addContentTypeParser(JSON_TYPES, { parseAs: 'string', bodyLimit }, (_request, body, done) => done(null, body))
    app.addContentTypeParser('text/plain', { parseAs: 'string', bodyLimit }, (_request, body, done) => done(null, body))
    app.setErrorHandler(sendStatusInfo)
    const allowed = (request: FastifyRequest, scope: string) => accessOf(deps, authorization, request, scope)

    app.get(`${BASE}/discovery`, { config: publicly(120), schema: { hide } }, (_request, reply) =>
      sendDocument(reply, 'application/json; charset=utf-8', discovery, HOUR),
    )

    app.get(`${BASE}/credentials`, { config: publicly(120), schema: { hide } }, async (request, reply) => {
      const { personId } = await allowed(request, READ_CREDENTIALS)
      const page = pageOf(request.query)
      const { total, credential, compactJwsString } = await listCredentials(deps, personId, page)
      void reply.headers({
        'x-total-count': String(total),
        link: linksOf(`${baseUrl}${BASE}/credentials`, page, total),
      })
      return asPrivate(reply).send({
        ...(credential.length > 0 && { credential }),
        ...(compactJwsString.length > 0 && { compactJwsString }),
      })
    })

    app.post(`${BASE}/credentials`, { config: publicly(60), bodyLimit, schema: { hide } }, async (request, reply) => {
      const { personId, clientId } = await allowed(request, WRITE_CREDENTIALS)
      const body = textIn(request)
      const isToken = request.headers['content-type']?.startsWith('text/plain') === true
      const given = isToken ? tokenIn(body) : parsed(body)
      const outcome = await upsertCredential(deps, { personId, author: authorOf(clientId) }, given)
      return asPrivate(reply)
        .code(outcome === 'created' ? 201 : 200)
        .type(isToken ? 'text/plain; charset=utf-8' : JSON_LD)
        .send(body)
    })

    app.get(`${BASE}/profile`, { config: publicly(120), schema: { hide } }, async (request, reply) => {
      const { personId } = await allowed(request, READ_PROFILE)
      return asPrivate(reply).send(await readProfile(db, vault, personId))
    })

    app.put(
      `${BASE}/profile`,
      { config: publicly(60), bodyLimit: 16 * 1024, schema: { hide } },
      async (request, reply) => {
        const { personId, clientId } = await allowed(request, WRITE_PROFILE)
        const given = parsed(textIn(request))
        if (!isProfile(given)) throw wrongProfile()
        return asPrivate(reply).send(await writeProfile(db, vault, { personId, author: authorOf(clientId) }, given))
      },
    )

    for (const [path, method] of Object.entries(OTHERS)) {
      app.route({
        method,
        url: `${BASE}${path}`,
        config: publicly(60),
        schema: { hide },
        handler: async (_request, reply) => {
          void reply.header('allow', path === '/profile' ? 'GET, HEAD, PUT' : 'GET, HEAD, POST')
          throw noSuchMethod()
        },
      })
    }
  }

const textIn = ({ body }: FastifyRequest): string => (typeof body === 'string' ? body : '')
const authorOf = (clientId: string): string => `application:${hashSecret(clientId)}`

/** What the token of a request opens (RFC 6750). Errors: `unauthenticated`, `insufficient_scope`. */
async function accessOf(
  { db }: ElsewhereDeps,
  authorization: Authorization,
  request: FastifyRequest,
  scope: string,
): Promise<Access> {
  const [, token] = /^Bearer ([\w.~+/-]+=*)$/i.exec(request.headers.authorization ?? '') ?? []
  const access = token === undefined ? null : await readAccess(db, authorization, token)
  if (!access) throw notAuthenticated()
  if (access.scopes.has(scope)) return access
  throw new DomainError(
    'forbidden',
    'insufficient_scope',
    'La personne n’a pas donné cet accès à cette application.',
    'Demandez-le-lui, avec la portée qu’il faut.',
    { scope },
  )
}

function pageOf(query: unknown): Page {
  if (!Value.Check(Query, query)) {
    throw malformed(
      'query',
      'Les paramètres de la page ne sont pas lisibles.',
      `Attendu : limit (1 à ${MAX_PAGE}), offset (0 ou plus), since (date et heure avec fuseau).`,
    )
  }
  const { limit = '50', offset = '0', since } = query
  return {
    limit: Math.min(Number(limit), MAX_PAGE),
    offset: Number(offset),
    since: since ? new Date(since) : undefined,
  }
}

/** The pages around this one (RFC 8288; OB 3.0 §6.4). */
function linksOf(address: string, { limit, offset, since }: Page, total: number): string {
  const last = Math.max(Math.ceil(total / limit) - 1, 0) * limit
  const at = (start: number): string => {
    const query = new URLSearchParams({ limit: String(limit), offset: String(start) })
    if (since) query.set('since', since.toISOString())
    return `<${address}?${query.toString()}>`
  }
  return [
    ...(offset + limit < total ? [`${at(offset + limit)}; rel="next"`] : []),
    `${at(last)}; rel="last"`,
    `${at(0)}; rel="first"`,
    ...(offset > 0 ? [`${at(Math.max(offset - limit, 0))}; rel="prev"`] : []),
  ].join(', ')
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    throw unreadable()
  }
}

const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/
function tokenIn(body: string): string {
  if (COMPACT.test(body.trim())) return body.trim()
  throw unreadable()
}

const unreadable = () =>
  malformed(
    'unreadable',
    'Le corps n’est ni un badge en JSON, ni un jeton signé (compact JWS).',
    'Envoyez un AchievementCredential en application/vc+ld+json, ou un jeton en text/plain.',
  )

const isProfile = (given: unknown): given is ShownProfile & object => {
  const type: unknown = (given as { type?: unknown } | null)?.type
  return [type].flat().includes('Profile') && Value.Check(ShownProfile, given)
}
const wrongProfile = () =>
  invalid(
    'profile',
    'Ce profil n’est pas lisible.',
    'Attendu : un objet de type « Profile » ; sont gardés name (200 caractères), description (2000) et url (http ou https).',
  )

function sendStatusInfo(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  sendProblem(error, request, reply)
  const { status, info } = statusInfoOf(error)
  if (status === 401) {
    const given = request.headers.authorization !== undefined
    void reply.header('www-authenticate', `Bearer realm="insigne"${given ? ', error="invalid_token"' : ''}`)
  }
  if (error instanceof DomainError && error.code === 'insufficient_scope') {
    const scope = String(error.details['scope'])
    void reply.header('www-authenticate', `Bearer realm="insigne", error="insufficient_scope", scope="${scope}"`)
  }
  return reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify(info))
}
