import { sql } from '../drizzle.ts'
import { parisDate } from '../days.ts'
import { type Db, rows } from '../db.ts'
import { classesOf } from './classes.ts'
import type { BadgeClass, Figure } from './cube.ts'
import { readStocks } from './read-counts.ts'
import type { Kind } from './tables.ts'
import { NOWHERE, regionOf } from './territories.ts'
import { readContent, type Words, wordsOf } from './words.ts'

/** A figure as it is counted now, exactly: for what follows alone, never for an answer. */
export type ExactFigure = Figure & { count: number }
/** What is counted of the months that no edition covers; `months` in order, the one that goes on included. */
export type Reading = { months: string[]; figures: ExactFigure[]; words: Words }

/** A figure rounded down to tens: between `atLeast` and `below`, which is not reached. */
export type ProvisionalFigure = Figure & { atLeast: number; below: number }

export const ROUNDING = 10

/**
 * The same figures rounded down to tens; those under ten are left out, as zero is: between the two nobody can tell. Of two
 * readings, before and after one badge, the second says more only where a figure crosses a step. Its limits, for which these
 * figures are never public: who reads at every moment sees each step, and so an exact count at that moment; and once the
 * edition is out, a withheld figure that was ten or more is known within ten.
 */
export const rounded = (figures: ExactFigure[]): ProvisionalFigure[] =>
  figures.flatMap(({ count, ...figure }) => {
    const atLeast = Math.floor(count / ROUNDING) * ROUNDING
    return atLeast > 0 ? [{ ...figure, atLeast, below: atLeast + ROUNDING }] : []
  })

/**
 * Reads what is counted now of the months that no edition covers, in one look: a refresh that goes on meanwhile is seen whole
 * or not at all. Eight queries, whatever is stored.
 */
export async function readProvisional(db: Db, now = new Date()): Promise<Reading> {
  const content = await readContent(db)
  return db.transaction(
    async (tx) => {
      const today = parisDate(now)
      const months = await openMonths(tx, today.slice(0, 7))
      const badges = await countBadges(tx, months, classesOf(content))
      const figures = [
        ...badges,
        ...(await countStocks(tx, today.slice(0, 7))),
        ...(await countSessions(tx, months, today)),
      ]
      return { months, figures: figures.filter(({ count }) => count > 0), words: wordsOf(content) }
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  )
}

/** The months from the first that counts something to this one, without those of an edition. */
async function openMonths(tx: Db, last: string): Promise<string[]> {
  const found = await rows<{ month: string }>(
    tx,
    sql`
    select to_char(month, 'YYYY-MM') as month
    from generate_series(
      (select to_date(least(min(month), to_char((select min(ends_on) from session_counts), 'YYYY-MM'), ${last}), 'YYYY-MM')::timestamp
       from (select month from badge_counts order by month limit 1) earliest),
      to_date(${last}, 'YYYY-MM')::timestamp, interval '1 month') month
    where not exists (
      select 1 from statistics_editions where to_char(month, 'YYYY-MM') between from_month and to_month
    ) order by 1`,
  )
  return found.map(({ month }) => month)
}

type Grouped = { month: string | null; departement: string | null; badge: string | null; count: number }

/** Badges by territory and by month, and for the country by class and by what each class shows. */
async function countBadges(tx: Db, months: string[], classes: BadgeClass[]): Promise<ExactFigure[]> {
  const found = await rows<Grouped>(
    tx,
    sql`
    select month, departement, achievement_slug || '/' || achievement_version as badge, sum(issued)::int as count
    from badge_counts where month = any(${sql.param(months)})
    group by grouping sets ((month), (departement), (achievement_slug, achievement_version))`,
  )
  const about = new Map(classes.map((one) => [one.badge, one]))
  return summed(
    found.flatMap(({ month, departement, badge, count }): ExactFigure[] => {
      if (month !== null) return [{ kind: 'all', of: '', territory: 'FR', month, count }]
      if (departement !== null) return inTerritories(departement, 'all', '', count)
      const { competences = [], publics = [], metiers = [] } = about.get(badge!) ?? {}
      const told: [Kind, string[]][] = [
        ['badge', [badge!]],
        ['competence', competences],
        ['public', publics],
        ['metier', metiers],
      ]
      return told.flatMap(([kind, all]) => all.map((of) => ({ kind, of, territory: 'FR', month: '', count })))
    }),
  )
}

/** Who is habilitated and who is on the way, as it stands. */
const countStocks = async (tx: Db, month: string): Promise<ExactFigure[]> =>
  summed(
    (await readStocks(tx, month)).flatMap(({ kind, of, departement, count }) =>
      inTerritories(departement, kind, of, count),
    ),
  )

/** Sessions that are over, and what came of the places held in them. */
async function countSessions(tx: Db, months: string[], today: string): Promise<ExactFigure[]> {
  type Group = { departement: string; modality: string; sessions: number; held: number; completed: number }
  const found = await rows<Group>(
    tx,
    sql`
    select departement, modality, count(*)::int as sessions, sum(held)::int as held, sum(completed)::int as completed
    from (select to_date(unnest(${sql.param(months)}::text[]), 'YYYY-MM') as month) open
    join session_counts on ends_on >= month and ends_on < least(month + interval '1 month', ${today}::date) group by 1, 2`,
  )
  return summed(
    found.flatMap(({ departement, modality, sessions, held, completed }) => [
      ...inTerritories(departement, 'sessions', modality, sessions),
      ...inTerritories(departement, 'outcome', 'completed', completed),
      ...inTerritories(departement, 'outcome', 'other', held - completed),
    ]),
  )
}

/** A count for the country and for its région, or where none is known. */
const inTerritories = (departement: string, kind: Kind, of: string, count: number): ExactFigure[] =>
  ['FR', departement === '' ? NOWHERE : regionOf(departement)].map((territory) => ({
    kind,
    of,
    territory,
    month: '',
    count,
  }))

function summed(figures: ExactFigure[]): ExactFigure[] {
  const sums = new Map<string, ExactFigure>()
  for (const figure of figures) {
    const key = [figure.kind, figure.of, figure.territory, figure.month].join('\n')
    const known = sums.get(key)
    if (known) known.count += figure.count
    else sums.set(key, { ...figure })
  }
  return [...sums.values()]
}
