import { sql } from '../drizzle.ts'
import { check, index, integer, pgTable, text, timestamp, uuid } from '../drizzle-pg.ts'

export const MESSAGE_STATES = ['queued', 'sending', 'sent', 'failed', 'uncertain'] as const

/** E-mails to send: the row is the intent. Who receives and what it says are sealed. */
export const messages = pgTable(
  'messages',
  {
    id: uuid().primaryKey().defaultRandom(),
    kind: text().notNull(),
    /** Sealed JSON `{ to, values }`; emptied once there is nothing left to send. */
    content: text(),
    /** Keyed fingerprint of the address: finds what was sent to someone who asks. */
    recipient: text(),
    state: text({ enum: MESSAGE_STATES }).notNull().default('queued'),
    attempts: integer().notNull().default(0),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    /** When a process took it to send it, or is to take it again after a refusal. */
    dueAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    sentAt: timestamp({ withTimezone: true }),
  },
  (t) => [
    index('messages_by_recipient').on(t.recipient),
    index('messages_due')
      .on(t.dueAt)
      .where(sql`${t.state} in ('queued', 'sending')`),
    check('message_state_known', sql`${t.state} in ('queued', 'sending', 'sent', 'failed', 'uncertain')`),
  ],
)
