import { sql } from '../drizzle.ts'
import { check, integer, pgTable, primaryKey, smallint, text } from '../drizzle-pg.ts'
import type { Means } from './verification-counts.ts'
import type { Verification } from './verify.ts'

/** Verifications answered here, by month in Paris: how many said what of what. No person, no badge, no address. */
export const verificationTallies = pgTable(
  'verification_counts',
  {
    month: text().notNull(),
    verdict: text().$type<Verification['verdict']>().notNull(),
    /** What was shown: a badge of here, one from elsewhere, or nothing that can be read as a badge. */
    means: text().$type<Means>().notNull(),
    /** The same figure in several rows, to be added: those who count at once do not wait for one another. */
    shard: smallint().notNull(),
    count: integer().notNull(),
  },
  (t) => [
    primaryKey({ name: 'verification_count_once', columns: [t.month, t.verdict, t.means, t.shard] }),
    check('verification_count_month_form', sql`${t.month} ~ '^[0-9]{4}-[0-9]{2}$'`),
    check('verification_count_verdict', sql`${t.verdict} in ('valid', 'invalid', 'indeterminate')`),
    check('verification_count_means', sql`${t.means} in ('own', 'other', 'unreadable')`),
    check('verification_count_positive', sql`${t.shard} >= 0 and ${t.count} > 0`),
  ],
)
