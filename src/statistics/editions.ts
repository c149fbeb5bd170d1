import { createHash } from 'node:crypto'
import { and, asc, desc, eq, sql } from 'drizzle-orm'
import { Piscina } from 'piscina'
import { achievements } from '../badges/badges.sql.ts'
import { listModules } from '../curricula/curricula.ts'
import { parisDate } from '../days.ts'
import type { Db } from '../db.ts'
import { conflict, invalid, notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { keyOf } from '../referential/schema.ts'
import { CSV_MARK, csvLine } from '../web/csv.ts'
import { monthWords } from '../web/html.ts'
import { refreshCounts } from './counts.ts'
import { readCounts } from './read-counts.ts'
import type { BadgeClass, Figure } from './cube.ts'
import { statisticsEditions, statisticsFigures } from './statistics.sql.ts'
import type { Published, Question } from './publish-worker.ts'
import { territoryWords } from './territories.ts'
import { readWords } from './words.ts'

/** Editions are published one after the other: two at once could overlap. */
const LOCK = 1516021

export type Edition = typeof statisticsEditions.$inferSelect
type Asked = { edition: string; fromMonth: string; toMonth: string; threshold: number; author: string }

/**
 * Publishes the figures of a period that is over, once: what could tell of fewer people than the threshold is withheld, and
 * what would give it back. Asked again for the same figures, it answers the edition as it is. Errors: `edition_period`,
 * `edition_overlaps`, `edition_differs`.
 */
export async function publishEdition(db: Db, asked: Asked, now = new Date()): Promise<Edition> {
  const { edition, fromMonth, toMonth, threshold, author } = asked
  if (toMonth < fromMonth || toMonth >= parisDate(now).slice(0, 7)) {
    throw invalid('edition_period', 'La période n’est pas finie, ou finit avant de commencer.', 'Choisissez des mois passés, dans l’ordre.') // prettier-ignore
  }
  await refreshCounts(db)
  const figures = await figuresOf(db, asked)
  const digest = digestOf(figures)
  return db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${LOCK})`)
    const known = await findEdition(tx, edition)
    if (known) return sameEdition(known, { fromMonth, toMonth, threshold, digest })
    await refuseOverlap(tx, asked)
    await tx.insert(statisticsEditions).values({ edition, fromMonth, toMonth, threshold, author, digest })
    for (let from = 0; from < figures.length; from += 5000) {
      await tx.insert(statisticsFigures).values(figures.slice(from, from + 5000).map((one) => ({ ...one, edition })))
    }
    await record(tx, {
      author,
      action: 'statistics.published',
      subject: `edition:${edition}`,
      details: { digest, threshold },
    })
    return getEdition(tx, edition)
  })
}

function sameEdition(known: Edition, asked: Pick<Edition, 'fromMonth' | 'toMonth' | 'threshold' | 'digest'>): Edition {
  const keys = ['fromMonth', 'toMonth', 'threshold', 'digest'] as const
  if (keys.every((key) => known[key] === asked[key])) return known
  throw conflict(
    'edition_differs',
    `L’édition « ${known.edition} » est publiée, avec d’autres chiffres ou une autre période.`,
    'Une édition ne change pas : publiez une nouvelle période sous un nouveau nom.',
  )
}

async function refuseOverlap(tx: Db, { fromMonth, toMonth }: Asked): Promise<void> {
  const [other] = await tx
    .select({ edition: statisticsEditions.edition })
    .from(statisticsEditions)
    .where(sql`${statisticsEditions.fromMonth} <= ${toMonth} and ${statisticsEditions.toMonth} >= ${fromMonth}`)
    .limit(1)
  if (!other) return
  throw conflict(
    'edition_overlaps',
    `Des mois de cette période sont déjà dans l’édition « ${other.edition} ».`,
    'Deux éditions des mêmes mois se soustrairaient : choisissez des mois qui ne sont dans aucune.',
  )
}

async function figuresOf(db: Db, { fromMonth, toMonth, threshold }: Asked): Promise<Published[]> {
  const question = { counts: await readCounts(db, fromMonth, toMonth), classes: await classesOf(db), threshold }
  const filename = new URL('publish-worker.ts', import.meta.url).href
  const pool = new Piscina<Question, Published[]>({ filename, maxThreads: 1 })
  try {
    const figures = await pool.run(question)
    return figures.toSorted((a, b) => orderOf(a).localeCompare(orderOf(b), 'en'))
  } finally {
    await pool.close()
  }
}

const orderOf = ({ kind, of, territory, month }: Figure): string => [kind, of, territory, month].join('\n')
const digestOf = (figures: Published[]): string =>
  createHash('sha256')
    .update(JSON.stringify(figures.map((one) => [one.kind, one.of, one.territory, one.month, one.count])))
    .digest('hex')

/**
 * What each version of each badge class shows, those of organisations too, and whom the module that it rewards is for: a badge
 * counts for what its own version shows.
 */
async function classesOf(db: Db): Promise<BadgeClass[]> {
  const publics = new Map((await listModules(db)).map((one) => [one.slug, one.publics]))
  const all = await db.select({ about: achievements.about }).from(achievements)
  return all.map(({ about: { slug, version, competences, module } }) => ({
    badge: `${slug}/${version}`,
    competences: competences.map((one) => keyOf(one)),
    publics: (module && publics.get(module)) || [],
  }))
}

const findEdition = async (db: Db, edition: string): Promise<Edition | undefined> =>
  (await db.select().from(statisticsEditions).where(eq(statisticsEditions.edition, edition)))[0]

/** An edition; `not_found` otherwise. */
export async function getEdition(db: Db, edition: string): Promise<Edition> {
  const found = await findEdition(db, edition)
  if (!found) throw notFound('L’édition', edition)
  return found
}

/** Every edition, the latest period first. */
export const listEditions = (db: Db): Promise<Edition[]> =>
  db.select().from(statisticsEditions).orderBy(desc(statisticsEditions.fromMonth))

/** Every figure of an edition, or those of a kind or of a territory, in order. */
export function readFigures(db: Db, edition: string, asked: { kind?: Figure['kind']; territory?: string }) {
  const { kind, of, territory, month, count } = statisticsFigures
  return db
    .select({ kind, of, territory, month, count })
    .from(statisticsFigures)
    .where(
      and(
        eq(statisticsFigures.edition, edition),
        asked.kind && eq(kind, asked.kind),
        asked.territory === undefined ? undefined : eq(territory, asked.territory),
      ),
    )
    .orderBy(asc(kind), asc(of), asc(territory), asc(month))
}

/** A figure with what it is called. */
export type Figured = { label: string; count: number | null }

/** The tables of an edition's page: each territory, then for the country each month, badge, competence and public. */
export async function readTables(db: Db, edition: string) {
  const everywhere = await readFigures(db, edition, { kind: 'all' })
  const country = await readFigures(db, edition, { territory: 'FR' })
  const words = await readWords(db)
  const ofKind = (kind: 'badge' | 'competence' | 'public'): Figured[] =>
    country
      .filter((one) => one.kind === kind && one.month === '')
      .map(({ of, count }) => ({ label: words(kind, of), count }))
      .toSorted((a, b) => (b.count ?? 0) - (a.count ?? 0) || a.label.localeCompare(b.label, 'fr', { numeric: true }))
  return {
    all: everywhere
      .filter((one) => one.month === '')
      .map((one) => ({ label: territoryWords(one.territory), count: one.count })),
    month: country
      .filter((one) => one.kind === 'all' && one.month !== '')
      .map((one) => ({ label: monthWords(one.month), count: one.count })),
    badge: ofKind('badge'),
    competence: ofKind('competence'),
    public: ofKind('public'),
  }
}

/** Every figure of an edition as a CSV; a withheld count is « secret ». */
export async function figuresCsv(db: Db, { edition }: Edition): Promise<string> {
  const lines = await readFigures(db, edition, {})
  const head = csvLine(['edition', 'compte', 'de', 'territoire', 'mois', 'badges'])
  return (
    CSV_MARK +
    head +
    lines.map((one) => csvLine([edition, one.kind, one.of, one.territory, one.month, one.count ?? 'secret'])).join('')
  )
}
