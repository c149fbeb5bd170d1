import { Readable } from 'node:stream'
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { actorFrom, OFFICERS } from '../auth/access.ts'
import { organisationsCsv } from './exports.ts'
import { decideOrganisationRequest } from './organisation-decisions.ts'
import { amendOrganisationRequest, draftOrganisationRequest } from './organisation-requests.ts'
import { queueOrganisations, recordReading } from './queue.ts'
import { listOwnOrganisationRequests, readOrganisationRequest } from './read-organisation-requests.ts'
import type { Deps } from './requests.routes.ts'
import {
  IdParams,
  NewOrganisationRequest,
  OrganisationDecision,
  OrganisationExport,
  OrganisationQueue,
} from './schema.ts'

const tags = ['Habilitation']
const PATH = '/habilitations/organisation-requests'

/** Requests for structures: filled by anyone signed in, decided by the officers of Aidants Connect. */
export const organisationRequestsRoutes =
  ({ db, vault, queue, authority }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const officers = { access: OFFICERS }
    const anyone = { access: ['titulaire', ...OFFICERS] as const }

    app.post(
      PATH,
      {
        config: anyone,
        schema: { summary: 'Ouvrir la demande d’une structure, comme brouillon', tags, body: NewOrganisationRequest },
      },
      async (request, reply) => {
        const actor = actorFrom(request)
        const id = await draftOrganisationRequest(db, vault, actor, request.body)
        return reply.code(201).send(await readOrganisationRequest(db, vault, actor, id))
      },
    )
    app.get(
      `${PATH}/mine`,
      { config: { access: ['titulaire'] }, schema: { summary: 'Les demandes de structure que j’ai ouvertes', tags } },
      async (request) => ({ items: await listOwnOrganisationRequests(db, actorFrom(request).personId) }),
    )
    app.get(
      `${PATH}/:id`,
      { config: anyone, schema: { summary: 'Une demande de structure et son histoire', tags, params: IdParams } },
      (request) => readOrganisationRequest(db, vault, actorFrom(request), request.params.id),
    )
    app.post(
      `${PATH}/:id`,
      {
        config: anyone,
        schema: {
          summary: 'Corriger une demande de structure',
          tags,
          params: IdParams,
          body: NewOrganisationRequest,
        },
      },
      async (request) => {
        const actor = actorFrom(request)
        await amendOrganisationRequest(db, vault, actor, request.params.id, request.body)
        return readOrganisationRequest(db, vault, actor, request.params.id)
      },
    )
    app.post(
      `${PATH}/:id/decisions`,
      {
        config: anyone,
        schema: {
          summary: 'Soumettre une demande de structure, ou en décider',
          tags,
          params: IdParams,
          body: OrganisationDecision,
        },
      },
      async (request) => {
        const actor = actorFrom(request)
        const { id } = request.params
        const { outcome } = await decideOrganisationRequest(db, authority, actor, id, request.body)
        await queue.enqueue('awards.issue', {})
        return { outcome, ...(await readOrganisationRequest(db, vault, actor, id)) }
      },
    )
    app.get(
      PATH,
      {
        config: officers,
        schema: { summary: 'La file des demandes de structure', tags, querystring: OrganisationQueue },
      },
      async (request) => {
        const { limit = 100, ...sought } = request.query
        const page = await queueOrganisations(db, sought, limit)
        const author = actorFrom(request).sub
        await recordReading(db, 'organisation', { author, action: 'listed', rows: page.items.length })
        return page
      },
    )
    app.get(
      `${PATH}.csv`,
      {
        config: officers,
        schema: {
          summary: 'Les demandes de structure, en CSV',
          tags,
          querystring: OrganisationExport,
          produces: ['text/csv'],
          response: { 200: Type.Any() },
        },
      },
      async (request, reply) => {
        await recordReading(db, 'organisation', { author: actorFrom(request).sub, action: 'exported' })
        return reply
          .type('text/csv; charset=utf-8')
          .header('content-disposition', 'attachment; filename="demandes-structures.csv"')
          .send(Readable.from(organisationsCsv(db, request.query)))
      },
    )
  }
