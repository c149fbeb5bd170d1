import { sql } from '../drizzle.ts'
import { check, index, pgTable, text, timestamp, uniqueIndex, uuid } from '../drizzle-pg.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { TELLS } from './telling.ts'

/** A place of the national cartography that a structure tied to itself: what opens its evidence to all. Kept once ended. */
export const organisationPlaces = pgTable(
  'organisation_places',
  {
    id: uuid().primaryKey().defaultRandom(),
    /** As the national cartography gives it. */
    placeId: text().notNull(),
    organisationId: uuid()
      .notNull()
      .references(() => organisations.id),
    /** What the place is called there. */
    nom: text().notNull(),
    tells: text({ enum: TELLS }).notNull().default('presence'),
    /** When the structure stated that the people counted agree to small numbers. */
    agreedAt: timestamp({ withTimezone: true }),
    since: timestamp({ withTimezone: true }).notNull(),
    /** When its name or what it tells was last changed by the structure. */
    changedAt: timestamp({ withTimezone: true }).notNull(),
    endedAt: timestamp({ withTimezone: true }),
  },
  (t) => [
    uniqueIndex('place_one_structure')
      .on(t.placeId)
      .where(sql`${t.endedAt} is null`),
    index('organisation_places_by_organisation').on(t.organisationId, t.id),
    index('organisation_places_by_place').on(t.placeId),
    check('place_id_form', sql`${t.placeId} !~ '[[:space:]]' and length(${t.placeId}) between 1 and 150`),
    check('place_nom_said', sql`length(${t.nom}) > 0`),
    check('place_tells_known', sql`${t.tells} in ('presence', 'numbers', 'all')`),
    check('place_agreement_stated', sql`(${t.tells} = 'all') = (${t.agreedAt} is not null)`),
    check('place_days_in_order', sql`${t.since} <= ${t.endedAt}`),
  ],
)
