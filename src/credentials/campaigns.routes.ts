import { Readable } from 'node:stream'
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { actorFrom, requireOrganisation, TRAINERS } from '../auth/access.ts'
import type { Db } from '../db.ts'
import type { Queue } from '../queue.ts'
import type { CampaignAction } from '../training/transitions.ts'
import type { Vault } from '../vault.ts'
import { changeCampaign } from './campaign-changes.ts'
import { type Campaign, getCampaign, listReceipts, receiptsCsv, recordReceipts } from './campaigns.ts'
import { completionsRoute } from './completions.routes.ts'
import type { Progress } from './progress.ts'
import { progressStream } from './progress-stream.ts'
import { enqueueCampaign } from './slices.ts'

const Id = Type.Object({ id: Type.String({ format: 'uuid', maxLength: 36 }) })
const Limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 }))
const ACTIONS: Record<CampaignAction, string> = {
  pause: 'Mettre un lot en pause',
  resume: 'Reprendre un lot mis en pause',
  cancel: 'Annuler ce qui reste d’un lot ; les badges délivrés restent',
}

type Deps = { db: Db; vault: Vault; queue: Queue; baseUrl: string; progress: Progress }

/** Campaigns of a training organisation: sent, followed, paused, and the receipts of their rows. */
export const campaignsRoutes =
  ({ db, vault, queue, baseUrl, progress }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const config = { access: TRAINERS, scope: 'completions' }
    const about = (summary: string) => ({ config, schema: { summary, tags: ['Badges'], params: Id } })
    const campaignOf = async (request: FastifyRequest, id: string): Promise<Campaign> => {
      const campaign = await getCampaign(db, id)
      requireOrganisation(request, campaign.organisation)
      return campaign
    }

    await app.register(completionsRoute({ db, vault, queue, baseUrl }))

    app.get('/campaigns/:id', about('Où en est un lot'), (request) => campaignOf(request, request.params.id))

    app.get(
      '/campaigns/:id/receipts',
      {
        config,
        schema: {
          summary: 'Le reçu de chaque ligne d’un lot',
          tags: ['Badges'],
          params: Id,
          querystring: Type.Object({ limit: Limit, after: Type.Optional(Type.Integer({ minimum: 0 })) }),
        },
      },
      async (request) => {
        const { id } = await campaignOf(request, request.params.id)
        const { limit = 100, after } = request.query
        await recordReceipts(db, id, actorFrom(request).sub, 'receipts.read')
        return listReceipts(db, baseUrl, id, limit, after)
      },
    )

    app.get('/campaigns/:id/receipts.csv', about('Les reçus d’un lot, en CSV'), async (request, reply) => {
      const { id } = await campaignOf(request, request.params.id)
      await recordReceipts(db, id, actorFrom(request).sub, 'receipts.downloaded')
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="recus-${id}.csv"`)
        .send(Readable.from(receiptsCsv(db, baseUrl, id)))
    })

    app.get(
      '/campaigns/:id/events',
      about('L’avancement d’un lot en direct (événements envoyés par le serveur)'),
      async (request, reply) => {
        const { id } = await campaignOf(request, request.params.id)
        const stream = await progressStream(progress, id, (campaign) => campaign)
        return reply.type('text/event-stream').headers(LIVE).send(stream)
      },
    )

    for (const [action, summary] of Object.entries(ACTIONS) as [CampaignAction, string][]) {
      app.post(`/campaigns/:id/${action}`, about(summary), async (request) => {
        const { id } = await campaignOf(request, request.params.id)
        await changeCampaign(db, id, action, actorFrom(request).sub)
        if (action === 'resume') await enqueueCampaign(db, queue, id)
        return getCampaign(db, id)
      })
    }
  }

/** Kept by nobody on the way, and not held back by a proxy. */
const LIVE = { 'cache-control': 'no-store', 'x-accel-buffering': 'no' }
