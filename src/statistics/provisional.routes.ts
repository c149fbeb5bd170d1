import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { actorFrom } from '../auth/access.ts'
import type { Db } from '../db.ts'
import { asPrivate } from '../web/reply.ts'
import { STEERING } from './provisional.pages.ts'
import { PROVISIONAL_WARNING, steeringTables } from './provisional-tables.ts'

/** `GET /api/v1/statistics/provisional`: the same as data; each figure is between `atLeast` and `below`. */
export const provisionalRoutes =
  ({ db }: { db: Db }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/statistics/provisional',
      {
        config: { access: STEERING },
        schema: {
          summary: 'Les chiffres provisoires, arrondis à la dizaine : pour le comité et l’exploitant',
          description:
            'Chaque nombre est au moins « atLeast » et moins de « below » ; ce qui n’y est pas est moins de dix. Rien ne s’additionne.',
          tags: ['Statistiques'],
        },
      },
      async (request, reply) => {
        const { readAt, ...rest } = await steeringTables(db, actorFrom(request).sub)
        void asPrivate(reply)
        return { provisional: true, warning: PROVISIONAL_WARNING, readAt: readAt.toISOString(), ...rest }
      },
    )
  }
