import closeWithGrace from 'close-with-grace'
import { readConfig } from './config.ts'
import { workCredentials } from './credentials/credentials.jobs.ts'
import { fail } from './fail.ts'
import { openResources } from './resources.ts'

// Jobs without the web: finds by its sweep what other processes left to issue.
try {
  const config = readConfig()
  const { database, vault, queue, logger } = await openResources(config)
  const stopSweep = await workCredentials(queue, { db: database.db, vault, baseUrl: config.baseUrl })
  const alive = setInterval(() => {}, 2 ** 30)
  logger.info('worker.started')
  closeWithGrace({ delay: 10_000, logger }, async () => {
    clearInterval(alive)
    stopSweep()
    await queue.close()
    await database.close()
  })
} catch (error) {
  fail(error)
}
