import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { holderOf, jetonOf } from '../auth/access.ts'
import type { Db } from '../db.ts'
import { malformed } from '../errors.ts'
import type { Vault } from '../vault.ts'
import { answerForm } from '../web/form-answer.ts'
import { formBody } from '../web/form-schema.ts'
import type { Given, Refusal } from '../web/forms.ts'
import { sendPrivate } from '../web/reply.ts'
import { ANONYMOUS, type Authorization, PATHS } from './authorization.ts'
import { callProvider } from './authorization-bridge.ts'
import { answerConsent, type Consent, readConsent } from './authorization-consent.ts'
import { metadataOf } from './authorization-metadata.ts'
import { backPage, consentPage } from './authorization-view.ts'
import { badgesToChoose, chosenDetails } from './oid4vci-consent.ts'

type Deps = { db: Db; vault: Vault; authorization: Authorization }

const hide = true
const Uid = Type.Object({ uid: Type.String({ maxLength: 100 }) })
const Badges = Type.Array(Type.String({ format: 'uuid', maxLength: 36 }), { maxItems: 100 })
const Choice = formBody({ choix: Type.Enum(['accepter', 'refuser']), badges: Type.Optional(Badges) })
const publicly = (max: number) => ({ access: 'public' as const, rateLimit: { max, timeWindow: 60_000 } })
/** What a form or a registration may weigh. */
const bodyLimit = 32 * 1024
const WELL_KNOWN = ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration']

/**
 * The authorization server for other hosts and wallets: its metadata (RFC 8414), its endpoints under `/oauth2`, and the
 * page where a holder gives or refuses access. Machines of organisations have theirs under `/oauth`.
 */
export const authorizationPages =
  (deps: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    await app.register(endpoints(deps))
    await app.register(consentPages(deps))
  }

/** What applications call: the provider reads bodies by itself. */
const endpoints =
  ({ authorization }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (_request, body, done) => done(null, body))

    for (const path of WELL_KNOWN) {
      app.get(path, { config: publicly(120), schema: { hide } }, async () => metadataOf(authorization))
    }

    app.get(PATHS.authorization, { config: publicly(60), schema: { hide } }, (request, reply) =>
      hand(authorization, request, reply, authorizationUrl(request.url)),
    )
    app.get(`${PATHS.authorization}/:uid`, { config: publicly(60), schema: { hide, params: Uid } }, (request, reply) =>
      hand(authorization, request, reply),
    )
    app.post(PATHS.token, { config: publicly(60), schema: { hide } }, (request, reply) =>
      hand(authorization, request, reply, request.url, named(authorization, request)),
    )
    app.post(PATHS.registration, { config: publicly(20), schema: { hide } }, (request, reply) =>
      hand(authorization, request, reply),
    )
    app.post(PATHS.revocation, { config: publicly(60), schema: { hide } }, (request, reply) =>
      hand(authorization, request, reply),
    )
  }

/** Where the holder answers. */
const consentPages =
  ({ db, vault, authorization }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const config = { access: ['titulaire'] as const }
    const read = (request: FastifyRequest, reply: FastifyReply): Promise<Consent> => {
      const { uid } = request.params as { uid: string }
      return readConsent(authorization, { request: request.raw, response: reply.raw }, uid)
    }
    const pageOf = async (request: FastifyRequest, consent: Consent, refusal?: Refusal) => {
      const { uid } = request.params as { uid: string }
      const given = (request.body ?? {}) as Given
      const choice = await badgesToChoose(db, {
        personId: holderOf(request).personId,
        consent,
        now: new Date(),
        given,
        refusal,
      })
      return consentPage({ ...consent, uid, choice, jeton: jetonOf(request, vault) })
    }
    app.get('/autorisation/:uid', { config, schema: { hide, params: Uid } }, async (request, reply) => {
      const consent = await read(request, reply)
      return sendPrivate(reply, await pageOf(request, consent))
    })
    app.post(
      '/autorisation/:uid',
      { config, attachValidation: true, schema: { hide, params: Uid, body: Choice } },
      async (request, reply) => {
        const { personId } = holderOf(request)
        const answer = async () => {
          const consent = await read(request, reply)
          const { choix, badges = [] } = request.body
          const accepted = choix === 'accepter'
          const details = accepted ? await chosenDetails(db, { personId, consent, badges, now: new Date() }) : []
          const next = await answerConsent(authorization, consent, { personId, accepted, details })
          return backPage({ destination: consent.destination, accepted, next })
        }
        return answerForm(request, reply, answer, async (refusal) =>
          pageOf(request, await read(request, reply), refusal),
        )
      },
    )
  }

/** Leaves the answer to the provider, with the headers that every answer of this service has. */
async function hand(
  authorization: Authorization,
  request: FastifyRequest,
  reply: FastifyReply,
  url = request.url,
  body = request.body as Buffer | undefined,
): Promise<void> {
  reply.hijack()
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) reply.raw.setHeader(name, value)
  }
  reply.raw.setHeader('cache-control', 'no-store')
  await callProvider(authorization, request.raw, reply.raw, { url, ...(body && { body }) })
}

/**
 * Consent is always asked here, whatever the application says, but that nobody be asked: without that word the library would
 * give no token that lasts. The answer comes in the query (or the fragment), never by a script.
 */
function authorizationUrl(url: string): string {
  // A query may hold other question marks (RFC 3986 §3.4), as that of an address of return.
  const { pathname, searchParams: asked } = new URL(url, 'http://localhost')
  const mode = asked.get('response_mode') ?? 'query'
  if (mode !== 'query') {
    throw malformed(
      'response_mode',
      'Cette application demande une forme de réponse que ce service ne donne pas.',
      'Prévenez ceux qui la proposent : seule « query » est possible.',
    )
  }
  const prompts = new Set(asked.get('prompt')?.split(' ').filter(Boolean))
  if (!prompts.has('none')) asked.set('prompt', [...prompts.add('consent')].join(' '))
  return `${pathname}?${asked.toString()}`
}

/** The body of a request of tokens; who names no client, where it may stay unnamed, is the anonymous one. */
function named({ anonymousGrants }: Authorization, request: FastifyRequest): Buffer | undefined {
  const body = request.body as Buffer | undefined
  if (!body || request.headers.authorization !== undefined) return body
  const form = new URLSearchParams(body.toString('utf8'))
  if (form.has('client_id') || !anonymousGrants.includes(form.get('grant_type') ?? '')) return body
  form.set('client_id', ANONYMOUS)
  return Buffer.from(form.toString())
}
