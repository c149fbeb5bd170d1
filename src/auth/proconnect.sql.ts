import { index, pgTable, primaryKey, text, timestamp, uuid } from '../drizzle-pg.ts'
import { people } from '../people/people.sql.ts'

/** Whom an identity provider knows under which subject: the person stays the same when their e-mail changes there. */
export const proconnectAccounts = pgTable(
  'proconnect_accounts',
  {
    issuer: text().notNull(),
    sub: text().notNull(),
    personId: uuid()
      .notNull()
      .references(() => people.id),
    /** The employer, as the provider last said it. */
    siret: text().notNull(),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    lastSeen: timestamp({ withTimezone: true }).notNull(),
  },
  (t) => [
    primaryKey({ name: 'proconnect_account_once', columns: [t.issuer, t.sub] }),
    index('proconnect_accounts_by_person').on(t.personId),
  ],
)
