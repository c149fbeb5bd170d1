import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { spaceOf } from '../auth/access.ts'
import type { Db } from '../db.ts'
import { SlugParams } from '../organisations/schema.ts'
import type { Vault } from '../vault.ts'
import { answerForm } from '../web/form-answer.ts'
import { formBody } from '../web/form-schema.ts'
import type { Given, Refusal } from '../web/forms.ts'
import { sendPrivate } from '../web/reply.ts'
import { previewEvidence } from './evidence.ts'
import { endPlace, listPlaces, tiePlace } from './places.ts'
import { placeIdOf } from './place-id.ts'
import { placesPage } from './places-view.ts'
import { PlaceId, PlaceName, STRUCTURE } from './schema.ts'
import { TELLS } from './telling.ts'

const PATH = '/organisme/:slug/lieux'
const Tied = formBody({
  id: Type.String({ minLength: 1, maxLength: 600 }),
  nom: PlaceName,
  tells: Type.Enum([...TELLS]),
  agreed: Type.Optional(Type.Literal('oui')),
})
const Ended = formBody({ id: PlaceId })
const Shown = Type.Object({
  fait: Type.Optional(Type.String({ maxLength: 20 })),
  lieu: Type.Optional(Type.String({ maxLength: 150 })),
})
const DONE: Record<string, string> = {
  rattache: 'C’est enregistré : ce qui suit est public.',
  fini: 'C’est fini : plus rien de ce lieu n’est public.',
}

type Deps = { db: Db; vault: Vault; baseUrl: string }
type More = { given?: Given; refusal?: Refusal; done?: string | undefined }

/** `/organisme/{slug}/lieux`: the places of a structure, and what each tells to all. */
export const placesPages =
  ({ db, vault, baseUrl }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const config = { access: STRUCTURE }
    const pageOf = async (request: FastifyRequest, slug: string, more: More & { lieu?: string | undefined }) => {
      const space = await spaceOf(request, slug, { db, vault })
      const places = await listPlaces(db, space.organisation)
      const chosen = places.find((one) => one.placeId === more.lieu && !one.endedAt)
      const given = more.given ?? (chosen && { id: chosen.placeId, nom: chosen.nom, tells: chosen.tells }) ?? {}
      const preview = await previewEvidence(db, baseUrl, space.organisation.id)
      return placesPage({ ...space, places, preview, baseUrl, ...more, given })
    }

    app.get(
      PATH,
      { config, schema: { hide: true, params: SlugParams, querystring: Shown } },
      async (request, reply) => {
        const { fait = '', lieu } = request.query
        return sendPrivate(reply, await pageOf(request, request.params.slug, { done: DONE[fait], lieu }))
      },
    )
    app.post(
      PATH,
      { config, attachValidation: true, schema: { hide: true, params: SlugParams, body: Tied } },
      async (request, reply) => {
        const { slug } = request.params
        const { organisation, author } = await spaceOf(request, slug, { db, vault })
        return answerForm(
          request,
          reply,
          async () => {
            const { id, nom, tells, agreed } = request.body
            const given = { id: placeIdOf(id), nom, tells, agreed: agreed === 'oui' }
            await tiePlace(db, organisation, given, author)
            return `/organisme/${slug}/lieux?fait=rattache`
          },
          (refusal) => pageOf(request, slug, { refusal, given: request.body ?? {} }),
        )
      },
    )
    app.post(
      `${PATH}/fin`,
      { config, attachValidation: true, schema: { hide: true, params: SlugParams, body: Ended } },
      async (request, reply) => {
        const { slug } = request.params
        const { organisation, author } = await spaceOf(request, slug, { db, vault })
        return answerForm(
          request,
          reply,
          async () => {
            await endPlace(db, organisation, request.body.id, author)
            return `/organisme/${slug}/lieux?fait=fini`
          },
          (refusal) => pageOf(request, slug, { refusal }),
        )
      },
    )
  }
