import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { Db } from '../db.ts'
import { findGaps, type Gaps, HORIZON, narrowGaps } from './gaps.ts'
import { byRegion } from './territory-gaps.ts'

const Asked = Type.Object(
  {
    days: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 730, default: HORIZON, description: 'Horizon des sessions, en jours' }),
    ),
    metier: Type.Optional(Type.String({ minLength: 1, maxLength: 90, description: 'Un métier ou une fonction' })),
    axis: Type.Optional(Type.Enum(['professional', 'digital'], { description: 'Un des deux axes de compétences' })),
    departement: Type.Optional(Type.String({ maxLength: 3, description: 'Code officiel : 01, 2A, 69, 971…' })),
    region: Type.Optional(Type.String({ maxLength: 2, description: 'Code officiel : 84, 11, 01…' })),
  },
  { additionalProperties: false },
)

/** `GET /cartography/gaps`: what is missing of the offer, now. Names of départements and targets are in the files. */
export const gapsRoutes =
  ({ db }: { db: Db }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/cartography/gaps',
      {
        config: { access: 'public' },
        schema: {
          summary: 'Ce qui manque à l’offre : compétences, départements, blocs',
          description: 'Seules les sessions planifiées dans ce service sont connues.',
          tags: ['Cartographie'],
          querystring: Asked,
        },
      },
      async ({ query: { days = HORIZON, axis, ...asked } }) => {
        const found = narrowGaps(await findGaps(db, { now: new Date(), days }), { ...asked, axe: axis })
        const { horizon, sessions, shares, competences, cells, departements, blocks, lists } = found
        return {
          horizon: { ...horizon, days },
          sessions,
          shares,
          competences,
          departements: departements.map(withoutNames),
          regions: byRegion(cells),
          blocks,
          lists,
        }
      },
    )
  }

const withoutNames = ({ scope, target, axis, departement, region, ...counts }: Gaps['departements'][number]) => {
  const { covered, of, sessions, distance, last, next } = counts
  return { scope, target, axis, departement, region, covered, of, sessions, distance, last, next }
}
