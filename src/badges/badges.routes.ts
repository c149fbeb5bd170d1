import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Db } from '../db.ts'
import { listAchievements, serializeAchievement } from './achievements.ts'

/** The badge classes, as Open Badges 3.0 achievements. */
export const badgesRoutes =
  ({ db, baseUrl }: { db: Db; baseUrl: string }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/achievements',
      { config: { access: 'public' }, schema: { summary: 'Badges du catalogue', tags: ['Offre'] } },
      async () => ({ items: (await listAchievements(db)).map((one) => serializeAchievement(one, baseUrl)) }),
    )
  }
