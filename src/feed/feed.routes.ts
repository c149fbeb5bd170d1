import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { actorFrom, requireOrganisation, TRAINERS } from '../auth/access.ts'
import type { Db } from '../db.ts'
import { notAllowed } from '../errors.ts'
import { getOrganisation } from '../organisations/organisations.ts'
import { positionOf, readEvents, serializeEvent } from './events.ts'
import { Types } from './schema.ts'

/** `/api/v1/events`: what happens in an organisation, in order, for a tool that asks from time to time. */
export const feedRoutes =
  ({ db, baseUrl }: { db: Db; baseUrl: string }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/events',
      {
        config: { access: TRAINERS, scope: 'events' },
        schema: {
          summary: 'Le fil des événements d’un organisme : badges, habilitations, sessions, sans donnée personnelle',
          tags: ['Événements'],
          querystring: Type.Object({
            organisation: Type.Optional(Type.String({ maxLength: 60 })),
            after: Type.Optional(
              Type.String({
                pattern: '^(now|\\d{1,15})$',
                description:
                  'Le « next » de la lecture d’avant ; « now » : la fin du fil ; rien : le plus ancien gardé',
              }),
            ),
            limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
            type: Type.Optional(Types),
          }),
        },
      },
      async (request) => {
        const { organisation = actorFrom(request).grants[0]?.organisation, limit = 100, type, after } = request.query
        if (!organisation) throw notAllowed('Précisez l’organisme : « ?organisation=… ».')
        requireOrganisation(request, organisation)
        const { id: organisationId } = await getOrganisation(db, organisation)
        const asked = { organisationId, types: type, after: await positionOf(db, after), limit }
        const { events, upto } = await readEvents(db, asked)
        return { items: events.map((one) => serializeEvent(one, organisation, baseUrl)), next: String(upto) }
      },
    )
  }
