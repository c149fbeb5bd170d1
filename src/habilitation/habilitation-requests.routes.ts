import { Readable } from 'node:stream'
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { actorFrom, OFFICERS } from '../auth/access.ts'
import { getOrganisation } from '../organisations/organisations.ts'
import { SlugParams } from '../organisations/schema.ts'
import { habilitationsCsv } from './exports.ts'
import { decideHabilitationRequest } from './habilitation-decisions.ts'
import { askForHabilitation, readHabilitationRequest, requireCapacity } from './habilitation-requests.ts'
import { queueHabilitations, recordReading } from './queue.ts'
import type { Deps } from './requests.routes.ts'
import {
  HabilitationDecision,
  HabilitationExport,
  HabilitationQueue,
  IdParams,
  NewHabilitationRequest,
  StructureQueue,
} from './schema.ts'

const tags = ['Habilitation']
const PATH = '/habilitations/habilitation-requests'
const OF_STRUCTURE = '/habilitations/structures/:slug/habilitation-requests'

/** Requests for people: asked by their structure, decided by the officers of Aidants Connect. */
export const habilitationRequestsRoutes =
  ({ db, vault, queue, authority }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const officers = { access: OFFICERS }
    const structure = { access: ['referent', ...OFFICERS] as const }

    app.post(
      OF_STRUCTURE,
      {
        config: structure,
        schema: {
          summary: 'Demander l’habilitation d’une personne de la structure',
          tags,
          params: SlugParams,
          body: NewHabilitationRequest,
        },
      },
      async (request, reply) => {
        const actor = actorFrom(request)
        const { slug } = request.params
        requireCapacity(actor, slug)
        const id = await askForHabilitation(db, vault, authority, slug, request.body, { author: actor.sub })
        await queue.enqueue('awards.issue', {})
        return reply.code(201).send(await readHabilitationRequest(db, vault, actor, id))
      },
    )
    app.get(
      OF_STRUCTURE,
      {
        config: structure,
        schema: {
          summary: 'Les demandes des personnes d’une structure',
          tags,
          params: SlugParams,
          querystring: StructureQueue,
        },
      },
      async (request) => {
        const { slug } = request.params
        const actor = actorFrom(request)
        requireCapacity(actor, slug)
        const { id: organisationId } = await getOrganisation(db, slug)
        const { limit = 100, ...sought } = request.query
        const page = await queueHabilitations(db, vault, { ...sought, organisation: slug }, limit)
        const reading = { author: actor.sub, action: 'listed', rows: page.items.length, organisationId } as const
        await recordReading(db, 'habilitation', reading)
        return page
      },
    )
    app.get(
      `${PATH}/:id`,
      { config: structure, schema: { summary: 'La demande d’une personne et son histoire', tags, params: IdParams } },
      (request) => readHabilitationRequest(db, vault, actorFrom(request), request.params.id),
    )
    app.post(
      `${PATH}/:id/decisions`,
      {
        config: structure,
        schema: {
          summary: 'Décider de la demande d’une personne',
          tags,
          params: IdParams,
          body: HabilitationDecision,
        },
      },
      async (request) => {
        const actor = actorFrom(request)
        const { id } = request.params
        const { outcome } = await decideHabilitationRequest(db, vault, authority, actor, id, request.body)
        await queue.enqueue('awards.issue', {})
        return { outcome, ...(await readHabilitationRequest(db, vault, actor, id)) }
      },
    )
    app.get(
      PATH,
      {
        config: officers,
        schema: { summary: 'La file des demandes de personnes', tags, querystring: HabilitationQueue },
      },
      async (request) => {
        const { limit = 100, ...sought } = request.query
        const page = await queueHabilitations(db, vault, sought, limit)
        const author = actorFrom(request).sub
        await recordReading(db, 'habilitation', { author, action: 'listed', rows: page.items.length })
        return page
      },
    )
    app.get(
      `${PATH}.csv`,
      {
        config: officers,
        schema: {
          summary: 'Les demandes de personnes, en CSV',
          tags,
          querystring: HabilitationExport,
          produces: ['text/csv'],
          response: { 200: Type.Any() },
        },
      },
      async (request, reply) => {
        await recordReading(db, 'habilitation', { author: actorFrom(request).sub, action: 'exported' })
        return reply
          .type('text/csv; charset=utf-8')
          .header('content-disposition', 'attachment; filename="demandes-personnes.csv"')
          .send(Readable.from(habilitationsCsv(db, vault, request.query)))
      },
    )
  }
