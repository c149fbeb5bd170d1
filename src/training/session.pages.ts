import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { TRAINERS } from '../auth/access.ts'
import { parisDate } from '../days.ts'
import type { Db } from '../db.ts'
import { invalid } from '../errors.ts'
import { Slug, Why } from '../organisations/schema.ts'
import type { Vault } from '../vault.ts'
import { formBody } from '../web/form-schema.ts'
import { answerForm } from '../web/form-answer.ts'
import type { Given, Refusal } from '../web/forms.ts'
import type { Page } from '../web/html.ts'
import { sendPrivate } from '../web/reply.ts'
import { cancelLearners } from './attendance.ts'
import { decideAsks, listAsks, readLink } from './enrolment-links.ts'
import { readLearnerLines } from './learner-lines.ts'
import { readLearners } from './learners.ts'
import { figuresOf, phaseOf } from './session-list.ts'
import { type SessionPlace, sessionPlace, sessionsFrame } from './session-place.pages.ts'
import { sessionPage } from './session-view.ts'
import { cancelSession, enrolLearners, latestLots } from './sessions.ts'

type Deps = { db: Db; vault: Vault }

const Uuid = Type.String({ format: 'uuid', maxLength: 36 })
const OneOf = Type.Object({ slug: Slug, id: Uuid })
const Cursor = Type.Optional(Uuid)
const Learner = formBody({
  email: Type.String({ format: 'email', maxLength: 254 }),
  givenName: Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' }),
  familyName: Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' }),
})
const Lines = formBody({ lignes: Type.String({ maxLength: 60_000 }) })
const Off = formBody({
  emails: Type.Optional(Type.Array(Type.String({ maxLength: 254 }), { maxItems: 500 })),
  reason: Why,
})
const Decision = formBody({
  demandes: Type.Optional(Type.Array(Uuid, { maxItems: 100 })),
  decision: Type.Enum(['confirm', 'refuse']),
})

const LEARNERS_A_PAGE = 100
const config = { access: TRAINERS }

/** `/organisme/{slug}/sessions/{id}`: who is in a session, and what there is to do next. */
export const sessionPages =
  ({ db, vault }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const shown = async (
      request: FastifyRequest,
      { slug, session, organisation, badge, author, jeton }: SessionPlace,
      more: { after?: string | undefined; done?: string | undefined; given?: Given; refusal?: Refusal } = {},
    ): Promise<Page> => {
      const { after, ...rest } = more
      const figures = await figuresOf(db, session.id)
      const { asks, total } = await listAsks(db, vault, session.id)
      const link = await readLink(db, vault, session.id)
      const lots = await latestLots(db, session.id)
      const people = await readLearners(db, vault, session, { author, limit: LEARNERS_A_PAGE, after, all: true })
      const page = sessionPage({
        slug,
        session,
        name: badge,
        jeton,
        figures,
        asks,
        totalAsks: total,
        lots,
        ...people,
        ...rest,
        phase: phaseOf(session, figures.results > 0, parisDate(new Date())),
        isLinkOpen: link?.isOpen === true,
      })
      return sessionsFrame(request, organisation, page)
    }
    const answer = async (
      request: FastifyRequest,
      reply: FastifyReply,
      place: SessionPlace,
      act: () => Promise<string>,
    ) => answerForm(request, reply, act, (refusal) => shown(request, place, { given: request.body as Given, refusal }))

    app.get(
      '/organisme/:slug/sessions/:id',
      {
        config,
        schema: {
          hide: true,
          params: OneOf,
          querystring: Type.Object({ after: Cursor, fait: Type.Optional(Type.String({ maxLength: 20 })) }),
        },
      },
      async (request, reply) => {
        const { after, fait } = request.query
        return sendPrivate(reply, await shown(request, await sessionPlace(db, vault, request), { after, done: fait }))
      },
    )
    app.post(
      '/organisme/:slug/sessions/:id/annulation',
      { config, attachValidation: true, schema: { hide: true, params: OneOf, body: formBody({ reason: Why }) } },
      async (request, reply) => {
        const place = await sessionPlace(db, vault, request)
        return answer(request, reply, place, async () => {
          await cancelSession(db, vault, place.session.id, { author: place.author, reason: request.body.reason })
          return `${place.path}?fait=annulee`
        })
      },
    )
    app.post(
      '/organisme/:slug/sessions/:id/inscriptions',
      { config, attachValidation: true, schema: { hide: true, params: OneOf, body: Learner } },
      async (request, reply) => {
        const place = await sessionPlace(db, vault, request)
        return answer(request, reply, place, async () => {
          const { email, givenName, familyName } = request.body
          const learner = { email, givenName: givenName.trim(), familyName: familyName.trim() }
          await enrolLearners(db, vault, place.session, [learner], { author: place.author, mayWait: true })
          return `${place.path}?fait=inscrites`
        })
      },
    )
    app.post(
      '/organisme/:slug/sessions/:id/inscriptions/lignes',
      { config, attachValidation: true, bodyLimit: 256 * 1024, schema: { hide: true, params: OneOf, body: Lines } },
      async (request, reply) => {
        const place = await sessionPlace(db, vault, request)
        return answer(request, reply, place, async () => {
          const learners = readLearnerLines(request.body.lignes, 'lignes')
          await enrolLearners(db, vault, place.session, learners, { author: place.author, mayWait: true })
          return `${place.path}?fait=inscrites`
        })
      },
    )
    app.post(
      '/organisme/:slug/sessions/:id/inscriptions/retrait',
      { config, attachValidation: true, schema: { hide: true, params: OneOf, body: Off } },
      async (request, reply) => {
        const place = await sessionPlace(db, vault, request)
        return answer(request, reply, place, async () => {
          const { emails = [], reason } = request.body
          if (emails.length === 0) throw NOBODY()
          const given = emails.map((email) => ({ email, reason }))
          const receipts = await cancelLearners(db, vault, place.session.id, given, { author: place.author })
          const refused = receipts.find((one) => one.problem)?.problem
          if (refused) throw invalid(refused.code, refused.message, refused.mend)
          return `${place.path}?fait=retirees`
        })
      },
    )

    app.post(
      '/organisme/:slug/sessions/:id/demandes',
      { config, attachValidation: true, schema: { hide: true, params: OneOf, body: Decision } },
      async (request, reply) => {
        const place = await sessionPlace(db, vault, request)
        return answer(request, reply, place, async () => {
          const { demandes: ids = [], decision } = request.body
          await decideAsks(db, vault, place.session, { ids, decision, author: place.author })
          return `${place.path}?fait=${decision === 'confirm' ? 'confirmees' : 'refusees'}`
        })
      },
    )
  }

const NOBODY = () =>
  invalid('nobody_chosen', 'Personne n’est coché.', 'Cochez au moins une personne, puis recommencez.')
