import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { actorFrom, OFFICERS } from '../auth/access.ts'
import type { Db } from '../db.ts'
import { notAllowed, notFound } from '../errors.ts'
import { Reason, SlugParams, Why } from '../organisations/schema.ts'
import type { Queue } from '../queue.ts'
import type { Vault } from '../vault.ts'
import { isOfficer, isReferentOf } from './access.ts'
import { listFormations, noteFormation, readFormation } from './formations.ts'
import { cancelRegistration, listRegistrations, registerPerson, structureOfRequest } from './registrations.ts'
import { IdParams } from './schema.ts'
import type { Authority } from './validation.ts'
import { listWebinar } from './webinar.ts'

const Day = Type.String({ format: 'date', pattern: '^(19|20)' })
const { id: Uuid } = IdParams.properties
const Formations = Type.Object(
  {
    from: Type.Optional(Day),
    departement: Type.Optional(Type.String({ maxLength: 3, description: 'Code officiel : 01, 2A, 69, 971…' })),
    modality: Type.Optional(Type.Enum(['presentiel', 'distance', 'hybride'])),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
    after: Type.Optional(Uuid),
  },
  { additionalProperties: false },
)
const Registration = Type.Object({ session: Uuid }, { additionalProperties: false })
const Cancellation = Type.Object({ session: Uuid, reason: Why }, { additionalProperties: false })
const FormationDone = Type.Object({ doneOn: Day, ...Reason.properties }, { additionalProperties: false })

type Deps = { db: Db; vault: Vault; queue: Queue; authority: Authority }

/** Trainings for the habilitation: those to come, who is registered for them, and the webinar of the référents. */
export const formationsRoutes =
  ({ db, vault, queue, authority }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const structure = { access: [...OFFICERS, 'referent'] as const }
    const tags = ['Habilitation']
    const authorFor = async (request: FastifyRequest, id: string): Promise<string> => {
      const slug = await structureOfRequest(db, id)
      if (slug === null && isOfficer(actorFrom(request))) throw notFound('La demande', id)
      return requireStructure(request, slug).sub
    }

    app.get(
      '/formations',
      {
        config: structure,
        schema: {
          summary: 'Les formations à venir où inscrire des aidantes et aidants, et jusqu’à quand',
          tags,
          querystring: Formations,
        },
      },
      async (request) => {
        const { limit = 100, ...sought } = request.query
        return listFormations(db, { ...sought, limit })
      },
    )

    app.get(
      '/habilitation-requests/:id/registrations',
      { config: structure, schema: { summary: 'Les inscriptions en formation d’une demande', tags, params: IdParams } },
      async (request) => {
        await authorFor(request, request.params.id)
        return { items: await listRegistrations(db, request.params.id) }
      },
    )
    app.post(
      '/habilitation-requests/:id/registrations',
      {
        config: structure,
        schema: {
          summary: 'Inscrire en formation la personne d’une demande, ou sur la liste d’attente quand c’est plein',
          tags,
          params: IdParams,
          body: Registration,
        },
      },
      async (request, reply) => {
        const { id: requestId } = request.params
        const author = await authorFor(request, requestId)
        return reply.code(201).send(await registerPerson(db, { requestId, sessionId: request.body.session, author }))
      },
    )
    app.post(
      '/habilitation-requests/:id/registrations/cancellation',
      {
        config: structure,
        schema: { summary: 'Annuler une inscription en formation', tags, params: IdParams, body: Cancellation },
      },
      async (request) => {
        const { id: requestId } = request.params
        const author = await authorFor(request, requestId)
        const { session: sessionId, reason } = request.body
        await cancelRegistration(db, vault, { requestId, sessionId, author, reason })
        return { items: await listRegistrations(db, requestId) }
      },
    )

    app.post(
      '/habilitation-requests/:id/formation',
      {
        config: { access: OFFICERS },
        schema: {
          summary: 'Noter qu’une formation est finie, de la main de l’équipe',
          tags,
          params: IdParams,
          body: FormationDone,
        },
      },
      async (request) => {
        const { id } = request.params
        await noteFormation(db, authority, id, { ...request.body, author: actorFrom(request).sub })
        await queue.enqueue('awards.issue', {})
        return readFormation(db, id)
      },
    )

    app.get(
      '/structures/:slug/webinar',
      {
        config: structure,
        schema: {
          summary: 'Où en sont les référentes et référents d’une structure avec leur webinaire',
          tags,
          params: SlugParams,
        },
      },
      async (request) => {
        const { slug } = request.params
        return { items: await listWebinar(db, vault, slug, requireStructure(request, slug).sub) }
      },
    )
  }

/** Lets through an officer, or a référent of that structure; of what does not exist, others learn only that it is not theirs. */
function requireStructure(request: FastifyRequest, slug: string | null) {
  const actor = actorFrom(request)
  if (isOfficer(actor) || (slug !== null && isReferentOf(actor, slug))) return actor
  throw notAllowed('Votre accès ne couvre pas cette structure.')
}
