import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { actorFrom, OFFICERS } from '../auth/access.ts'
import type { Db } from '../db.ts'
import type { Queue } from '../queue.ts'
import type { Vault } from '../vault.ts'
import { takeDecisions } from './decisions.ts'
import { habilitationRequestsRoutes } from './habilitation-requests.routes.ts'
import { importRequests } from './import.ts'
import { organisationRequestsRoutes } from './organisation-requests.routes.ts'
import { Decisions, Import } from './schema.ts'
import type { Authority } from './validation.ts'

export type Deps = { db: Db; vault: Vault; queue: Queue; authority: Authority }

/** Twenty thousand requests, of some 500 bytes each. */
const MAX_IMPORT = 16 * 1024 * 1024

/** Requests for structures and for people, under `/habilitations`; and what officers do with many at once. */
export const requestsRoutes =
  (deps: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { db, vault, queue, authority } = deps
    await app.register(organisationRequestsRoutes(deps))
    await app.register(habilitationRequestsRoutes(deps))

    app.post(
      '/habilitations/decisions',
      {
        config: { access: OFFICERS },
        schema: {
          summary: 'Décider de plusieurs demandes ; un reçu pour chacune',
          tags: ['Habilitation'],
          body: Decisions,
        },
      },
      async (request) => {
        const items = await takeDecisions(db, vault, authority, actorFrom(request), request.body)
        await queue.enqueue('awards.issue', {})
        return { items }
      },
    )

    app.post(
      '/habilitations/imports',
      {
        config: { access: OFFICERS },
        bodyLimit: MAX_IMPORT,
        schema: {
          summary: 'Reprendre des demandes d’un autre système (20 000 au plus) ; un reçu par ligne',
          tags: ['Habilitation'],
          body: Import,
          response: { 200: Type.Object({ items: Type.Array(Type.Any()) }) },
        },
      },
      async (request) => {
        const { sub: author } = actorFrom(request)
        const items = await importRequests(db, vault, authority, request.body, { author })
        await queue.enqueue('awards.issue', {})
        return { items }
      },
    )
  }
