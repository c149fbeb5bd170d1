import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { jetonOf, requireOrganisation, TRAINERS } from '../auth/access.ts'
import { listAchievements } from '../badges/achievements.ts'
import type { Db } from '../db.ts'
import { invalid } from '../errors.ts'
import { listAwardable } from '../organisations/organisation-badges.ts'
import { getOrganisation, type Organisation } from '../organisations/organisations.ts'
import { SlugParams } from '../organisations/schema.ts'
import type { Vault } from '../vault.ts'
import { formBody } from '../web/form-schema.ts'
import { answerForm } from '../web/form-answer.ts'
import type { Given, Refusal } from '../web/forms.ts'
import { sendPrivate } from '../web/reply.ts'
import { attendancePages } from './attendance.pages.ts'
import { enrolmentLinksPages } from './enrolment-links.pages.ts'
import { sessionPages } from './session.pages.ts'
import { browseSessions, countDue, SESSION_PHASES } from './session-list.ts'
import { centsOf, EUROS } from './prices.ts'
import { sessionsFrame } from './session-place.pages.ts'
import { type NewSession, planSession } from './sessions.ts'
import { type Option, planPage, sessionsPage } from './sessions-view.ts'

type Deps = { db: Db; vault: Vault; baseUrl: string }

const Day = Type.String({ format: 'date', pattern: '^(19|20)' })
const Plan = formBody({
  subject: Type.String({ minLength: 1, maxLength: 120 }),
  startsOn: Day,
  endsOn: Day,
  departement: Type.Optional(Type.String({ maxLength: 3 })),
  place: Type.Optional(Type.String({ maxLength: 200 })),
  capacity: Type.Integer({ minimum: 1, maximum: 100_000 }),
  modality: Type.Enum(['presentiel', 'distance', 'hybride']),
  // Left empty, it arrives as an empty text.
  hours: Type.Optional(Type.Union([Type.Literal(''), Type.Integer({ minimum: 1, maximum: 2000 })])),
  price: Type.Optional(Type.String({ maxLength: 12, pattern: EUROS })),
})
const Listing = Type.Object({
  etat: Type.Optional(Type.Union([Type.Literal(''), Type.Enum(SESSION_PHASES)])),
  badge: Type.Optional(Type.String({ maxLength: 80 })),
  after: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\d_[0-9a-f-]{36}$' })),
})
const config = { access: TRAINERS }

/** `/organisme/{slug}/sessions`: the list, the form that plans one, and the pages of each. */
export const sessionsPages =
  (deps: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { db, vault } = deps
    await app.register(sessionPages(deps))
    await app.register(attendancePages(deps))
    await app.register(enrolmentLinksPages(deps))

    const subjects = async (organisation: Organisation): Promise<Option[]> =>
      (await listAwardable(db, organisation)).map(({ value, name, own }): Option => {
        const words = value.startsWith('block:') ? `Bloc : ${name}` : name
        return [value, own ? `${name} (badge de l’organisme)` : words]
      })
    const plan = async (request: FastifyRequest, given: Given, refusal: Refusal | null) => {
      const organisation = await getOrganisation(db, (request.params as { slug: string }).slug)
      const { slug } = organisation
      const about = { slug, subjects: await subjects(organisation), jeton: jetonOf(request, vault), given, refusal }
      return sessionsFrame(request, organisation, planPage(about))
    }

    app.get(
      '/organisme/:slug/sessions',
      { config, schema: { hide: true, params: SlugParams, querystring: Listing } },
      async (request, reply) => {
        const { slug } = request.params
        requireOrganisation(request, slug)
        const organisation = await getOrganisation(db, slug)
        const { after } = request.query
        const [etat, badge] = [request.query.etat || undefined, request.query.badge || undefined]
        const found = await browseSessions(db, organisation.id, { phase: etat, badge, after })
        const due = await countDue(db, organisation.id)
        const own = (await listAwardable(db, organisation)).filter((one) => one.own)
        const badges = [
          ...own.map(({ value, name }): Option => [value.slice('badge:'.length), name]),
          ...(await listAchievements(db))
            .filter((one) => one.module ?? one.block)
            .map((one): Option => [one.slug, one.name]),
        ]
        return sendPrivate(
          reply,
          sessionsFrame(request, organisation, sessionsPage({ slug, ...found, due, etat, badge, badges })),
        )
      },
    )
    app.get(
      '/organisme/:slug/sessions/planifier',
      { config, schema: { hide: true, params: SlugParams } },
      async (request, reply) => {
        requireOrganisation(request, request.params.slug)
        return sendPrivate(reply, await plan(request, {}, null))
      },
    )
    app.post(
      '/organisme/:slug/sessions',
      { config, attachValidation: true, schema: { hide: true, params: SlugParams, body: Plan } },
      (request, reply) => {
        const { slug } = request.params
        const author = requireOrganisation(request, slug).sub
        const plans = async () => {
          const { _jeton, subject, hours, price, departement, place, ...rest } = request.body
          const [kind, name] = [subject.slice(0, subject.indexOf(':')), subject.slice(subject.indexOf(':') + 1)]
          if (kind !== 'module' && kind !== 'block' && kind !== 'badge') throw SUBJECT()
          const given: NewSession = {
            ...rest,
            [kind]: name,
            departement: departement || null,
            place: place || null,
            ...(typeof hours === 'number' && { hours }),
            ...(price && { priceCents: centsOf(price) }),
          }
          const { id } = await planSession(db, await getOrganisation(db, slug), given, author)
          return `/organisme/${slug}/sessions/${id}?fait=planifiee`
        }
        return answerForm(request, reply, plans, (refusal) => plan(request, request.body, refusal))
      },
    )
  }

const SUBJECT = () =>
  invalid(
    'session_subject',
    'Choisissez un module, un bloc ou un badge de l’organisme.',
    'Choisissez-le dans la liste.',
    { field: 'subject' },
  )
