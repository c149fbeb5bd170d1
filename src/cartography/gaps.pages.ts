import { type FastifyPluginAsyncTypebox, type Static, Type } from '@fastify/type-provider-typebox'
import type { Db } from '../db.ts'
import { notFound } from '../errors.ts'
import { sendPage } from '../web/reply.ts'
import { gapCsv, GAP_TABLES } from './gap-tables.ts'
import { findGaps, type Gaps, HORIZON, narrowGaps } from './gaps.ts'
import { gapsPage } from './gaps-view.ts'

const config = { access: 'public' } as const
const Asked = Type.Object(
  {
    metier: Type.Optional(Type.String({ maxLength: 90 })),
    axe: Type.Optional(Type.Enum(['', 'professional', 'digital'])),
    departement: Type.Optional(Type.String({ maxLength: 3 })),
    region: Type.Optional(Type.String({ maxLength: 2 })),
    jours: Type.Optional(
      Type.String({
        pattern: '^([1-9]\\d?|[1-6]\\d\\d|7[0-2]\\d|730)?$',
        description: 'De 1 à 730 jours',
      }),
    ),
  },
  { additionalProperties: false },
)
const File = Type.Object({ file: Type.String({ maxLength: 40 }) })

/** `/cartographie/manques`: what is missing of the offer, as a page and as files for a spreadsheet. */
export const gapsPages =
  ({ db, baseUrl }: { db: Db; baseUrl: string }): FastifyPluginAsyncTypebox =>
  async (app) => {
    const path = '/cartographie/manques'
    const gapsOf = async ({ jours, ...asked }: Static<typeof Asked>): Promise<Gaps> =>
      narrowGaps(await findGaps(db, { now: new Date(), days: Number(jours || HORIZON) }), asked)

    app.get(path, { config, schema: { hide: true, querystring: Asked } }, async ({ query: asked }, reply) =>
      sendPage(reply, gapsPage({ gaps: await gapsOf(asked), asked, baseUrl })),
    )

    app.get(
      `${path}/:file`,
      { config, schema: { hide: true, params: File, querystring: Asked } },
      async ({ params: { file }, query }, reply) => {
        const table = GAP_TABLES.find(({ name }) => `${name}.csv` === file)
        if (!table) throw notFound('Le fichier', file)
        return reply
          .type('text/csv; charset=utf-8')
          .header('content-disposition', `attachment; filename="manques-${file}"`)
          .send(gapCsv(table, await gapsOf(query)))
      },
    )
  }
