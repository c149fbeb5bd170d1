import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { actorFrom, OFFICERS } from '../auth/access.ts'
import type { Db } from '../db.ts'
import { notAllowed } from '../errors.ts'
import { Reason, Slug, SlugParams } from '../organisations/schema.ts'
import type { Queue } from '../queue.ts'
import type { Vault } from '../vault.ts'
import { isOfficer, isReferentOf } from './access.ts'
import { countHabilitations, DEFINITIONS } from './counts.ts'
import { noteActivity } from './inactivity.ts'
import { closeStructure, getStructure, reopenStructure } from './structures.ts'
import type { Authority } from './validation.ts'

const tags = ['Habilitation']
const config = { access: OFFICERS }
const closed = { additionalProperties: false }
const Day = Type.String({ format: 'date', pattern: '^20', maxLength: 10 })
const Activities = Type.Array(
  Type.Union([
    Type.Object({ habilitation: Type.String({ format: 'uuid', maxLength: 36 }), lastSeenOn: Day }, closed),
    Type.Object(
      {
        email: Type.String({ minLength: 3, maxLength: 254 }),
        siret: Type.String({ minLength: 7, maxLength: 14 }),
        lastSeenOn: Day,
      },
      closed,
    ),
  ]),
  { minItems: 1, maxItems: 20_000 },
)
const ACTIVITY_LIMIT = 8 * 1024 * 1024

type Deps = { db: Db; vault: Vault; queue: Queue; authority: Authority }

/** Structures of aidantes and aidants, how many are habilitated, and who was seen on Aidants Connect. */
export const structuresRoutes =
  ({ db, vault, queue, authority }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const answer = async (slug: string) => {
      const { id, name, createdAt, closedAt, reopenedAt } = await getStructure(db, slug)
      const since = closedAt ?? reopenedAt ?? createdAt
      const counts = await countHabilitations(db, { organisationId: id })
      return { slug, name, state: closedAt ? 'closed' : 'open', since, ...counts, definitions: DEFINITIONS }
    }

    app.get(
      '/habilitations/structures/:slug',
      {
        config: { access: [...OFFICERS, 'referent'] },
        schema: { summary: 'Une structure : ouverte ou fermée, et ses nombres', tags, params: SlugParams },
      },
      async (request) => {
        const { slug } = request.params
        const actor = actorFrom(request)
        if (!isOfficer(actor) && !isReferentOf(actor, slug)) {
          throw notAllowed('Votre accès ne couvre pas cette structure.')
        }
        return answer(slug)
      },
    )

    app.post(
      '/habilitations/structures/:slug/closure',
      {
        config,
        schema: {
          summary: 'Fermer une structure : ses habilitations sont suspendues, ses demandes attendent',
          tags,
          params: SlugParams,
          body: Reason,
        },
      },
      async (request) => {
        const { slug } = request.params
        await closeStructure(db, slug, { author: actorFrom(request).sub, reason: request.body.reason })
        return answer(slug)
      },
    )

    app.post(
      '/habilitations/structures/:slug/reopening',
      {
        config,
        schema: {
          summary: 'Rouvrir une structure : ce que sa fermeture suspendait vaut à nouveau',
          tags,
          params: SlugParams,
          body: Reason,
        },
      },
      async (request) => {
        const { slug } = request.params
        await reopenStructure(db, authority, slug, { author: actorFrom(request).sub, reason: request.body.reason })
        await queue.enqueue('awards.issue', {})
        return answer(slug)
      },
    )

    app.get(
      '/habilitations/counts',
      {
        config: { access: [...OFFICERS, 'comite'] },
        schema: {
          summary: 'Combien sont habilitées et habilités, combien sont en cours : deux nombres, sans total',
          tags,
          querystring: Type.Object(
            { structure: Type.Optional(Slug), departement: Type.Optional(Type.String({ minLength: 2, maxLength: 3 })) },
            closed,
          ),
        },
      },
      async (request) => {
        const { structure, departement } = request.query
        const organisationId = structure === undefined ? undefined : (await getStructure(db, structure)).id
        return { ...(await countHabilitations(db, { organisationId, departement })), definitions: DEFINITIONS }
      },
    )

    app.post(
      '/habilitations/activity',
      {
        config,
        bodyLimit: ACTIVITY_LIMIT,
        schema: {
          summary: 'Noter quand chacune et chacun a été vu sur Aidants Connect ; un reçu par ligne',
          tags,
          body: Activities,
        },
      },
      async (request) => noteActivity(db, vault, request.body, actorFrom(request).sub),
    )
  }
