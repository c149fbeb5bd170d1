import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { Db } from '../db.ts'
import { Slug, SlugParams } from '../organisations/schema.ts'
import type { Vault } from '../vault.ts'
import { answerForm } from '../web/form-answer.ts'
import type { Given, Refusal } from '../web/forms.ts'
import { sendPrivate } from '../web/reply.ts'
import { type OrganisationSpace, spaceOf } from './access.ts'
import { createClient, GRACE_HOURS, listClients, revokeClient, rotateSecret, SCOPES } from './clients.ts'
import { accessesPage, secretPage } from './clients-view.ts'

const _jeton = Type.Optional(Type.String())
const OneOf = Type.Object({ slug: Slug, id: Type.String({ format: 'uuid', maxLength: 36 }) })
const NewClient = Type.Object(
  {
    name: Type.String({ minLength: 2, maxLength: 100, pattern: '\\S' }),
    scopes: Type.Array(Type.Enum(SCOPES), { minItems: 1, maxItems: SCOPES.length, uniqueItems: true }),
    _jeton,
  },
  { additionalProperties: false },
)
const Rotation = Type.Object(
  { graceHours: Type.Integer({ minimum: 0, maximum: GRACE_HOURS }), _jeton },
  { additionalProperties: false },
)
const Nothing = Type.Object({ _jeton }, { additionalProperties: false })

type Deps = { db: Db; vault: Vault; baseUrl: string }

/** `/organisme/{slug}/acces`: the software that an organisation lets act for it. */
export const clientsPages =
  ({ db, vault, baseUrl }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const config = { access: ['exploitant', 'administrateur'] } as const
    const deps = { db, vault }
    const path = '/organisme/:slug/acces'

    type More = { given?: Given; refusal?: Refusal; done?: string | undefined }
    const accessesOf = async (space: OrganisationSpace, more: More = {}) =>
      accessesPage({ ...space, clients: await listClients(db, space.organisation.id), baseUrl, ...more })
    // Shown in the answer to the form, which no address leads back to.
    const secretOf = async (space: OrganisationSpace, { id, secret }: { id: string; secret: string }) => {
      const clients = await listClients(db, space.organisation.id)
      return secretPage({ ...space, client: clients.find((one) => one.id === id)!, secret, baseUrl })
    }

    app.get(
      path,
      {
        config,
        schema: {
          hide: true,
          params: SlugParams,
          querystring: Type.Object({ fait: Type.Optional(Type.Literal('coupe')) }),
        },
      },
      async (request, reply) => {
        const done = request.query.fait && 'L’accès est coupé : son secret et ses jetons ne servent plus.'
        return sendPrivate(reply, await accessesOf(await spaceOf(request, request.params.slug, deps), { done }))
      },
    )
    app.post(
      path,
      { config, attachValidation: true, schema: { hide: true, params: SlugParams, body: NewClient } },
      async (request, reply) => {
        const space = await spaceOf(request, request.params.slug, deps)
        const act = async () => {
          const { name, scopes } = request.body
          const { author, organisation } = space
          return secretOf(space, await createClient(db, { organisationId: organisation.id, name, scopes, author }))
        }
        const given = request.body as Given
        return answerForm(request, reply, act, (refusal) => accessesOf(space, { given, refusal }))
      },
    )
    app.post(
      `${path}/:id/secret`,
      { config, attachValidation: true, schema: { hide: true, params: OneOf, body: Rotation } },
      async (request, reply) => {
        const { slug, id } = request.params
        const space = await spaceOf(request, slug, deps)
        const act = async () => {
          const { author, organisation } = space
          const { graceHours } = request.body
          return secretOf(space, await rotateSecret(db, { organisationId: organisation.id, id, graceHours, author }))
        }
        return answerForm(request, reply, act, (refusal) => accessesOf(space, { refusal }))
      },
    )
    app.post(
      `${path}/:id/revocation`,
      { config, schema: { hide: true, params: OneOf, body: Nothing } },
      async (request, reply) => {
        const { slug, id } = request.params
        const { author, organisation } = await spaceOf(request, slug, deps)
        await revokeClient(db, { organisationId: organisation.id, id, author })
        return reply.redirect(`/organisme/${slug}/acces?fait=coupe`, 303)
      },
    )
  }
