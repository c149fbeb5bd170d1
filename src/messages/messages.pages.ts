import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import type { Config } from '../config.ts'
import type { Db } from '../db.ts'
import { notFound } from '../errors.ts'
import type { Vault } from '../vault.ts'
import { html } from '../web/html.ts'
import { sendPage } from '../web/reply.ts'
import { letterHtml, letterText } from './letter.ts'
import { lastMessages } from './messages.ts'
import { isLoopback, isPreviewOpen } from './loopback.ts'

type Deps = { db: Db; vault: Vault; config: Config }
const open = { access: 'public' } as const
const params = Type.Object({ id: Type.String({ format: 'uuid' }) })

/** `/messages`, in development: what would have been sent. Elsewhere these pages are not there. */
export const messagesPages =
  ({ db, vault, config }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    // The name that the browser asked for is looked at too: another site may make its own name lead to this machine.
    const refuse = async (request: FastifyRequest): Promise<void> => {
      const isHere = isPreviewOpen(config) && isLoopback(request.ip) && isLoopback(request.hostname)
      if (!isHere) throw notFound('La page', request.url.split('?')[0]!)
    }

    app.get('/messages', { config: open, schema: { hide: true }, onRequest: refuse }, async (_request, reply) => {
      const messages = await lastMessages(db, vault)
      return sendPage(reply.header('cache-control', 'no-store'), {
        title: 'Messages',
        body: html`<h1>Messages</h1>
          <p>
            Aucun serveur de messagerie n’est réglé (SMTP_URL) : voici les 50 derniers messages, qui ne partent pas.
          </p>
          !${messages.length === 0 ? html`<p>Aucun message pour l’instant.</p>` : ''}
          !${messages.map(
            ({ id, to, createdAt, letter }) =>
              html`<section>
                <article class="tile">
                  <h2>${letter.subject}</h2>
                  <p>À ${to}, le ${createdAt.toLocaleString('fr-FR', { timeZone: 'Europe/Paris' })}</p>
                  <pre>${letterText(letter)}</pre>
                  <p>
                    !${letter.action ? html`<a href="${letter.action.url}">${letter.action.label}</a> · ` : ''}<a
                      href="/messages/${id}"
                      >Ce message en HTML</a
                    >
                  </p>
                </article>
              </section>`,
          )}`,
      })
    })

    app.get(
      '/messages/:id',
      { config: open, schema: { hide: true, params }, onRequest: refuse },
      async (request, reply) => {
        const [message] = await lastMessages(db, vault, request.params.id)
        if (!message) throw notFound('Le message', request.params.id)
        return reply
          .type('text/html; charset=utf-8')
          .headers({
            'cache-control': 'no-store',
            'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
          })
          .send(letterHtml(message.letter))
      },
    )
  }
