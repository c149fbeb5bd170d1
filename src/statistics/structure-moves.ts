import { type SQL, sql } from '../drizzle.ts'
import { type Db, rows } from '../db.ts'
import { IN_PROGRESS } from '../habilitation/counts.ts'
import { keysOf, LAPSES } from '../habilitation/statuses.ts'

/** Events not counted yet, and how one of them (`e`) is known: said without a join, whose size nobody can tell the planner. */
type Taken = { taken: SQL; isTaken: SQL }
const LOWEST = sql`not e.counted and e.id <= (select max(id) from taken)`

/** Counts the events of habilitations that were not. Answers how many there were. */
export const countHabilitationEvents = (tx: Db, batch: number): Promise<number> =>
  addHabilitations(tx, {
    taken: sql`select id, habilitation_id from habilitation_events
        where id = any(array(select id from habilitation_events where not counted order by id limit ${batch}))`,
    isTaken: LOWEST,
  })

/** Counts the events of requests that were not. Answers how many there were. */
export const countRequestEvents = (tx: Db, batch: number): Promise<number> =>
  addRequests(tx, {
    taken: sql`select id, habilitation_request_id from request_events where id = any(array(
          select id from request_events where not counted and habilitation_request_id is not null order by id limit ${batch}))`,
    isTaken: LOWEST,
  })

/** Counts all of them anew. */
export async function recountStructures(tx: Db): Promise<void> {
  await tx.execute(sql`delete from structure_moves`)
  await addHabilitations(tx, {
    taken: sql`select id, habilitation_id from habilitation_events`,
    isTaken: sql`true`,
  })
  await addRequests(tx, {
    taken: sql`select id, habilitation_request_id from request_events where habilitation_request_id is not null`,
    isTaken: sql`true`,
  })
}

/**
 * What each event of `taken` changed: whether the habilitation holds after it, less whether it did before, which all of its
 * events tell. Their dates never go back.
 */
const addHabilitations = (tx: Db, { taken, isTaken }: Taken): Promise<number> => {
  const lapsing = keysOf(LAPSES).map(
    (lapse) => sql`coalesce(max(e.id) filter (where e.kind = 'lapsed' and e.lapse = ${lapse}) over so_far, 0)
      > coalesce(max(e.id) filter (where e.kind = 'restored' and e.lapse = ${lapse}) over so_far, 0)`,
  )
  return addMoves(
    tx,
    sql`
    with taken as materialized (${taken}),
    marked as (update habilitation_events set counted = true where id in (select id from taken) and not counted),
    told as (
      select e.id, e.habilitation_id, e.at, ${isTaken} as is_taken,
        (bool_or(e.kind = 'granted') over so_far and not bool_or(e.kind = 'ended') over so_far
          and not (${sql.join(lapsing, sql` or `)}))::int as holds
      from habilitation_events e where e.habilitation_id in (select habilitation_id from taken)
      window so_far as (partition by e.habilitation_id order by e.id)
    ),
    moves as (
      select t.is_taken, h.organisation_id, t.at, t.holds - coalesce(lag(t.holds) over (partition by t.habilitation_id order by t.id), 0) as by
      from told t join habilitations h on h.id = t.habilitation_id
    )`,
    'habilites',
  )
}

/**
 * The same of requests: in progress after the event, less before; what it came from is not always written. A clock may have
 * jumped back: an event is of no earlier month than those before it.
 */
const addRequests = (tx: Db, { taken, isTaken }: Taken): Promise<number> =>
  addMoves(
    tx,
    sql`
    with taken as materialized (${taken}),
    marked as (update request_events set counted = true where id in (select id from taken) and not counted),
    told as (
      select e.id, e.habilitation_request_id, ${isTaken} as is_taken, max(e.at) over so_far as at,
        (e.to = any(${sql.param([...IN_PROGRESS])}))::int as is_open
      from request_events e where e.habilitation_request_id in (select habilitation_request_id from taken)
      window so_far as (partition by e.habilitation_request_id order by e.id)
    ),
    moves as (
      select t.is_taken, r.organisation_id, t.at,
        t.is_open - coalesce(lag(t.is_open) over (partition by t.habilitation_request_id order by t.id), 0) as by
      from told t join habilitation_requests r on r.id = t.habilitation_request_id
    )`,
    'en-cours',
  )

/** Adds the moves of the events taken to the months and structures that they are of, in the statement that marks them. */
async function addMoves(tx: Db, moves: SQL, state: 'habilites' | 'en-cours'): Promise<number> {
  const [{ count }] = (await rows<{ count: number }>(
    tx,
    sql`${moves},
    added as (
      insert into structure_moves as m (state, month, organisation_id, count)
      select ${state}, to_char(at at time zone 'Europe/Paris', 'YYYY-MM'), organisation_id, sum(by)::int
      from moves where is_taken group by 2, 3 having sum(by) <> 0
      on conflict on constraint structure_move_once do update set count = m.count + excluded.count
    )
    select count(*)::int as count from taken`,
  )) as [{ count: number }]
  return count
}
