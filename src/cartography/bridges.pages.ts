import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { Db } from '../db.ts'
import { sendPage } from '../web/reply.ts'
import { compareMetiers } from './bridges.ts'
import { commonBlocks } from './common-blocks.ts'
import { bridgePage } from './bridge-view.ts'
import { bridgesPage } from './bridges-view.ts'
import { bridgesFrom, type Crossings } from './crossings.ts'
import { readMap } from './map.ts'

const config = { access: 'public' } as const
const Slug = Type.String({ minLength: 1, maxLength: 90 })
/** Fields left empty arrive as empty texts. */
const Asked = Type.Object({
  de: Type.Optional(Type.String({ maxLength: 90 })),
  vers: Type.Optional(Type.String({ maxLength: 90 })),
})

type Deps = { db: Db; crossings: Crossings; baseUrl: string }

/** `/cartographie/passerelles`: the ways from a métier to the others, and one of them in full. */
export const bridgesPages =
  ({ db, crossings, baseUrl }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const path = '/cartographie/passerelles'
    app.get(path, { config, schema: { hide: true, querystring: Asked } }, async ({ query }, reply) => {
      const { de = '', vers = '' } = query
      if (de !== '' && vers !== '' && de !== vers) {
        return reply.redirect(`${path}/${encodeURIComponent(de)}/${encodeURIComponent(vers)}`, 303)
      }
      const map = await readMap(db)
      const found = de === '' ? null : bridgesFrom(map, crossings, de)
      const isSame = de !== '' && de === vers
      return sendPage(isSame ? reply.code(422) : reply, bridgesPage({ map, de, found, isSame, baseUrl }))
    })

    app.get(
      `${path}/:from/:to`,
      { config, schema: { hide: true, params: Type.Object({ from: Slug, to: Slug }) } },
      async ({ params }, reply) => {
        const map = await readMap(db)
        const comparison = compareMetiers(map, params.from, params.to)
        const crossing = await crossings.cross(map, comparison)
        const blocks = commonBlocks(map, comparison)
        return sendPage(reply, bridgePage({ map, comparison, crossing, blocks, baseUrl }))
      },
    )
  }
