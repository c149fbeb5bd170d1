import type { FastifyInstance } from 'fastify'
import { buildApp } from './app.ts'
import type { Config } from './config.ts'
import { workCredentials } from './credentials/credentials.jobs.ts'
import { openResources, type Resources } from './resources.ts'

export type Service = Resources & { app: FastifyInstance; close(): Promise<void> }

/** Starts everything that one process holds: the application, listening, and its jobs. */
export async function startService(config: Config): Promise<Service> {
  const resources = await openResources(config)
  const { database, vault, queue, logger } = resources
  const { db } = database
  const app = await buildApp({ config, db, vault, queue, logger })
  const stopSweep = await workCredentials(queue, { db, vault, baseUrl: config.baseUrl })
  const close = async (): Promise<void> => {
    stopSweep()
    await app.close()
    await queue.close()
    await database.close()
  }
  try {
    await app.listen({ host: config.host, port: config.port })
  } catch (error) {
    await close()
    throw error
  }
  return { ...resources, app, close }
}
