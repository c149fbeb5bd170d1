import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { actorFrom, findActor, requireOrganisation, TRAINERS } from '../auth/access.ts'
import type { Db } from '../db.ts'
import { getRenewal, listExpiring } from './renewals.ts'

const Id = Type.Object({ id: Type.String({ format: 'uuid', maxLength: 36 }) })

/** Badges that end, and what renews them. */
export const renewalsRoutes =
  ({ db, baseUrl }: { db: Db; baseUrl: string }): FastifyPluginAsyncTypebox =>
  async (app) => {
    const urlOf = (id: string): string => `${baseUrl}/credentials/${id}`

    app.get(
      '/credentials/:id/renewal',
      {
        config: { access: 'public' },
        schema: {
          summary:
            'La fin d’un badge et de quoi le renouveler ; quel badge en renouvelle un autre n’est dit qu’à sa personne',
          tags: ['Badges'],
          params: Id,
        },
      },
      async (request, reply) => {
        const reader = await findActor(request, db, baseUrl)
        const { module, renewedBy, renews, ...rest } = await getRenewal(db, request.params.id, reader?.personId ?? null)
        if (reader) void reply.header('cache-control', 'no-store')
        return {
          ...rest,
          renewedBy: renewedBy && urlOf(renewedBy),
          renews: renews && urlOf(renews),
          module: module && { ...module, page: `${baseUrl}/modules/${module.slug}` },
        }
      },
    )

    app.get(
      '/credentials/expiring',
      {
        config: { access: TRAINERS, scope: 'credentials' },
        schema: {
          summary: 'Les badges d’un organisme qui prennent fin bientôt et que rien ne renouvelle',
          tags: ['Badges'],
          querystring: Type.Object({
            organisation: Type.String({ maxLength: 60 }),
            before: Type.Optional(
              Type.String({ format: 'date', maxLength: 10, description: 'Jour non compris ; sinon, 60 jours à venir' }),
            ),
            limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
            after: Type.Optional(Type.String({ format: 'uuid', maxLength: 36 })),
          }),
        },
      },
      async (request) => {
        const { organisation, limit = 100, ...rest } = request.query
        requireOrganisation(request, organisation)
        const { items, next } = await listExpiring(db, organisation, actorFrom(request).sub, { limit, ...rest })
        return { items: items.map((one) => ({ ...one, url: urlOf(one.id) })), next }
      },
    )
  }
