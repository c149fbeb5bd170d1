import type { FastifyInstance } from 'fastify'
import { buildApp } from './app.ts'
import type { Config } from './config.ts'
import { openResources, type Resources, startWork } from './resources.ts'

export type Service = Resources & { app: FastifyInstance; close(): Promise<void> }

/** Starts everything that one process holds: the application, listening, and its jobs unless others take them. */
export async function startService(config: Config): Promise<Service> {
  const resources = await openResources(config)
  const { database, vault, queue, logger } = resources
  const app = await buildApp({ config, db: database.db, vault, queue, logger })
  const stopWork = config.work ? await startWork(config, resources) : () => queue.close()
  const close = async (): Promise<void> => {
    await app.close()
    await stopWork()
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
