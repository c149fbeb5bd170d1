import { getTableName, sql, type SQL } from './drizzle.ts'
import type { PgColumn } from './drizzle-pg.ts'
import { toSnakeCase } from 'drizzle-orm/casing'
import { type Db, rows } from './db.ts'
import { brokenConstraint } from './errors.ts'
import { KEEPERS, type Keeper, type Row } from './sealed-columns.ts'
import type { Vault } from './vault.ts'

const BATCH = 500
/** A first pass renews, a second one finds what was written meanwhile; more means that someone still writes the old way. */
const PASSES = 3

type Tally = { table: string; read: number; renewed: number; stuck: number }
export type Progress = (tally: Tally) => void
/** `renewed`: rows written anew. `left`: rows that no key at hand opens or recognises, by table. */
export type Rotation = { renewed: number; left: Record<string, number>; stillMoving: boolean }

/**
 * Writes under the present master key what others sealed or fingerprinted. Servers may run meanwhile, with every key. Stopped
 * midway, it is simply run again: what is done is recognised and left as it is.
 */
export async function rotate(db: Db, vault: Vault, progress: Progress = () => {}): Promise<Rotation> {
  const sum = { renewed: 0, left: {} as Record<string, number>, stillMoving: true }
  for (let pass = 0; pass < PASSES && sum.stillMoving; pass++) {
    const tallies: Tally[] = []
    for (const keeper of KEEPERS) tallies.push(await rotateTable(db, vault, keeper, progress))
    const renewed = tallies.reduce((total, one) => total + one.renewed, 0)
    sum.renewed += renewed
    sum.stillMoving = renewed > 0
    sum.left = Object.fromEntries(tallies.filter((one) => one.stuck > 0).map((one) => [one.table, one.stuck]))
  }
  return sum
}

async function rotateTable(db: Db, vault: Vault, keeper: Keeper, progress: Progress): Promise<Tally> {
  const tally = { table: getTableName(keeper.table), read: 0, renewed: 0, stuck: 0 }
  let after: Row | null = null
  for (;;) {
    const batch = await readBatch(db, keeper, after)
    if (batch.length === 0) return tally
    const changes = batch.flatMap((row) => {
      try {
        return renewal(vault, keeper, row) ?? []
      } catch {
        tally.stuck++
        return []
      }
    })
    const written = await writeAll(db, keeper, changes)
    tally.renewed += written.renewed
    tally.stuck += written.stuck
    tally.read += batch.length
    progress(tally)
    after = batch.at(-1)!
  }
}

/** Rows by primary key, whole: a fingerprint is made of several columns. */
async function readBatch(db: Db, { table, key }: Keeper, after: Row | null): Promise<Row[]> {
  const names = sql.join(key, sql`, `)
  const beyond =
    after &&
    sql`(${names}) > (${sql.join(
      key.map((one) => typed(one, after[nameOf(one)])),
      sql`, `,
    )})`
  return db
    .select()
    .from(table)
    .where(beyond ?? undefined)
    .orderBy(...key)
    .limit(BATCH)
}

type Change = { row: Row; set: Map<PgColumn, string> }

/** What a row must become, if anything; throws when it cannot be read, or holds a fingerprint made otherwise. */
function renewal(vault: Vault, { seals, fingerprints = [] }: Keeper, row: Row): Change | null {
  const set = new Map<PgColumn, string>()
  for (const { column, purpose } of seals) {
    const sealed = textOf(row, column)
    if (sealed && !vault.isCurrent(sealed)) {
      set.set(column, vault.seal(purpose(row), vault.open(purpose(row), sealed)))
    }
  }
  for (const { column, of } of fingerprints) {
    const kept = textOf(row, column)
    if (!kept) continue
    const known = of(vault, row)
    if (!known.includes(kept)) throw new Error(`${column.name} is not the fingerprint of its row.`)
    if (kept !== known[0]) set.set(column, known[0]!)
  }
  return set.size > 0 ? { row, set } : null
}

/** Writes them together; where a constraint refuses one (the same e-mail kept twice), one by one, so that the others pass. */
async function writeAll(db: Db, keeper: Keeper, changes: Change[]): Promise<{ renewed: number; stuck: number }> {
  try {
    return { renewed: await writeBatch(db, keeper, changes), stuck: 0 }
  } catch (error) {
    if (!brokenConstraint(error)) throw error
    if (changes.length === 1) return { renewed: 0, stuck: 1 }
    const sum = { renewed: 0, stuck: 0 }
    for (const change of changes) {
      const { renewed, stuck } = await writeAll(db, keeper, [change])
      sum.renewed += renewed
      sum.stuck += stuck
    }
    return sum
  }
}

/** Writes each row that is still as it was read: one that changed meanwhile is met again at the next pass. */
async function writeBatch(
  db: Db,
  { table, key, seals, fingerprints = [] }: Keeper,
  changes: Change[],
): Promise<number> {
  if (changes.length === 0) return 0
  const columns = [...seals, ...fingerprints].map((one) => one.column)
  const values = changes.map(({ row, set }) => {
    const cells = key.map((one) => typed(one, row[nameOf(one)]))
    for (const column of columns) {
      const kept = textOf(row, column)
      cells.push(typed(column, kept), typed(column, set.get(column) ?? kept))
    }
    return sql`(${sql.join(cells, sql`, `)})`
  })
  const given = (index: number): SQL => sql.raw(`given.c${index}`)
  const at = (index: number): number => key.length + 2 * index
  const isSame = [
    ...key.map((one, index) => sql`${one} = ${given(index)}`),
    ...columns.map((column, index) => sql`${column} is not distinct from ${given(at(index))}`),
  ]
  const changed = await rows(
    db,
    sql`update ${table}
        set ${sql.join(
          columns.map((column, index) => sql`${sql.identifier(columnName(column))} = ${given(at(index) + 1)}`),
          sql`, `,
        )}
        from (values ${sql.join(values, sql`, `)}) as given (${sql.raw(
          Array.from({ length: at(columns.length) }, (_, index) => `c${index}`).join(', '),
        )})
        where ${sql.join(isSame, sql` and `)} returning 1`,
  )
  return changed.length
}

// A serial is an integer, once it is there.
const typed = (column: PgColumn, value: unknown): SQL =>
  sql`${value}::${sql.raw(column.getSQLType().replace('serial', 'int'))}`
const nameOf = (column: PgColumn): string => column.name
const columnName = (column: PgColumn): string => toSnakeCase(column.name)
const textOf = (row: Row, column: PgColumn): string | null => (row[nameOf(column)] as string | null) ?? null
