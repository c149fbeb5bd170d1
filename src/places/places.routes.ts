import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { requireOrganisation } from '../auth/access.ts'
import type { Db } from '../db.ts'
import { getOrganisation } from '../organisations/organisations.ts'
import { sendDocument } from '../web/reply.ts'
import { readEvidence } from './evidence.ts'
import { harvestPlaces, placesCsv } from './harvest.ts'
import { endPlace, serializeTie, tiePlace } from './places.ts'
import { EvidenceQuery, HarvestQuery, NewPlace, OwnPlaceParams, PlaceParams, STRUCTURE } from './schema.ts'

const tags = ['Lieux']
const open = { access: 'public' } as const
/** How long others keep an answer, in seconds. */
const MAX_AGE = 300

type Deps = { db: Db; baseUrl: string; source: string }

/** Places of the national cartography, and the evidence of who is trained there. */
export const placesRoutes =
  ({ db, baseUrl, source }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const config = { access: STRUCTURE }

    app.put(
      '/organisations/:slug/places/:id',
      {
        config,
        schema: {
          summary: 'Rattacher un lieu de la cartographie nationale à sa structure : ses preuves deviennent publiques',
          tags,
          params: OwnPlaceParams,
          body: NewPlace,
        },
      },
      async (request, reply) => {
        const { slug, id } = request.params
        const { sub } = requireOrganisation(request, slug)
        const given = { id, ...request.body }
        const { tie, isNew } = await tiePlace(db, await getOrganisation(db, slug), given, sub)
        return reply.code(isNew ? 201 : 200).send(serializeTie(tie, baseUrl))
      },
    )
    app.delete(
      '/organisations/:slug/places/:id',
      {
        config,
        schema: { summary: 'Mettre fin au rattachement d’un lieu, aussitôt', tags, params: OwnPlaceParams },
      },
      async (request) => {
        const { slug, id } = request.params
        const { sub } = requireOrganisation(request, slug)
        return serializeTie(await endPlace(db, await getOrganisation(db, slug), id, sub), baseUrl)
      },
    )

    app.get(
      '/places',
      {
        config: open,
        schema: {
          summary: 'Les lieux rattachés, dans les mots du schéma national : à moissonner, en complément de la fiche',
          tags,
          querystring: HarvestQuery,
        },
      },
      async (request, reply) => {
        const { limit = 100, after, depuis } = request.query
        const page = await harvestPlaces(db, source, { limit, after, depuis })
        return sendTagged(request, reply, page, page)
      },
    )
    app.get(
      '/places.csv',
      {
        config: open,
        schema: {
          summary: 'Les mêmes, en CSV du schéma national',
          tags,
          querystring: Type.Object({ depuis: HarvestQuery.properties.depuis }, { additionalProperties: false }),
        },
      },
      async (request, reply) =>
        reply
          .type('text/csv; charset=utf-8')
          .header('access-control-allow-origin', '*')
          .header('cache-control', `public, max-age=${MAX_AGE}`)
          .header('content-disposition', 'attachment; filename="lieux-de-mediation-numerique.csv"')
          .send(Readable.from(placesCsv(db, source, request.query.depuis))),
    )
    app.get(
      '/places/:id/evidence',
      {
        config: open,
        schema: {
          summary:
            'Qui est formé dans la structure d’un lieu : présence ou nombres, sans nom, aujourd’hui ou un jour passé',
          tags,
          params: PlaceParams,
          querystring: EvidenceQuery,
        },
      },
      async (request, reply) => {
        const evidence = await readEvidence(db, baseUrl, request.params.id, request.query.at)
        const { computedAt: _, ...content } = evidence
        return sendTagged(request, reply, evidence, content)
      },
    )
  }

/** Sends an answer with the tag of its content: who has it already is told so. */
function sendTagged(request: FastifyRequest, reply: FastifyReply, answer: object, content: object): FastifyReply {
  const etag = `W/"${createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, 22)}"`
  void reply.header('etag', etag)
  const known = request.headers['if-none-match']?.split(',').map((one) => one.trim())
  if (known?.includes(etag)) return reply.code(304).header('cache-control', `public, max-age=${MAX_AGE}`).send()
  return sendDocument(reply, 'application/json; charset=utf-8', JSON.stringify(answer), MAX_AGE)
}
