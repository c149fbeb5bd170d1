import { sql } from 'drizzle-orm'
import pino from 'pino'
import { loadBadges } from './badges/load.ts'
import type { Config } from './config.ts'
import { assertKeysOpen } from './credentials/keys.ts'
import { loadCurricula } from './curricula/load.ts'
import { connect, type Database, type Db } from './db.ts'
import { createLocalQueue, type Queue } from './queue.ts'
import { loadReferential } from './referential/load.ts'
import { createVault, type Vault } from './vault.ts'

export type Resources = { database: Database; vault: Vault; queue: Queue; logger: pino.Logger }

/** Opens what the entries share: database brought up to date, content loaded, secrets, queue, log. */
export async function openResources(config: Config): Promise<Resources> {
  const logger = pino({ level: config.logLevel, redact: ['req.headers', 'headers', '*.email', '*.identity'] })
  const vault = createVault(config.masterKey)
  const database = await connect(config)
  try {
    await loadContent(database.db)
    await assertKeysOpen(database.db, vault)
  } catch (error) {
    await database.close()
    throw error
  }
  const queue = createLocalQueue((name, error, attempt) => logger.error({ err: error, job: name, attempt }, 'job.failed'))
  return { database, vault, queue, logger }
}

/** Loads the referential, the curricula and the badges, all or nothing. */
export const loadContent = (db: Db): Promise<void> =>
  db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(1516015)`) // two processes may start at once
    await loadReferential(tx)
    await loadCurricula(tx)
    await loadBadges(tx)
  })
