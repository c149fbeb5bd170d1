import { sql } from '../drizzle.ts'
import { check, date, foreignKey, index, jsonb, pgTable, text, timestamp, uuid } from '../drizzle-pg.ts'
import { achievements } from '../badges/badges.sql.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { people } from '../people/people.sql.ts'
import type { Level } from '../training/completion-rows.ts'

/** A badge that no session gives: a habilitation, a milestone. An award that is not settled is the order to issue it. */
export const awards = pgTable(
  'awards',
  {
    id: uuid().primaryKey().defaultRandom(),
    /** What it is for, so that the same is given once: `habilitation:<id>`, `milestone:<badge>:<person>`. */
    key: text().notNull().unique('award_once'),
    /** Who signs. */
    organisationId: uuid()
      .notNull()
      .references(() => organisations.id),
    personId: uuid()
      .notNull()
      .references(() => people.id),
    achievementSlug: text().notNull(),
    achievementVersion: text().notNull(),
    /** Sealed identity, what the badge's hashes are made from. Null once erased. */
    identity: text(),
    awardedOn: date({ mode: 'string' }).notNull(),
    levels: jsonb().$type<Level[]>().notNull().default([]),
    evidenceUrl: text(),
    narrative: text(),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    /** When it was issued, or set aside because it could not be. */
    settledAt: timestamp({ withTimezone: true }),
  },
  (t) => [
    foreignKey({
      name: 'award_achievement_exists',
      columns: [t.achievementSlug, t.achievementVersion],
      foreignColumns: [achievements.slug, achievements.version],
    }),
    check('award_key_form', sql`${t.key} ~ '^[a-z]+:.'`),
    index('awards_by_person').on(t.personId),
    index('awards_pending')
      .on(t.organisationId, t.id)
      .where(sql`${t.settledAt} is null`),
  ],
)
