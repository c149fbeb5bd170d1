import { type SQL, sql } from '../drizzle.ts'
import { type Db, rows } from '../db.ts'

/** Counts again the sessions that changed, each once however often it did. Answers how many changes were taken. */
export const countSessions = (tx: Db, batch: number): Promise<number> =>
  sumSessions(
    tx,
    sql`delete from sessions_to_count
        where id = any(array(select id from sessions_to_count order by id limit ${batch})) returning session_id`,
  )

/** Counts every session again. */
export async function recountSessions(tx: Db): Promise<void> {
  await tx.execute(sql`delete from session_counts`)
  await tx.execute(sql`delete from sessions_to_count`)
  await sumSessions(tx, sql`select id as session_id from sessions`)
}

/**
 * Writes the line of each session of `taken`, over or not; one that was called off has none. A place is held by who was
 * enrolled without withdrawing or waiting, and by who showed something.
 */
async function sumSessions(tx: Db, taken: SQL): Promise<number> {
  const [{ count }] = (await rows<{ count: number }>(
    tx,
    sql`
    with taken as (${taken}),
    changed as materialized (select distinct session_id from taken),
    called_off as (
      delete from session_counts where session_id in (
        select s.id from sessions s join changed on changed.session_id = s.id where s.cancelled_at is not null
      )
    ),
    kept as (
      insert into session_counts as k (session_id, ends_on, departement, modality, module_slug, hours, capacity, held, completed)
      select s.id, s.ends_on, coalesce(s.departement, ''), s.modality, s.module_slug, s.hours, s.capacity,
        -- Scalar subqueries: each session asks an index, where a join could read all that is stored.
        (select count(*) from (
          select person_id from enrolments where session_id = s.id and state in ('default', 'registered')
          union select person_id from completions where session_id = s.id
        ) seen),
        (select count(*) from completions where session_id = s.id)
      from changed join sessions s on s.id = changed.session_id
      where s.cancelled_at is null
      on conflict (session_id) do update set ends_on = excluded.ends_on, departement = excluded.departement,
        modality = excluded.modality, module_slug = excluded.module_slug, hours = excluded.hours,
        capacity = excluded.capacity, held = excluded.held, completed = excluded.completed
      where (k.ends_on, k.departement, k.modality, k.capacity, k.held, k.completed, k.module_slug, k.hours) is distinct from
        (excluded.ends_on, excluded.departement, excluded.modality, excluded.capacity, excluded.held, excluded.completed,
          excluded.module_slug, excluded.hours)
    )
    select count(*)::int as count from taken`,
  )) as [{ count: number }]
  return count
}
