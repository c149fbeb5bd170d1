import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { Db } from '../db.ts'
import { sendDocument } from '../web/reply.ts'
import { getJwk, jwkSet } from './jwks.ts'
import { CACHE_SECONDS } from './status.ts'

const config = { access: 'public' } as const
const Slug = Type.String({ maxLength: 120 })
/** A SHA-256 thumbprint in base64url. */
const Kid = Type.String({ pattern: '^[\\w-]{43}$' })

/** The keys that an issuer signs tokens with (JWK Set, RFC 7517), and each of them at the address of its `kid`. */
export const jwksPages =
  ({ db }: { db: Db }): FastifyPluginAsyncTypebox =>
  async (app) => {
    const set = { hide: true, params: Type.Object({ slug: Slug }) }
    app.get('/organisations/:slug/jwks.json', { config, schema: set }, async (request, reply) => {
      const keys = await jwkSet(db, request.params.slug)
      return sendDocument(reply, 'application/jwk-set+json', JSON.stringify(keys), CACHE_SECONDS)
    })
    const one = { hide: true, params: Type.Object({ slug: Slug, kid: Kid }) }
    app.get('/organisations/:slug/jwks/:kid', { config, schema: one }, async (request, reply) => {
      const { slug, kid } = request.params
      return sendDocument(reply, 'application/jwk+json', JSON.stringify(await getJwk(db, slug, kid)), CACHE_SECONDS)
    })
  }
