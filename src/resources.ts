import { workEditions } from './statistics/editions.jobs.ts'
import { workStatistics } from './statistics/statistics.jobs.ts'
import { createHash } from 'node:crypto'
import { sql } from './drizzle.ts'
import pino from 'pino'
import { loadContent } from './cartography/load.ts'
import type { Config } from './config.ts'
import { workCredentials } from './credentials/credentials.jobs.ts'
import { workExpiries } from './credentials/expiry.jobs.ts'
import { createDocuments } from './credentials/documents.ts'
import { createGuardedFetch, createGuardedPost } from './credentials/fetch.ts'
import { assertKeysOpen } from './credentials/keys.ts'
import { createSigner } from './credentials/signer.ts'
import { createVerifier } from './credentials/verifier.ts'
import { connect, type Database, type Db, rows } from './db.ts'
import { forTheLog } from './errors.ts'
import { workFeed } from './feed/feed.jobs.ts'
import { createFollowing } from './following.ts'
import { workHabilitations } from './habilitation/habilitations.jobs.ts'
import { createOlderDialects } from './interop/older.ts'
import { workSeals } from './journal/journal.jobs.ts'
import { workMessages } from './messages/messages.jobs.ts'
import type { Mailing } from './messages/send.ts'
import { countBatch, metrics } from './metrics.ts'
import { workRetention } from './privacy/retention.jobs.ts'
import { createRedisQueue } from './queue-redis.ts'
import { createLocalQueue, type Queue } from './queue.ts'
import { createVault, type Vault } from './vault.ts'
import { workWallet } from './wallet/wallet.jobs.ts'

export type Resources = { database: Database; vault: Vault; queue: Queue; logger: pino.Logger }

/** Opens what the entries share: database brought up to date, content loaded, secrets, queue, log. */
export async function openResources(config: Config): Promise<Resources> {
  const logger = pino({ level: config.logLevel, redact: ['req.headers', 'headers', '*.email', '*.identity'] })
  const vault = createVault(config.masterKey, config.previousMasterKeys)
  const database = await connect(config)
  try {
    await loadContent(database.db)
    await assertKeysOpen(database.db, vault)
    const queue = await openQueue(config, { db: database.db, logger })
    return { database, vault, queue, logger }
  } catch (error) {
    await database.close()
    throw error
  }
}

type QueueDeps = { db: Db; logger: pino.Logger }

async function openQueue({ redisUrl }: Config, { db, logger }: QueueDeps): Promise<Queue> {
  const report = (job: string, error: unknown, attempt: number): void => {
    metrics.jobsFailed.inc()
    logger.error({ err: forTheLog(error), job, attempt }, 'job.failed')
  }
  if (redisUrl === null) return createLocalQueue(report)
  const unreachable = (error: unknown): void => {
    logger.error({ err: forTheLog(error) }, 'redis.unreachable: the sweep will ask again for what is lost')
  }
  // Services that share a Redis but not a database must not take each other's jobs.
  const [found] = await rows<{ name: string }>(
    db,
    sql`select system_identifier || ' ' || current_database() as name from pg_control_system()`,
  )
  const prefix = `insigne:${createHash('sha256').update(found!.name).digest('base64url').slice(0, 12)}`
  return createRedisQueue({ url: redisUrl, report, unreachable, prefix })
}

/** Takes the jobs of the queue in this process. Answers how to stop: running jobs end, then the threads that sign. */
export async function startWork(
  config: Config,
  { database, vault, queue, logger }: Resources,
): Promise<() => Promise<void>> {
  const signer = createSigner({ threads: config.workers })
  const authority = { issuer: config.habilitationIssuer, baseUrl: config.baseUrl }
  const follow = createFollowing(authority)
  const issuing = { db: database.db, vault, baseUrl: config.baseUrl, signer, report: countBatch, follow }
  const stopSweep = await workCredentials(queue, issuing, config.sweepSeconds)
  const stopMail = await startMail(config, { database, vault, queue, logger })
  const stopSeals = workSeals(
    // In the log too, which is kept elsewhere: a head to compare with `npm run journal -- --expect`.
    { db: database.db, vault, sealed: (head) => logger.info(head, 'journal.sealed') },
    config.sweepSeconds,
  )
  const stopRetention = workRetention({
    db: database.db,
    vault,
    periods: config.retention,
    report: (error) => logger.error({ err: forTheLog(error) }, 'retention.failed'),
  })
  const stopExpiries = workExpiries({ db: database.db, vault, baseUrl: config.baseUrl }, (error) =>
    logger.error({ err: forTheLog(error) }, 'expiry.failed'),
  )
  const stopWallet = startWallet(config, { database, vault, logger })
  const stopStatistics = workStatistics(
    database.db,
    (error) => logger.error({ err: forTheLog(error) }, 'statistics.failed'),
    config.sweepSeconds,
  )
  const stopEditions = workEditions(
    {
      db: database.db,
      vault,
      queue,
      site: { baseUrl: config.baseUrl, publisher: config.operator.name ?? 'Insigne' },
      report: (error) => logger.error({ err: forTheLog(error) }, 'editions.failed'),
    },
    config.sweepSeconds,
  )
  const stopFeed = workFeed(
    {
      db: database.db,
      vault,
      baseUrl: config.baseUrl,
      post: createGuardedPost(config),
      report: (error) => logger.error({ err: forTheLog(error) }, 'feed.failed'),
    },
    config.sweepSeconds,
  )
  const stopHabilitations = workHabilitations(
    {
      db: database.db,
      vault,
      queue,
      authority,
      deactivateInactive: config.deactivateInactive,
      report: (error) => logger.error({ err: forTheLog(error) }, 'habilitations.failed'),
    },
    config.sweepSeconds,
  )
  return async () => {
    await stopEditions()
    await stopStatistics()
    await stopFeed()
    await stopHabilitations()
    await stopRetention()
    await stopExpiries()
    await stopWallet()
    stopSweep()
    stopMail()
    await queue.close()
    await signer.close()
    await stopSeals()
  }
}

/** Badges of elsewhere are verified from what is published elsewhere: nothing of this service is looked up for them. */
function startWallet(config: Config, { database, vault, logger }: Pick<Resources, 'database' | 'vault' | 'logger'>) {
  const fetch = createGuardedFetch(config)
  const older = createOlderDialects()
  const verifier = createVerifier({ fetch, documents: createDocuments(fetch), own: async () => undefined, older })
  return workWallet({ db: database.db, vault, verifier, baseUrl: config.baseUrl }, (error) =>
    logger.error({ err: forTheLog(error) }, 'wallet.failed'),
  )
}

/** Without a server to hand them to, messages stay where they are. */
async function startMail({ mail, baseUrl, sweepSeconds }: Config, { database, vault, queue, logger }: Resources) {
  if (!mail) return () => {}
  const report: Mailing['report'] = (attempt) => logger.warn(attempt, 'message.not_sent')
  return workMessages(queue, { db: database.db, vault, baseUrl, ...mail, report }, sweepSeconds)
}
