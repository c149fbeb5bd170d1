import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { claimsOf, requireOrganisation, TRAINERS } from '../auth/access.ts'
import { getAchievement } from '../badges/achievements.ts'
import type { Db } from '../db.ts'
import { malformed } from '../errors.ts'
import { getOrganisation } from '../organisations/organisations.ts'
import type { Queue } from '../queue.ts'
import type { Vault } from '../vault.ts'
import { readCsv, readJson } from './completion-files.ts'
import type { RowContext } from './completion-rows.ts'
import { receiveCompletions } from './completions.ts'
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
const CompletionRow = Type.Unknown({
  description:
    'Un objet par personne, avec les colonnes du CSV : email, given_name, family_name, completed_on, result ' +
    '(« acquis » ou « non acquis »), et au besoin evidence_url, narrative et une colonne par compétence (« digcomp:2.1 »).',
})
const MAX_BODY = 32 * 1024 * 1024

type Deps = { db: Db; vault: Vault; queue: Queue; baseUrl: string }

/** Sessions, enrolments and completions of a training organisation. */
export const trainingRoutes =
  ({ db, vault, queue, baseUrl }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const config = { access: TRAINERS }

    app.post(
      '/sessions',
      { config, schema: { summary: 'Planifier une session', tags: ['Formation'], body: NewSession } },
      async (request, reply) => {
        const { organisation: slug, ...given } = request.body
        requireOrganisation(claimsOf(request), slug)
        if ((given.module === undefined) === (given.block === undefined)) {
          throw malformed(
            'session_subject',
            'Une session porte sur un module ou sur un bloc de certification.',
            'Donnez « module » ou « block », et un seul des deux.',
          )
        }
        const session = await planSession(db, await getOrganisation(db, slug), given)
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
        requireOrganisation(claimsOf(request), slug)
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
        requireOrganisation(claimsOf(request), organisation.slug)
        return reply.code(201).send(await enrolLearners(db, vault, session.id, request.body))
      },
    )

    app.addContentTypeParser('text/csv', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    app.post(
      '/sessions/:id/completions',
      {
        config,
        bodyLimit: MAX_BODY,
        preValidation: requireRows,
        schema: {
          summary: 'Envoyer les acquis d’une session (JSON ou CSV) ; les badges sont délivrés ensuite',
          tags: ['Formation'],
          consumes: ['application/json', 'text/csv'],
          params: SessionId,
          body: {
            content: {
              'application/json': { schema: Type.Array(CompletionRow, { minItems: 1 }) },
              'text/csv': { schema: Type.Any({ description: 'UTF-8, virgule ou point-virgule, en-tête obligatoire' }) },
            },
          },
        },
      },
      async (request, reply) => {
        const { session, organisation } = await getSession(db, request.params.id)
        requireOrganisation(claimsOf(request), organisation.slug)
        const { competences } = await getAchievement(db, session.achievementSlug, session.achievementVersion)
        const context: RowContext = {
          targets: competences,
          startsOn: session.startsOn,
          today: lastDayAnywhere(),
        }
        const body: unknown = request.body
        const rows = Buffer.isBuffer(body) ? readCsv(body, context) : readJson(body as unknown[], context)
        const campaignId = await receiveCompletions(db, vault, session.id, rows)
        await queue.enqueue('credentials.issue', { campaignId })
        const location = `${baseUrl}/api/v1/campaigns/${campaignId}`
        return reply.code(202).header('location', location).send({ campaign: campaignId, location })
      },
    )
  }

/** Before the schema, which takes a scalar for an array of one and leaves other formats unchecked. */
async function requireRows({ body }: { body: unknown }): Promise<void> {
  if (Buffer.isBuffer(body) || Array.isArray(body)) return
  throw malformed(
    'rows_expected',
    'Les acquis s’envoient en CSV ou en tableau JSON.',
    'Envoyez le fichier avec « Content-Type: text/csv », ou un tableau avec « Content-Type: application/json ».',
  )
}

/** Today where the day is furthest ahead (UTC+14): overseas trainers send their rows the same evening. */
const lastDayAnywhere = (): string => new Date(Date.now() + 14 * 3600_000).toISOString().slice(0, 10)
