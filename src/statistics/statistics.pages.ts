import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { Db } from '../db.ts'
import { notFound } from '../errors.ts'
import { HOUR } from '../web/components.ts'
import { sendCompressed, sendDocument, sendPage, splitSuffix } from '../web/reply.ts'
import { crossingsPage } from './crossings-view.ts'
import { figuresCsv, filesOf, getEdition, listEditions } from './editions.ts'
import { ownEditionPage, statisticsPage } from './editions-view.ts'
import { askedAndShown } from './heat-map.ts'
import { editionCsv, importedEditions } from './imported.ts'
import { importedPage } from './imported-view.ts'
import { lately, latelyCompressed } from './lately.ts'
import { keyOf, readPlaces, readSheet } from './sheets.ts'
import { TERRITORIES } from './territories.ts'
import { territoryPage } from './territory-view.ts'
import { readContent, readWords, wordsOf } from './words.ts'

const config = { access: 'public' } as const
const CSV = 'text/csv; charset=utf-8'
const Named = Type.Object({ edition: Type.String({ maxLength: 60 }) })
const Territory = Type.Object({ edition: Type.String({ maxLength: 60 }), territory: Type.String({ maxLength: 30 }) })

/** `/statistiques`: what is published of the sector, each figure with its source. */
export const statisticsPages =
  ({ db, baseUrl }: { db: Db; baseUrl: string }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get('/statistiques', { config, schema: { hide: true } }, async (_request, reply) =>
      sendPage(reply, statisticsPage({ imported: importedEditions, own: await listEditions(db), baseUrl })),
    )
    app.get('/statistiques/:edition', { config, schema: { hide: true, params: Named } }, async (request, reply) => {
      const [name, suffix] = splitSuffix(request.params.edition)
      const imported = importedEditions.find((one) => one.edition === name)
      if (suffix === 'csv') {
        if (imported) return sendDocument(reply, CSV, editionCsv(imported), HOUR)
        const edition = await getEdition(db, name)
        const kept = await latelyCompressed(db, `csv ${keyOf(edition)}`, () => figuresCsv(db, edition))
        return sendCompressed([request, reply], CSV, kept, HOUR)
      }
      if (suffix !== null) throw notFound('La page', request.params.edition)
      if (imported) return sendPage(reply, await importedPage(imported, baseUrl))
      // Eight queries; one when the page was made lately.
      const edition = await getEdition(db, name)
      const page = await lately(db, `page ${keyOf(edition)}`, async () => {
        const sheet = await readSheet(db, edition, 'FR')
        const shown = { sheet, places: await readPlaces(db, edition), words: await readWords(db) }
        return ownEditionPage({ edition, shown, files: await filesOf(db, name), baseUrl })
      })
      return sendPage(reply, page)
    })
    app.get(
      '/statistiques/:edition/croisements',
      { config, schema: { hide: true, params: Named } },
      async ({ params }, reply) => {
        const edition = await getEdition(db, params.edition)
        const content = await readContent(db)
        const words = wordsOf(content)
        const sheet = await readSheet(db, edition, 'FR')
        const shown = { sheet, places: await readPlaces(db, edition), words }
        const asked = askedAndShown(content.metiers, sheet, words)
        return sendPage(reply, await crossingsPage({ edition, shown, asked, baseUrl }))
      },
    )
    app.get(
      '/statistiques/:edition/territoires',
      {
        config,
        schema: {
          hide: true,
          params: Named,
          querystring: Type.Object({ territoire: Type.Optional(Type.String({ maxLength: 30 })) }),
        },
      },
      async ({ params, query }, reply) => {
        const territory = query.territoire ?? 'FR'
        const { edition } = await getEdition(db, params.edition)
        if (!TERRITORIES.has(territory)) throw notFound('Le territoire', territory)
        return reply.redirect(`/statistiques/${edition}/territoires/${territory}`, 303)
      },
    )
    app.get(
      '/statistiques/:edition/territoires/:territory',
      { config, schema: { hide: true, params: Territory } },
      async ({ params: { edition: name, territory } }, reply) => {
        const edition = await getEdition(db, name)
        const here = await readSheet(db, edition, territory)
        // Overseas territories that are no département have no name here: those that an edition tells of have a page.
        if (!TERRITORIES.has(territory) && here.size === 0) throw notFound('Le territoire', territory)
        const country = await readSheet(db, edition, 'FR')
        const words = await readWords(db)
        return sendPage(reply, territoryPage({ edition, territory, here, country, words, baseUrl }))
      },
    )
  }
