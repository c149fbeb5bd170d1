import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { jetonOf, requireOrganisation, rolesIn, TRAINERS } from '../auth/access.ts'
import type { Db } from '../db.ts'
import { notFound } from '../errors.ts'
import { getOrganisation } from '../organisations/organisations.ts'
import { Slug, SlugParams } from '../organisations/schema.ts'
import type { Queue } from '../queue.ts'
import type { Vault } from '../vault.ts'
import { formBody } from '../web/form-schema.ts'
import { answerForm } from '../web/form-answer.ts'
import type { Refusal } from '../web/forms.ts'
import type { Page } from '../web/html.ts'
import { organismePage } from '../web/organisme.ts'
import { sendPrivate } from '../web/reply.ts'
import { changeCampaign } from './campaign-changes.ts'
import { getCampaign } from './campaigns.ts'
import { listLots, readReceipts } from './lots.ts'
import { lotPage, lotsPage } from './lots-view.ts'
import { sessionResultsPages } from './session-results.pages.ts'
import { enqueueCampaign } from './slices.ts'

type Deps = { db: Db; vault: Vault; queue: Queue }

const Uuid = Type.String({ format: 'uuid', maxLength: 36 })
const OneOf = Type.Object({ slug: Slug, id: Uuid })
const Change = formBody({ action: Type.Enum(['pause', 'resume', 'cancel']) })
const Lots = Type.Object({ after: Type.Optional(Uuid) })
const Receipts = Type.Object({ after: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000 })) })

/** `/organisme/{slug}/lots`: the batches of an organisation, one with its receipts by name, and the pages that send them. */
export const lotsPages =
  ({ db, vault, queue }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    await app.register(sessionResultsPages({ db, vault, queue }))
    const config = { access: TRAINERS }

    app.get(
      '/organisme/:slug/lots',
      { config, schema: { hide: true, params: SlugParams, querystring: Lots } },
      async (request, reply) => {
        const { slug } = request.params
        requireOrganisation(request, slug)
        const { id, name } = await getOrganisation(db, slug)
        const { items, next } = await listLots(db, id, request.query.after)
        const roles = rolesIn(request, slug)
        const page = lotsPage(slug, items, next)
        return sendPrivate(reply, organismePage({ slug, name, section: '/sessions', roles }, page))
      },
    )

    const lotOf = async (request: FastifyRequest) => {
      const { slug, id } = request.params as { slug: string; id: string }
      const author = requireOrganisation(request, slug).sub
      const campaign = await getCampaign(db, id)
      if (campaign.organisation !== slug) throw notFound('Le lot', id)
      return { slug, id, author, campaign }
    }
    const shown = async (request: FastifyRequest, after?: number, refusal?: Refusal): Promise<Page> => {
      const { slug, id, author, campaign } = await lotOf(request)
      const { name } = await getOrganisation(db, slug)
      const receipts = await readReceipts(db, vault, id, { author, after })
      const isFirst = after === undefined
      const page = lotPage({
        slug,
        campaign,
        receipts,
        isFirst,
        jeton: jetonOf(request, vault),
        refusal: refusal ?? null,
      })
      return organismePage({ slug, name, section: '/sessions', roles: rolesIn(request, slug) }, page)
    }
    app.get(
      '/organisme/:slug/lots/:id',
      { config, schema: { hide: true, params: OneOf, querystring: Receipts } },
      async (request, reply) => sendPrivate(reply, await shown(request, request.query.after)),
    )
    app.post(
      '/organisme/:slug/lots/:id/etat',
      { config, schema: { hide: true, params: OneOf, body: Change } },
      async (request, reply) => {
        const { slug, id, author } = await lotOf(request)
        const { action } = request.body
        const change = async (): Promise<string> => {
          await changeCampaign(db, id, action, author)
          if (action === 'resume') await enqueueCampaign(db, queue, id)
          return `/organisme/${slug}/lots/${id}`
        }
        return answerForm(request, reply, change, (refusal) => shown(request, undefined, refusal))
      },
    )
  }
