import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { Db } from '../db.ts'
import { notFound } from '../errors.ts'
import { sendPage } from '../web/reply.ts'
import { campaignPage, publicProgress } from './campaign-page.ts'
import { getCampaign } from './campaigns.ts'
import type { Progress } from './progress.ts'
import { progressStream } from './progress-stream.ts'
import { isUuid } from '../uuid.ts'

const schema = { hide: true, params: Type.Object({ id: Type.String({ maxLength: 120 }) }) }
const open = { config: { access: 'public' }, schema } as const

/** The progress of a campaign, for whoever was given its address: counts only. */
export const campaignsPages =
  ({ db, progress }: { db: Db; progress: Progress }): FastifyPluginAsyncTypebox =>
  async (app) => {
    const idOf = ({ id }: { id: string }): string => {
      if (!isUuid(id)) throw notFound('Le lot', id)
      return id
    }

    app.get('/lots/:id', open, async (request, reply) => {
      const campaign = await getCampaign(db, idOf(request.params))
      void reply.headers({ 'cache-control': 'no-store', 'x-robots-tag': 'noindex' })
      return sendPage(reply, campaignPage(campaign))
    })

    app.get('/lots/:id/events', open, async (request, reply) => {
      const stream = await progressStream(progress, idOf(request.params), publicProgress)
      return reply
        .type('text/event-stream')
        .headers({ 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
        .send(stream)
    })
  }
