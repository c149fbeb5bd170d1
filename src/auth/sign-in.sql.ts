import { index, pgTable, text, timestamp, uuid } from '../drizzle-pg.ts'

/** Links that open a session once; the message holds the token whose hash is here. */
export const signInLinks = pgTable(
  'sign_in_links',
  {
    id: uuid().primaryKey().defaultRandom(),
    tokenHash: text().notNull().unique('sign_in_link_token_unique'),
    /** Sealed. */
    email: text().notNull(),
    emailFingerprint: text().notNull(),
    /** The local path to go to, sealed: it may be a link that opens something itself. */
    suite: text().notNull(),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    expiresAt: timestamp({ withTimezone: true }).notNull(),
    usedAt: timestamp({ withTimezone: true }),
  },
  (t) => [
    index('sign_in_links_by_email').on(t.emailFingerprint, t.createdAt),
    index('sign_in_links_ended').on(t.expiresAt),
  ],
)
