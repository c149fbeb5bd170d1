import { sql } from '../drizzle.ts'
import { type Db, rows } from '../db.ts'
import { record } from '../journal/journal.ts'
import { getOrganisation } from '../organisations/organisations.ts'
import { openIdentity } from '../people/people.ts'
import { HOLDING } from '../training/transitions.ts'
import type { Vault } from '../vault.ts'

const MODULE = 'aidants-connect-referent'

type Webinar = 'present' | 'replay' | 'registered' | 'none'
type Found = { personId: string; identity: string | null; webinar: Webinar }

/**
 * Where each référente or référent of a structure stands with the webinar made for them: it is done once seen, at the
 * time or as a replay. With names: such a reading is written down. `not_found` without that structure.
 */
export async function listWebinar(db: Db, vault: Vault, slug: string, author: string) {
  const { id: organisationId } = await getOrganisation(db, slug)
  const found = await rows<Found>(
    db,
    sql`select p.id as "personId", p.identity, coalesce(w.webinar, 'none') as webinar
        from grants g join people p on p.id = g.person_id
        left join lateral (
          select case when bool_or(e.attendance = 'present' or c.id is not null) then 'present'
                      when bool_or(e.attendance = 'replay') then 'replay'
                      when bool_or(e.attendance is null and e.state = any(${sql.param(HOLDING)})) then 'registered' end as webinar
          from enrolments e
          join sessions s on s.id = e.session_id and s.module_slug = ${MODULE} and s.cancelled_at is null
          left join completions c on c.session_id = e.session_id and c.person_id = e.person_id
          where e.person_id = p.id
        ) w on true
        where g.organisation_id = ${organisationId} and g.role = 'referent' and g.ended_at is null
        order by g.granted_at, g.id`,
  )
  const subject = `organisation:${organisationId}`
  const details = { rows: found.length }
  await record(db, { author, action: 'habilitation.webinar_read', subject, organisationId, details })
  return found.map(({ identity, webinar, personId }) => {
    const named = identity === null ? { email: null, givenName: null, familyName: null } : openIdentity(vault, identity)
    return { personId, ...named, webinar, webinarDone: webinar === 'present' || webinar === 'replay' }
  })
}
