import { between, sql } from '../drizzle.ts'
import { verificationCounts } from '../credentials/verification-counts.ts'
import { addMonths, parisDate } from '../days.ts'
import { type Db, rows } from '../db.ts'
import { DomainError } from '../errors.ts'
import { needCounts } from '../needs/need-counts.ts'
import { coverageCounts } from './coverage.ts'
import type { Counted, Counts } from './cube.ts'
import { badgeCounts, levelCounts } from './statistics.sql.ts'
import { type Table, TABLES } from './tables.ts'

/** A session of no module: the assessment of a block, or what leads to a badge that an organisation wrote. */
const NO_MODULE = 'sans module'

/**
 * What is counted of the months `from` to `to`, both included, at one moment: a refresh is seen whole or not at all. Of the
 * present month, what is over. Error: `counts_behind`.
 */
export const readCounts = (db: Db, from: string, to: string): Promise<Counts> =>
  db.transaction(
    async (tx) => {
      const badges = await readBadges(tx, from, to)
      const told = await readTallies(tx, from, to)
      requireWhole(badges, told)
      const others = [
        ...told,
        ...(await readSessions(tx, from, to)),
        ...(await readStocks(tx, to)),
        ...(await needCounts(tx, from, to)),
        ...(await verificationCounts(tx, from, to)),
        ...(await coverageCounts(tx, from, to)),
      ]
      return { others: monthly(others), badges, levels: await readLevels(tx, from, to) }
    },
    { isolationLevel: 'repeatable read' },
  )

async function readBadges(db: Db, from: string, to: string): Promise<Counts['badges']> {
  const { month, departement, issued, achievementSlug, achievementVersion } = badgeCounts
  const badge = sql<string>`${achievementSlug} || '/' || ${achievementVersion}`
  const found = await db
    .select({ month, badge, departement, issued })
    .from(badgeCounts)
    .where(between(month, from, to))
  return found.filter((one) => one.issued > 0)
}

async function readLevels(db: Db, from: string, to: string): Promise<Counts['levels']> {
  const { month, competence, level, departement, issued } = levelCounts
  const found = await db
    .select({ month, competence, level, departement, issued })
    .from(levelCounts)
    .where(between(month, from, to))
  return found.filter((one) => one.issued > 0)
}

const readTallies = (db: Db, from: string, to: string): Promise<Counted[]> =>
  rows(
    db,
    sql`select kind, month, departement, of, count from tallies where month between ${from} and ${to} and count > 0`,
  )

/** Sessions that are over: what was held, for how long, for how many, and what became of those who held a place. */
function readSessions(db: Db, from: string, to: string): Promise<Counted[]> {
  const [after, today] = [addMonths(`${to}-01`, 1), parisDate(new Date())]
  return rows(
    db,
    sql`with over as (
          select *, to_char(ends_on, 'YYYY-MM') as month from session_counts
          where ends_on >= ${`${from}-01`} and ends_on < least(${after}::date, ${today}::date)
        ),
        told (kind, of, departement, month, count) as (
          select 'sessions', modality, departement, month, 1 from over
          union all select 'sessions-module', coalesce(module_slug, ${NO_MODULE}), departement, month, 1 from over
          union all select 'hours', '', departement, month, hours from over where hours is not null
          union all select 'places', '', departement, month, capacity from over
          union all select 'outcome', 'completed', departement, month, completed from over
          union all select 'outcome', 'other', departement, month, held - completed from over
        )
        select kind, of, departement, month, sum(count)::int as count from told group by 1, 2, 3, 4 having sum(count) > 0`,
  )
}

/**
 * The stocks at the last day of a month, where the structures are: the département that their last request to give one gives.
 */
export const readStocks = (db: Db, to: string): Promise<Counted[]> =>
  rows(
    db,
    sql`with stocks as (
          select state, organisation_id, sum(count) as count from structure_moves where month <= ${to} group by 1, 2
        ),
        places as (
          select distinct on (organisation_id) organisation_id, departement from organisation_requests
          where organisation_id is not null and departement is not null order by organisation_id, number desc nulls last, id
        )
        select 'habilitation' as kind, s.state as of, coalesce(p.departement, '') as departement, '' as month,
          sum(s.count)::int as count
        from stocks s left join places p using (organisation_id) group by 2, 3 having sum(s.count) > 0`,
  )

/** Renewals and delays each tell of every badge: they do not when an older version of the service counts beside this one. */
function requireWhole(badges: Counts['badges'], told: Counted[]): void {
  const sumOf = (counts: number[]): number => counts.reduce((sum, one) => sum + one, 0)
  const issued = sumOf(badges.map((one) => one.issued))
  for (const kind of ['renewal', 'delay'] as const) {
    if (sumOf(told.filter((one) => one.kind === kind).map((one) => one.count)) === issued) continue
    throw new DomainError(
      'unavailable',
      'counts_behind',
      'Des badges sont encore en train d’être comptés : les chiffres seraient incomplets.',
      'Recommencez dans une minute.',
    )
  }
}

/** Months are kept for the tables that give them; the others are told of the whole period. */
function monthly(others: Counted[]): Counted[] {
  const summed = new Map<string, Counted>()
  for (const one of others) {
    const table: Table = TABLES[one.kind]
    const month = table.months ? one.month : ''
    const key = [one.kind, one.of, one.departement, month].join('\n')
    const known = summed.get(key)
    if (known) known.count += one.count
    else summed.set(key, { ...one, month })
  }
  return [...summed.values()]
}
