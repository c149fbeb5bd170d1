import { sql } from '../drizzle.ts'
import { type Db, rows } from '../db.ts'

export type Change = 'revoked' | 'suspended' | 'restored'
/** The state that a credential is to be in, and the decision of someone that made it so. */
export type Wanted = { id: string; kind: Change; at: Date; author: string; reason: string }
type Changed = { id: string; organisationId: string; personId: string }

/**
 * Brings credentials to these states, with their events and their lists, in one statement whatever their number; answers
 * those that changed. What is already so, or revoked, which is final, stays as it is. Of several, the lists that change must
 * be held. What the journal tells of it is the caller's.
 */
export async function setStates(tx: Db, wanted: Wanted[]): Promise<Changed[]> {
  if (wanted.length === 0) return []
  return rows(
    tx,
    sql`
    with wanted as (
      select * from json_to_recordset(${JSON.stringify(wanted)}::json)
        as w (id uuid, kind text, at timestamptz, author text, reason text)
    ),
    -- A clock may have jumped back: events are in the order of their dates.
    dated as (
      select w.id, w.kind, w.author, w.reason, greatest(w.at, max(e.at)) as at
      from wanted w left join credential_events e on e.credential_id = w.id group by w.id, w.kind, w.author, w.reason, w.at
    ),
    changed as (
      update credentials c set
        revoked_at = case when d.kind = 'revoked' then d.at end,
        suspended_at = case when d.kind = 'suspended' then d.at end
      from dated d
      where c.id = d.id and c.revoked_at is null
        and case d.kind when 'suspended' then c.suspended_at is null when 'restored' then c.suspended_at is not null else true end
      returning c.id, c.status_list_id, c.organisation_id, c.person_id, d.kind, d.at, d.author, d.reason
    ),
    told as (
      insert into credential_events (credential_id, kind, at, author, reason)
      select id, kind, at, author, reason from changed
    ),
    listed as (
      update status_lists l set changes = l.changes + 1
      where l.id in (select status_list_id from changed)
    )
    select id, organisation_id as "organisationId", person_id as "personId" from changed`,
  )
}
