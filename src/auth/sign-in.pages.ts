import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyReply } from 'fastify'
import type { Config } from '../config.ts'
import type { Db } from '../db.ts'
import { isPlainAddress } from '../messages/address.ts'
import { isPreviewOpen } from '../messages/loopback.ts'
import type { Queue } from '../queue.ts'
import type { Vault } from '../vault.ts'
import type { Page } from '../web/html.ts'
import { sendPage } from '../web/reply.ts'
import { actorFrom, dropSession, findActor, keepSession, refuseForeignForm, SIGN_IN } from './access.ts'
import { localPath } from './local-path.ts'
import { askLink, isLinkOpen, signOut, useLink } from './sign-in.ts'
import { askPage, endedPage, enterPage, sentPage, signedInPage } from './sign-in-view.ts'
import { formToken } from './web-sessions.ts'

type Deps = { db: Db; vault: Vault; queue: Queue; config: Config }

const Suite = Type.Object({ suite: Type.Optional(Type.String({ maxLength: 4096 })) })
const Asked = Type.Object(
  { email: Type.String({ maxLength: 1000 }), suite: Type.Optional(Type.String({ maxLength: 4096 })) },
  { additionalProperties: false },
)
const params = Type.Object({ token: Type.String({ maxLength: 100 }) })
const WRONG = 'Cette adresse n’est pas complète ; écrivez-la comme prenom@exemple.fr.'

/** `/connexion`: a link by e-mail, used once; and how to leave. */
export const signInPages =
  ({ db, vault, queue, config }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { baseUrl, mail, signInLimit } = config
    const proconnect = config.proconnect !== null
    const deps = { db, vault, baseUrl }
    const open = { access: 'public' } as const
    const limited = { ...open, rateLimit: { max: signInLimit, timeWindow: 15 * 60_000 } }
    const send = (reply: FastifyReply, page: Page) =>
      sendPage(reply.headers({ 'cache-control': 'no-store', 'x-robots-tag': 'noindex' }), page)

    app.get(SIGN_IN, { config: open, schema: { hide: true, querystring: Suite } }, async (request, reply) => {
      const suite = localPath(request.query.suite)
      const { secret } = (await findActor(request, db, baseUrl)) ?? {}
      return send(
        reply,
        secret ? signedInPage({ suite, jeton: formToken(vault, secret) }) : askPage({ suite, proconnect }),
      )
    })

    app.post(SIGN_IN, { config: limited, schema: { hide: true, body: Asked } }, async (request, reply) => {
      refuseForeignForm(request, baseUrl)
      const suite = localPath(request.body.suite)
      const email = request.body.email.trim()
      if (!isPlainAddress(email)) return send(reply.code(422), askPage({ suite, proconnect, email, wrong: WRONG }))
      const messageId = await askLink(deps, { email, suite })
      if (mail) await queue.enqueue('messages.send', { messageId })
      return send(reply, sentPage(email, isPreviewOpen(config)))
    })

    app.get(`${SIGN_IN}/:token`, { config: open, schema: { hide: true, params } }, async (request, reply) => {
      const { token } = request.params
      return (await isLinkOpen(db, token)) ? send(reply, enterPage(token)) : send(reply.code(410), endedPage())
    })

    app.post(`${SIGN_IN}/:token`, { config: limited, schema: { hide: true, params } }, async (request, reply) => {
      refuseForeignForm(request, baseUrl)
      const former = (await findActor(request, db, baseUrl))?.secret ?? null
      const entered = await useLink(deps, { token: request.params.token, former })
      if (!entered) return send(reply.code(410), endedPage())
      keepSession(reply, baseUrl, entered.secret)
      return reply.header('cache-control', 'no-store').redirect(entered.suite, 303)
    })

    const signedIn = { access: ['titulaire'] } as const
    app.post('/deconnexion', { config: signedIn, schema: { hide: true } }, async (request, reply) => {
      await signOut(db, actorFrom(request))
      dropSession(reply, baseUrl)
      return reply.redirect(proconnect ? '/connexion/proconnect/fin' : '/', 303)
    })
  }
