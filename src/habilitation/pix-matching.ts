import { sql } from '../drizzle.ts'
import { anyId, type Db, rows } from '../db.ts'

/**
 * Gives to these people the results that wait under one of their addresses, once a request is there for them; what was
 * sealed to find them is forgotten.
 */
export async function matchResults(tx: Db, personIds: string[]): Promise<void> {
  await tx.execute(sql`
    with waiting as (
      select r.id, coalesce(p.alias_of, p.id) as person_id
      from people p join pix_results r on r.email_fingerprint = p.email_fingerprint
      where (p.id = ${anyId(personIds)} or p.alias_of = ${anyId(personIds)}) and r.person_id is null and r.dismissed_at is null
      order by r.id for update of r
    )
    update pix_results r set person_id = waiting.person_id, email = null, email_fingerprint = null
    from waiting where r.id = waiting.id and r.person_id is null and r.dismissed_at is null`)
}

/** Who has a request, and a result that waits. */
export async function peopleOfWaitingResults(tx: Db): Promise<string[]> {
  const found = await rows<{ personId: string }>(
    tx,
    sql`select distinct q.person_id as "personId" from pix_results r
        join people p on p.email_fingerprint = r.email_fingerprint
        join habilitation_requests q on q.person_id = coalesce(p.alias_of, p.id)
        where r.person_id is null and r.dismissed_at is null`,
  )
  return found.map((one) => one.personId)
}

/**
 * Writes on the requests of these people their latest result by day (of one day, the best): whatever its score, the test is
 * passed. A request learnt from peers counts it as the end of the training too. A validated request keeps the latest as
 * well: what it was validated with is in its events and in the results, which are all kept.
 */
export async function applyResults(tx: Db, personIds: string[]): Promise<void> {
  await tx.execute(sql`
    with latest as (
      select distinct on (person_id) person_id, sent_on, score from pix_results
      where person_id = ${anyId(personIds)} order by person_id, sent_on desc, score desc
    ),
    given as (
      select r.id, latest.sent_on, latest.score,
        r.pix_done_on is null or (r.pix_done_on, coalesce(r.pix_score, -1)) < (latest.sent_on, latest.score) as is_newer,
        r.status = 'processing_p2p' and r.formation_done_on is null as is_learnt
      from habilitation_requests r join latest on latest.person_id = r.person_id
    )
    update habilitation_requests r
    set pix_done_on = case when is_newer then given.sent_on else r.pix_done_on end,
      pix_score = case when is_newer then given.score else r.pix_score end,
      formation_done_on = case when is_learnt then given.sent_on else r.formation_done_on end,
      formation_source = case when is_learnt then 'peers' else r.formation_source end
    from given where r.id = given.id and (is_newer or is_learnt)`)
}
