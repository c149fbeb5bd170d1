import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { holderOf } from '../auth/access.ts'
import type { Db } from '../db.ts'
import type { Vault } from '../vault.ts'
import { asPrivate } from '../web/reply.ts'
import { badgeArchive } from './archive.ts'

const config = { access: ['titulaire'] } as const
/** The last badge of the part before. */
const Part = Type.Object({ apres: Type.Optional(Type.String({ format: 'uuid' })) })

type Deps = { db: Db; vault: Vault; baseUrl: string }

/** Everything in one file: the badges of whoever signed in, and what verifies them without this service. */
export const archivePages =
  ({ db, vault, baseUrl }: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const schema = { hide: true, querystring: Part }
    app.get('/mon-espace/archive.zip', { config, schema }, async (request, reply) => {
      const archive = await badgeArchive(db, vault, baseUrl, holderOf(request), request.query.apres ?? null)
      return asPrivate(reply)
        .header('content-disposition', 'attachment; filename="mes-badges.zip"')
        .type('application/zip')
        .send(Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength))
    })
  }
