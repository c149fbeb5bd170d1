import { sql } from '../drizzle.ts'
import { check, index, pgTable, text, timestamp, uuid } from '../drizzle-pg.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { people } from '../people/people.sql.ts'

/** What someone could do one day and the path that was found, as it was said then: never computed again, never changed. */
export const positionings = pgTable(
  'positionings',
  {
    /** UUID v7: the order of the ids is that of the making. */
    id: uuid().primaryKey(),
    personId: uuid()
      .notNull()
      .references(() => people.id),
    /** Who made it and answers for it; null when the person did alone. */
    organisationId: uuid().references(() => organisations.id),
    author: text().notNull(),
    /** `metier:<slug>`, or a digest of the competences asked: the next one of the same target and maker supersedes it. */
    target: text().notNull(),
    /** Sealed JSON: what was shown, the path, why, and under which versions of the content. */
    content: text().notNull(),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [
    index('positionings_by_person').on(t.personId, t.id),
    index('positionings_by_organisation')
      .on(t.organisationId, t.id)
      .where(sql`${t.organisationId} is not null`),
    check('positioning_target_said', sql`length(${t.target}) between 3 and 200`),
  ],
)
