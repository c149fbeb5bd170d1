import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { actorFrom } from '../auth/access.ts'
import type { Role } from '../auth/tokens.ts'
import type { Db } from '../db.ts'
import { sendPrivate } from '../web/reply.ts'
import { steeringTables } from './provisional-tables.ts'
import { provisionalPage } from './provisional-view.ts'

/** Who steers: the committee of the filière, and who operates the service. */
export const STEERING: readonly Role[] = ['comite', 'exploitant']

/** `/statistiques/provisoire`: what is counted before any edition, for who steers alone. */
export const provisionalPages =
  ({ db }: { db: Db }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/statistiques/provisoire',
      { config: { access: STEERING }, schema: { hide: true } },
      async (request, reply) => sendPrivate(reply, provisionalPage(await steeringTables(db, actorFrom(request).sub))),
    )
  }
