import { sql } from '../drizzle.ts'
import { check, index, integer, pgTable, primaryKey, text, timestamp, uuid } from '../drizzle-pg.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import type { Kind } from './tables.ts'

/** Badges by class, département of the session ('' where none is known) and month of delivery in Paris. No one is in it. */
export const badgeCounts = pgTable(
  'badge_counts',
  {
    month: text().notNull(),
    achievementSlug: text().notNull(),
    achievementVersion: text().notNull(),
    departement: text().notNull(),
    issued: integer().notNull(),
    /** Of these, those that were revoked since. */
    revoked: integer().notNull(),
  },
  (t) => [
    primaryKey({
      name: 'badge_count_once',
      columns: [t.month, t.achievementSlug, t.achievementVersion, t.departement],
    }),
    check('badge_count_month_form', sql`${t.month} ~ '^[0-9]{4}-[0-9]{2}$'`),
    check('badge_count_positive', sql`${t.issued} >= 0 and ${t.revoked} >= 0`),
  ],
)

/** The levels that those badges state, competence by competence; '' where the framework has no scale. */
export const levelCounts = pgTable(
  'level_counts',
  {
    month: text().notNull(),
    competence: text().notNull(),
    level: text().notNull(),
    departement: text().notNull(),
    issued: integer().notNull(),
    revoked: integer().notNull(),
  },
  (t) => [
    primaryKey({ name: 'level_count_once', columns: [t.month, t.competence, t.level, t.departement] }),
    check('level_count_positive', sql`${t.issued} >= 0 and ${t.revoked} >= 0`),
  ],
)

/** A publication of figures for a period; it never changes, and no month is in two of them. */
export const statisticsEditions = pgTable(
  'statistics_editions',
  {
    edition: text().primaryKey(),
    fromMonth: text().notNull(),
    toMonth: text().notNull(),
    /** A figure under it is withheld. */
    threshold: integer().notNull(),
    publishedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    /** Who decided: the subject of the token, never a name. */
    author: text().notNull(),
    /** Of every figure, in order. */
    digest: text().notNull(),
    /** Who signed it; null for the editions of a time when none was signed. */
    organisationId: uuid().references(() => organisations.id),
    /** The transaction that wrote it, by the time of its start: its figures and files are of the same one. */
    keptAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [
    check('edition_name_form', sql`${t.edition} ~ '^[a-z0-9][a-z0-9-]{3,39}$'`),
    check(
      'edition_months',
      sql`${t.fromMonth} ~ '^[0-9]{4}-[0-9]{2}$' and ${t.toMonth} ~ '^[0-9]{4}-[0-9]{2}$' and ${t.fromMonth} <= ${t.toMonth}`,
    ),
    check('edition_threshold', sql`${t.threshold} between 2 and 1000`),
  ],
)

/** The figures of an edition as published; a count that could tell of someone is null. A figure of zero is not written. */
export const statisticsFigures = pgTable(
  'statistics_figures',
  {
    edition: text()
      .notNull()
      .references(() => statisticsEditions.edition),
    kind: text().$type<Kind>().notNull(),
    /** The codes of the table's dimensions, in order, with a bar between. */
    of: text().notNull(),
    territory: text().notNull(),
    month: text().notNull(),
    count: integer(),
    /** What a share is a share of, where one makes sense and can be told. */
    denominator: integer(),
  },
  (t) => [
    primaryKey({ name: 'figure_once', columns: [t.edition, t.kind, t.territory, t.of, t.month] }),
    check('figure_kind_form', sql`${t.kind} ~ '^[a-z]+(-[a-z]+)*$'`),
    check('figure_positive', sql`${t.count} > 0`),
    check('figure_denominator_positive', sql`${t.denominator} > 0`),
    index('figures_by_territory').on(t.edition, t.territory, t.kind, t.of, t.month),
  ],
)
