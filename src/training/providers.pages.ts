import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { listAchievements } from '../badges/achievements.ts'
import type { Db } from '../db.ts'
import { sendPage } from '../web/reply.ts'
import { listProviders } from './providers.ts'
import { providersPage } from './providers-view.ts'

const querystring = Type.Object({
  q: Type.Optional(Type.String({ maxLength: 100 })),
  departement: Type.Optional(Type.String({ pattern: '^([0-9][0-9AB][0-9]?)?$' })),
  qualiopi: Type.Optional(Type.Enum(['', 'oui', 'controle'])),
  badge: Type.Optional(Type.String({ maxLength: 90 })),
  after: Type.Optional(Type.String({ maxLength: 60 })),
})
const SHOWN = 30

/** `/organisations`: who delivers badges here, what they are known for and where they train. */
export const providersPages =
  ({ db, baseUrl }: { db: Db; baseUrl: string }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/organisations',
      { config: { access: 'public' }, schema: { hide: true, querystring } },
      async ({ query: { after, ...asked } }, reply) => {
        const badges = await listAchievements(db)
        const found = await listProviders(db, asked, { ...(after && { after }), limit: SHOWN })
        return sendPage(reply, providersPage({ asked, badges, ...found, baseUrl }))
      },
    )
  }
