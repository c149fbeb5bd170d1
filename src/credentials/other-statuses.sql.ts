import { sql } from '../drizzle.ts'
import { check, index, integer, pgTable, primaryKey, timestamp, uuid } from '../drizzle-pg.ts'
import { statusLists } from './credentials.sql.ts'

/**
 * The state of what an issuer signed besides badges (endorsements, credentials of the VC-API), by its place in a list. It
 * outlives what it is about: a copy in someone's hands stays revoked.
 */
export const statusEntries = pgTable(
  'status_entries',
  {
    listId: uuid()
      .notNull()
      .references(() => statusLists.id),
    index: integer().notNull(),
    revokedAt: timestamp({ withTimezone: true }),
    suspendedAt: timestamp({ withTimezone: true }),
  },
  (t) => [
    primaryKey({ name: 'status_entry_once', columns: [t.listId, t.index] }),
    check('status_entry_in_list', sql`${t.index} between 0 and 131071`),
    index('status_entries_set')
      .on(t.listId)
      .where(sql`${t.revokedAt} is not null or ${t.suspendedAt} is not null`),
  ],
)
