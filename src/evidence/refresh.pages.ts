import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { hash } from 'node:crypto'
import { notFound } from '../errors.ts'
import { JSON_LD, sendDocument } from '../web/reply.ts'
import type { Refreshed } from './refreshed.ts'
import { isUuid } from '../uuid.ts'

const config = { access: 'public', rateLimit: { max: 120, timeWindow: 60_000 } } as const
/** A minute: who refreshes wants what is there now. */
const FRESH_SECONDS = 60

/** The present version of a badge, as its `refreshService` gives it. */
export const refreshPages =
  ({ refreshed }: { refreshed: Refreshed }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/credentials/:id/refresh',
      { config, schema: { hide: true, params: Type.Object({ id: Type.String({ maxLength: 120 }) }) } },
      async (request, reply) => {
        const { id } = request.params
        if (!isUuid(id)) throw notFound('Le badge', id)
        const { document } = await refreshed(id)
        const etag = `"${hash('sha256', document, 'base64url')}"`
        void reply.header('etag', etag)
        if (request.headers['if-none-match'] === etag) return reply.code(304).send()
        return sendDocument(reply, JSON_LD, document, FRESH_SECONDS)
      },
    )
  }
