import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import type { FastifyInstance } from 'fastify'
import { test as base } from 'vitest'
import { buildApp } from '../../src/app.ts'
import type { Config } from '../../src/config.ts'
import { workCredentials } from '../../src/credentials/credentials.jobs.ts'
import type { Issuing } from '../../src/credentials/sign-orders.ts'
import signBatch from '../../src/credentials/sign-worker.ts'
import type { Db } from '../../src/db.ts'
import { createFollowing } from '../../src/following.ts'
import { PERIOD_NAMES, type Periods, PERIODS } from '../../src/privacy/periods.ts'
import { createLocalQueue, type Queue } from '../../src/queue.ts'
import { createVault, type Vault } from '../../src/vault.ts'
import { databaseIsThere, openTestDatabase } from './db.ts'

export const BASE_URL = 'https://insigne.test'

/** Issuing in this thread: worker threads have a test of their own. */
export const issuingFor = (db: Db, vault: Vault): Issuing => ({
  db,
  vault,
  baseUrl: BASE_URL,
  signer: { sign: signBatch, close: async () => {} },
  report: () => {},
  follow: createFollowing({ issuer: config.habilitationIssuer, baseUrl: BASE_URL }),
})

export type TestService = { app: FastifyInstance; db: Db; vault: Vault; queue: Queue; failures: unknown[] }

/** The settings of a service under test. */
export const config: Config = {
  host: '127.0.0.1',
  port: 0,
  baseUrl: BASE_URL,
  dataDir: tmpdir(),
  databaseUrl: null,
  redisUrl: null,
  work: true,
  workers: 1,
  metricsPort: null,
  sweepSeconds: 60,
  masterKey: randomBytes(32),
  previousMasterKeys: [],
  retention: Object.fromEntries(PERIOD_NAMES.map((name) => [name, PERIODS[name].days])) as Periods,
  operator: { name: null, contact: null, address: null, director: null, host: null, hostAddress: null },
  allowLoopback: false,
  registerUrl: null,
  habilitationIssuer: 'aidants-connect',
  deactivateInactive: false,
  logLevel: 'silent',
  proconnect: null,
  vcApiOpen: false,
  rateLimit: 1_000_000,
  trustProxy: [],
  signInLimit: 1_000_000,
  mail: null,
}

const withService = base.extend<{ service: TestService }>({
  service: [
    // oxlint-disable-next-line no-empty-pattern -- vitest reads the pattern
    async ({}, use) => {
      const { db, close } = await openTestDatabase()
      const vault = createVault(config.masterKey)
      const failures: unknown[] = []
      const queue = createLocalQueue((_, error) => failures.push(error))
      const app = await buildApp({ config, db, vault, queue })
      const stopSweep = await workCredentials(queue, issuingFor(db, vault))
      await use({ app, db, vault, queue, failures })
      stopSweep()
      await app.close()
      await queue.close()
      await close()
    },
    { scope: 'file' },
  ],
})

/** A test with the whole service behind it, one for the file: each test makes the organisation it needs. */
export const test = databaseIsThere ? withService : (withService.skip as unknown as typeof withService)
