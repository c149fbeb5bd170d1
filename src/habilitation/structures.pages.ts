import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { actorFrom, jetonOf, OFFICERS } from '../auth/access.ts'
import { SlugParams } from '../organisations/schema.ts'
import { answerForm } from '../web/form-answer.ts'
import type { Given, Refusal } from '../web/forms.ts'
import type { Page } from '../web/html.ts'
import { sendPrivate } from '../web/reply.ts'
import { isOfficer } from './access.ts'
import { countHabilitations } from './counts.ts'
import { askForHabilitation, requireCapacity } from './habilitation-requests.ts'
import type { SpaceDeps } from './habilitations-space.pages.ts'
import { AidantForm, QueueQuery, ReasonForm } from './page-forms.ts'
import { queueHabilitations, recordReading } from './queue.ts'
import { SPACE } from './space-view.ts'
import { addAidantPage, structurePage, webinarPage } from './structures-view.ts'
import { closeStructure, getStructure, reopenStructure } from './structures.ts'
import { habilitationsOfRequests, nextSessionsOf } from './summaries.ts'
import { listWebinar } from './webinar.ts'

const PATH = `${SPACE}/structures/:slug`
const PAGE = 50
const hide = true
const params = SlugParams
const Shown = Type.Object({
  fait: Type.Optional(Type.String({ maxLength: 20 })),
  after: QueueQuery.properties.after,
})

/** A structure of aidantes and aidants, for its référents and the officers. */
export const structuresPages =
  (deps: SpaceDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { db, vault, queue, authority } = deps
    const config = { access: ['referent', ...OFFICERS] as const }
    const officers = { access: OFFICERS }

    app.get(PATH, { config, schema: { hide, params, querystring: Shown } }, async (request, reply) => {
      const { fait: done, after } = request.query
      return sendPrivate(reply, await wholePage(deps, request, { done, after }))
    })
    app.get(`${PATH}/ajout`, { config, schema: { hide, params } }, async (request, reply) =>
      sendPrivate(reply, await addPage(deps, request, {})),
    )
    app.post(
      `${PATH}/aidants`,
      { config, attachValidation: true, schema: { hide, params, body: AidantForm } },
      async (request, reply) => {
        const actor = actorFrom(request)
        requireCapacity(actor, request.params.slug)
        return answerForm(
          request,
          reply,
          async () => {
            const { _jeton, conseillerNumerique, ...given } = request.body
            const asked = { ...given, conseillerNumerique: conseillerNumerique === 'oui' }
            const { slug } = request.params
            const id = await askForHabilitation(db, vault, authority, slug, asked, { author: actor.sub })
            await queue.enqueue('awards.issue', {})
            return `${SPACE}/aidants/${id}?fait=ajoutee`
          },
          (refusal) => addPage(deps, request, { refusal, given: request.body ?? {} }),
        )
      },
    )
    app.get(`${PATH}/webinaire`, { config, schema: { hide, params } }, async (request, reply) => {
      const { slug } = request.params
      const actor = actorFrom(request)
      requireCapacity(actor, slug)
      const structure = await getStructure(db, slug)
      const items = await listWebinar(db, vault, slug, actor.sub)
      return sendPrivate(reply, webinarPage({ structure, items, isOfficer: isOfficer(actor) }))
    })

    const decide = (
      path: 'fermeture' | 'reouverture',
      done: string,
      act: (slug: string, decision: { author: string; reason: string }) => Promise<void>,
    ) =>
      app.post(
        `${PATH}/${path}`,
        { config: officers, attachValidation: true, schema: { hide, params, body: ReasonForm } },
        async (request, reply) =>
          answerForm(
            request,
            reply,
            async () => {
              const { slug } = request.params
              await act(slug, { author: actorFrom(request).sub, reason: request.body.reason })
              await queue.enqueue('awards.issue', {})
              return `${SPACE}/structures/${slug}?fait=${done}`
            },
            (refusal) => wholePage(deps, request, { refusal }),
          ),
      )
    decide('fermeture', 'fermee', (slug, decision) => closeStructure(db, slug, decision))
    decide('reouverture', 'rouverte', (slug, decision) => reopenStructure(db, authority, slug, decision))
  }

type Told = { done?: string | undefined; after?: string | undefined; refusal?: Refusal }

/** With names: such a reading is written down. */
async function wholePage({ db, vault }: SpaceDeps, request: FastifyRequest, told: Told): Promise<Page> {
  const { slug } = request.params as { slug: string }
  const actor = actorFrom(request)
  requireCapacity(actor, slug)
  const structure = await getStructure(db, slug)
  const { items, next } = await queueHabilitations(db, vault, { organisation: slug, after: told.after }, PAGE)
  const organisationId = structure.id
  await recordReading(db, 'habilitation', { author: actor.sub, action: 'listed', rows: items.length, organisationId })
  const ids = items.map((one) => one.id)
  return structurePage({
    structure,
    counts: await countHabilitations(db, { organisationId }),
    items,
    next,
    held: await habilitationsOfRequests(db, ids),
    sessions: await nextSessionsOf(db, ids),
    jeton: jetonOf(request, vault),
    isOfficer: isOfficer(actor),
    done: told.done,
    refusal: told.refusal ?? null,
  })
}

async function addPage(
  { db, vault }: SpaceDeps,
  request: FastifyRequest,
  { refusal, given = {} }: { refusal?: Refusal; given?: Given },
): Promise<Page> {
  const { slug } = request.params as { slug: string }
  const actor = actorFrom(request)
  requireCapacity(actor, slug)
  const structure = await getStructure(db, slug)
  const common = { structure, given, jeton: jetonOf(request, vault), isOfficer: isOfficer(actor) }
  return addAidantPage({ ...common, refusal: refusal ?? null })
}
