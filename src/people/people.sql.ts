import { pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'

/** A person; what identifies her or him is sealed, and found again by the keyed fingerprint of the e-mail. */
export const people = pgTable('people', {
  id: uuid().primaryKey().defaultRandom(),
  emailFingerprint: text().notNull().unique('person_email_unique'),
  /** Sealed JSON `{ email, givenName, familyName }`. */
  identity: text().notNull(),
  createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
})
