import type { Sql, TransactionSql } from 'postgres'

/**
 * Fills the database up with copies of what an organisation issued, until that many credentials are stored: each with
 * its person, enrolment, completion, receipt, event and status index, in sessions of `perSession` people (fewer than
 * the places of a status list). PostgreSQL only, as a superuser.
 */
export async function fillCredentials(
  sql: Sql,
  organisation: string,
  target: number,
  perSession = 100_000,
): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica` // the copies are right: no foreign key is looked up
    const models = await takeModels(tx, organisation)
    const [stored] = await tx<{ count: number }[]>`select count(*)::int from credentials`
    for (let missing = target - stored!.count; missing > 0; missing -= perSession) {
      await fillSession(tx, Math.min(missing, perSession), models)
    }
  })
  await sql`vacuum analyze`
}

async function takeModels(tx: TransactionSql, organisation: string): Promise<number> {
  const { count } = await tx`
    create temp table models on commit drop as
    select row_number() over () - 1 as number, p as person, e as enrolment, c as completion, r as receipt,
           k as credential, v as event, s as session, g as campaign, l as list
    from organisations o
    join credentials k on k.organisation_id = o.id
    join status_lists l on l.id = k.status_list_id
    join people p on p.id = k.person_id
    join completions c on c.id = k.completion_id
    join receipts r on r.completion_id = c.id
    join enrolments e on e.session_id = c.session_id and e.person_id = p.id
    join credential_events v on v.credential_id = k.id and v.kind = 'issued'
    join sessions s on s.id = c.session_id
    join campaigns g on g.id = c.campaign_id
    where o.slug = ${organisation} and k.revoked_at is null and k.suspended_at is null
    limit 1000`
  if (count === 0) throw new Error(`${organisation} n’a délivré aucun badge à recopier.`)
  return count
}

/** One more session of the organisation, with its campaign, its status list (full) and that many credentials. */
async function fillSession(tx: TransactionSql, size: number, models: number): Promise<void> {
  await tx`
    create temp table parents on commit drop as
    select gen_random_uuid() as session_id, gen_random_uuid() as campaign_id, gen_random_uuid() as list_id`
  await tx`
    create temp table filling on commit drop as
    select number, gen_random_uuid() as person_id, gen_random_uuid() as completion_id, gen_random_uuid() as credential_id
    from generate_series(0, ${size - 1}::int) number`
  const one = `from models m, parents x, lateral`
  const each = `from filling f join models m on m.number = f.number % ${models}, parents x, lateral`
  const copies = [
    ['sessions', 'session', one, `'id', session_id`],
    ['campaigns', 'campaign', one, `'id', campaign_id, 'session_id', session_id`],
    ['status_lists', 'list', one, `'id', list_id, 'allocated', 131072, 'sequence', ${NEXT_SEQUENCE}`],
    ['people', 'person', each, `'id', person_id, 'email_fingerprint', person_id`],
    ['enrolments', 'enrolment', each, `'session_id', session_id, 'person_id', person_id`],
    [
      'completions',
      'completion',
      each,
      `'id', completion_id, 'session_id', session_id, 'person_id', person_id, 'campaign_id', campaign_id`,
    ],
    ['receipts', 'receipt', each, `'campaign_id', campaign_id, 'completion_id', completion_id, 'line', f.number + 2`],
    [
      'credentials',
      'credential',
      each,
      `'id', credential_id, 'completion_id', completion_id, 'person_id', person_id, 'status_list_id', list_id, 'status_index', f.number`,
    ],
    [
      'credential_events',
      'event',
      each,
      `'id', nextval('credential_events_id_seq'), 'credential_id', credential_id, 'counted', false, 'tallied_as', null`,
    ],
  ] as const
  for (const [table, model, from, changed] of copies) {
    const onlyOne = from === one ? 'where m.number = 0' : ''
    await tx.unsafe(
      `insert into ${table} select copy.* ${from} jsonb_populate_record(m.${model}, jsonb_build_object(${changed})) copy ${onlyOne}`,
    )
  }
  // As a replica, no trigger asks for it.
  await tx`insert into sessions_to_count (session_id) select session_id from parents`
  await tx`drop table parents, filling`
}

const NEXT_SEQUENCE = `(select max(sequence) + 1 from status_lists where organisation_id = (m.list).organisation_id)`

/** Requests of that many people of the service in a structure, the half of them habilitated, each with a Pix result. */
export async function fillHabilitations(sql: Sql, organisation: string, count: number): Promise<void> {
  await sql`insert into structures (organisation_id) select id from organisations where slug = ${organisation}`
  await sql`
    insert into habilitation_requests (organisation_id, person_id, profession, standing, origin, status)
    select o.id, p.id, 'Essai', 'agent', 'habilitation', case when row_number() over () % 2 = 0 then 'validated' else 'processing' end
    from organisations o, (select id from people where alias_of is null limit ${count}) p where o.slug = ${organisation}`
  await sql`
    insert into habilitations (request_id, person_id, organisation_id, granted_at)
    select id, person_id, organisation_id, now() from habilitation_requests where status = 'validated'`
  await sql`
    insert into habilitation_events (habilitation_id, kind, at, author, reason)
    select id, 'granted', granted_at, 'essai', 'Essai' from habilitations`
  await sql`
    insert into pix_results (id, person_id, sent_on, score)
    select gen_random_uuid(), person_id, '2026-04-02', 50 from habilitation_requests`
  await sql`vacuum analyze`
}
