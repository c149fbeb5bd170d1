import { sql } from '../drizzle.ts'
import { check, integer, pgTable, primaryKey, timestamp, uuid } from '../drizzle-pg.ts'
import { credentials } from './credentials.sql.ts'

/** What was decided of each reminder that a badge ends: posted, or passed over because a nearer one was. Each once for ever. */
export const expiryReminders = pgTable(
  'expiry_reminders',
  {
    credentialId: uuid()
      .notNull()
      .references(() => credentials.id),
    /** How many days before the end. */
    days: integer().notNull(),
    postedAt: timestamp({ withTimezone: true }),
    skippedAt: timestamp({ withTimezone: true }),
  },
  (t) => [
    primaryKey({ name: 'expiry_reminder_once', columns: [t.credentialId, t.days] }),
    check('expiry_reminder_days_known', sql`${t.days} in (60, 30, 7)`),
    check('expiry_reminder_posted_or_skipped', sql`num_nonnulls(${t.postedAt}, ${t.skippedAt}) = 1`),
  ],
)
