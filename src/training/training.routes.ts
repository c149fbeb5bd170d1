import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { actorFrom, requireOrganisation, TRAINERS } from '../auth/access.ts'
import type { Db } from '../db.ts'
import { malformed } from '../errors.ts'
import { getOrganisation } from '../organisations/organisations.ts'
import type { Vault } from '../vault.ts'
import { enrolLearners, getSession, listSessions, planSession, serializeSession } from './sessions.ts'

const Day = Type.String({ format: 'date', pattern: '^(19|20)' })
/** At most 36 characters: the format alone would let `urn:uuid:` through, which the database does not read. */
const Uuid = Type.String({ format: 'uuid', maxLength: 36 })
const NewSession = Type.Object(
  {
    organisation: Type.String({ maxLength: 60, description: 'Identifiant de l’organisme' }),
    module: Type.Optional(Type.String({ minLength: 1, maxLength: 80, description: 'Module enseigné' })),
    block: Type.Optional(
      Type.String({ minLength: 1, maxLength: 80, description: 'Ou bloc évalué : « rncp40695/CCP1 »' }),
    ),
    startsOn: Day,
    endsOn: Day,
    departement: Type.Optional(Type.String({ maxLength: 3, description: 'Code officiel : 01, 2A, 69, 971…' })),
    place: Type.Optional(Type.String({ maxLength: 200 })),
    capacity: Type.Integer({ minimum: 1, maximum: 100_000 }),
    modality: Type.Union([Type.Literal('presentiel'), Type.Literal('distance'), Type.Literal('hybride')]),
  },
  { additionalProperties: false },
)
const Learner = Type.Object(
  {
    email: Type.String({ format: 'email', maxLength: 254 }),
    givenName: Type.String({ minLength: 1, maxLength: 100 }),
    familyName: Type.String({ minLength: 1, maxLength: 100 }),
  },
  { additionalProperties: false },
)
const SessionId = Type.Object({ id: Uuid })

type Deps = { db: Db; vault: Vault }

/** Sessions and enrolments of a training organisation. */
export const trainingRoutes =
  ({ db, vault }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const config = { access: TRAINERS, scope: 'sessions' }

    app.post(
      '/sessions',
      { config, schema: { summary: 'Planifier une session', tags: ['Formation'], body: NewSession } },
      async (request, reply) => {
        const { organisation: slug, ...given } = request.body
        requireOrganisation(request, slug)
        if ((given.module === undefined) === (given.block === undefined)) {
          throw malformed(
            'session_subject',
            'Une session porte sur un module ou sur un bloc de certification.',
            'Donnez « module » ou « block », et un seul des deux.',
          )
        }
        const session = await planSession(db, await getOrganisation(db, slug), given, actorFrom(request).sub)
        return reply.code(201).send(serializeSession(session, slug))
      },
    )

    app.get(
      '/sessions',
      {
        config,
        schema: {
          summary: 'Les sessions d’un organisme',
          tags: ['Formation'],
          querystring: Type.Object({
            organisation: Type.String({ maxLength: 60 }),
            limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
            after: Type.Optional(Uuid),
          }),
        },
      },
      async (request) => {
        const { organisation: slug, limit = 100, after } = request.query
        requireOrganisation(request, slug)
        const organisation = await getOrganisation(db, slug)
        const { items, next } = await listSessions(db, organisation.id, limit, after)
        return { items: items.map((one) => serializeSession(one, slug)), next }
      },
    )

    app.post(
      '/sessions/:id/enrolments',
      {
        config,
        schema: {
          summary: 'Inscrire des personnes à une session',
          tags: ['Formation'],
          params: SessionId,
          body: Type.Array(Learner, { minItems: 1, maxItems: 5000 }),
        },
      },
      async (request, reply) => {
        const { session, organisation } = await getSession(db, request.params.id)
        requireOrganisation(request, organisation.slug)
        const answer = await enrolLearners(db, vault, session, request.body, actorFrom(request).sub)
        return reply.code(201).send(answer)
      },
    )
  }
