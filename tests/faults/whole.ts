import type { Sql } from 'postgres'
import { expect } from 'vitest'
import { bodyOf, type Client } from './deployment.ts'

type Sent = { session: string; campaign: string; rows: number }

/** Nothing lost, nothing doubled, nothing left: every row of these campaigns, and of all others, has its one badge. */
export async function expectWhole(sql: Sql, client: Client, sent: Sent[]): Promise<void> {
  for (const { session, campaign, rows } of sent) {
    const [kept] = await sql`
      select count(*)::int as completions, count(distinct c.person_id)::int as people, count(k.id)::int as credentials
      from completions c left join credentials k on k.completion_id = c.id where c.session_id = ${session}`
    expect(kept, session).toEqual({ completions: rows, people: rows, credentials: rows })
    const told = await bodyOf(await client.get(`/api/v1/campaigns/${campaign}`))
    // A row may come twice, when the answer to the first sending was lost: the second one then finds its badge.
    const { issued, alreadyIssued, ...others } = told['counts'] as Record<string, number>
    expect({ state: told['state'], kept: issued! + alreadyIssued!, ...others }).toEqual({
      state: 'done',
      kept: rows,
      received: rows,
      refused: 0,
      pending: 0,
    })
  }
  expect(await inconsistencies(sql)).toEqual(NONE)
}

const NONE = {
  badgesOfTheSameCompletion: 0,
  completionsWithoutBadge: 0,
  placesTakenTwice: 0,
  badgesThatSayAnotherPlace: 0,
  badgesWithoutTheirOneEvent: 0,
  receiptsWithoutOutcome: 0,
  receiptsWithoutBadge: 0,
  rowsIssuedTwice: 0,
}

/** What must never be, counted over everything that is stored; the signed values are the witness, not the columns alone. */
async function inconsistencies(sql: Sql): Promise<typeof NONE> {
  const [found] = await sql<[typeof NONE]>`
    with badges as (
      select k.*, k.values[13] as list, k.values[12] as place from credentials k
    )
    select
      (select count(*) - count(distinct completion_id) from credentials)::int as "badgesOfTheSameCompletion",
      (select count(*) from completions c where not exists
        (select 1 from credentials k where k.completion_id = c.id))::int as "completionsWithoutBadge",
      (select count(*) - count(distinct (list, place)) from badges)::int as "placesTakenTwice",
      (select count(*) from credentials k where not exists
        (select 1 from badges b where b.id = k.id and b.place = k.status_index::text
          and b.list like '%/' || k.status_list_id || '-revocation'))::int as "badgesThatSayAnotherPlace",
      (select count(*) from credentials k where
        (select count(*) from credential_events e where e.credential_id = k.id) <> 1)::int as "badgesWithoutTheirOneEvent",
      (select count(*) from receipts where outcome = 'pending')::int as "receiptsWithoutOutcome",
      (select count(*) from receipts r where outcome in ('issued', 'alreadyIssued') and not exists
        (select 1 from credentials k where k.completion_id = r.completion_id))::int as "receiptsWithoutBadge",
      (select count(*) - count(distinct completion_id) from receipts where outcome = 'issued')::int as "rowsIssuedTwice"`
  return found
}

/** So many stored badges, taken at random, and what the public verification says of each. */
export async function verdictsOf(sql: Sql, client: Client, sample: number): Promise<Record<string, number>> {
  const badges = await sql<{ id: string }[]>`select id from credentials order by random() limit ${sample}`
  const verdicts: Record<string, number> = {}
  for (const { id } of badges) {
    const document = await client.get(`/credentials/${id}.json`).then((answer) => answer.text())
    const { verdict } = await bodyOf(await client.post('/api/v1/verifications', document))
    verdicts[verdict as string] = (verdicts[verdict as string] ?? 0) + 1
  }
  return verdicts
}
