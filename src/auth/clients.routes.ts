import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import type { Db } from '../db.ts'
import { getOrganisation } from '../organisations/organisations.ts'
import { requireOrganisation } from './access.ts'
import {
  type ClientView,
  createClient,
  GRACE_HOURS,
  listClients,
  revokeClient,
  rotateSecret,
  SCOPES,
} from './clients.ts'

const Of = Type.Object({ slug: Type.String({ maxLength: 60 }) })
const OneOf = Type.Object({ ...Of.properties, id: Type.String({ format: 'uuid', maxLength: 36 }) })
const NewClient = Type.Object(
  {
    name: Type.String({ minLength: 2, maxLength: 100, description: 'Le logiciel, pas la personne' }),
    scopes: Type.Array(Type.Enum(SCOPES), { minItems: 1, maxItems: SCOPES.length, uniqueItems: true }),
  },
  { additionalProperties: false },
)
const Rotation = Type.Object(
  {
    graceHours: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: GRACE_HOURS,
        default: GRACE_HOURS,
        description: 'Combien d’heures l’ancien secret sert encore ; 0 s’il a fui',
      }),
    ),
  },
  { additionalProperties: false },
)
const tags = ['Organismes']

/** The machines that an organisation lets act for it (OAuth 2.0 clients). */
export const clientsRoutes =
  ({ db }: { db: Db }): FastifyPluginAsyncTypebox =>
  async (app) => {
    const config = { access: ['exploitant', 'administrateur'] as const }
    const whoAsks = async (request: FastifyRequest, slug: string) => {
      const { sub } = requireOrganisation(request, slug)
      return { author: sub, organisationId: (await getOrganisation(db, slug)).id }
    }
    const viewOf = async (organisationId: string, id: string) => {
      const found = await listClients(db, organisationId)
      return serializeClient(found.find((one) => one.id === id)!)
    }

    app.get(
      '/organisations/:slug/clients',
      { config, schema: { summary: 'Les accès de machine d’un organisme', tags, params: Of } },
      async (request) => {
        const { organisationId } = await whoAsks(request, request.params.slug)
        return { items: (await listClients(db, organisationId)).map(serializeClient) }
      },
    )

    app.post(
      '/organisations/:slug/clients',
      {
        config,
        schema: {
          summary: 'Ouvrir un accès de machine ; son secret n’est montré qu’ici',
          tags,
          params: Of,
          body: NewClient,
        },
      },
      async (request, reply) => {
        const who = await whoAsks(request, request.params.slug)
        const { id, secret } = await createClient(db, { ...who, ...request.body })
        return reply
          .code(201)
          .header('cache-control', 'no-store')
          .send({ ...(await viewOf(who.organisationId, id)), clientSecret: secret })
      },
    )

    app.post(
      '/organisations/:slug/clients/:id/secrets',
      {
        config,
        schema: { summary: 'Remplacer le secret d’un accès de machine', tags, params: OneOf, body: Rotation },
        // Nothing is needed to rotate: no body is the same as an empty one.
        preValidation: async (request: FastifyRequest) => void (request.body ??= {}),
      },
      async (request, reply) => {
        const who = await whoAsks(request, request.params.slug)
        const { id, secret } = await rotateSecret(db, { ...who, ...request.body, id: request.params.id })
        return reply
          .code(201)
          .header('cache-control', 'no-store')
          .send({ ...(await viewOf(who.organisationId, id)), clientSecret: secret })
      },
    )

    app.delete(
      '/organisations/:slug/clients/:id',
      { config, schema: { summary: 'Révoquer un accès de machine, avec ses jetons, aussitôt', tags, params: OneOf } },
      async (request) => {
        const who = await whoAsks(request, request.params.slug)
        await revokeClient(db, { ...who, id: request.params.id })
        return viewOf(who.organisationId, request.params.id)
      },
    )
  }

const serializeClient = ({ id, ...about }: ClientView) => ({ clientId: id, ...about })
