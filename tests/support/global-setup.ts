import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connect } from '../../src/db.ts'
import { loadContent } from '../../src/cartography/load.ts'
import { PGlite } from '@electric-sql/pglite'
import { adminSql, postgresUrl } from './postgres.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A PGlite data folder, migrated and filled, that each suite starts from. */
    dump: string
    /** The PostgreSQL database that each suite copies; null where there is no PostgreSQL. */
    template: string | null
  }
}

/** Migrates and loads the content once for each database; the suites copy the result. */
export default async function setup({ provide }: { provide(key: string, value: unknown): void }) {
  keepCompiled()
  const folder = mkdtempSync(join(tmpdir(), 'insigne-tests-'))
  const embedded = await connect({ databaseUrl: null, dataDir: folder })
  await loadContent(embedded.db)
  await embedded.close()
  const client = await PGlite.create(join(folder, 'pglite'))
  const dump = join(folder, 'dump.tar')
  writeFileSync(dump, Buffer.from(await (await client.dumpDataDir('none')).arrayBuffer()))
  await client.close()
  provide('dump', dump)
  const template = await prepareTemplate(folder)
  provide('template', template)
  return async () => {
    rmSync(folder, { recursive: true, force: true })
    if (template !== null) await dropTemplate(template)
  }
}

/** The processes that the tests start find the code compiled: one that is killed would never leave it to the next. */
function keepCompiled(): void {
  const folder = fileURLToPath(new URL('../../node_modules/.cache/compiled', import.meta.url))
  process.env['NODE_COMPILE_CACHE'] = folder
  if (existsSync(folder)) return
  spawnSync(process.execPath, [fileURLToPath(new URL('../../src/service.ts', import.meta.url))])
}

/** A name of its own: two runs on one machine do not meet. */
async function prepareTemplate(folder: string): Promise<string | null> {
  const template = `insigne_test_${process.pid}`
  const admin = adminSql()
  try {
    await admin`select 1`
  } catch (error) {
    // On the build machine the service must be there: its absence is a failure, not a reason to skip.
    if (process.env['CI'] === 'true') throw new Error('PostgreSQL does not answer', { cause: error })
    return null
  }
  await admin.unsafe(`drop database if exists ${template} with (force)`)
  await admin.unsafe(`create database ${template}`)
  await admin.end()
  const { db, close } = await connect({ databaseUrl: postgresUrl(template), dataDir: folder })
  await loadContent(db)
  await close()
  return template
}

async function dropTemplate(template: string): Promise<void> {
  const admin = adminSql()
  await admin.unsafe(`drop database if exists ${template} with (force)`)
  await admin.end()
}
