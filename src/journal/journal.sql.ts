import { bigint, index, pgTable, text, timestamp, uuid } from '../drizzle-pg.ts'

/** Every write and every sensitive read, in order; the database itself refuses that a line be changed or removed. */
export const journal = pgTable(
  'journal',
  {
    position: bigint({ mode: 'number' }).primaryKey(),
    at: timestamp({ withTimezone: true, precision: 3 }).notNull(),
    /** Who: the subject of the token or of the session, never a name. */
    author: text().notNull(),
    /** What, as `feature.verb`. */
    action: text().notNull(),
    /** On what, as `kind:id`. */
    subject: text().notNull(),
    /** The organisation and the person that it concerns, if any. No foreign key: the line outlives what it tells. */
    organisationId: uuid(),
    personId: uuid(),
    reason: text(),
    /** JSON, without personal data. */
    details: text(),
    /** SHA-256 of the line and of the hash before it. */
    hash: text().notNull(),
  },
  (t) => [
    index('journal_by_organisation').on(t.organisationId, t.position),
    index('journal_by_person').on(t.personId, t.position),
  ],
)

/** Heads of the journal, sealed by a key that the database does not hold: who rewrites the lines cannot rewrite these. */
export const journalSeals = pgTable('journal_seals', {
  /** The line that was the last one, and its hash. */
  position: bigint({ mode: 'number' }).primaryKey(),
  hash: text().notNull(),
  at: timestamp({ withTimezone: true, precision: 3 }).notNull(),
  mac: text().notNull(),
})
