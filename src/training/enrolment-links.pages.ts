import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { refuseForeignForm, TRAINERS } from '../auth/access.ts'
import { getAchievement } from '../badges/achievements.ts'
import type { Db } from '../db.ts'
import { Slug } from '../organisations/schema.ts'
import type { Vault } from '../vault.ts'
import { formBody } from '../web/form-schema.ts'
import { answerForm } from '../web/form-answer.ts'
import type { Given, Refusal } from '../web/forms.ts'
import type { Page } from '../web/html.ts'
import { sendPrivate } from '../web/reply.ts'
import { invitedPage, linkPage } from './enrolment-link-view.ts'
import { askEnrolment, changeLink, readInvited, readLink } from './enrolment-links.ts'
import { sessionPlace, sessionsFrame } from './session-place.pages.ts'

type Deps = { db: Db; vault: Vault; baseUrl: string }

const Uuid = Type.String({ format: 'uuid', maxLength: 36 })
const OneOf = Type.Object({ slug: Slug, id: Uuid })
const Done = Type.Object({ fait: Type.Optional(Type.String({ maxLength: 20 })) })
const Change = formBody({ action: Type.Enum(['open', 'close', 'renew']) })
const Token = Type.Object({ token: Type.String({ minLength: 20, maxLength: 100 }) })
const Name = Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' })
const Asked = formBody({ givenName: Name, familyName: Name, email: Type.String({ minLength: 3, maxLength: 254 }) })

/** A whole class shares one address on the training day: enough for it, little for a machine. */
const ASKS_A_MINUTE = { max: 60, timeWindow: 60_000 }

/** `/inscription/{token}` and the trainer's side of it: the link, its QR code, and the decisions. */
export const enrolmentLinksPages =
  ({ db, vault, baseUrl }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const trainer = { access: TRAINERS }
    app.get(
      '/organisme/:slug/sessions/:id/lien',
      { config: trainer, schema: { hide: true, params: OneOf, querystring: Done } },
      async (request, reply) => {
        const { slug, session, organisation, badge, jeton } = await sessionPlace(db, vault, request)
        const found = await readLink(db, vault, session.id)
        const link = found && { address: `${baseUrl}/inscription/${found.secret}`, isOpen: found.isOpen }
        const about = { slug, session, name: badge, organisation: organisation.name, link, jeton }
        const page = linkPage({ ...about, done: request.query.fait })
        return sendPrivate(reply, sessionsFrame(request, organisation, page))
      },
    )
    app.post(
      '/organisme/:slug/sessions/:id/lien',
      { config: trainer, schema: { hide: true, params: OneOf, body: Change } },
      async (request, reply) => {
        const { session, author, path } = await sessionPlace(db, vault, request)
        const { action } = request.body
        await changeLink(db, vault, session, { action, author })
        return reply.redirect(`${path}/lien${action === 'renew' ? '?fait=nouveau' : ''}`, 303)
      },
    )
    const invited = async (
      token: string,
      more: { isAsked?: boolean; given?: Given; refusal?: Refusal } = {},
    ): Promise<Page> => {
      const { session, organisation, refusal: closed, isFull } = await readInvited(db, token)
      const { name } = await getAchievement(db, session.achievementSlug, session.achievementVersion)
      return invitedPage({ token, session, name, organisation, closed, isFull, isAsked: false, ...more })
    }
    app.get(
      '/inscription/:token',
      { config: { access: 'public' }, schema: { hide: true, params: Token, querystring: Done } },
      async (request, reply) => {
        const isAsked = request.query.fait === 'demandee'
        return sendPrivate(reply, await invited(request.params.token, { isAsked }))
      },
    )
    app.post(
      '/inscription/:token',
      {
        config: { access: 'public', rateLimit: ASKS_A_MINUTE },
        attachValidation: true,
        schema: { hide: true, params: Token, body: Asked },
      },
      (request, reply) => {
        refuseForeignForm(request, baseUrl)
        const { token } = request.params
        const ask = async (): Promise<string> => {
          const { email, givenName, familyName } = request.body
          const given = { email: email.trim(), givenName: givenName.trim(), familyName: familyName.trim() }
          await askEnrolment(db, vault, token, given)
          return `/inscription/${token}?fait=demandee`
        }
        return answerForm(request, reply, ask, (refusal) => invited(token, { given: request.body, refusal }))
      },
    )
  }
