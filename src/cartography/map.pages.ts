import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { Db } from '../db.ts'
import { competenceDocument } from '../referential/skos.ts'
import { getCompetence } from '../referential/referential.ts'
import { sendPage } from '../web/reply.ts'
import { competenceMapPage } from './competence-map-view.ts'
import { readCompetence } from './competence-reading.ts'
import { readMap } from './map.ts'
import { searchMap } from './map-search.ts'
import { mapPage } from './map-view.ts'
import { metierMapPage } from './metier-map-view.ts'
import { readMetier } from './metier-reading.ts'

const config = { access: 'public' } as const
const Segment = (maxLength: number) => Type.String({ minLength: 1, maxLength })
const Asked = Type.Object({
  q: Type.Optional(Type.String({ maxLength: 100 })),
  nature: Type.Optional(Type.Enum(['', 'metier', 'role', 'scheme'])),
  famille: Type.Optional(Type.Enum(['', 'mediation', 'formation', 'encadrement', 'support'])),
  statut: Type.Optional(Type.Enum(['', 'existing', 'proposed', 'historic'])),
  axe: Type.Optional(Type.Enum(['', 'professional', 'digital'])),
  sorte: Type.Optional(Type.Enum(['', 'savoir', 'savoir-faire', 'savoir-etre', 'domaine', 'competence'])),
})
const Competence = Type.Object({ framework: Segment(40), version: Segment(20), code: Segment(40) })

/** The map of métiers and competences, as pages: the whole, one métier, one competence. */
export const mapPages =
  ({ db, baseUrl }: { db: Db; baseUrl: string }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get('/cartographie', { config, schema: { hide: true, querystring: Asked } }, async ({ query }, reply) => {
      const map = await readMap(db)
      return sendPage(reply, mapPage({ map, found: searchMap(map, query), asked: query, baseUrl }))
    })

    app.get(
      '/cartographie/metiers/:slug',
      { config, schema: { hide: true, params: Type.Object({ slug: Segment(90) }) } },
      async ({ params }, reply) => {
        const map = await readMap(db)
        return sendPage(reply, metierMapPage({ map, reading: readMetier(map, params.slug), baseUrl }))
      },
    )

    app.get(
      '/cartographie/competences/:framework/:version/:code',
      { config, schema: { hide: true, params: Competence } },
      async ({ params: { framework, version, code } }, reply) => {
        const [map, found] = [await readMap(db), await getCompetence(db, framework, version, code)]
        const linked = competenceDocument(found, baseUrl)
        return sendPage(
          reply,
          competenceMapPage({ map, reading: readCompetence(map, { framework, version, code }), linked, baseUrl }),
        )
      },
    )
  }
