import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { spaceOf, TRAINERS } from '../auth/access.ts'
import type { Db } from '../db.ts'
import { SlugParams } from '../organisations/schema.ts'
import type { Vault } from '../vault.ts'
import { asPrivate, sendPrivate } from '../web/reply.ts'
import { figuresCsv, readFigures } from './figures.ts'
import { figuresPage } from './figures-view.ts'
import { readOverview } from './overview.ts'
import { overviewPage } from './overview-view.ts'

/** `/organisme/{slug}`: an organisation at a glance, and its figures. */
export const overviewPages =
  ({ db, vault }: { db: Db; vault: Vault }): FastifyPluginAsyncTypebox =>
  async (app) => {
    const route = { config: { access: TRAINERS }, schema: { hide: true, params: SlugParams } }
    const deps = { db, vault }

    app.get('/organisme/:slug', route, async (request, reply) => {
      const space = await spaceOf(request, request.params.slug, deps)
      return sendPrivate(reply, overviewPage({ ...space, overview: await readOverview(db, space.organisation.id) }))
    })
    app.get('/organisme/:slug/chiffres', route, async (request, reply) => {
      const space = await spaceOf(request, request.params.slug, deps)
      return sendPrivate(reply, figuresPage({ ...space, figures: await readFigures(db, space.organisation.id) }))
    })
    app.get('/organisme/:slug/chiffres.csv', route, async (request, reply) => {
      const { organisation } = await spaceOf(request, request.params.slug, deps)
      return asPrivate(reply)
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="chiffres-${organisation.slug}.csv"`)
        .send(figuresCsv(await readFigures(db, organisation.id)))
    })
  }
