import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { actorFrom, jetonOf, OFFICERS } from '../auth/access.ts'
import type { Actor } from '../auth/actor.ts'
import type { Db } from '../db.ts'
import { notFound } from '../errors.ts'
import { answerForm } from '../web/form-answer.ts'
import type { Given, Refusal } from '../web/forms.ts'
import type { Page } from '../web/html.ts'
import { sendPrivate } from '../web/reply.ts'
import { isOfficer } from './access.ts'
import { listFormations, noteFormation } from './formations.ts'
import { decideHabilitationRequest } from './habilitation-decisions.ts'
import { habilitationRequestPage } from './habilitation-request-view.ts'
import { readHabilitationRequest, requireCapacity } from './habilitation-requests.ts'
import type { SpaceDeps } from './habilitations-space.pages.ts'
import { CancellationForm, FormationForm, HabilitationDecisionForm, RegistrationForm } from './page-forms.ts'
import { registrationPage } from './registration-view.ts'
import { cancelRegistration, listRegistrations, registerPerson, structureOfRequest } from './registrations.ts'
import { IdParams } from './schema.ts'
import { SPACE } from './space-view.ts'
import { getStructure } from './structures.ts'

const PATH = `${SPACE}/aidants/:id`
const hide = true
const params = IdParams
const Done = Type.Object({ fait: Type.Optional(Type.String({ maxLength: 20 })) })
const After = Type.Object({ after: Type.Optional(IdParams.properties.id) })
const FORMATIONS = 30

/** One person's request: read and decided by the officers and the référents of its structure; its trainings. */
export const habilitationRequestsPages =
  (deps: SpaceDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { db, vault, queue, authority } = deps
    const config = { access: ['referent', ...OFFICERS] as const }

    app.get(PATH, { config, schema: { hide, params, querystring: Done } }, async (request, reply) =>
      sendPrivate(reply, await requestPage(deps, request, { done: request.query.fait })),
    )

    app.post(
      `${PATH}/decisions`,
      { config, attachValidation: true, schema: { hide, params, body: HabilitationDecisionForm } },
      async (request, reply) =>
        answerForm(
          request,
          reply,
          async () => {
            const { id } = request.params
            const { _jeton, ...decision } = request.body
            const { outcome } = await decideHabilitationRequest(db, vault, authority, actorFrom(request), id, decision)
            await queue.enqueue('awards.issue', {})
            return `${SPACE}/aidants/${id}?fait=${outcome === 'done' ? 'decidee' : 'deja'}`
          },
          (refusal) => requestPage(deps, request, { refusal, given: request.body ?? {} }),
        ),
    )

    app.post(
      `${PATH}/formation`,
      {
        config: { access: OFFICERS },
        attachValidation: true,
        schema: { hide, params, body: FormationForm },
      },
      async (request, reply) =>
        answerForm(
          request,
          reply,
          async () => {
            const { id } = request.params
            const { doneOn, reason } = request.body
            await noteFormation(db, authority, id, { doneOn, reason, author: actorFrom(request).sub })
            await queue.enqueue('awards.issue', {})
            return `${SPACE}/aidants/${id}?fait=formation`
          },
          (refusal) => requestPage(deps, request, { refusal, given: Object.assign({ doneOn: '' }, request.body) }),
        ),
    )

    app.get(`${PATH}/inscriptions`, { config, schema: { hide, params, querystring: After } }, async (request, reply) =>
      sendPrivate(reply, await formationsPage(deps, request, { after: request.query.after })),
    )
    app.post(
      `${PATH}/inscriptions`,
      { config, attachValidation: true, schema: { hide, params, body: RegistrationForm } },
      async (request, reply) =>
        answerForm(
          request,
          reply,
          async () => {
            const { id: requestId } = request.params
            const author = (await requireRequest(db, actorFrom(request), requestId)).sub
            const sessionId = request.body.session
            const { state } = await registerPerson(db, { requestId, sessionId, author })
            return `${SPACE}/aidants/${requestId}?fait=${state === 'waiting' ? 'attente' : 'inscrite'}`
          },
          (refusal) => formationsPage(deps, request, { refusal }),
        ),
    )
    app.post(
      `${PATH}/inscriptions/annulation`,
      { config, attachValidation: true, schema: { hide, params, body: CancellationForm } },
      async (request, reply) =>
        answerForm(
          request,
          reply,
          async () => {
            const { id: requestId } = request.params
            const author = (await requireRequest(db, actorFrom(request), requestId)).sub
            const { session: sessionId, reason } = request.body
            await cancelRegistration(db, vault, { requestId, sessionId, author, reason })
            return `${SPACE}/aidants/${requestId}?fait=desinscrite`
          },
          (refusal) => requestPage(deps, request, { refusal }),
        ),
    )
  }

/** Lets through who decides of the structure of a request; of what does not exist, others learn only that it is not theirs. */
async function requireRequest(db: Db, actor: Actor, id: string): Promise<Actor> {
  const slug = await structureOfRequest(db, id)
  if (slug === null && isOfficer(actor)) throw notFound('La demande', id)
  requireCapacity(actor, slug ?? '')
  return actor
}

type Told = { done?: string | undefined; refusal?: Refusal; given?: Given }

async function requestPage({ db, vault }: SpaceDeps, request: FastifyRequest, told: Told): Promise<Page> {
  const { id } = request.params as { id: string }
  const actor = actorFrom(request)
  const known = await readHabilitationRequest(db, vault, actor, id)
  return habilitationRequestPage({
    request: known,
    registrations: await listRegistrations(db, id),
    isClosed: (await getStructure(db, known.structure.slug)).closedAt !== null,
    jeton: jetonOf(request, vault),
    isOfficer: isOfficer(actor),
    reader: actor.sub,
    ...told,
  })
}

async function formationsPage(
  { db, vault }: SpaceDeps,
  request: FastifyRequest,
  { after, refusal }: { after?: string | undefined; refusal?: Refusal },
): Promise<Page> {
  const { id } = request.params as { id: string }
  const actor = actorFrom(request)
  const known = await readHabilitationRequest(db, vault, actor, id)
  const formations = await listFormations(db, { limit: FORMATIONS, after })
  const common = { request: known, formations, jeton: jetonOf(request, vault), isOfficer: isOfficer(actor) }
  return registrationPage({ ...common, refusal: refusal ?? null })
}
