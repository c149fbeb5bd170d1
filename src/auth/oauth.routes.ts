import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../config.ts'
import type { Db } from '../db.ts'
import { DomainError } from '../errors.ts'
import { sendProblem } from '../problem.ts'
import { readToken, signToken } from './access.ts'
import { findClient } from './clients.ts'
import { clientOf, revokeToken } from './token-revocation.ts'

const MINUTES = 15
const Text = Type.Optional(Type.String({ maxLength: 4000 }))
// RFC 6749 §3.2: parameters that are not known are ignored, those that come twice are refused.
const Credentials = { client_id: Text, client_secret: Text }
const TokenRequest = Type.Object({ ...Credentials, grant_type: Text, scope: Text })
const RevocationRequest = Type.Object({ ...Credentials, token: Text, token_type_hint: Text })
const tags = ['Accès des machines']
const consumes = ['application/x-www-form-urlencoded']

/** OAuth 2.0 for machines: client credentials (RFC 6749 §4.4) and revocation (RFC 7009), errors in the RFC's own shape. */
export const oauthRoutes =
  ({ db, config: { rateLimit } }: { db: Db; config: Config }): FastifyPluginAsyncTypebox =>
  async (app) => {
    const config = { access: 'public' as const, rateLimit: { max: Math.min(rateLimit, 60), timeWindow: 60_000 } }
    app.setErrorHandler(sendOAuthError)
    app.removeContentTypeParser('application/json')
    app.addHook('onSend', async (_, reply) => {
      void reply.headers({ 'cache-control': 'no-store', pragma: 'no-cache' })
    })

    app.post(
      '/oauth/token',
      { config, schema: { summary: 'Obtenir un jeton de quinze minutes', tags, consumes, body: TokenRequest } },
      async (request) => {
        const { grant_type: grant, scope } = request.body
        if (grant === undefined) throw refused('invalid_request', 'Il manque grant_type.')
        if (grant !== 'client_credentials') {
          throw refused('unsupported_grant_type', 'Seul client_credentials est pris en charge.')
        }
        const client = await provenClient(db, request)
        const asked = scope?.split(' ').filter(Boolean) ?? client.scopes
        if (asked.length === 0 || !asked.every((one) => client.scopes.includes(one))) {
          throw refused('invalid_scope', `Ce client porte : ${client.scopes.join(' ')}.`)
        }
        const granted = Array.from(new Set(asked)).join(' ')
        const token = signToken(
          app,
          { sub: `client:${client.id}`, role: 'formateur', organisation: client.organisation, scope: granted },
          MINUTES / 60,
        )
        return { access_token: token, token_type: 'Bearer', expires_in: MINUTES * 60, scope: granted }
      },
    )

    app.post(
      '/oauth/revoke',
      { config, schema: { summary: 'Retirer un jeton avant sa fin', tags, consumes, body: RevocationRequest } },
      async (request, reply) => {
        const { token } = request.body
        const { id, organisationId } = await provenClient(db, request)
        if (token === undefined) throw refused('invalid_request', 'Il manque token.')
        const known = readToken(app, token)
        // RFC 7009 §2.2: a token that is no longer, or never was, is as good as revoked.
        if (!known) return reply.code(200).send()
        if (clientOf(known.sub) !== id) throw refused('unauthorized_client', "Ce jeton est celui d'un autre client.")
        await revokeToken(db, { ...known, author: known.sub, organisationId })
        return reply.code(200).send()
      },
    )
  }

/** The client that the request proves, by HTTP Basic or in its body (RFC 6749 §2.3.1), never by both. */
async function provenClient(db: Db, request: FastifyRequest) {
  const body = request.body as { client_id?: string; client_secret?: string }
  const given = request.headers.authorization
  if (given !== undefined && body.client_secret !== undefined) {
    throw refused('invalid_request', 'Le client se prouve une fois : par Basic, ou dans le corps.')
  }
  const [id, secret] = given === undefined ? [body.client_id, body.client_secret] : readBasic(given)
  const client = id && secret ? await findClient(db, { id, secret }) : null
  if (!client) throw refused('invalid_client', 'Client inconnu, secret faux, ou client sans droit.')
  return client
}

/** Both parts are form-encoded before base64. */
function readBasic(header: string): [id?: string, secret?: string] {
  const [, encoded] = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(header) ?? []
  const [id = '', ...rest] = Buffer.from(encoded ?? '', 'base64')
    .toString('utf8')
    .split(':')
  const [one, two] = [id, rest.join(':')].map((part) =>
    new URLSearchParams(`v=${part.replaceAll('&', '%26')}`).get('v'),
  )
  return [one ?? '', two ?? '']
}

// ASCII only: RFC 6749 §5.2 allows nothing else in a description.
const refused = (code: string, description: string): DomainError =>
  new DomainError(code === 'invalid_client' ? 'unauthenticated' : 'malformed', code, description, 'Voyez /api.')

function sendOAuthError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status } = sendProblem(error, request, reply)
  if (status === 401) void reply.header('www-authenticate', 'Basic realm="insigne"')
  if (error instanceof DomainError) return reply.send({ error: error.code, error_description: error.message })
  if (status === 429 || status >= 500) return reply.send({ error: 'temporarily_unavailable' })
  return reply
    .code(400)
    .send({ error: 'invalid_request', error_description: 'Attendu : un formulaire, chaque champ une fois.' })
}
