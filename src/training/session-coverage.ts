import { sql } from '../drizzle.ts'
import { type Db, rows } from '../db.ts'

/** The sessions of a module in a département (null: at a distance, so everywhere). Days are `2026-11-22`. */
export type Taught = {
  module: string
  departement: string | null
  /** How many begin within the horizon, full ones too. */
  coming: number
  /** When the last that has begun did, and when the first to come does, within the horizon or not. */
  last: string | null
  next: string | null
}

/**
 * Where each module is taught, from the sessions planned here: those that begin after `today` and at the latest on `until` are
 * coming. Neither those called off nor those of organisations that are not approved count; a hybrid one is in its département.
 * One statement and one row a module and département, whatever the number of sessions.
 */
export const sessionCoverage = (db: Db, { today, until }: { today: string; until: string }): Promise<Taught[]> =>
  rows(
    db,
    sql`select s.module_slug as module, case when s.modality <> 'distance' then s.departement end as departement,
          count(*) filter (where s.starts_on > ${today} and s.starts_on <= ${until})::int as coming,
          max(s.starts_on) filter (where s.starts_on <= ${today})::text as last,
          min(s.starts_on) filter (where s.starts_on > ${today})::text as next
        from sessions s join organisations o on o.id = s.organisation_id and o.state = 'approved'
        where s.cancelled_at is null and s.module_slug is not null
        group by 1, 2 order by 1, 2`,
  )
