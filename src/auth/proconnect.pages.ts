import { type FastifyPluginAsyncTypebox, type Static, Type } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Value } from 'typebox/value'
import type { Config } from '../config.ts'
import type { Db } from '../db.ts'
import { DomainError, forTheLog } from '../errors.ts'
import { sendProblem } from '../problem.ts'
import type { Vault } from '../vault.ts'
import { html } from '../web/html.ts'
import { sendPage } from '../web/reply.ts'
import { findActor, keepSession, SIGN_IN } from './access.ts'
import { localPath } from './local-path.ts'
import { createProConnect, refused } from './proconnect.ts'
import { signInByProConnect } from './proconnect-accounts.ts'
import { SESSION_HOURS } from './web-sessions.ts'

const START = '/connexion/proconnect'
const MINUTES = 15
const Kept = Type.Object({
  state: Type.String(),
  nonce: Type.String(),
  verifier: Type.String(),
  suite: Type.String(),
  until: Type.Integer(),
})
const PUBLIC = { config: { access: 'public' as const }, schema: { hide: true } }

/** Sign-in by ProConnect: sent there, come back, and left there too. */
export const proconnectPages =
  ({ db, vault, config }: { db: Db; vault: Vault; config: Config }): FastifyPluginAsyncTypebox =>
  async (app) => {
    if (!config.proconnect) return
    const { baseUrl } = config
    const proconnect = createProConnect(config.proconnect, config)
    const isSecure = baseUrl.startsWith('https:')
    const cookie = (name: string): string => (isSecure ? `__Secure-${name}` : name)
    const [pendingCookie, idCookie] = [cookie('proconnect'), cookie('proconnect-id')]
    const own = { path: START, httpOnly: true, sameSite: 'lax', secure: isSecure } as const

    app.get<{ Querystring: { suite?: unknown } }>(START, PUBLIC, async (request, reply) => {
      const suite = localPath(request.query.suite)
      try {
        const { url, pending } = await proconnect.begin()
        const kept: Kept = { ...pending, suite, until: Date.now() + MINUTES * 60_000 }
        void reply.setCookie(pendingCookie, vault.seal('auth/proconnect', JSON.stringify(kept)), {
          ...own,
          maxAge: MINUTES * 60,
        })
        return await reply.header('cache-control', 'no-store').redirect(url.href)
      } catch (error) {
        return refusedPage(error, suite, request, reply)
      }
    })

    app.get(`${START}/retour`, PUBLIC, async (request, reply) => {
      const kept = openPending(vault, request.cookies[pendingCookie])
      // Single use, whatever comes of it.
      void reply.clearCookie(pendingCookie, own).header('cache-control', 'no-store')
      try {
        if (!kept) throw refused(new Error('This browser has no sign-in under way'))
        const { identity, idToken } = await proconnect.finish(request.url.split('?')[1] ?? '', kept)
        const former = (await findActor(request, db, baseUrl))?.secret ?? null
        keepSession(reply, baseUrl, await signInByProConnect({ db, vault }, { identity, former }))
        const sealed = vault.seal('auth/proconnect-id', idToken)
        void reply.setCookie(idCookie, sealed, { ...own, maxAge: SESSION_HOURS * 3600 })
        return await reply.redirect(kept.suite)
      } catch (error) {
        return refusedPage(error, kept?.suite, request, reply)
      }
    })

    // Where a sign-out goes on. A page, not a redirection: `form-action` would stop the form that came from here.
    app.get(`${START}/fin`, PUBLIC, async (request, reply) => {
      const idToken = openSealed(vault, 'auth/proconnect-id', request.cookies[idCookie])
      const url = idToken && (await proconnect.leave(idToken).catch(() => null))
      void reply.clearCookie(idCookie, own).header('cache-control', 'no-store')
      return url ? leavePage(reply, url.href) : reply.redirect('/')
    })
  }

type Kept = Static<typeof Kept>

function openPending(vault: Vault, sealed: string | undefined): Kept | null {
  const kept: unknown = JSON.parse(openSealed(vault, 'auth/proconnect', sealed) ?? 'null')
  return Value.Check(Kept, kept) && kept.until > Date.now() ? kept : null
}

function openSealed(vault: Vault, purpose: string, sealed: string | undefined): string | null {
  if (!sealed) return null
  try {
    return vault.open(purpose, sealed)
  } catch {
    return null
  }
}

const leavePage = (reply: FastifyReply, url: string): FastifyReply =>
  sendPage(reply.header('refresh', `0; url=${url}`), {
    title: 'Déconnexion de ProConnect',
    body: html`<h1>Vous êtes déconnectée ou déconnecté</h1>
      <p>Votre session ProConnect se ferme aussi. Si la page ne change pas toute seule :</p>
      <p><a class="action" href="${url}">Fermer ma session ProConnect</a></p>`,
  })

/** What happened, and the other way in. */
function refusedPage(error: unknown, suite: string | undefined, request: FastifyRequest, reply: FastifyReply) {
  const { title, detail, mend } = sendProblem(error, request, reply)
  if (error instanceof DomainError)
    request.log.warn({ err: forTheLog(error.cause), code: error.code }, 'proconnect.failed')
  const asked = suite === undefined ? '' : `?suite=${encodeURIComponent(suite)}`
  return sendPage(reply, {
    title,
    body: html`<h1>Connexion par ProConnect</h1>
      <p role="alert">${detail}</p>
      <p><strong>Que faire ?</strong> ${mend}</p>
      <p><a class="action" href="${SIGN_IN}${asked}">Recevoir un lien par e-mail</a></p>
      <p><a href="${START}${asked}">Réessayer avec ProConnect</a></p>`,
  })
}
