import { sql } from '../drizzle.ts'
import { check, index, jsonb, pgTable, text, timestamp, uuid } from '../drizzle-pg.ts'
import type { BadgeDraft } from './badge-draft.ts'
import { organisations } from './organisations.sql.ts'

/** A badge class that an organisation wrote: a draft until it is published as a version of `achievements`. */
export const organisationBadges = pgTable(
  'organisation_badges',
  {
    /** Of the badge class: the slug of the organisation, two dashes, a name. */
    slug: text().primaryKey(),
    organisationId: uuid()
      .notNull()
      .references(() => organisations.id),
    /** The form as last saved. */
    draft: jsonb().$type<BadgeDraft>().notNull(),
    updatedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    /** The version in force; null while it was never published. */
    publishedVersion: text(),
    /** Withdrawn from the catalogue: no new session gives it, the badges delivered hold. */
    withdrawnAt: timestamp({ withTimezone: true }),
  },
  (t) => [
    index('organisation_badges_by_organisation').on(t.organisationId),
    check('organisation_badge_named', sql`${t.slug} like '%--%'`),
  ],
)
