import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { actorFrom } from '../auth/access.ts'
import type { Db } from '../db.ts'
import type { Queue } from '../queue.ts'
import type { Vault } from '../vault.ts'
import { sendCompressed } from '../web/reply.ts'
import { labelsOf } from './edition-figures.ts'
import { orderEdition } from './edition-orders.ts'
import { lastOrder } from './order-lists.ts'
import { EDITIONS, FIGURES, ORDERED, PUBLISHED, TABLES_EXAMPLE } from './statistics-examples.ts'
import { EditionName, FileName, Month, Threshold, THRESHOLD } from './statistics-schema.ts'
import { editionOnWire, figureOnWire, orderOnWire, tableOnWire } from './edition-wire.ts'
import {
  filesOf,
  findEdition,
  getEdition,
  listEditions,
  listFiles,
  findEditionFile,
  readEditionFile,
  signersOf,
} from './editions.ts'
import { pageOfFigures } from './figure-pages.ts'
import { importedEditions } from './imported.ts'
import { importedRoutes } from './imported.routes.ts'
import { latelyCompressed } from './lately.ts'
import { KINDS } from './tables.ts'
import { readWords } from './words.ts'

const config = { access: 'public' } as const
const tags = ['Statistiques']
const YEAR = 365 * 24 * 3600
const Own = Type.Object({ edition: EditionName })
const Limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 1000 }))

const Asked = Type.Object({
  kind: Type.Optional(Type.Enum([...KINDS], { description: 'Un tableau' })),
  territory: Type.Optional(
    Type.String({ maxLength: 40, description: 'FR, REG-84, HUB-hinaura, DEP-69, DEP- (inconnu)' }),
  ),
  month: Type.Optional(Type.String({ pattern: '^(\\d{4}-(0[1-9]|1[0-2]))?$', description: 'Vide : toute la période' })),
  of: Type.Optional(Type.String({ maxLength: 300, description: 'Les codes, séparés par une barre' })),
  by: Type.Optional(
    Type.String({
      maxLength: 200,
      pattern: '^[a-z,]*$',
      description:
        'Le croisement, exactement : dimensions, et region, hub, departement ou month, séparés par des virgules. Vide : le pays et la période. Un croisement qui n’est pas publié est refusé, avec ceux qui le sont.',
    }),
  ),
  limit: Limit,
  after: Type.Optional(Type.String({ maxLength: 1000, description: '« next » de la page d’avant' })),
})

type Deps = { db: Db; vault: Vault; queue: Queue; baseUrl: string }

/** `/api/v1/statistics`: the published figures, each with what it counts and what it does not say. */
export const statisticsRoutes =
  (deps: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    await app.register(editionsRoutes(deps))
    await app.register(figuresRoutes(deps))
    await app.register(importedRoutes())
  }

