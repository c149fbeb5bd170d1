import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { actorFrom, requireOrganisation, TRAINERS } from '../auth/access.ts'
import type { Db } from '../db.ts'
import { malformed } from '../errors.ts'
import { getOrganisation } from '../organisations/organisations.ts'
import { Reason, Why } from '../organisations/schema.ts'
import type { Vault } from '../vault.ts'
import { cancelLearners, noteAttendance } from './attendance.ts'
import { listEnrolments } from './enrolments.ts'
import {
  cancelSession,
  enrolLearners,
  getSession,
  listSessions,
  planSession,
  serializeSession,
  type Session,
} from './sessions.ts'
import { MOST_CENTS } from './prices.ts'
import { ATTENDANCES } from './transitions.ts'

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
    badge: Type.Optional(
      Type.String({ minLength: 1, maxLength: 90, description: 'Ou badge écrit par l’organisme : « organisme--nom »' }),
    ),
    startsOn: Day,
    endsOn: Day,
    departement: Type.Optional(Type.String({ maxLength: 3, description: 'Code officiel : 01, 2A, 69, 971…' })),
    place: Type.Optional(Type.String({ maxLength: 200 })),
    capacity: Type.Integer({ minimum: 1, maximum: 100_000 }),
    modality: Type.Union([Type.Literal('presentiel'), Type.Literal('distance'), Type.Literal('hybride')]),
    hours: Type.Optional(Type.Integer({ minimum: 1, maximum: 2000, description: 'Combien d’heures elle dure' })),
    priceCents: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: MOST_CENTS,
        description: 'Prix public par personne, en centimes ; 0 : gratuite',
      }),
    ),
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
const Page = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
  after: Type.Optional(Uuid),
})
const { email } = Learner.properties
const Off = Type.Object({ email, reason: Why }, { additionalProperties: false })
const Seen = Type.Object(
  { email, attendance: Type.Enum([...ATTENDANCES], { description: 'replay : la rediffusion, à distance seulement' }) },
  { additionalProperties: false },
)

type Deps = { db: Db; vault: Vault }

/** Sessions and enrolments of a training organisation. */
export const trainingRoutes =
  ({ db, vault }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const config = { access: TRAINERS, scope: 'sessions' }
    const sessionOf = async (request: FastifyRequest, id: string): Promise<Session> => {
      const { session, organisation } = await getSession(db, id)
      requireOrganisation(request, organisation.slug)
      return session
    }

    app.post(
      '/sessions',
      { config, schema: { summary: 'Planifier une session', tags: ['Formation'], body: NewSession } },
      async (request, reply) => {
        const { organisation: slug, ...given } = request.body
        requireOrganisation(request, slug)
        if ([given.module, given.block, given.badge].filter((one) => one !== undefined).length !== 1) {
          throw malformed(
            'session_subject',
            'Une session porte sur un module, sur un bloc de certification ou sur un badge de l’organisme.',
            'Donnez « module », « block » ou « badge », et un seul des trois.',
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
          querystring: Type.Object({ organisation: Type.String({ maxLength: 60 }), ...Page.properties }),
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
          querystring: Type.Object({
            waiting: Type.Optional(
              Type.Boolean({
                description: 'Quand la session est pleine : mettre sur la liste d’attente, dans l’ordre',
              }),
            ),
          }),
          body: Type.Array(Learner, { minItems: 1, maxItems: 5000 }),
        },
      },
      async (request, reply) => {
        const session = await sessionOf(request, request.params.id)
        const author = actorFrom(request).sub
        const mayWait = request.query.waiting === true
        const answer = await enrolLearners(db, vault, session, request.body, { author, mayWait })
        return reply.code(201).send(answer)
      },
    )

    app.get(
      '/sessions/:id/enrolments',
      {
        config,
        schema: {
          summary: 'Qui est inscrit à une session, en attente ou annulé, et qui l’a suivie',
          tags: ['Formation'],
          params: SessionId,
          querystring: Page,
        },
      },
      async (request) => {
        const session = await sessionOf(request, request.params.id)
        const { limit = 100, after } = request.query
        return listEnrolments(db, vault, session, { author: actorFrom(request).sub, limit, after })
      },
    )

    app.post(
      '/sessions/:id/enrolments/cancellation',
      {
        config,
        schema: {
          summary: 'Annuler des inscriptions ; qui attend depuis le plus longtemps prend la place',
          tags: ['Formation'],
          params: SessionId,
          body: Type.Array(Off, { minItems: 1, maxItems: 500 }),
        },
      },
      async (request) => {
        const { id } = await sessionOf(request, request.params.id)
        return { receipts: await cancelLearners(db, vault, id, request.body, { author: actorFrom(request).sub }) }
      },
    )

    app.post(
      '/sessions/:id/attendance',
      {
        config,
        schema: {
          summary: 'Noter qui a suivi une session',
          tags: ['Formation'],
          params: SessionId,
          body: Type.Array(Seen, { minItems: 1, maxItems: 5000 }),
        },
      },
      async (request) => {
        const { id } = await sessionOf(request, request.params.id)
        return { receipts: await noteAttendance(db, vault, id, request.body, { author: actorFrom(request).sub }) }
      },
    )

    app.post(
      '/sessions/:id/cancellation',
      {
        config,
        schema: {
          summary: 'Annuler une session que personne n’a encore suivie ; les personnes inscrites sont prévenues',
          tags: ['Formation'],
          params: SessionId,
          body: Reason,
        },
      },
      async (request) => {
        const { session, organisation } = await getSession(db, request.params.id)
        const author = requireOrganisation(request, organisation.slug).sub
        const { reason } = request.body
        return serializeSession(await cancelSession(db, vault, session.id, { author, reason }), organisation.slug)
      },
    )
  }
