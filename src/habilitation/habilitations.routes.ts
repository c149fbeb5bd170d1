import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { actorFrom, OFFICERS } from '../auth/access.ts'
import type { Actor } from '../auth/actor.ts'
import type { Db } from '../db.ts'
import { notAllowed } from '../errors.ts'
import { Reason, Slug, Why } from '../organisations/schema.ts'
import { getOrganisation } from '../organisations/organisations.ts'
import type { Vault } from '../vault.ts'
import { JSON_LD, sendDocument } from '../web/reply.ts'
import { isOfficer, isReferentOf } from './access.ts'
import {
  type Change,
  changeHabilitation,
  findHabilitation,
  type HabilitationView,
  listHabilitations,
  serializeHabilitation,
} from './habilitations.ts'
import { notYours, requireHabilitation, tellHabilitation } from './habilitation-reading.ts'
import { IdParams } from './schema.ts'
import { answerState, signState } from './state-answer.ts'
import type { Lapse } from './statuses.ts'
import type { Authority } from './validation.ts'

const tags = ['Habilitation']
/** A structure's closing is decided of the structure. */
const DECIDED: [Lapse, Lapse] = ['referent', 'inactivity']
const Lapsing = Type.Object(
  { reason: Why, lapse: Type.Optional(Type.Enum(DECIDED, { description: 'Quelle cause ; « referent » à défaut' })) },
  { additionalProperties: false },
)
const Listed = Type.Object(
  {
    organisation: Type.Optional(Slug),
    state: Type.Optional(Type.Enum(['active', 'suspended', 'ended'])),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
    after: Type.Optional(Type.String({ format: 'uuid', maxLength: 36, description: '« next » de la page d’avant' })),
  },
  { additionalProperties: false },
)
const Asked = Type.Object(
  {
    at: Type.Optional(
      Type.Union(
        [
          Type.String({ format: 'date', pattern: '^20', maxLength: 10 }),
          Type.String({ format: 'date-time', pattern: '^20.{8}T', maxLength: 40 }),
        ],
        { description: 'Un jour à Paris (2026-03-12), ou une date et heure avec son décalage ; maintenant à défaut' },
      ),
    ),
    signed: Type.Optional(
      Type.Literal('1', { description: 'Réponse signée, comme avec « Accept: application/vc+ld+json »' }),
    ),
  },
  { additionalProperties: false },
)

type Deps = { db: Db; vault: Vault; authority: Authority }

/** Habilitations: where each stands, what suspends it, what restores it, and what it was on a day. */
export const habilitationsRoutes =
  ({ db, vault, authority }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { baseUrl } = authority
    const requested = (request: FastifyRequest): Promise<HabilitationView> => {
      const { id } = request.params as { id: string }
      const isForHolder = request.routeOptions.config.access?.includes('titulaire') ?? false
      return requireHabilitation(db, actorFrom(request), { id, isForHolder })
    }

    app.get(
      '/habilitations',
      {
        config: { access: [...OFFICERS, 'referent'] },
        schema: { summary: 'Les habilitations, d’une structure ou de toutes', tags, querystring: Listed },
      },
      async (request) => {
        const { organisation, limit = 100, ...asked } = request.query
        const actor = actorFrom(request)
        if (!isOfficer(actor) && !(organisation !== undefined && isReferentOf(actor, organisation))) throw notYours()
        const organisationId = organisation === undefined ? null : (await getOrganisation(db, organisation)).id
        const { items, next } = await listHabilitations(db, { ...asked, organisationId, limit })
        return { items: items.map((one) => serializeHabilitation(one, baseUrl)), next }
      },
    )

    app.get(
      '/habilitations/:id',
      {
        config: { access: [...OFFICERS, 'referent', 'titulaire'] },
        schema: { summary: 'Une habilitation et son histoire', tags, params: IdParams },
      },
      async (request) => tellHabilitation(db, baseUrl, await requested(request), actorFrom(request)),
    )

    /** One of the changes that may be made to it, by who may. */
    const change = (path: string, summary: string, access: typeof OFFICERS, kind: 'lapsed' | 'restored') =>
      app.post(
        `/habilitations/:id/${path}`,
        { config: { access }, schema: { summary, tags, params: IdParams, body: Lapsing } },
        async (request) => {
          const { lapse = 'referent', reason } = request.body
          const held = await requested(request)
          const actor = actorFrom(request)
          if (lapse !== 'referent' && !isOfficer(actor)) {
            throw notAllowed(
              'La référente ou le référent ne décide que de sa propre suspension.',
              'Écrivez « referent », ou demandez à l’équipe d’Aidants Connect.',
            )
          }
          return decide(held, actor, { kind, lapse }, reason)
        },
      )
    const decide = async ({ id }: HabilitationView, actor: Actor, change: Change, reason: string) => {
      await changeHabilitation(db, id, change, { author: actor.sub, reason })
      return tellHabilitation(db, baseUrl, (await findHabilitation(db, id))!, actor)
    }
    change('lapse', 'Suspendre une habilitation', [...OFFICERS, 'referent'], 'lapsed')
    change('restoration', 'Lever une cause de suspension', [...OFFICERS, 'referent'], 'restored')

    app.post(
      '/habilitations/:id/withdrawal',
      {
        config: { access: OFFICERS },
        schema: { summary: 'Retirer une habilitation, pour de bon', tags, params: IdParams, body: Reason },
      },
      async (request) => {
        const held = await requested(request)
        return decide(held, actorFrom(request), { kind: 'ended', lapse: null }, request.body.reason)
      },
    )

    app.get(
      '/habilitations/:id/state',
      {
        config: { access: 'public' },
        schema: {
          summary: 'Valait-elle ce jour-là ? Réponse signée à la demande, sans nom ni motif',
          tags,
          params: IdParams,
          querystring: Asked,
        },
      },
      async (request, reply) => {
        const { at, signed } = request.query
        void reply.header('vary', 'accept')
        const answered = await answerState(db, baseUrl, request.params.id, at)
        const isSigned = signed === '1' || request.accepts().type(['application/json', JSON_LD]) === JSON_LD
        if (!isSigned) return sendDocument(reply, 'application/json; charset=utf-8', JSON.stringify(answered), 0)
        return sendDocument(reply, JSON_LD, JSON.stringify(await signState(db, vault, authority, answered)), 0)
      },
    )
  }
