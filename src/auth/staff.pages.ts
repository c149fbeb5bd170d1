import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import type { Config } from '../config.ts'
import type { Db } from '../db.ts'
import { notAllowed } from '../errors.ts'
import { requestAgain } from '../organisations/approval.ts'
import { NewOrganisation, Slug, SlugParams, Why } from '../organisations/schema.ts'
import type { Queue } from '../queue.ts'
import type { Vault } from '../vault.ts'
import { formBody } from '../web/form-schema.ts'
import { answerForm } from '../web/form-answer.ts'
import type { Given, Refusal } from '../web/forms.ts'
import { sendPrivate } from '../web/reply.ts'
import { actorFrom, jetonOf, type OrganisationSpace, spaceOf } from './access.ts'
import { acceptInvitation, inviteStaff, listInvitations, readInvitation, withdrawInvitation } from './invitations.ts'
import { endStaff, listStaff, organisationsOf, requestOrganisation } from './staff.ts'
import { STAFF_ROLES } from './staff-roles.ts'
import { invitationPage, organisationsPage, registrationPage, requestPage, teamPage } from './staff-view.ts'

type Deps = { db: Db; vault: Vault; queue: Queue; config: Config }

const { name, siret, qualiopi } = NewOrganisation.properties
// A field left empty in a form arrives as an empty text.
const declaration = {
  name,
  siret,
  qualiopi,
  nda: Type.Optional(Type.String({ pattern: '^(\\d{11})?$' })),
  url: Type.Optional(Type.String({ pattern: '^(https?://.*)?$', maxLength: 500 })),
}
const Registration = formBody({ ...declaration, slug: Slug })
const Request = formBody({ ...declaration, reason: Why })
const Invite = formBody({ email: Type.String({ maxLength: 254 }), role: Type.Enum(STAFF_ROLES) })
const Reason = formBody({ reason: Why })
const Nothing = formBody({})
const OneOf = Type.Object({ slug: Slug, id: Type.String({ format: 'uuid', maxLength: 36 }) })
const Token = Type.Object({ token: Type.String({ maxLength: 100 }) })

const Told = Type.Object({ fait: Type.Optional(Type.String({ maxLength: 20 })) })
const DONE: Record<string, string> = {
  inscription: 'La demande d’inscription est envoyée à l’exploitant du service.',
  demande: 'La demande d’approbation est envoyée à nouveau.',
  rejoint: 'Vous avez rejoint l’équipe.',
  invitation: 'L’invitation est envoyée.',
  retrait: 'L’invitation est retirée.',
  fin: 'Ce rôle a pris fin.',
}

