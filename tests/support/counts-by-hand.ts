import { sql } from 'drizzle-orm'
import { parisDate } from '../../src/days.ts'
import { type Db, rows } from '../../src/db.ts'
import { type HabilitationEvent, stateFrom } from '../../src/habilitation/history.ts'

/** Figures by `kind|of|département|month`; a figure of zero is not there. */
export type Tally = Record<string, number>

const add = (tally: Tally, key: (string | null)[], by: number): void => {
  const name = key.map((one) => one ?? '').join('|')
  tally[name] = (tally[name] ?? 0) + by
  if (tally[name] === 0) delete tally[name]
}

type Badge = {
  id: string
  person: string
  slug: string
  from: Date | string
  until: Date | string | null
  isRevoked: boolean
  endsOn: string | null
  departement: string | null
}

/** Every badge told one by one from the rows themselves: renewal and delay by month of delivery, end by month. */
export async function badgesByHand(db: Db): Promise<Tally> {
  const found = await rows<Badge>(
    db,
    sql`select c.id, c.person_id as person, c.achievement_slug as slug, c.valid_from as "from", c.valid_until as "until",
          c.revoked_at is not null as "isRevoked", s.ends_on::text as "endsOn", s.departement
        from credentials c left join completions p on p.id = c.completion_id left join sessions s on s.id = p.session_id`,
  )
  const tally: Tally = {}
  const seen = new Set<string>()
  const inOrder = found
    .map((one) => ({ ...one, from: new Date(one.from) }))
    .toSorted((a, b) => a.from.getTime() - b.from.getTime() || (a.id < b.id ? -1 : 1))
  for (const { person, slug, from, until, isRevoked, endsOn, departement } of inOrder) {
    const day = parisDate(from)
    const month = day.slice(0, 7)
    const key = `${person} ${slug}`
    add(tally, ['renewal', seen.has(key) ? 'renewed' : 'first', departement, month], 1)
    seen.add(key)
    add(tally, ['delay', endsOn === null ? 'none' : delay(endsOn, day), departement, month], 1)
    if (until !== null && !isRevoked) add(tally, ['ending', '', departement, parisDate(new Date(until)).slice(0, 7)], 1)
  }
  return tally
}

function delay(endsOn: string, day: string): string {
  const days = (Date.parse(day) - Date.parse(endsOn)) / (24 * 3600_000)
  return days <= 7 ? 'week' : days <= 30 ? 'month' : days <= 90 ? 'quarter' : 'later'
}

type Session = {
  id: string
  endsOn: string
  departement: string | null
  modality: string
  module: string | null
  hours: number | null
  capacity: number
  isOff: boolean
}
type Seat = { session: string; person: string; state: string }

/** Sessions that are over, from their rows, those of the learners and those of the results. */
export async function sessionsByHand(db: Db, from: string, to: string): Promise<Tally> {
  const sessions = await rows<Session>(
    db,
    sql`select id, ends_on::text as "endsOn", departement, modality, module_slug as module, hours, capacity,
          cancelled_at is not null as "isOff" from sessions`,
  )
  const seats = await rows<Seat>(db, sql`select session_id as session, person_id as person, state from enrolments`)
  const results = await rows<Seat>(
    db,
    sql`select session_id as session, person_id as person, 'shown' as state from completions`,
  )
  const tally: Tally = {}
  for (const { id, endsOn, departement, modality, module, hours, capacity, isOff } of sessions) {
    const month = endsOn.slice(0, 7)
    if (isOff || month < from || month > to || endsOn >= parisDate(new Date())) continue
    const shown = results.filter((one) => one.session === id)
    const placed = seats.filter((one) => one.session === id && ['default', 'registered'].includes(one.state))
    const held = new Set([...shown, ...placed].map((one) => one.person)).size
    add(tally, ['sessions', modality, departement, month], 1)
    add(tally, ['sessions-module', module ?? 'sans module', departement, ''], 1)
    add(tally, ['hours', '', departement, ''], hours ?? 0)
    add(tally, ['places', '', departement, ''], capacity)
    add(tally, ['outcome', 'completed', departement, ''], shown.length)
    add(tally, ['outcome', 'other', departement, ''], held - shown.length)
  }
  return tally
}

type Move = { of: string; organisation: string; at: Date | string; to: string }
type Event = Omit<HabilitationEvent, 'at'> & { of: string; organisation: string; at: Date | string }
const OPEN = ['waitling_list', 'new', 'processing', 'processing_p2p']

/** Who held a habilitation and who waited for one on the last day of a month, by replaying every history until then. */
export async function stocksByHand(db: Db, month: string): Promise<Tally> {
  const events = await rows<Event>(
    db,
    sql`select e.habilitation_id as of, h.organisation_id as organisation, e.kind, e.lapse, e.at
        from habilitation_events e join habilitations h on h.id = e.habilitation_id order by e.id`,
  )
  const moves = await rows<Move>(
    db,
    sql`select e.habilitation_request_id as of, r.organisation_id as organisation, e.at, e.to
        from request_events e join habilitation_requests r on r.id = e.habilitation_request_id order by e.id`,
  )
  const places = await rows<{ organisation: string; departement: string }>(
    db,
    sql`select organisation_id as organisation, departement from organisation_requests
        where organisation_id is not null and departement is not null order by number nulls first, id desc`,
  )
  const departements = new Map(places.map((one) => [one.organisation, one.departement]))
  const tally: Tally = {}
  const count = (state: string, organisation: string): void =>
    add(tally, ['habilitation', state, departements.get(organisation) ?? '', ''], 1)
  for (const all of Map.groupBy(events, (one) => one.of).values()) {
    const { state } = stateFrom(until(all, month))
    if (state === 'active') count('habilites', all[0]!.organisation)
  }
  for (const all of Map.groupBy(moves, (one) => one.of).values()) {
    const last = until(all, month).at(-1)
    if (last && OPEN.includes(last.to)) count('en-cours', last.organisation)
  }
  return tally
}

/** What had happened at the end of a month; nothing happens before what came before it. */
function until<T extends { at: Date | string }>(events: T[], month: string): (Omit<T, 'at'> & { at: Date })[] {
  let latest = new Date(0)
  const dated = events.map((one) => {
    const at = new Date(one.at)
    if (at > latest) latest = at
    return { ...one, at: latest }
  })
  return dated.filter(({ at }) => parisDate(at).slice(0, 7) <= month)
}
