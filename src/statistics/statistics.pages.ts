import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { Db } from '../db.ts'
import { HOUR } from '../web/components.ts'
import { sendDocument, sendPage, splitSuffix } from '../web/reply.ts'
import { figuresCsv, getEdition, listEditions, readTables } from './editions.ts'
import { ownEditionPage, statisticsPage } from './editions-view.ts'
import { editionCsv, importedEditions } from './imported.ts'
import { importedPage } from './imported-view.ts'

const config = { access: 'public' } as const

/** `/statistiques`: what is published of the sector, each figure with its source. */
export const statisticsPages =
  ({ db, baseUrl }: { db: Db; baseUrl: string }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get('/statistiques', { config, schema: { hide: true } }, async (_request, reply) =>
      sendPage(reply, statisticsPage({ imported: importedEditions, own: await listEditions(db), baseUrl })),
    )
    app.get(
      '/statistiques/:edition',
      { config, schema: { hide: true, params: Type.Object({ edition: Type.String({ maxLength: 60 }) }) } },
      async ({ params }, reply) => {
        const [name, suffix] = splitSuffix(params.edition)
        const imported = importedEditions.find((one) => one.edition === name)
        const own = imported ? null : await getEdition(db, name)
        if (suffix === 'csv') {
          const file = imported ? editionCsv(imported) : await figuresCsv(db, own!)
          return sendDocument(reply, 'text/csv; charset=utf-8', file, HOUR)
        }
        if (imported) return sendPage(reply, importedPage(imported, baseUrl))
        return sendPage(reply, ownEditionPage({ edition: own!, tables: await readTables(db, name), baseUrl }))
      },
    )
  }