/** `/organisme`: one's organisations, their teams, and the invitations to join them. */
export const staffPages =
  ({ db, vault, queue, config: { baseUrl, mail } }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const signedIn = { access: ['titulaire'] } as const
    const administrator = { access: ['exploitant', 'administrateur'] } as const
    const attachValidation = true
    const deps = { db, vault }
    const jetonFor = (request: FastifyRequest): string => jetonOf(request, vault)

    app.get('/organisme', { config: signedIn, schema: { hide: true, querystring: Told } }, async (request, reply) => {
      const { grants } = actorFrom(request)
      const slugs = grants.flatMap((one) => one.organisation ?? [])
      const done = DONE[request.query.fait ?? '']
      return sendPrivate(reply, organisationsPage(await organisationsOf(db, slugs), grants, done))
    })

    app.get('/organisme/inscription', { config: signedIn, schema: { hide: true } }, async (request, reply) =>
      sendPrivate(reply, registrationPage({ jeton: jetonFor(request) })),
    )
    app.post(
      '/organisme/inscription',
      { config: signedIn, attachValidation, schema: { hide: true, body: Registration } },
      async (request, reply) => {
        const act = async () => {
          const { _jeton, ...given } = request.body
          await requestOrganisation(db, given, personFrom(request))
          return '/organisme?fait=inscription'
        }
        const given = request.body as Given
        return answerForm(request, reply, act, (refusal) =>
          registrationPage({ jeton: jetonFor(request), given, refusal }),
        )
      },
    )
    app.get(
      '/organisme/:slug/demande',
      { config: administrator, schema: { hide: true, params: SlugParams } },
      async (request, reply) => sendPrivate(reply, requestPage(await spaceOf(request, request.params.slug, deps))),
    )
    app.post(
      '/organisme/:slug/demande',
      { config: administrator, attachValidation, schema: { hide: true, params: SlugParams, body: Request } },
      async (request, reply) => {
        const { slug } = request.params
        const space = await spaceOf(request, slug, deps)
        const act = async () => {
          const { reason, _jeton, ...given } = request.body
          await requestAgain(db, slug, given, { author: space.author, reason })
          return '/organisme?fait=demande'
        }
        const given = request.body as Given
        return answerForm(request, reply, act, (refusal) => requestPage({ ...space, given, refusal }))
      },
    )

    type More = { given?: Given; refusal?: Refusal; done?: string | undefined }
    const teamOf = async (space: OrganisationSpace, more: More) => {
      const { id } = space.organisation
      const members = await listStaff(db, vault, id, space.author)
      return teamPage({ ...space, members, invitations: await listInvitations(db, vault, id), ...more })
    }

    app.get(
      '/organisme/:slug/equipe',
      { config: administrator, schema: { hide: true, params: SlugParams, querystring: Told } },
      async (request, reply) => {
        const space = await spaceOf(request, request.params.slug, deps)
        return sendPrivate(reply, await teamOf(space, { done: DONE[request.query.fait ?? ''] }))
      },
    )
    app.post(
      '/organisme/:slug/equipe/invitations',
      { config: administrator, attachValidation, schema: { hide: true, params: SlugParams, body: Invite } },
      async (request, reply) => {
        const { slug } = request.params
        const space = await spaceOf(request, slug, deps)
        const act = async () => {
          const { email, role } = request.body
          const messageId = await inviteStaff({ db, vault, baseUrl }, { slug, email, role, author: space.author })
          if (mail) await queue.enqueue('messages.send', { messageId })
          return `/organisme/${slug}/equipe?fait=invitation`
        }
        const given = request.body as Given
        return answerForm(request, reply, act, (refusal) => teamOf(space, { given, refusal }))
      },
    )
    app.post(
      '/organisme/:slug/equipe/invitations/:id/retrait',
      { config: administrator, attachValidation, schema: { hide: true, params: OneOf, body: Nothing } },
      async (request, reply) => {
        const { slug, id } = request.params
        const space = await spaceOf(request, slug, deps)
        const act = async () => {
          await withdrawInvitation(db, { slug, id, author: space.author })
          return `/organisme/${slug}/equipe?fait=retrait`
        }
        return answerForm(request, reply, act, (refusal) => teamOf(space, { refusal }))
      },
    )
    app.post(
      '/organisme/:slug/equipe/:id/fin',
      { config: administrator, attachValidation, schema: { hide: true, params: OneOf, body: Reason } },
      async (request, reply) => {
        const { slug, id } = request.params
        const space = await spaceOf(request, slug, deps)
        const act = async () => {
          await endStaff(db, { slug, id, author: space.author, reason: request.body.reason })
          return `/organisme/${slug}/equipe?fait=fin`
        }
        return answerForm(request, reply, act, (refusal) => teamOf(space, { refusal }))
      },
    )

    const schema = { hide: true, params: Token }
    app.get('/invitations/:token', { config: signedIn, schema }, async (request, reply) => {
      const { token } = request.params
      const offer = await readInvitation(db, vault, token, personFrom(request).personId)
      return sendPrivate(reply, invitationPage(offer, token, jetonFor(request)))
    })
    app.post(
      '/invitations/:token',
      { config: signedIn, schema: { ...schema, body: Nothing } },
      async (request, reply) => {
        await acceptInvitation(db, vault, request.params.token, personFrom(request))
        return reply.redirect('/organisme?fait=rejoint', 303)
      },
    )
  }

/** The person who is signed in: a token of the command line is nobody. */
function personFrom(request: FastifyRequest): { author: string; personId: string } {
  const { sub, personId } = actorFrom(request)
  if (personId) return { author: sub, personId }
  throw notAllowed('Cette action demande une personne connectée.', 'Connectez-vous sur /connexion, puis recommencez.')
}
