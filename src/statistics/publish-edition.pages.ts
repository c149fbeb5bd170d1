import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { actorFrom, jetonOf } from '../auth/access.ts'
import type { Db } from '../db.ts'
import type { Queue } from '../queue.ts'
import type { Vault } from '../vault.ts'
import { answerForm } from '../web/form-answer.ts'
import { formBody } from '../web/form-schema.ts'
import type { Given, Refusal } from '../web/forms.ts'
import { sendPrivate } from '../web/reply.ts'
import { orderEdition } from './edition-orders.ts'
import { listOrders, listSigners } from './order-lists.ts'
import { PUBLISH, publishEditionPage } from './publish-edition-view.ts'
import { EditionName, Month, Threshold } from './statistics-schema.ts'

const config = { access: ['exploitant'] } as const
const Done = Type.Object({ fait: Type.Optional(Type.Literal('demandee')) })
const Order = formBody({
  edition: EditionName,
  fromMonth: Month,
  toMonth: Month,
  threshold: Threshold,
  organisation: Type.String({ minLength: 1, maxLength: 60 }),
})

/** Where the operator orders an edition of the figures, and sees where each order stands. */
export const publishEditionPages =
  ({ db, vault, queue }: { db: Db; vault: Vault; queue: Queue }): FastifyPluginAsyncTypebox =>
  async (app) => {
    const pageOf = async (request: FastifyRequest, more: { done?: boolean; given?: Given; refusal?: Refusal } = {}) => {
      const [orders, signers] = await Promise.all([listOrders(db), listSigners(db)])
      return publishEditionPage({ orders, signers, jeton: jetonOf(request, vault), ...more })
    }
    app.get(PUBLISH, { config, schema: { hide: true, querystring: Done } }, async (request, reply) =>
      sendPrivate(reply, await pageOf(request, { done: request.query.fait !== undefined })),
    )
    app.post(
      PUBLISH,
      { config, attachValidation: true, schema: { hide: true, body: Order } },
      async (request, reply) => {
        const act = async () => {
          const { _jeton, ...asked } = request.body
          await orderEdition(db, vault, { ...asked, author: actorFrom(request).sub })
          await queue.enqueue('statistics.publish', {})
          return `${PUBLISH}?fait=demandee`
        }
        return answerForm(request, reply, act, (refusal) => pageOf(request, { given: request.body, refusal }))
      },
    )
  }
