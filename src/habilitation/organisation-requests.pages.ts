import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { actorFrom, jetonOf, OFFICERS } from '../auth/access.ts'
import { answerForm } from '../web/form-answer.ts'
import type { Given, Refusal } from '../web/forms.ts'
import type { Page } from '../web/html.ts'
import { sendPrivate } from '../web/reply.ts'
import { isOfficer } from './access.ts'
import type { SpaceDeps } from './habilitations-space.pages.ts'
import { decideOrganisationRequest } from './organisation-decisions.ts'
import { formOfRequest, OrganisationForm, readOrganisationForm } from './organisation-form.ts'
import { organisationFormPage } from './organisation-form-view.ts'
import { organisationRequestPage } from './organisation-request-view.ts'
import { amendOrganisationRequest, draftOrganisationRequest } from './organisation-requests.ts'
import { OrganisationDecisionForm } from './page-forms.ts'
import { readOrganisationRequest } from './read-organisation-requests.ts'
import { IdParams } from './schema.ts'
import { SPACE } from './space-view.ts'
import { otherRequestsFor } from './summaries.ts'

const PATH = `${SPACE}/demandes`
const hide = true
const Done = Type.Object({ fait: Type.Optional(Type.String({ maxLength: 20 })) })

/** Requests for structures: filled and corrected by whoever signed in, decided by the officers. */
export const organisationRequestsPages =
  (deps: SpaceDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { db, vault, queue, authority } = deps
    const config = { access: ['titulaire', ...OFFICERS] as const }
    const params = IdParams

    app.get(`${PATH}/nouvelle`, { config, schema: { hide } }, async (request, reply) =>
      sendPrivate(reply, formPage(deps, request, null, {})),
    )
    app.post(
      PATH,
      { config, attachValidation: true, schema: { hide, body: OrganisationForm } },
      async (request, reply) =>
        keepForm(deps, request, reply, null, async (given) => {
          const id = await draftOrganisationRequest(db, vault, actorFrom(request), readOrganisationForm(given))
          return `${PATH}/${id}?fait=ouverte`
        }),
    )

    app.get(`${PATH}/:id`, { config, schema: { hide, params, querystring: Done } }, async (request, reply) =>
      sendPrivate(reply, await requestPage(deps, request, request.params.id, { done: request.query.fait })),
    )
    app.post(
      `${PATH}/:id/decisions`,
      { config, attachValidation: true, schema: { hide, params, body: OrganisationDecisionForm } },
      async (request, reply) => {
        const { id } = request.params
        return answerForm(
          request,
          reply,
          async () => {
            const { _jeton, managerHasTotp, ...decision } = request.body
            const given = { ...decision, managerHasTotp: managerHasTotp === 'oui' }
            const { outcome } = await decideOrganisationRequest(db, authority, actorFrom(request), id, given)
            await queue.enqueue('awards.issue', {})
            return `${PATH}/${id}?fait=${outcome === 'done' ? 'decidee' : 'deja'}`
          },
          (refusal) => requestPage(deps, request, id, { refusal, given: request.body ?? {} }),
        )
      },
    )

    app.get(`${PATH}/:id/modification`, { config, schema: { hide, params } }, async (request, reply) => {
      const { id } = request.params
      const known = await readOrganisationRequest(db, vault, actorFrom(request), id)
      return known.isEditable
        ? sendPrivate(reply, formPage(deps, request, id, { given: formOfRequest(known) }))
        : reply.redirect(`${PATH}/${id}`, 303)
    })
    app.post(
      `${PATH}/:id/modification`,
      { config, attachValidation: true, schema: { hide, params, body: OrganisationForm } },
      async (request, reply) => {
        const { id } = request.params
        return keepForm(deps, request, reply, id, async (given) => {
          await amendOrganisationRequest(db, vault, actorFrom(request), id, readOrganisationForm(given))
          return `${PATH}/${id}?fait=modifiee`
        })
      },
    )
  }

type Typed = { given?: Given; refusal?: Refusal; isMore?: boolean }

const formPage = ({ vault }: SpaceDeps, request: FastifyRequest, id: string | null, typed: Typed): Page =>
  organisationFormPage({
    id,
    jeton: jetonOf(request, vault),
    isOfficer: isOfficer(actorFrom(request)),
    given: {},
    ...typed,
  })

/** Keeps what was typed; or shows it again, with more lines or with what is to be corrected. */
async function keepForm(
  deps: SpaceDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  id: string | null,
  keep: (given: Given) => Promise<string>,
): Promise<FastifyReply> {
  const given = (request.body ?? {}) as Given
  if (given['more'] === 'oui') return sendPrivate(reply, formPage(deps, request, id, { given, isMore: true }))
  return answerForm(
    request,
    reply,
    () => keep(given),
    (refusal) => formPage(deps, request, id, { given, refusal }),
  )
}

type Told = { done?: string | undefined; refusal?: Refusal; given?: Given }

async function requestPage({ db, vault }: SpaceDeps, request: FastifyRequest, id: string, told: Told): Promise<Page> {
  const actor = actorFrom(request)
  const known = await readOrganisationRequest(db, vault, actor, id)
  const reader = { isOfficer: isOfficer(actor), reader: actor.sub, jeton: jetonOf(request, vault) }
  const others = reader.isOfficer ? await otherRequestsFor(db, { siret: known.structure.siret, id }) : []
  return organisationRequestPage({ request: known, others, ...reader, ...told })
}
