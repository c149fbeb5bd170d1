import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Column, getTableColumns, type Name, sql, type SQL } from './drizzle.ts'
import { toSnakeCase } from 'drizzle-orm/casing'
import type { PgDatabase, PgQueryResultHKT, PgTable } from './drizzle-pg.ts'
import { drizzle as drizzlePostgres } from 'drizzle-orm/node-postgres'
import { migrate as migratePostgres } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'

/** A connection or a transaction, PGlite or PostgreSQL: verbs take either. */
export type Db = PgDatabase<PgQueryResultHKT>
export type Database = { db: Db; close(): Promise<void> }

const migrationsFolder = fileURLToPath(new URL('../migrations', import.meta.url))
const casing = 'snake_case'
const START_LOCK = 1_516_014

/** Opens the database and brings its schema up to date; of several processes that start at once, one migrates. */
export async function connect(config: { databaseUrl: string | null; dataDir: string }): Promise<Database> {
  return config.databaseUrl ? connectPostgres(config.databaseUrl) : connectPglite(config.dataDir)
}

async function connectPostgres(url: string): Promise<Database> {
  await migrateOnce(url)
  const pool = new pg.Pool({ connectionString: url, max: 10, connectionTimeoutMillis: 10_000, keepAlive: true })
  // A connection that breaks says so twice: to the query that it carried, and here, where silence would end the process.
  pool.on('error', () => {})
  pool.on('connect', (client) => void client.on('error', () => {}))
  return { db: drizzlePostgres(pool, { casing }), close: () => pool.end() }
}

async function migrateOnce(url: string): Promise<void> {
  const starter = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  starter.on('error', () => {})
  await starter.connect()
  try {
    await starter.query('select pg_advisory_lock($1)', [START_LOCK])
    await migratePostgres(drizzlePostgres(starter), { migrationsFolder })
  } finally {
    await starter.end()
  }
}

async function connectPglite(dataDir: string): Promise<Database> {
  const folder = join(dataDir, 'pglite')
  const release = holdFolder(dataDir)
  try {
    // Loaded only here: the embedded database weighs some hundred megabytes that PostgreSQL users need not carry.
    const { PGlite } = await import('@electric-sql/pglite')
    const { drizzle } = await import('drizzle-orm/pglite')
    const { migrate } = await import('drizzle-orm/pglite/migrator')
    const client = await PGlite.create(folder)
    const db = drizzle(client, { casing })
    await migrate(db, { migrationsFolder })
    return { db, close: () => client.close().finally(release) }
  } catch (error) {
    release()
    throw error
  }
}

/** PGlite takes one process: a second one would spoil the files, so it is told who holds them. */
function holdFolder(dataDir: string): () => void {
  const lock = join(dataDir, 'pglite.pid')
  const mine = `${process.pid} ${randomUUID()}`
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  for (let attempt = 0; ; attempt++) {
    try {
      writeFileSync(lock, mine, { flag: 'wx' })
      return () => {
        if (readFileSync(lock, 'utf8') === mine) rmSync(lock)
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt > 0) throw error
      const holder = Number.parseInt(readFileSync(lock, 'utf8'), 10)
      if (isAlive(holder)) {
        throw new Error(
          `Le dossier ${dataDir} sert déjà à un autre Insigne (processus ${holder}). ` +
            'Arrêtez-le, choisissez un autre DATA_DIR, ou passez à PostgreSQL avec DATABASE_URL.',
          { cause: error },
        )
      }
      rmSync(lock, { force: true })
    }
  }
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return true
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Rows of a statement that the query builder cannot say; the two drivers answer in different shapes. */
export async function rows<T>(db: Db, statement: SQL): Promise<T[]> {
  const answer: unknown = await db.execute(statement)
  return Array.isArray(answer) ? (answer as T[]) : (answer as { rows: T[] }).rows
}

/** `column = any(list)`: one parameter, however long the list. */
export const isAnyOf = (column: Column, list: string[]): SQL => sql`${column} = any(${sql.param(list)})`

/** `any(ids)` of a statement written out: one parameter, however many. */
export const anyId = (ids: string[]): SQL => sql`any(${sql.param(ids)}::uuid[])`

/**
 * Inserts rows of a table in one statement with one parameter, whatever their number; `then` is what follows (`on
 * conflict …`, `returning …`). Some times faster than a list of values, whose every cell is a parameter.
 */
export async function insertRows<T = never>(
  db: Db,
  table: PgTable,
  given: Record<string, unknown>[],
  then: SQL = sql``,
): Promise<T[]> {
  if (given.length === 0) return []
  const columns = Object.entries(getTableColumns(table)).filter(([name]) => name in given[0]!)
  const list = (one: (entry: (typeof columns)[number]) => SQL | Name) => sql.join(columns.map(one), sql`, `)
  const name = ([key]: (typeof columns)[number]) => sql.identifier(toSnakeCase(key))
  const typed = list((entry) => sql`${sql.identifier(entry[0])} ${sql.raw(entry[1].getSQLType())}`)
  return rows(
    db,
    sql`insert into ${table} (${list(name)}) select ${list(([key]) => sql.identifier(key))}
        from json_to_recordset(${JSON.stringify(given)}::json) as given (${typed}) ${then}`,
  )
}

/** Throws when the database does not answer: the readiness probe. */
export async function ping(db: Db): Promise<void> {
  await db.execute(sql`select 1`)
}
