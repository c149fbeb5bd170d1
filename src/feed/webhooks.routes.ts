import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { actorFrom, requireOrganisation } from '../auth/access.ts'
import { notAllowed } from '../errors.ts'
import { getOrganisation } from '../organisations/organisations.ts'
import { answerWords, isTaken } from './answers.ts'
import { type Delivering, pingWebhook } from './deliver.ts'
import { Address, Grace, Types } from './schema.ts'
import { createWebhook, getWebhook, listWebhooks, removeWebhook } from './webhooks.ts'
import { resumeWebhook, rotateWebhookSecret, serializeWebhook } from './webhooks.ts'

const tags = ['Événements']
const closed = { additionalProperties: false }
const Of = Type.Object({ organisation: Type.Optional(Type.String({ maxLength: 60 })) })
const One = Type.Object({ id: Type.String({ format: 'uuid', maxLength: 36 }) })
const NewWebhook = Type.Object({ ...Of.properties, url: Address, types: Types }, closed)
const Rotation = Type.Object({ graceHours: Type.Optional(Grace) }, closed)

/** `/api/v1/webhooks`: the tools that an organisation has told of its events. */
export const webhooksRoutes =
  (deps: Delivering & { allowLoopback: boolean }): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { db, vault, allowLoopback } = deps
    const config = { access: ['exploitant', 'administrateur'] as const }
    const asked = async (request: FastifyRequest, given: { organisation?: string }) => {
      const slug = given.organisation ?? actorFrom(request).grants[0]?.organisation
      if (!slug) throw notAllowed('Précisez l’organisme : « ?organisation=… ».')
      const { sub: author } = requireOrganisation(request, slug)
      return { organisationId: (await getOrganisation(db, slug)).id, author }
    }
    const viewOf = async (of: { organisationId: string; id: string }) =>
      serializeWebhook(vault, await getWebhook(db, of))

    app.get(
      '/webhooks',
      { config, schema: { summary: 'Les abonnements d’un organisme', tags, querystring: Of } },
      async (request) => {
        const { organisationId } = await asked(request, request.query)
        return { items: (await listWebhooks(db, organisationId)).map((one) => serializeWebhook(vault, one)) }
      },
    )
    app.post(
      '/webhooks',
      {
        config,
        schema: {
          summary: 'Abonner une adresse aux événements ; son secret n’est montré qu’ici',
          tags,
          body: NewWebhook,
        },
      },
      async (request, reply) => {
        const { url, types, ...given } = request.body
        const of = await asked(request, given)
        const { id, secret } = await createWebhook(db, vault, { ...of, url, types, allowLoopback })
        const view = await viewOf({ ...of, id })
        return reply
          .code(201)
          .header('cache-control', 'no-store')
          .send({ ...view, secret })
      },
    )
    app.delete(
      '/webhooks/:id',
      { config, schema: { summary: 'Supprimer un abonnement', tags, querystring: Of, params: One } },
      async (request, reply) => {
        await removeWebhook(db, { ...(await asked(request, request.query)), id: request.params.id })
        return reply.code(204).send()
      },
    )
    app.post(
      '/webhooks/:id/secrets',
      {
        config,
        schema: {
          summary: 'Remplacer le secret d’un abonnement ; les deux signent le temps de changer',
          tags,
          querystring: Of,
          params: One,
          body: Rotation,
        },
        preValidation: async (request: FastifyRequest) => void (request.body ??= {}),
      },
      async (request, reply) => {
        const of = { ...(await asked(request, request.query)), id: request.params.id }
        const { secret } = await rotateWebhookSecret(db, vault, { ...of, ...request.body })
        return reply
          .code(201)
          .header('cache-control', 'no-store')
          .send({ ...(await viewOf(of)), secret })
      },
    )
    app.post(
      '/webhooks/:id/resumption',
      {
        config,
        schema: { summary: 'Reprendre les envois là où ils se sont arrêtés', tags, querystring: Of, params: One },
      },
      async (request) => {
        const of = { ...(await asked(request, request.query)), id: request.params.id }
        await resumeWebhook(db, of)
        return viewOf(of)
      },
    )
    app.post(
      '/webhooks/:id/trial',
      {
        config,
        schema: { summary: 'Envoyer un essai, et dire ce qui a été répondu', tags, querystring: Of, params: One },
      },
      async (request) => {
        const of = { ...(await asked(request, request.query)), id: request.params.id }
        const answer = await pingWebhook(deps, of)
        return { taken: isTaken(answer), answer: String(answer), detail: answerWords(String(answer)) }
      },
    )
  }
