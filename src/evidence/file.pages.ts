import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { FastifyReply } from 'fastify'
import { findActor } from '../auth/access.ts'
import type { Actor } from '../auth/actor.ts'
import type { Db } from '../db.ts'
import { notFound } from '../errors.ts'
import type { Vault } from '../vault.ts'
import { asPrivate, sendDocument } from '../web/reply.ts'
import { MEDIA } from './media.ts'
import { isDamaged, noteReading, openEvidence } from './read-evidence.ts'

type Deps = { db: Db; vault: Vault; baseUrl: string }

/** `/evidence/{id}`: the file itself, for anyone while it is shown, else for whose it is. */
export const filePages =
  ({ db, vault, baseUrl }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const config = { access: 'public', rateLimit: { max: 120, timeWindow: 60_000 } } as const
    app.get(
      '/evidence/:id',
      {
        compress: false,
        config,
        schema: { hide: true, params: Type.Object({ id: Type.String({ format: 'uuid', maxLength: 36 }) }) },
      },
      async (request, reply) => {
        const { id } = request.params
        const file = await openEvidence(db, vault, id).catch((error: unknown) => {
          // Said once, here: nobody else sees that a row was altered.
          if (isDamaged(error)) request.log.error({ 'evidence.id': id }, 'evidence.damaged')
          throw error
        })
        if (file.shown) return sendFile(reply, file)
        const actor = await findActor(request, db, baseUrl)
        if (actor?.personId === file.personId) return sendFile(asPrivate(reply), file)
        if (!isTrainerOf(actor, file)) throw notFound('Le fichier', id)
        await noteReading(db, actor!.sub, file)
        return sendFile(asPrivate(reply), file)
      },
    )
  }

type Opened = Awaited<ReturnType<typeof openEvidence>>

/** Whether it was deposited by an organisation whose trainers include that one. */
const isTrainerOf = (actor: Actor | null, { depositor, organisation }: Opened): boolean =>
  depositor === 'issuer' &&
  (actor?.grants ?? []).some(
    (one) => one.organisation === organisation && (one.role === 'formateur' || one.role === 'administrateur'),
  )

/** Sends a file that strangers may have made: only a picture opens in the browser, and nothing in it may act. */
function sendFile(reply: FastifyReply, { bytes, mediaType, shown }: Opened): FastifyReply {
  const isPicture = mediaType.startsWith('image/')
  const name = `preuve${MEDIA[mediaType].extensions[0]}`
  void reply
    .header('content-disposition', `${isPicture ? 'inline' : 'attachment'}; filename="${name}"`)
    .header('content-security-policy', "default-src 'none'; sandbox")
    .header('x-content-type-options', 'nosniff')
    .header('x-robots-tag', 'noindex')
  const type = mediaType === 'text/plain' ? 'text/plain; charset=utf-8' : mediaType
  // A minute: its holder may hide it again.
  return shown ? sendDocument(reply, type, bytes, 60) : reply.type(type).send(bytes)
}
