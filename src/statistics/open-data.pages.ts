import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Db } from '../db.ts'
import { HOUR } from '../web/components.ts'
import { sendDocument, sendPage } from '../web/reply.ts'
import type { Site } from './edition-head.ts'
import { CATALOGUE, type Contact, OPEN_DATA, openDataCatalogue, readOpenData } from './open-data.ts'
import { openDataPage } from './open-data-view.ts'

const config = { access: 'public' } as const

/** The open data, for people and for portals that harvest. */
export const openDataPages =
  ({ db, contact, ...site }: { db: Db; contact: Contact } & Site): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(OPEN_DATA, { config, schema: { hide: true } }, async (_request, reply) => {
      void reply.header('link', `<${site.baseUrl}${CATALOGUE}>; rel="alternate"; type="application/ld+json"`)
      return sendPage(reply, openDataPage(await readOpenData(db), site, contact))
    })
    app.get(CATALOGUE, { config, schema: { hide: true } }, async (_request, reply) => {
      const document = `${JSON.stringify(openDataCatalogue(await readOpenData(db), site, contact), null, 2)}\n`
      return sendDocument(reply, 'application/ld+json', document, HOUR)
    })
  }
