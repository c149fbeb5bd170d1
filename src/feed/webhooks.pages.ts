import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type OrganisationSpace, spaceOf } from '../auth/access.ts'
import { Slug, SlugParams } from '../organisations/schema.ts'
import { answerForm } from '../web/form-answer.ts'
import { formBody } from '../web/form-schema.ts'
import type { Given, Refusal } from '../web/forms.ts'
import { sendPrivate } from '../web/reply.ts'
import { type Delivering, pingWebhook } from './deliver.ts'
import { Address, Grace, Types } from './schema.ts'
import { createWebhook, getWebhook, listWebhooks, removeWebhook } from './webhooks.ts'
import { resumeWebhook, rotateWebhookSecret, serializeWebhook } from './webhooks.ts'
import { webhookSecretPage, webhooksPage } from './webhooks-view.ts'

const OneOf = Type.Object({ slug: Slug, id: Type.String({ format: 'uuid', maxLength: 36 }) })
const DONE = {
  reprise: 'Les envois reprennent là où ils s’étaient arrêtés.',
  suppression: 'L’abonnement est supprimé.',
}

/** `/organisme/{slug}/webhooks`: the tools that an organisation has told of its events. */
export const webhooksPages =
  (deps: Delivering & { allowLoopback: boolean }): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { db, vault, allowLoopback } = deps
    const config = { access: ['exploitant', 'administrateur'] } as const
    const path = '/organisme/:slug/webhooks'

    type More = Partial<Omit<Parameters<typeof webhooksPage>[0], keyof OrganisationSpace | 'webhooks'>>
    const listOf = async (space: OrganisationSpace, more: More = {}) => {
      const found = await listWebhooks(db, space.organisation.id)
      return webhooksPage({ ...space, webhooks: found.map((one) => serializeWebhook(vault, one)), ...more })
    }
    const viewOf = async ({ organisation }: OrganisationSpace, id: string) =>
      serializeWebhook(vault, await getWebhook(db, { organisationId: organisation.id, id }))
    // Shown in the answer to the form, which no address leads back to.
    const secretOf = async (space: OrganisationSpace, { id, secret }: { id: string; secret: string }) =>
      webhookSecretPage({ ...space, webhook: await viewOf(space, id), secret })

    app.get(
      path,
      {
        config,
        schema: {
          hide: true,
          params: SlugParams,
          querystring: Type.Object({ fait: Type.Optional(Type.Enum(['reprise', 'suppression'])) }),
        },
      },
      async (request, reply) => {
        const done = request.query.fait && DONE[request.query.fait]
        return sendPrivate(reply, await listOf(await spaceOf(request, request.params.slug, deps), { done }))
      },
    )
    app.post(
      path,
      {
        config,
        attachValidation: true,
        schema: { hide: true, params: SlugParams, body: formBody({ url: Address, types: Types }) },
      },
      async (request, reply) => {
        const space = await spaceOf(request, request.params.slug, deps)
        const act = async () => {
          const { url, types } = request.body
          const asked = { organisationId: space.organisation.id, url, types, author: space.author, allowLoopback }
          return secretOf(space, await createWebhook(db, vault, asked))
        }
        const given = request.body as Given
        return answerForm(request, reply, act, (refusal) => listOf(space, { given, refusal }))
      },
    )

    type One = FastifyRequest<{ Params: { slug: string; id: string } }>
    type Of = { organisationId: string; id: string; author: string }
    /** Does one thing to one subscription; refused, the list says why. */
    const answer = async (
      request: One,
      reply: FastifyReply,
      act: (of: Of, space: OrganisationSpace) => ReturnType<Parameters<typeof answerForm>[2]>,
    ) => {
      const space = await spaceOf(request, request.params.slug, deps)
      const of = { organisationId: space.organisation.id, id: request.params.id, author: space.author }
      const again = (refusal: Refusal) => listOf(space, { refusal })
      return answerForm(request, reply, () => act(of, space), again)
    }
    const done = (request: One, what: keyof typeof DONE) => `/organisme/${request.params.slug}/webhooks?fait=${what}`
    const schema = { hide: true, params: OneOf, body: formBody({}) }

    app.post(
      `${path}/:id/secret`,
      { config, attachValidation: true, schema: { ...schema, body: formBody({ graceHours: Grace }) } },
      async (request, reply) =>
        answer(request, reply, async (of, space) => {
          const { graceHours } = request.body
          return secretOf(space, await rotateWebhookSecret(db, vault, { ...of, graceHours }))
        }),
    )
    app.post(`${path}/:id/essai`, { config, schema }, async (request, reply) =>
      answer(request, reply, async (of, space) => {
        const { host } = new URL((await viewOf(space, of.id)).url)
        return listOf(space, { trial: { host, answer: String(await pingWebhook(deps, of)) } })
      }),
    )
    app.post(`${path}/:id/reprise`, { config, schema }, async (request, reply) =>
      answer(request, reply, async (of) => {
        await resumeWebhook(db, of)
        return done(request, 'reprise')
      }),
    )
    app.post(`${path}/:id/suppression`, { config, schema }, async (request, reply) =>
      answer(request, reply, async (of) => {
        await removeWebhook(db, of)
        return done(request, 'suppression')
      }),
    )
  }
