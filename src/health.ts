import { statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import type { FastifyInstance } from 'fastify'
import type { Config } from './config.ts'
import { type Db, ping } from './db.ts'
import { forTheLog } from './errors.ts'

const PUBLIC = { config: { access: 'public' as const }, schema: { hide: true } }
const PATIENCE_MS = 5_000
/** A disk with less room than this cannot take a file of completions, nor the journal of the embedded database. */
const LEAST_ROOM = 16 * 2 ** 20

/** Whether this process runs, and whether it can serve: its database answers, and what it writes to has room. */
export const healthPages =
  ({ db, config }: { db: Db; config: Config }) =>
  async (app: FastifyInstance): Promise<void> => {
    const disks = config.databaseUrl === null ? [config.dataDir, tmpdir()] : [tmpdir()]
    app.get('/health/live', PUBLIC, async () => ({ status: 'live' }))
    app.get('/health/ready', PUBLIC, async (request, reply) => {
      try {
        await Promise.race([ping(db), lateness()])
      } catch (error) {
        request.log.error({ err: forTheLog(error) }, 'health.not_ready')
        return reply.code(503).send({ status: 'not ready', reason: 'La base de données ne répond pas.' })
      }
      if (await Promise.all(disks.map(hasRoom)).then((rooms) => rooms.every(Boolean))) return { status: 'ready' }
      request.log.error('health.disk_full')
      return reply.code(503).send({ status: 'not ready', reason: 'Le disque est plein : libérez de la place.' })
    })
  }

function lateness(): Promise<never> {
  return new Promise((_, reject) => setTimeout(() => reject(new Error('No answer in time.')), PATIENCE_MS).unref())
}

async function hasRoom(folder: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize >= LEAST_ROOM
}
