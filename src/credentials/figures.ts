import { sql } from '../drizzle.ts'
import { parisDate } from '../days.ts'
import { type Db, rows } from '../db.ts'
import { CSV_MARK, csvLine } from '../web/csv.ts'

export type MonthFigures = { month: string; issued: number; revoked: number }
type ClassFigures = { slug: string; name: string; issued: number; suspended: number; revoked: number }
export type Totals = {
  issued: number
  learners: number
  revoked: number
  /** Sessions whose last day is past, and those that were called off. */
  sessions: number
  cancelled: number
  /** Of those sessions: who had a place or showed something, and who showed something. */
  trained: number
  completed: number
}

/** What an organisation did, from its own rows; no name is read. Four queries. */
export async function readFigures(db: Db, organisationId: string) {
  const [months, classes] = [await monthsOf(db, organisationId), await classesOf(db, organisationId)]
  const [{ learners }, { sessions, cancelled, trained, completed }] = [
    await learnersOf(db, organisationId),
    await sessionsOf(db, organisationId),
  ]
  const sum = (values: number[]): number => values.reduce((total, one) => total + one, 0)
  const totals: Totals = {
    issued: sum(classes.map((one) => one.issued)),
    revoked: sum(classes.map((one) => one.revoked)),
    learners,
    sessions,
    cancelled,
    trained,
    completed,
  }
  return { totals, months, classes }
}

/** Badges by the month of their delivery in Paris, the latest first. */
const monthsOf = (db: Db, organisationId: string): Promise<MonthFigures[]> =>
  rows(
    db,
    sql`select to_char(valid_from at time zone 'Europe/Paris', 'YYYY-MM') as month, count(*)::int as issued,
          count(revoked_at)::int as revoked
        from credentials where organisation_id = ${organisationId} group by 1 order by 1 desc`,
  )

const classesOf = (db: Db, organisationId: string): Promise<ClassFigures[]> =>
  rows(
    db,
    sql`with told as (
          select achievement_slug as slug, max(achievement_version) as version, count(*)::int as issued,
            count(suspended_at)::int as suspended, count(revoked_at)::int as revoked
          from credentials where organisation_id = ${organisationId} group by 1
        )
        select t.slug, a.about->>'name' as name, t.issued, t.suspended, t.revoked
        from told t join achievements a on a.slug = t.slug and a.version = t.version
        order by t.issued desc, name`,
  )

async function learnersOf(db: Db, organisationId: string): Promise<{ learners: number }> {
  const [found] = await rows<{ learners: number }>(
    db,
    sql`select count(distinct person_id)::int as learners from credentials where organisation_id = ${organisationId}`,
  )
  return found!
}

async function sessionsOf(db: Db, organisationId: string) {
  type Found = Pick<Totals, 'sessions' | 'cancelled' | 'trained' | 'completed'>
  const [found] = await rows<Found>(
    db,
    sql`with mine as (
          select id, cancelled_at, ends_on < ${parisDate(new Date())} as is_past from sessions
          where organisation_id = ${organisationId}
        ),
        held as (select id from mine where is_past and cancelled_at is null),
        shown as (select session_id, person_id from completions where session_id in (select id from held)),
        seen as (
          select session_id, person_id from enrolments
          where session_id in (select id from held) and state in ('default', 'registered')
          union select session_id, person_id from shown
        )
        select (select count(*)::int from held) as sessions,
          (select count(cancelled_at)::int from mine) as cancelled,
          (select count(*)::int from seen) as trained, (select count(*)::int from shown) as completed`,
  )
  return found!
}

export type Figures = Awaited<ReturnType<typeof readFigures>>

/** The figures as a file for a spreadsheet: one line a figure. */
export function figuresCsv({ totals, months, classes }: Figures): string {
  const lines: (string | number)[][] = [
    ['tableau', 'ligne', 'mesure', 'valeur'],
    ...Object.entries(totals).map(([name, value]) => ['ensemble', '', TOTAL_WORDS[name as keyof Totals], value]),
    ...months.flatMap(({ month, issued, revoked }) => [
      ['mois', month, 'badges délivrés', issued],
      ['mois', month, 'dont révoqués depuis', revoked],
    ]),
    ...classes.flatMap(({ name, issued, suspended, revoked }) => [
      ['badge', name, 'badges délivrés', issued],
      ['badge', name, 'suspendus aujourd’hui', suspended],
      ['badge', name, 'révoqués', revoked],
    ]),
  ]
  return CSV_MARK + lines.map(csvLine).join('')
}

const TOTAL_WORDS: Record<keyof Totals, string> = {
  issued: 'badges délivrés',
  learners: 'personnes distinctes',
  revoked: 'badges révoqués',
  sessions: 'sessions terminées',
  cancelled: 'sessions annulées',
  trained: 'places tenues dans les sessions terminées',
  completed: 'places tenues avec des acquis constatés',
}
