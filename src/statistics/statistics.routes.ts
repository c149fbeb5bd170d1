import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { actorFrom } from '../auth/access.ts'
import type { Db } from '../db.ts'
import { type Edition, getEdition, listEditions, publishEdition, readFigures } from './editions.ts'
import { importedEdition, importedEditions } from './imported.ts'
import { KINDS } from './tables.ts'

const config = { access: 'public' } as const
const tags = ['Statistiques']
const Own = Type.Object({ edition: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{3,39}$' }) })
const Month = Type.String({ pattern: '^\\d{4}-(0[1-9]|1[0-2])$' })
const THRESHOLD = 5

/** `/api/v1/statistics`: the published figures, each with what it counts and what it does not say. */
export const statisticsRoutes =
  ({ db }: { db: Db }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get('/statistics/editions', { config, schema: { summary: 'Les éditions de chiffres', tags } }, async () => ({
      items: (await listEditions(db)).map(serialize),
      imported: importedEditions.map(({ indicators, ...about }) => ({
        ...about,
        indicators: indicators.map(({ id, title, unit, dimensions }) => ({ id, title, unit, dimensions })),
      })),
    }))
    app.get(
      '/statistics/imported/:edition',
      {
        config,
        schema: {
          summary: 'Une édition publiée ailleurs : ses tableaux, leurs réserves et leurs contradictions',
          tags,
          params: Type.Object({ edition: Type.String({ maxLength: 60 }) }),
        },
      },
      async ({ params }) => importedEdition(params.edition),
    )
    app.get(
      '/statistics/editions/:edition/figures',
      {
        config,
        schema: {
          summary: 'Les chiffres d’une édition ; null : secret statistique. Ce qui n’y est pas vaut zéro',
          tags,
          params: Own,
          querystring: Type.Object({
            kind: Type.Optional(Type.Enum([...KINDS])),
            territory: Type.Optional(Type.String({ maxLength: 10, description: 'FR, REG-84, DEP-69, DEP- (inconnu)' })),
          }),
        },
      },
      async ({ params, query }) => {
        const edition = await getEdition(db, params.edition)
        return { ...serialize(edition), items: await readFigures(db, edition.edition, query) }
      },
    )
    app.put(
      '/statistics/editions/:edition',
      {
        config: { access: ['exploitant'] },
        schema: {
          summary: 'Publier les chiffres d’une période finie ; redemander la même édition répond la même',
          tags,
          params: Own,
          body: Type.Object(
            {
              fromMonth: Month,
              toMonth: Month,
              threshold: Type.Optional(
                Type.Integer({
                  minimum: 2,
                  maximum: 1000,
                  description: `Sous ce nombre, secret ; ${THRESHOLD} sans cela`,
                }),
              ),
            },
            { additionalProperties: false },
          ),
        },
      },
      async (request) => {
        const { fromMonth, toMonth, threshold = THRESHOLD } = request.body
        const asked = { edition: request.params.edition, fromMonth, toMonth, threshold }
        return serialize(await publishEdition(db, { ...asked, author: actorFrom(request).sub }))
      },
    )
  }

/** What is told of an edition: the figures are counts of badges delivered with this service, in those months. */
const serialize = ({ edition, fromMonth, toMonth, threshold, publishedAt, digest }: Edition) => ({
  edition,
  fromMonth,
  toMonth,
  threshold,
  publishedAt: publishedAt.toISOString(),
  digest,
  unit: 'badges',
  population: 'Badges délivrés pendant la période, révoqués depuis compris',
})
