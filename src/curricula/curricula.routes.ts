import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { Db } from '../db.ts'
import { latestModule, listModules, listPaths } from './curricula.ts'

const open = { access: 'public' } as const

/** The training offer, as data. */
export const curriculaRoutes =
  ({ db }: { db: Db }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get('/modules', { config: open, schema: { summary: 'Modules de formation', tags: ['Offre'] } }, async () => ({
      items: await listModules(db),
    }))
    app.get(
      '/modules/:slug',
      {
        config: open,
        schema: {
          summary: 'Un module',
          tags: ['Offre'],
          params: Type.Object({ slug: Type.String({ maxLength: 80 }) }),
        },
      },
      async ({ params }) => latestModule(db, params.slug),
    )
    app.get('/paths', { config: open, schema: { summary: 'Parcours de formation', tags: ['Offre'] } }, async () => ({
      items: await listPaths(db),
    }))
  }
