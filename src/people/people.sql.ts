import { sql } from '../drizzle.ts'
import { type AnyPgColumn, check, index, pgTable, text, timestamp, uuid } from '../drizzle-pg.ts'

/**
 * A person, under one of her or his addresses; what identifies is sealed, and found again by the keyed fingerprint of the
 * e-mail. Another address of the same person is a row too, that says of whom: an address is one row whatever happens.
 */
export const people = pgTable(
  'people',
  {
    id: uuid().primaryKey().defaultRandom(),
    /** Null once erased. */
    emailFingerprint: text().unique('person_email_unique'),
    /** Sealed JSON `{ email, givenName, familyName }`; null once erased. */
    identity: text(),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    /** The person whose further address this is; such a row owns nothing. */
    aliasOf: uuid().references((): AnyPgColumn => people.id),
    erasedAt: timestamp({ withTimezone: true }),
  },
  (t) => [
    index('people_by_alias')
      .on(t.aliasOf)
      .where(sql`${t.aliasOf} is not null`),
    check('person_not_alias_of_itself', sql`${t.aliasOf} <> ${t.id}`),
    check(
      'person_known_or_erased',
      sql`(${t.erasedAt} is null) = (${t.identity} is not null) and (${t.erasedAt} is null) = (${t.emailFingerprint} is not null)`,
    ),
  ],
)

/** A link sent to an address that someone signed in wants to add: opens once, for a quarter of an hour. */
export const addressProofs = pgTable(
  'address_proofs',
  {
    tokenHash: text().primaryKey(),
    personId: uuid()
      .notNull()
      .references(() => people.id),
    /** Sealed address. */
    email: text().notNull(),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    expiresAt: timestamp({ withTimezone: true }).notNull(),
    usedAt: timestamp({ withTimezone: true }),
  },
  (t) => [index('address_proofs_by_person').on(t.personId)],
)
