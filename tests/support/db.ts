import { randomUUID } from 'node:crypto'
import { openAsBlob } from 'node:fs'
import { PGlite } from '@electric-sql/pglite'
import { drizzle } from 'drizzle-orm/pglite'
import { inject } from 'vitest'
import { connect, type Database } from '../../src/db.ts'
import { adminSql, postgresUrl } from './postgres.ts'

export const onPostgres = process.env['TEST_DATABASE'] === 'postgres'
/** False where this suite's database is not on the machine: its tests are then skipped, and said so. */
export const databaseIsThere = !onPostgres || inject('template') !== null

/** A database of one's own, migrated and holding the content. */
export async function openTestDatabase(): Promise<Database> {
  if (onPostgres) return clonePostgres()
  const client = await PGlite.create({ loadDataDir: await openAsBlob(inject('dump')) })
  return { db: drizzle(client, { casing: 'snake_case' }), close: () => client.close() }
}

async function clonePostgres(): Promise<Database> {
  const name = `insigne_test_${randomUUID().replaceAll('-', '')}`
  await runAdmin(`create database ${name} template ${inject('template')}`)
  const database = await connect({ databaseUrl: postgresUrl(name), dataDir: '' })
  return {
    db: database.db,
    close: async () => {
      await database.close()
      await runAdmin(`drop database ${name} with (force)`)
    },
  }
}

/** A template takes one copy at a time: a second one waits. */
async function runAdmin(statement: string): Promise<void> {
  const admin = adminSql()
  try {
    await admin`select pg_advisory_lock(7)`
    await admin.unsafe(statement)
  } finally {
    await admin.end()
  }
}
