import { type SQL, sql } from 'drizzle-orm'
import { type Db, rows } from '../db.ts'

const LOCK = 1516020
/** Events counted in one transaction: a bounded piece of work, whatever is waiting. */
const BATCH = 20_000

/**
 * Counts the events that nobody counted yet, batch after batch: the cost is that of the events, not of what is stored.
 * An event and its effect are kept together, so that it counts once and figures are never half made. Answers how many.
 */
export async function refreshCounts(db: Db, stop?: AbortSignal): Promise<number> {
  let counted = 0
  for (;;) {
    const batch = await refreshBatch(db)
    counted += batch
    if (batch < BATCH || stop?.aborted) return counted
  }
}

const refreshBatch = (db: Db): Promise<number> =>
  db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${LOCK})`)
    const taken = sql`
      update credential_events set counted = true
      where id = any(array(select id from credential_events where not counted order by id limit ${BATCH}))
      returning credential_id, kind`
    const [{ taken: count }] = (await addCounts(tx, taken)) as [{ taken: number }]
    return count
  })

/** Counts everything anew from what is stored: the same figures, event for event. */
export async function rebuildCounts(db: Db): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${LOCK})`)
    await tx.execute(sql`delete from badge_counts`)
    await tx.execute(sql`delete from level_counts`)
    await addCounts(tx, sql`update credential_events set counted = true returning credential_id, kind`)
  })
}

/** Adds what the events of `taken` (credential, kind) change, in one statement. */
const addCounts = (tx: Db, taken: SQL): Promise<{ taken: number }[]> =>
  rows(
    tx,
    sql`
    with taken as (${taken}),
    told as (
      select c.id, c.achievement_slug, c.achievement_version, coalesce(s.departement, '') as departement,
        to_char(c.valid_from at time zone 'Europe/Paris', 'YYYY-MM') as month, p.levels,
        count(*) filter (where t.kind = 'issued')::int as issued, count(*) filter (where t.kind = 'revoked')::int as revoked
      from taken t
      join credentials c on c.id = t.credential_id
      left join completions p on p.id = c.completion_id
      left join sessions s on s.id = p.session_id
      where t.kind in ('issued', 'revoked')
      group by c.id, s.departement, p.levels
    ),
    badges as (
      insert into badge_counts as b (month, achievement_slug, achievement_version, departement, issued, revoked)
      select month, achievement_slug, achievement_version, departement, sum(issued), sum(revoked) from told group by 1, 2, 3, 4
      on conflict on constraint badge_count_once
        do update set issued = b.issued + excluded.issued, revoked = b.revoked + excluded.revoked
    ),
    levels as (
      insert into level_counts as l (month, competence, level, departement, issued, revoked)
      select month, concat_ws('/', v->>'framework', v->>'version', v->>'code'), coalesce(v->>'level', ''), departement,
        sum(issued), sum(revoked)
      from told, jsonb_array_elements(levels) v group by 1, 2, 3, 4
      on conflict on constraint level_count_once
        do update set issued = l.issued + excluded.issued, revoked = l.revoked + excluded.revoked
    )
    select count(*)::int as taken from taken`,
  )
