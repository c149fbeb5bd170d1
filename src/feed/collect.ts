import { type SQL, sql } from '../drizzle.ts'
import { type Db, rows } from '../db.ts'

const LOCK = 1_516_022
/** Rows of each source taken in one transaction: a bounded piece of work, whatever is waiting. */
const BATCH = 5000

/**
 * Puts in the feed what happened since the last time, batch after batch; answers how many events. The cost is that of what
 * happened, not of what is stored.
 *
 * Nothing is missed, whatever runs at once: an event of a badge or of a habilitation waits under `not fed` from its own
 * commit on, however late that comes and whatever its number; the lines of the journal follow one another in the order of
 * their commits, without a gap, so that whoever sees one has seen those before. Nothing is told twice: the mark, the cursor
 * and the events change together, under a lock. Positions are given under that lock too: whoever reads up to one will never
 * see another appear below it.
 *
 * Of one batch, sessions come first, then habilitations, then badges: no badge comes before its session.
 */
export async function collectEvents(db: Db, stop?: AbortSignal): Promise<number> {
  let told = 0
  for (;;) {
    if (stop?.aborted || !(await hasNews(db))) return told
    told += await collectBatch(db)
  }
}

/** Whether anything waits: reads what waits and one row, and locks nothing. */
async function hasNews(db: Db): Promise<boolean> {
  // Materialized: planned as if all were read, so that the partial index always serves, whatever the statistics say.
  const [found] = await rows<{ news: boolean }>(
    db,
    sql`with badges as materialized (select 1 from credential_events where not fed),
          habilitations as materialized (select 1 from habilitation_events where not fed)
        select exists (select 1 from badges) or exists (select 1 from habilitations)
          or (select journal from feed_head) < (select coalesce(max(position), 0) from journal) as news`,
  )
  return found!.news
}

const collectBatch = (db: Db): Promise<number> =>
  db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${LOCK})`)
    const [kept] = await rows<{ told: number }>(tx, BATCH_STATEMENT)
    return kept!.told
  })

/** A moment as JSON writes it. */
const moment = (at: SQL): SQL => sql`to_char(${at} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
const achievement = (
  slug: SQL,
  version: SQL,
): SQL => sql`jsonb_build_object('slug', ${slug}, 'version', ${version}, 'name',
  (select a.about->>'name' from achievements a where a.slug = ${slug} and a.version = ${version}))`

/**
 * Rows are marked in the order of their numbers; none while lines of the journal are left for a next batch. `id + 0`: the
 * primary key would walk through all that was told long ago.
 */
const marked = (table: SQL, returned: SQL): SQL => sql`
  update ${table} set fed = true
  where id = any(array(
    select id from ${table} where not fed and (select is_last from scanned) order by id + 0 limit ${BATCH} for update))
  returning ${returned}`

// One statement, so that all is read at one moment: a badge is never seen without its session.
const BATCH_STATEMENT = sql`
  with head as (select position, journal from feed_head),
  lines as (
    select position, at, action, subject from journal
    where position > (select journal from head) order by position limit ${BATCH}
  ),
  scanned as (select count(*) < ${BATCH} as is_last, max(position) as upto from lines),
  habilitation as (${marked(sql`habilitation_events`, sql`id, habilitation_id, kind, lapse, at`)}),
  badge as (${marked(sql`credential_events`, sql`id, credential_id, kind, at`)}),
  told as (
    select 0 as rank, l.position as number, 'journal-' || l.position as id, s.organisation_id, l.action as type, l.at,
      jsonb_build_object('session', s.id, 'module', s.module_slug,
        'achievement', ${achievement(sql`s.achievement_slug`, sql`s.achievement_version`)},
        'startsOn', s.starts_on, 'endsOn', s.ends_on, 'modality', s.modality, 'departement', s.departement,
        'place', s.place) as body
    from lines l
    join sessions s on s.id = case when l.action in ('session.planned', 'session.cancelled')
      then split_part(l.subject, ':', 2)::uuid end
    union all
    select 1, e.id, 'habilitation-' || e.id, h.organisation_id, 'habilitation.' || e.kind, e.at,
      jsonb_build_object('habilitation', h.id, 'lapse', e.lapse)
    from habilitation e join habilitations h on h.id = e.habilitation_id
    union all
    select 2, e.id, 'badge-' || e.id, c.organisation_id, 'badge.' || e.kind, e.at,
      jsonb_build_object('credential', c.id, 'session', p.session_id,
        'achievement', ${achievement(sql`c.achievement_slug`, sql`c.achievement_version`)},
        'validFrom', ${moment(sql`c.valid_from`)}, 'validUntil', ${moment(sql`c.valid_until`)})
    from badge e join credentials c on c.id = e.credential_id left join completions p on p.id = c.completion_id
  ),
  kept as (
    insert into feed_events (position, id, organisation_id, type, at, recorded_at, body)
    select (select position from head) + row_number() over (order by rank, number), id, organisation_id, type, at,
      clock_timestamp(), body
    from told
    returning position
  ),
  moved as (
    update feed_head set
      position = coalesce((select max(position) from kept), position),
      journal = coalesce((select upto from scanned), journal)
  )
  select count(*)::int as told from kept`
