import Fastify from 'fastify'
import { readConfig } from './config.ts'
import { fail } from './fail.ts'
import { metricsPages } from './metrics.pages.ts'
import { openResources, startWork } from './resources.ts'
import { closeOnExit } from './shutdown.ts'

// Jobs without the web: those of Redis when there is one, else what the sweep finds that other processes left.
try {
  const config = readConfig()
  if (config.databaseUrl === null) {
    throw new Error(
      'La base embarquée n’admet qu’un processus, et le serveur y délivre déjà. ' +
        'Donnez DATABASE_URL (PostgreSQL) au serveur et à ce processus, ou lancez seulement npm start.',
    )
  }
  const resources = await openResources(config)
  const { database, queue, logger } = resources
  const metricsApp = Fastify()
  await metricsApp.register(metricsPages({ queue }))
  if (config.metricsPort !== null) await metricsApp.listen({ host: config.host, port: config.metricsPort })
  const stopWork = await startWork(config, resources)
  const alive = setInterval(() => {}, 2 ** 30)
  logger.info('worker.started')
  closeOnExit(logger, async () => {
    clearInterval(alive)
    await metricsApp.close()
    await stopWork()
    await database.close()
  })
} catch (error) {
  fail(error)
}
