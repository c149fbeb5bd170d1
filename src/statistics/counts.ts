import { type SQL, sql } from '../drizzle.ts'
import { type Db, rows } from '../db.ts'
import { countSessions, recountSessions } from './session-counts.ts'
import { countHabilitationEvents, countRequestEvents, recountStructures } from './structure-moves.ts'
import { recountTallies, tally } from './tally.ts'

const LOCK = 1516020
/** What is counted in one transaction: the sorts of changes, and how many of each, a bounded piece of work. */
const SORTS: [count: (tx: Db, batch: number) => Promise<number>, batch: number][] = [
  [countBadges, 20_000],
  [tally, 20_000],
  [countSessions, 2000],
  [countHabilitationEvents, 20_000],
  [countRequestEvents, 20_000],
]

/**
 * Counts what nobody counted yet, batch after batch: the cost is that of what changed, not of what is stored. A change and
 * its effect are kept together, so that it counts once and figures are never half made. Answers how much there was.
 */
export async function refreshCounts(db: Db, stop?: AbortSignal): Promise<number> {
  let counted = 0
  while (await hasNews(db)) {
    const { taken, isLast } = await counting(db, refreshBatch)
    counted += taken
    if (isLast || stop?.aborted) break
  }
  return counted
}

async function refreshBatch(tx: Db): Promise<{ taken: number; isLast: boolean }> {
  const all = { taken: 0, isLast: true }
  for (const [count, batch] of SORTS) {
    const taken = await count(tx, batch)
    all.taken += taken
    all.isLast &&= taken < batch
  }
  return all
}

/** Whether anything waits: a few looks at indexes of what does, which are empty most of the time. */
async function hasNews(db: Db): Promise<boolean> {
  const [found] = await rows<{ news: boolean }>(
    db,
    sql`select exists (select 1 from credential_events where not counted)
          or exists (select 1 from credential_events where tallied_as is null)
          or exists (select 1 from credentials_to_count)
          or exists (select 1 from sessions_to_count)
          or exists (select 1 from habilitation_events where not counted)
          or exists (select 1 from request_events where not counted and habilitation_request_id is not null) as news`,
  )
  return found!.news
}

/** One at a time, in whatever process and version of it: two would each read what the other is about to write. */
const counting = <T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T> =>
  db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${LOCK})`)
    return work(tx)
  })

/** Counts everything anew from what is stored: the same figures, event for event. */
export const rebuildCounts = (db: Db): Promise<void> =>
  counting(db, async (tx) => {
    await tx.execute(sql`delete from badge_counts`)
    await tx.execute(sql`delete from level_counts`)
    await addCounts(tx, sql`update credential_events set counted = true returning credential_id, kind`)
    await recountTallies(tx)
    await recountSessions(tx)
    await recountStructures(tx)
  })

/** Counts the events of badges that were not. Answers how many there were. */
function countBadges(tx: Db, batch: number): Promise<number> {
  const due = sql`select id from credential_events where not counted order by id limit ${batch}`
  return addCounts(
    tx,
    sql`update credential_events set counted = true where id = any(array(${due})) returning credential_id, kind`,
  )
}

/** Adds what the events of `taken` (credential, kind) change, in one statement. Answers how many there were. */
async function addCounts(tx: Db, taken: SQL): Promise<number> {
  const [{ count }] = (await rows<{ count: number }>(
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
    select count(*)::int as count from taken`,
  )) as [{ count: number }]
  return count
}
