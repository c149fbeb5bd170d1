import { index, pgTable, text, timestamp, unique, uniqueIndex, uuid } from '../drizzle-pg.ts'
import { sessions } from './training.sql.ts'

/** The link, and its QR code, by which learners ask for a place in a session themselves. One a session. */
export const enrolmentLinks = pgTable(
  'enrolment_links',
  {
    sessionId: uuid()
      .primaryKey()
      .references(() => sessions.id),
    secretHash: text().notNull(),
    /** Sealed: the trainer shows it again on the day. */
    secret: text().notNull(),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    closedAt: timestamp({ withTimezone: true }),
  },
  (t) => [uniqueIndex('enrolment_link_secret_unique').on(t.secretHash)],
)

/** What someone typed on that page, until the trainer confirms or refuses it, which removes it: nobody is remembered before. */
export const enrolmentAsks = pgTable(
  'enrolment_asks',
  {
    id: uuid().primaryKey().defaultRandom(),
    sessionId: uuid()
      .notNull()
      .references(() => sessions.id),
    /** Keyed fingerprint of the address: asked twice, it is one ask. */
    emailFingerprint: text().notNull(),
    /** Sealed identity as typed. */
    identity: text().notNull(),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [
    unique('enrolment_ask_once').on(t.sessionId, t.emailFingerprint),
    index('enrolment_asks_by_email').on(t.emailFingerprint),
  ],
)
