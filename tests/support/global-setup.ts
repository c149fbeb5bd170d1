import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '../../src/db.ts'
import { loadContent } from '../../src/resources.ts'
import { PGlite } from '@electric-sql/pglite'
import { adminSql, postgresUrl, TEMPLATE } from './postgres.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A PGlite data folder, migrated and filled, that each suite starts from. */
    dump: string
    postgres: boolean
  }
}

/** Migrates and loads the content once for each database; the suites copy the result. */
export default async function setup({ provide }: { provide(key: string, value: unknown): void }) {
  const folder = mkdtempSync(join(tmpdir(), 'insigne-tests-'))
  const embedded = await connect({ databaseUrl: null, dataDir: folder })
  await loadContent(embedded.db)
  await embedded.close()
  const client = await PGlite.create(join(folder, 'pglite'))
  const dump = join(folder, 'dump.tar')
  writeFileSync(dump, Buffer.from(await (await client.dumpDataDir('none')).arrayBuffer()))
  await client.close()
  provide('dump', dump)
  provide('postgres', await prepareTemplate(folder))
  return () => rmSync(folder, { recursive: true, force: true })
}

async function prepareTemplate(folder: string): Promise<boolean> {
  const admin = adminSql()
  try {
    await admin`select 1`
  } catch (error) {
    // On the build machine the service must be there: its absence is a failure, not a reason to skip.
    if (process.env['CI'] === 'true') throw new Error('PostgreSQL does not answer', { cause: error })
    return false
  }
  await admin.unsafe(`drop database if exists ${TEMPLATE} with (force)`)
  await admin.unsafe(`create database ${TEMPLATE}`)
  await admin.end()
  const { db, close } = await connect({ databaseUrl: postgresUrl(TEMPLATE), dataDir: folder })
  await loadContent(db)
  await close()
  return true
}
