import { index, integer, pgTable, primaryKey, text, timestamp } from '../drizzle-pg.ts'

/** Answers already given to writes that carried an Idempotency-Key, kept one day. */
export const idempotentAnswers = pgTable(
  'idempotent_answers',
  {
    /** Who asked (subject of the token): keys of two callers never meet. */
    caller: text().notNull(),
    key: text().notNull(),
    request: text().notNull(),
    status: integer(),
    /** Sealed. */
    body: text(),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.caller, t.key] }), index('idempotent_answers_by_age').on(t.createdAt)],
)
