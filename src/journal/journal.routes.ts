import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { requireOrganisation } from '../auth/access.ts'
import { listGrants } from '../auth/grants.ts'
import type { Db } from '../db.ts'
import { getOrganisation } from '../organisations/organisations.ts'
import { readJournal } from './read-journal.ts'
import { authorWords, sentenceOf } from './sentences.ts'

/** The journal of an organisation, as data. */
export const journalRoutes =
  ({ db }: { db: Db }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/organisations/:slug/journal',
      {
        config: { access: ['exploitant', 'administrateur'] },
        schema: {
          summary: 'Le journal de ce qui concerne un organisme, du plus récent au plus ancien',
          tags: ['Organismes'],
          params: Type.Object({ slug: Type.String({ maxLength: 60 }) }),
          querystring: Type.Object({
            day: Type.Optional(Type.String({ format: 'date', pattern: '^20', description: 'Un jour, à Paris' })),
            after: Type.Optional(Type.Integer({ minimum: 1, description: 'Le « next » de la page d’avant' })),
            limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
          }),
        },
      },
      async (request) => {
        const { slug } = request.params
        const { day, after: before, limit = 100 } = request.query
        const { sub: reader } = requireOrganisation(request, slug)
        const { id: organisationId } = await getOrganisation(db, slug)
        const team = new Set((await listGrants(db, { organisationId })).map((one) => one.personId))
        const { items, next } = await readJournal(db, { organisationId, reader, day, before, limit })
        return {
          items: items.map((line) => {
            const { position, at, action, subject, reason, details } = line
            const author = authorWords(line, reader, team)
            return { position, at, author, action, sentence: sentenceOf(action, details), subject, reason, details }
          }),
          next,
        }
      },
    )
  }
