import { type SQL, sql } from '../drizzle.ts'
import { type Db, rows } from '../db.ts'

/**
 * Tells of the badges whose events were not told yet, and of those that came to another person: whether each renews an
 * earlier one, how long after the session it came, in which month it ends. Only of badges already counted by class, so that
 * an event that comes between the two is in neither. Answers how much was taken.
 */
export const tally = (tx: Db, batch: number): Promise<number> =>
  addTallies(tx, {
    taken: sql`select id, credential_id, kind from credential_events
      where id = any(array(select id from credential_events where tallied_as is null and counted order by id limit ${batch}))`,
    // The lowest ids are taken: said without a join, for nobody can tell the planner how many they are.
    isTaken: sql`e.tallied_as is null and e.counted and e.id <= (select max(id) from taken)`,
    moved: sql`delete from credentials_to_count
      where id = any(array(select id from credentials_to_count order by id limit ${batch})) returning credential_id`,
  })

/** Tells everything anew. */
export async function recountTallies(tx: Db): Promise<void> {
  await tx.execute(sql`delete from tallies`)
  await addTallies(tx, {
    taken: sql`select id, credential_id, kind from credential_events where counted`,
    isTaken: sql`e.counted`,
    moved: sql`delete from credentials_to_count returning credential_id`,
  })
}

/** The codes of the table of delays; a badge signed before the last day of its session is of the first. */
const DELAY = sql`case when days is null then 'none' when days <= 7 then 'week' when days <= 30 then 'month'
  when days <= 90 then 'quarter' else 'later' end`

/** Events not told yet, how one of them (`e`) is known, and badges that came to another person. */
type Taken = { taken: SQL; isTaken: SQL; moved: SQL }

/**
 * Adds what the events of `taken` and the badges of `moved` change. A badge renews when its holder has an earlier one of the
 * same class (by day of signature, then id), whatever became of that one since: every badge that a person has of a class is
 * judged again when one of them changes, and what was told before is taken back.
 */
async function addTallies(tx: Db, { taken, isTaken, moved }: Taken): Promise<number> {
  const [{ count }] = (await rows<{ count: number }>(
    tx,
    sql`
    with taken as materialized (${taken}),
    moved as (${moved}),
    touched as (
      select distinct c.person_id, c.achievement_slug from credentials c
      where c.id in (select credential_id from taken where kind = 'issued' union select credential_id from moved)
    ),
    judged as (
      select c.id, case row_number() over (partition by c.person_id, c.achievement_slug order by c.valid_from, c.id)
        when 1 then 'first' else 'renewed' end as told
      from touched t join credentials c on c.person_id = t.person_id and c.achievement_slug = t.achievement_slug
    ),
    renewals as materialized (
      select j.id as credential_id, e.id as event_id, j.told, case when not (${isTaken}) then e.tallied_as end as was
      from judged j join credential_events e on e.credential_id = j.id and e.kind = 'issued'
      where (${isTaken}) or e.tallied_as <> j.told
    ),
    marked as (
      update credential_events e set tallied_as = n.told
      from (select event_id, told from renewals union all select id, 'neither' from taken where kind <> 'issued') n
      where e.id = n.event_id and e.tallied_as is distinct from n.told
    ),
    moves as (
      select credential_id, max(told) as told, max(was) as was, sum(issued)::int as issued, sum(revoked)::int as revoked
      from (
        select credential_id, told, was, 0 as issued, 0 as revoked from renewals
        union all select credential_id, null, null, (kind = 'issued')::int, (kind = 'revoked')::int from taken
          where kind in ('issued', 'revoked')
      ) each_one group by 1
    ),
    about as (
      select m.*, coalesce(s.departement, '') as departement,
        to_char(c.valid_from at time zone 'Europe/Paris', 'YYYY-MM') as month,
        to_char(c.valid_until at time zone 'Europe/Paris', 'YYYY-MM') as last_month,
        (c.valid_from at time zone 'Europe/Paris')::date - s.ends_on as days
      from moves m join credentials c on c.id = m.credential_id
      left join completions p on p.id = c.completion_id left join sessions s on s.id = p.session_id
    ),
    changes (kind, month, departement, told, by) as (
      select 'renewal', month, departement, told, 1 from about where told is not null
      union all select 'renewal', month, departement, was, -1 from about where was is not null
      union all select 'delay', month, departement, ${DELAY}, issued from about
      union all select 'ending', last_month, departement, '', issued - revoked from about where last_month is not null
    ),
    summed as (
      select kind, month, departement, told, sum(by)::int as count from changes group by 1, 2, 3, 4 having sum(by) <> 0
    ),
    added as (
      insert into tallies as t (kind, month, departement, of, count)
      select kind, month, departement, told, count from summed
      on conflict on constraint tally_once do update set count = t.count + excluded.count
    )
    select (select count(*) from taken)::int + (select count(*) from moved)::int as count`,
  )) as [{ count: number }]
  return count
}