const editionsRoutes =
  ({ db, vault, queue, baseUrl }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/statistics/editions',
      { config, schema: { summary: 'Les éditions de chiffres', tags, response: answer(EDITIONS) } },
      async () => {
        const [editions, files] = await Promise.all([listEditions(db), listFiles(db)])
        const signers = await signersOf(db)
        return {
          items: editions.map((edition) => {
            const signer = signers.get(edition.organisationId ?? '') ?? null
            return editionOnWire({ edition, signer, files: files.get(edition.edition) ?? [] }, baseUrl)
          }),
          imported: importedEditions.map(({ indicators, ...about }) => ({
            ...about,
            indicators: indicators.map(({ id, title, unit, dimensions }) => ({ id, title, unit, dimensions })),
          })),
        }
      },
    )
    const tell = async (name: string) => {
      const edition = await findEdition(db, name)
      if (!edition) return orderOnWire(await lastOrder(db, name), baseUrl)
      const [files, signers] = await Promise.all([filesOf(db, name), signersOf(db)])
      return editionOnWire({ edition, files, signer: signers.get(edition.organisationId ?? '') ?? null }, baseUrl)
    }
    app.get(
      '/statistics/editions/:edition',
      {
        config,
        schema: {
          summary: 'Une édition : publiée, avec ses fichiers ; en préparation ; ou refusée, et pourquoi',
          tags,
          params: Own,
          response: answer(PUBLISHED),
        },
      },
      async ({ params }) => tell(params.edition),
    )
    app.get(
      '/statistics/editions/:edition/files/:name',
      {
        config,
        schema: {
          summary: 'Un fichier d’une édition, tel qu’il a été publié',
          tags,
          params: Type.Object({ edition: EditionName, name: FileName }),
        },
      },
      async (request, reply) => {
        const { edition, name } = request.params
        const { mediaType, sha256 } = await findEditionFile(db, edition, name)
        // Named, or a browser saves SHA256SUMS under another name, which the command would not find.
        const disposition = `attachment; filename="${name}"`
        void reply.headers({ etag: `"${sha256}"`, 'content-disposition': disposition })
        if (request.headers['if-none-match'] === `"${sha256}"`) return reply.code(304).send()
        const kept = await latelyCompressed(db, `file ${edition} ${sha256}`, () => readEditionFile(db, edition, name))
        void sendCompressed([request, reply], mediaType, kept, YEAR)
        return reply.header('cache-control', `public, max-age=${YEAR}, immutable`)
      },
    )
    app.put(
      '/statistics/editions/:edition',
      {
        config: { access: ['exploitant'] },
        schema: {
          summary: 'Demander la publication d’une période finie ; la demander encore répond où elle en est',
          tags,
          params: Own,
          body: Type.Object(
            {
              fromMonth: Month,
              toMonth: Month,
              threshold: Type.Optional(Threshold),
              organisation: Type.String({ maxLength: 60, description: 'L’organisme qui signe' }),
            },
            {
              additionalProperties: false,
              examples: [{ fromMonth: '2025-01', toMonth: '2025-12', threshold: 5, organisation: 'organisme-exemple' }],
            },
          ),
          response: { ...answer(PUBLISHED), 202: Type.Any({ description: 'En préparation', examples: [ORDERED] }) },
        },
      },
      async (request, reply) => {
        const { edition } = request.params
        const asked = { threshold: THRESHOLD, ...request.body, edition, author: actorFrom(request).sub }
        const { view } = await orderEdition(db, vault, asked)
        if (view.order.state === 'published') return reply.code(200).send(await tell(edition))
        await queue.enqueue('statistics.publish', {})
        const { url } = orderOnWire(view, baseUrl)
        return reply.code(202).header('location', url).send(orderOnWire(view, baseUrl))
      },
    )
  }

const figuresRoutes =
  ({ db, baseUrl }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/statistics/tables',
      {
        config,
        schema: {
          summary: 'Les tableaux d’une édition : unité, population, dimensions, réserves',
          tags,
          response: answer(TABLES_EXAMPLE),
        },
      },
      async () => ({ items: KINDS.map(tableOnWire) }),
    )
    app.get(
      '/statistics/editions/:edition/figures',
      {
        config,
        schema: {
          summary: 'Les chiffres d’une édition ; null : secret statistique. Ce qui n’y est pas vaut zéro',
          tags,
          params: Own,
          querystring: Asked,
          response: answer(FIGURES),
        },
      },
      async ({ params, query: { limit = 1000, ...sought } }) => {
        const edition = await getEdition(db, params.edition)
        const { items, next } = await pageOfFigures(db, edition, sought, limit)
        const labels = labelsOf(await readWords(db), items)
        const { files: _files, ...about } = editionOnWire({ edition, signer: null, files: [] }, baseUrl)
        const kinds = [...new Set([...(sought.kind ? [sought.kind] : []), ...items.map((one) => one.kind)])]
        return {
          ...about,
          tables: kinds.map(tableOnWire),
          items: items.map((one) => figureOnWire(one, labels)),
          next,
        }
      },
    )
  }

/** An answer as the documentation shows it, without a promise on what else it may hold. */
const answer = (example: object) => ({
  200: Type.Any({ description: 'Réponse', examples: [example] }),
})
