import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { Db } from '../db.ts'
import { compareMetiers, type Side } from './bridges.ts'
import { commonBlocks } from './common-blocks.ts'
import { bridgesFrom, type Crossings, SUPPOSED_HOURS } from './crossings.ts'
import { readMap } from './map.ts'

const config = { access: 'public' } as const
const Slug = Type.String({ minLength: 1, maxLength: 90 })
const closed = { additionalProperties: false }
const tags = ['Cartographie']

type Deps = { db: Db; crossings: Crossings }

/** The ways from a métier to another, as data. */
export const bridgesRoutes =
  ({ db, crossings }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/cartography/bridges',
      {
        config,
        schema: {
          summary: 'Passerelles d’un métier vers chaque autre ; « computing » : heures en cours de calcul',
          tags,
          querystring: Type.Object({ from: Slug }, closed),
        },
      },
      async ({ query }) => {
        const found = bridgesFrom(await readMap(db), crossings, query.from)
        return {
          from: query.from,
          supposedHours: SUPPOSED_HOURS,
          items: found.map(({ comparison: { known, declared }, crossing, row }) => ({
            ...row,
            known,
            declared,
            computing: known && crossing === null,
          })),
        }
      },
    )

    app.get(
      '/cartography/bridges/:from/:to',
      {
        config,
        schema: {
          summary: 'Passerelle entre deux métiers : compétences communes et à acquérir, heures, blocs communs',
          tags,
          params: Type.Object({ from: Slug, to: Slug }),
        },
      },
      async ({ params }) => {
        const map = await readMap(db)
        const comparison = compareMetiers(map, params.from, params.to)
        return {
          ...comparison,
          from: namedSide(comparison.from),
          to: namedSide(comparison.to),
          blocks: commonBlocks(map, comparison),
          supposedHours: SUPPOSED_HOURS,
          crossing: await crossings.cross(map, comparison),
        }
      },
    )
  }

/** A métier by its name; `funded` is the one whose competences stand for a scheme. */
const namedSide = ({ metier: { slug, kind, family, status, core, label }, funded }: Side) => ({
  slug,
  kind,
  family,
  status,
  /** Whether digital mediation is the heart of it: lists say only that part of another. */
  core,
  label,
  funded: funded?.slug ?? null,
})
