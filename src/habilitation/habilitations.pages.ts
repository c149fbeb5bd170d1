import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { actorFrom, jetonOf, OFFICERS } from '../auth/access.ts'
import { notAllowed } from '../errors.ts'
import { getOrganisation } from '../organisations/organisations.ts'
import { Slug } from '../organisations/schema.ts'
import { refusalOf } from '../problem.ts'
import { answerForm } from '../web/form-answer.ts'
import type { Refusal } from '../web/forms.ts'
import type { Page } from '../web/html.ts'
import { sendPrivate } from '../web/reply.ts'
import { isOfficer, isReferentOf } from './access.ts'
import { requireHabilitation, tellHabilitation } from './habilitation-reading.ts'
import { type Change, changeHabilitation, listHabilitations } from './habilitations.ts'
import type { SpaceDeps } from './habilitations-space.pages.ts'
import { habilitationPage, habilitationsPage } from './habilitations-view.ts'
import { LapseForm, ReasonForm } from './page-forms.ts'
import { recordReading } from './queue.ts'
import { IdParams } from './schema.ts'
import { SPACE } from './space-view.ts'
import { answerState, type StateAnswer } from './state-answer.ts'
import { nameRequests } from './summaries.ts'

const PATH = `${SPACE}/accordees`
const PAGE = 50
const hide = true
const params = IdParams
const Blank = Type.Literal('')
const Listed = Type.Object({
  organisation: Type.Optional(Type.Union([Blank, Slug])),
  state: Type.Optional(Type.Union([Blank, Type.Enum(['active', 'suspended', 'ended'])])),
  after: Type.Optional(IdParams.properties.id),
})
const Asked = Type.Object({
  le: Type.Optional(Type.Union([Blank, Type.String({ format: 'date', pattern: '^20', maxLength: 10 })])),
  fait: Type.Optional(Type.String({ maxLength: 20 })),
})

/** Habilitations: all of them for the officers; each for its structure and its holder too. */
export const habilitationsPages =
  (deps: SpaceDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { db, vault, queue } = deps
    const officers = { access: OFFICERS }
    const deciders = { access: [...OFFICERS, 'referent'] as const }

    app.get(PATH, { config: officers, schema: { hide, querystring: Listed } }, async (request, reply) => {
      const { organisation, state, after } = request.query
      const organisationId = organisation ? (await getOrganisation(db, organisation)).id : null
      const { items, next } = await listHabilitations(db, {
        organisationId,
        state: state === '' ? undefined : state,
        after,
        limit: PAGE,
      })
      const names = await nameRequests(
        db,
        vault,
        'habilitation',
        items.map((one) => one.requestId),
      )
      const author = actorFrom(request).sub
      await recordReading(db, 'habilitation', { author, action: 'listed', rows: items.length })
      return sendPrivate(reply, habilitationsPage({ items, next, names, filters: { organisation, state } }))
    })

    app.get(
      `${PATH}/:id`,
      { config: { access: [...OFFICERS, 'referent', 'titulaire'] }, schema: { hide, params, querystring: Asked } },
      async (request, reply) => {
        const { le: asked, fait: done } = request.query
        return sendPrivate(reply, await onePage(deps, request, { asked: asked || undefined, done }))
      },
    )

    type Decided = { change: Change; reason: string }
    const change = (
      path: string,
      done: string,
      {
        access,
        body,
        decide,
      }: { access: typeof OFFICERS; body: typeof LapseForm | typeof ReasonForm; decide: (given: Given) => Decided },
    ) =>
      app.post(
        `${PATH}/:id/${path}`,
        { config: { access }, attachValidation: true, schema: { hide, params, body } },
        async (request, reply) => {
          const actor = actorFrom(request)
          const { id } = request.params
          await requireHabilitation(db, actor, { id, isForHolder: false })
          return answerForm(
            request,
            reply,
            async () => {
              const { change, reason } = decide(request.body)
              if (change.lapse !== null && change.lapse !== 'referent' && !isOfficer(actor)) throw notHers()
              await changeHabilitation(db, id, change, { author: actor.sub, reason })
              await queue.enqueue('awards.issue', {})
              return `${PATH}/${id}?fait=${done}`
            },
            (refusal) => onePage(deps, request, { refusal }),
          )
        },
      )
    type Given = { reason: string; lapse?: 'structure' | 'inactivity' | 'referent' }
    const lapsing = (kind: 'lapsed' | 'restored') => (given: Given) => ({
      change: { kind, lapse: given.lapse ?? ('referent' as const) },
      reason: given.reason,
    })
    change('suspension', 'suspendue', { ...deciders, body: LapseForm, decide: lapsing('lapsed') })
    change('retablissement', 'retablie', { ...deciders, body: LapseForm, decide: lapsing('restored') })
    change('retrait', 'retiree', {
      ...officers,
      body: ReasonForm,
      decide: ({ reason }) => ({ change: { kind: 'ended', lapse: null }, reason }),
    })
  }

const notHers = () =>
  notAllowed(
    'La référente ou le référent ne décide que de sa propre suspension.',
    'Demandez à l’équipe d’Aidants Connect.',
  )

type Told = { asked?: string | undefined; done?: string | undefined; refusal?: Refusal }

async function onePage({ db, vault, authority }: SpaceDeps, request: FastifyRequest, told: Told): Promise<Page> {
  const { id } = request.params as { id: string }
  const actor = actorFrom(request)
  const found = await requireHabilitation(db, actor, { id, isForHolder: true })
  const held = await tellHabilitation(db, authority.baseUrl, found, actor)
  const names = await nameRequests(db, vault, 'habilitation', [found.requestId])
  const mayDecide = isOfficer(actor) || isReferentOf(actor, found.structure)
  return habilitationPage({
    held,
    name: names.get(found.requestId) ?? 'Une personne',
    jeton: jetonOf(request, vault),
    isOfficer: isOfficer(actor),
    mayDecide,
    ...(await answered(() => answerState(db, authority.baseUrl, id, told.asked), told)),
  })
}

/** What the habilitation was on the day asked for, or why nobody can say. */
async function answered(ask: () => Promise<StateAnswer>, told: Told): Promise<Told & { answer: StateAnswer | null }> {
  if (told.asked === undefined) return { ...told, answer: null }
  try {
    return { ...told, answer: await ask() }
  } catch (error) {
    const known = refusalOf(error)
    if (known?.kind !== 'invalid') throw error
    const { message, mend } = known
    return { ...told, answer: null, refusal: { message, mend, fields: [{ name: 'le', message }] } }
  }
}
