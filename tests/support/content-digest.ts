import { sql } from 'drizzle-orm'
import { type Db, rows } from '../../src/db.ts'

const TABLES = [
  'frameworks',
  'competences',
  'crosswalks',
  'lists',
  'metiers',
  'certifications',
  'modules',
  'module_competences',
  'paths',
  'achievements',
]

/** How many rows each table of the content has, and a hash of them all. */
export const digest = (db: Db) =>
  rows<{ name: string; n: number }>(
    db,
    sql.join(
      TABLES.map((table) =>
        sql.raw(
          `select '${table}' as name, count(*)::int as n, md5(string_agg(t::text, '|' order by t::text)) as hash from ${table} t`,
        ),
      ),
      sql` union all `,
    ),
  )
