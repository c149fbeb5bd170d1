import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { Db } from '../db.ts'
import { getFramework, listCertifications, listCrosswalks, listFrameworks, listMetiers } from './referential.ts'

const open = { access: 'public' } as const

/** The referential, as data. */
export const referentialRoutes =
  ({ db }: { db: Db }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/frameworks',
      { config: open, schema: { summary: 'Référentiels et leurs versions', tags: ['Référentiel'] } },
      async () => ({ items: await listFrameworks(db) }),
    )
    app.get(
      '/frameworks/:id/competences',
      {
        config: open,
        schema: {
          summary: 'Compétences d’un référentiel, dans la version demandée ou la plus récente',
          tags: ['Référentiel'],
          params: Type.Object({ id: Type.String({ maxLength: 40 }) }),
          querystring: Type.Object({ version: Type.Optional(Type.String({ maxLength: 20 })) }),
        },
      },
      async ({ params, query }) => {
        const { framework, version, levels, competences } = await getFramework(db, params.id, query.version)
        return { framework, version, levels, items: competences }
      },
    )
    app.get(
      '/crosswalks',
      { config: open, schema: { summary: 'Correspondances SKOS entre compétences', tags: ['Référentiel'] } },
      async () => ({ items: await listCrosswalks(db) }),
    )
    app.get(
      '/metiers',
      { config: open, schema: { summary: 'Métiers, fonctions et dispositifs', tags: ['Référentiel'] } },
      async () => ({ items: await listMetiers(db) }),
    )
    app.get(
      '/certifications',
      { config: open, schema: { summary: 'Certifications et leurs blocs', tags: ['Référentiel'] } },
      async () => ({ items: await listCertifications(db) }),
    )
  }
