import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { requireOrganisation, rolesIn } from '../auth/access.ts'
import { listGrants } from '../auth/grants.ts'
import type { Db } from '../db.ts'
import { getOrganisation } from '../organisations/organisations.ts'
import { sendPrivate } from '../web/reply.ts'
import { journalPage } from './journal-view.ts'
import { readJournal } from './read-journal.ts'

const LINES = 100

/** `/organisme/{slug}/journal`: who did what, when and why, for who administers the organisation. */
export const journalPages =
  ({ db }: { db: Db }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/organisme/:slug/journal',
      {
        config: { access: ['exploitant', 'administrateur'] },
        schema: {
          hide: true,
          params: Type.Object({ slug: Type.String({ maxLength: 60 }) }),
          querystring: Type.Object({
            // A field left empty in a form arrives as an empty text.
            jour: Type.Optional(Type.String({ pattern: '^(20\\d\\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01]))?$' })),
            avant: Type.Optional(Type.Integer({ minimum: 1 })),
          }),
        },
      },
      async (request, reply) => {
        const { jour = '', avant: before } = request.query
        const { sub: reader } = requireOrganisation(request, request.params.slug)
        const { id: organisationId, slug, name } = await getOrganisation(db, request.params.slug)
        const team = new Set((await listGrants(db, { organisationId })).map((one) => one.personId))
        const page = await readJournal(db, { organisationId, reader, day: jour || undefined, before, limit: LINES })
        const roles = rolesIn(request, slug)
        return sendPrivate(reply, journalPage({ slug, name, roles, day: jour, reader, team, ...page }))
      },
    )
  }
