import { buildApp } from '../../src/app.ts'
import { workCredentials } from '../../src/credentials/credentials.jobs.ts'
import { createFollowing } from '../../src/following.ts'
import { createLocalQueue } from '../../src/queue.ts'
import { config, issuingFor, type TestService } from './app.ts'
import { freePort } from './processes.ts'

export type Site = { service: TestService; origin: string; close: () => Promise<void> }

/** The whole service at an address of this machine, which others reach and which its badges bear: it issues in its own name. */
export async function aSite(base: TestService): Promise<Site> {
  const { db, vault, failures } = base
  const port = await freePort()
  const origin = `http://localhost:${port}`
  const queue = createLocalQueue((_, error) => failures.push(error))
  const app = await buildApp({ config: { ...config, baseUrl: origin }, db, vault, queue })
  const follow = createFollowing({ issuer: config.habilitationIssuer, baseUrl: origin })
  const stop = await workCredentials(queue, { ...issuingFor(db, vault), baseUrl: origin, follow })
  await app.listen({ host: '127.0.0.1', port })
  const close = async () => {
    stop()
    await app.close()
    await queue.close()
  }
  return { service: { ...base, app, queue }, origin, close }
}
