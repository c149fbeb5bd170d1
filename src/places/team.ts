import { type SQL, sql } from '../drizzle.ts'
import { type Db, rows } from '../db.ts'
import type { Counted } from './telling.ts'

/** When someone's habilitation in an organisation held, from its events, and since when she or he has one. */
export const heldPeriods = (organisationId: SQL): SQL => sql`
  select person_id, min(granted_at) as since, range_agg(tstzrange(at, until)) as held
  from (
    select h.person_id, h.granted_at, e.at, lead(e.at) over told as until,
      bool_or(e.kind = 'ended') over told as ended,
      sum(case e.kind when 'lapsed' then 1 when 'restored' then -1 else 0 end) over told as lapses
    -- Each habilitation asks the index for its events: « offset 0 » keeps the planner from reading all of them instead.
    from habilitations h
    cross join lateral (select id, kind, at from habilitation_events where habilitation_id = h.id offset 0) e
    where h.organisation_id = ${organisationId}
    window told as (partition by h.id order by e.id)
  ) told
  where not ended and lapses = 0
  group by person_id`

/** The day after the last of a contract: never, while nothing ends it. */
const LAST = sql`coalesce(ended_on, ends_on, 'infinity'::date)`

/** A moment and its day in Paris; `isNow`: what holds at the time of reading, whatever the clock of its events said. */
export type AsOf = { at: Date; day: string; isNow: boolean }
export type Asked = AsOf & { organisationId: string; agreedAt: Date | null }

export type Team = { aidants: Counted; conseillers: Counted; badges: (Counted & { slug: string; name: string })[] }
type Row = Counted & { fact: 'aidants' | 'conseillers' | 'badge'; slug: string | null; name: string | null }

/**
 * Who is trained in a structure at a moment, as numbers: people whose habilitation holds, people under contract, and how many
 * of both hold each badge class. One statement, whatever their number; nobody's identity is read.
 */
export async function readTeam(db: Db, { organisationId, agreedAt, ...asOf }: Asked): Promise<Team> {
  const agreed = sql`${agreedAt?.toISOString() ?? null}::timestamptz`
  const counted = sql`count(*)::int as people, (count(*) filter (where since > ${agreed} or ${agreed} is null))::int as newcomers`
  const found = await rows<Row>(
    db,
    sql`
    with aidants as (${habilitatedAt(organisationId, asOf)}),
    conseillers as (
      select person_id, min(greatest(starts_on::timestamp at time zone 'Europe/Paris', created_at)) as since
      from conseiller_contracts
      where organisation_id = ${organisationId} and starts_on <= ${asOf.day} and ${LAST} >= ${asOf.day} group by person_id
    ),
    team as (
      select person_id, min(since) as since
      from (select * from aidants union all select * from conseillers) everyone group by person_id
    ),
    held as (
      select distinct c.achievement_slug as slug, t.person_id, t.since
      from team t join credentials c on c.person_id = t.person_id
      where c.erased_at is null and c.valid_from <= ${asOf.at.toISOString()}::timestamptz
        and (c.valid_until is null or c.valid_until > ${asOf.at.toISOString()}::timestamptz) and ${wasInForce(asOf)}
    )
    select 'aidants' as fact, null as slug, null as name, ${counted} from aidants
    union all select 'conseillers', null, null, ${counted} from conseillers
    union all select 'badge', slug, ${nameOf}, ${counted} from held group by slug
    order by fact, slug`,
  )
  const of = (fact: Row['fact']): Counted => found.find((one) => one.fact === fact)!
  return {
    aidants: pick(of('aidants')),
    conseillers: pick(of('conseillers')),
    badges: found.flatMap((one) => (one.fact === 'badge' ? [{ ...pick(one), slug: one.slug!, name: one.name! }] : [])),
  }
}

const pick = ({ people, newcomers }: Counted): Counted => ({ people, newcomers })

/** What the newest version of a class is called. */
const nameOf = sql`(
  select a.about->>'name' from achievements a where a.slug = held.slug order by a.version desc limit 1)`

/** Now, the columns that sum the events up say it; of another day, the events. */
const habilitatedAt = (organisationId: string, { at, isNow }: AsOf): SQL =>
  isNow
    ? sql`select person_id, min(granted_at) as since from habilitations
          where organisation_id = ${organisationId} and ended_at is null and lapses = '{}' group by person_id`
    : sql`select person_id, since from (${heldPeriods(sql`${organisationId}`)}) periods
          where held @> ${at.toISOString()}::timestamptz`

const wasInForce = ({ at, isNow }: AsOf): SQL =>
  isNow
    ? sql`c.revoked_at is null and c.suspended_at is null`
    : sql`(select coalesce(bool_or(e.kind = 'issued'), false) and not coalesce(bool_or(e.kind = 'revoked'), false)
            and coalesce((array_agg(e.kind order by e.id desc) filter (where e.kind in ('suspended', 'restored')))[1], '') <> 'suspended'
          from credential_events e where e.credential_id = c.id and e.at <= ${at.toISOString()}::timestamptz)`
