import closeWithGrace from 'close-with-grace'
import { buildApp } from './app.ts'
import { readConfig } from './config.ts'
import { workCredentials } from './credentials/credentials.jobs.ts'
import { fail } from './fail.ts'
import { openResources } from './resources.ts'

try {
  const config = readConfig()
  const { database, vault, queue, logger } = await openResources(config)
  const { db } = database
  const app = await buildApp({ config, db, vault, queue, logger })
  const stopSweep = await workCredentials(queue, { db, vault, baseUrl: config.baseUrl })
  const close = async (): Promise<void> => {
    stopSweep()
    await app.close()
    await queue.close()
    await database.close()
  }
  closeWithGrace({ delay: 10_000, logger }, close)
  await app.listen({ host: config.host, port: config.port }).catch(async (error: unknown) => {
    await close()
    throw error
  })
} catch (error) {
  fail(error)
}
