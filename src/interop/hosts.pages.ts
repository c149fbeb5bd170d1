import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { holderOf, jetonOf } from '../auth/access.ts'
import { answerForm } from '../web/form-answer.ts'
import { formBody } from '../web/form-schema.ts'
import type { Given, Refusal } from '../web/forms.ts'
import { sendPrivate } from '../web/reply.ts'
import { endApplication, listApplications } from './applications.ts'
import { APPLICATIONS, applicationsPage, HOSTS } from './applications-view.ts'
import type { Authorization } from './authorization.ts'
import { readProfile, writeProfile } from './badge-connect-profile.ts'
import { askHost, completeHost, type HostDeps, leaveHost, listHosts, RETURN } from './hosts.ts'
import { badgesToSend, sendToHost } from './hosts-send.ts'
import { awayPage, hostsPage, outcomeWords } from './hosts-view.ts'

type Deps = HostDeps & { authorization: Authorization }

const config = { access: ['titulaire'] } as const
/** Each of these goes out to another site. */
const outward = { ...config, rateLimit: { max: 20, timeWindow: 60_000 } }
const hide = true
const GrantId = Type.Object({ id: Type.String({ pattern: '^[\\w-]{43}$' }) })
const Id = Type.Object({ id: Type.String({ format: 'uuid', maxLength: 36 }) })
const Done = Type.Object({ fait: Type.Optional(Type.String({ maxLength: 20 })) })
const Profile = formBody({
  name: Type.Optional(Type.String({ maxLength: 200 })),
  description: Type.Optional(Type.String({ maxLength: 2000 })),
  url: Type.Optional(Type.String({ maxLength: 1000, pattern: '^(https?://\\S+)?$' })),
})
const Address = formBody({ address: Type.String({ minLength: 1, maxLength: 500 }) })
const Sent = formBody({ badge: Type.String({ format: 'uuid', maxLength: 36 }) })

const DONE = new Map([
  ['retrait', 'L’accès est retiré : cette application ne lit plus rien.'],
  ['profil', 'Ce que les applications lisent de vous est enregistré.'],
  ['relie', 'Cet hôte est relié : vous pouvez y envoyer vos badges.'],
  ['quitte', 'Cet hôte n’est plus relié. Ce qu’il a déjà reçu reste chez lui : demandez-lui de l’effacer.'],
])

/** `/mon-espace/applications`: the applications that a holder let in, and the other hosts to which she or he sends badges. */
export const hostsPages =
  (deps: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    await app.register(applicationsPages(deps))
    const { db, vault, baseUrl } = deps
    const pageOf = async (request: FastifyRequest, more: Shown = {}) => {
      const { personId } = holderOf(request)
      const [hosts, badges] = [await listHosts(deps, personId), await badgesToSend(db, personId)]
      return hostsPage({ hosts, badges, jeton: jetonOf(request, vault), ...more })
    }
    app.get(HOSTS, { config, schema: { hide, querystring: Done } }, async (request, reply) =>
      sendPrivate(reply, await pageOf(request, { done: DONE.get(request.query.fait ?? '') })),
    )
    app.post(HOSTS, { config: outward, attachValidation: true, schema: { hide, body: Address } }, (request, reply) => {
      const ask = async () => awayPage(await askHost(deps, holderOf(request), request.body.address))
      return answerForm(request, reply, ask, (refusal) => pageOf(request, { refusal, given: request.body }))
    })
    app.get(RETURN, { config: outward, schema: { hide } }, async (request, reply) => {
      await completeHost(deps, holderOf(request), new URL(request.url, baseUrl))
      return reply.header('cache-control', 'no-store').redirect(`${HOSTS}?fait=relie`, 303)
    })
    app.post(
      `${HOSTS}/:id/envois`,
      { config: outward, schema: { hide, params: Id, body: Sent } },
      async (request, reply) => {
        const asked = { linkId: request.params.id, credentialId: request.body.badge }
        const outcome = await sendToHost(deps, { ...holderOf(request), ...asked })
        return sendPrivate(reply, await pageOf(request, { done: `Envoi du badge : ${outcomeWords(outcome)}` }))
      },
    )
    app.post(
      `${HOSTS}/:id/retrait`,
      { config: outward, schema: { hide, params: Id, body: formBody({}) } },
      async (request, reply) => {
        await leaveHost(deps, holderOf(request), request.params.id)
        return reply.redirect(`${HOSTS}?fait=quitte`, 303)
      },
    )
  }

type Shown = { done?: string | undefined; given?: Given; refusal?: Refusal }

const applicationsPages =
  ({ db, vault, authorization }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const pageOf = async (request: FastifyRequest, more: Shown = {}) => {
      const { personId } = holderOf(request)
      const applications = await listApplications(db, vault, authorization, personId)
      const profile = await readProfile(db, vault, personId)
      return applicationsPage({ applications, profile, jeton: jetonOf(request, vault), ...more })
    }
    app.get(APPLICATIONS, { config, schema: { hide, querystring: Done } }, async (request, reply) =>
      sendPrivate(reply, await pageOf(request, { done: DONE.get(request.query.fait ?? '') })),
    )
    app.post(
      `${APPLICATIONS}/profil`,
      { config, attachValidation: true, schema: { hide, body: Profile } },
      (request, reply) => {
        const keep = async () => {
          const { _jeton, ...typed } = request.body
          const said = Object.fromEntries(Object.entries(typed).filter(([, value]) => value.trim() !== ''))
          await writeProfile(db, vault, holderOf(request), said)
          return `${APPLICATIONS}?fait=profil`
        }
        return answerForm(request, reply, keep, (refusal) => pageOf(request, { refusal, given: request.body }))
      },
    )
    app.post(
      `${APPLICATIONS}/:id/retrait`,
      { config, schema: { hide, params: GrantId, body: formBody({}) } },
      async (request, reply) => {
        await endApplication(db, { ...holderOf(request), id: request.params.id })
        return reply.redirect(`${APPLICATIONS}?fait=retrait`, 303)
      },
    )
  }
