import type { Sql, TransactionSql } from 'postgres'
import { DEPARTEMENTS_OF_REGIONS } from '../../src/organisations/departements.ts'

/** How many people a session has. */
const PER_SESSION = 12.5
/** Of which months the sessions are, ending with this one. */
const DAYS = 730

/**
 * Adds that many badges as statistics meet them: sessions of a dozen over two years, of every class of the catalogue and
 * every département, the first ones far more than the last, some at a distance; one badge in a hundred revoked, one person in
 * five back for another. Nothing of them is counted yet. From a badge that the organisation issued; PostgreSQL, as a superuser.
 */
export async function fillFigures(sql: Sql, organisation: string, badges: number): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica` // no foreign key is looked up; what triggers ask for is asked below
    await tx`select setseed(0.5)`
    await tx`
      create temp table model on commit drop as
      select k as credential, p as person, c as completion, s as session, l as list
      from organisations o join credentials k on k.organisation_id = o.id join people p on p.id = k.person_id
      join completions c on c.id = k.completion_id join sessions s on s.id = c.session_id
      join status_lists l on l.id = k.status_list_id
      where o.slug = ${organisation} and k.template_digest is not null limit 1`
    await fillSessions(tx, Math.ceil(badges / PER_SESSION))
    await fillPeople(tx, badges)
    await fillBadges(tx)
  })
  await sql`vacuum analyze`
}

async function fillSessions(tx: TransactionSql, count: number): Promise<void> {
  const places = DEPARTEMENTS_OF_REGIONS.map(({ code }) => code)
  await tx`
    create temp table filled on commit drop as
    with classes as (select slug, version, about->>'module' as module, row_number() over (order by slug, version) - 1 as number from achievements),
    drawn as (
      select number, gen_random_uuid() as session_id, random() as place, random() as class, random() as day, random() as modality
      from generate_series(0, ${count - 1}::int) number
    )
    select d.number, d.session_id, c.slug, c.version, m.slug as module_slug, m.version as module_version,
      current_date - 1 - floor(${DAYS} * d.day)::int as ends_on,
      case when d.modality < 0.15 then 'distance' when d.modality < 0.25 then 'hybride' else 'presentiel' end as modality,
      case when d.modality >= 0.1 then (${places}::text[])[1 + floor(${places.length} * power(d.place, 2.5))::int] end as departement
    from drawn d
    join classes c on c.number = floor((select count(*) from classes) * power(d.class, 2))
    left join lateral (select slug, version from modules where slug = c.module order by version desc limit 1) m on true`
  await tx`create unique index on filled (number)`
  await tx`
    insert into sessions (id, organisation_id, module_slug, module_version, achievement_slug, achievement_version, starts_on, ends_on,
      departement, capacity, modality, hours)
    select f.session_id, (m.session).organisation_id, f.module_slug, f.module_version, f.slug, f.version, f.ends_on, f.ends_on,
      f.departement, 16, f.modality, 14
    from filled f, model m`
  await tx`insert into sessions_to_count (session_id) select session_id from filled`
}

/** Fewer people than badges; consecutive badges are of different sessions, and nobody is twice in one. */
async function fillPeople(tx: TransactionSql, badges: number): Promise<void> {
  const people = Math.floor(badges * 0.8) + 1
  await tx`
    create temp table persons on commit drop as
    select number, gen_random_uuid() as person_id from generate_series(0, ${people - 1}::int) number`
  await tx`create unique index on persons (number)`
  await tx`
    insert into people (id, email_fingerprint, identity)
    select p.person_id, p.person_id::text, (m.person).identity from persons p, model m`
  await tx`
    create temp table given on commit drop as
    select n.number, gen_random_uuid() as credential_id, gen_random_uuid() as completion_id, p.person_id, f.session_id, f.ends_on,
      f.slug, f.version, least(now(), f.ends_on + interval '10 hours' + floor(120 * power(random(), 4)) * interval '1 day') as valid_from
    from generate_series(0, ${badges - 1}::int) n (number)
    join persons p on p.number = n.number % ${people}::int
    join filled f on f.number = n.number::bigint * 7919 % (select count(*) from filled)`
}

async function fillBadges(tx: TransactionSql): Promise<void> {
  await tx`insert into enrolments (session_id, person_id, state) select session_id, person_id, 'registered' from given`
  await tx`
    insert into completions (id, session_id, person_id, campaign_id, identity, completed_on, levels, fingerprint)
    select g.completion_id, g.session_id, g.person_id, (m.completion).campaign_id, (m.completion).identity, g.ends_on,
      (m.completion).levels, g.completion_id::text
    from given g, model m`
  await tx`
    create temp table filled_lists on commit drop as
    select number, gen_random_uuid() as list_id from generate_series(0, (select max(number) / 131072 from given)) number`
  await tx`
    insert into status_lists (id, organisation_id, sequence, allocated, seed)
    select l.list_id, (m.list).organisation_id, 1 + l.number
      + (select max(sequence) from status_lists where organisation_id = (m.list).organisation_id), 131072, (m.list).seed
    from filled_lists l, model m`
  await tx`
    insert into credentials (id, completion_id, organisation_id, person_id, achievement_slug, achievement_version, status_list_id,
      status_index, template_digest, values, valid_from, valid_until, revoked_at)
    select g.credential_id, g.completion_id, (m.credential).organisation_id, g.person_id, g.slug, g.version, l.list_id,
      g.number % 131072, (m.credential).template_digest, (m.credential).values, g.valid_from,
      g.valid_from + (array[null, '1 year', '3 years'])[1 + g.number % 3]::interval, case when g.number % 100 = 0 then now() end
    from given g join filled_lists l on l.number = g.number / 131072, model m`
  await tx`
    insert into credential_events (credential_id, kind, at, author)
    select credential_id, 'issued', valid_from, 'essai' from given order by number`
  await tx`
    insert into credential_events (credential_id, kind, at, author, reason)
    select credential_id, 'revoked', now(), 'essai', 'Essai' from given where number % 100 = 0`
}
