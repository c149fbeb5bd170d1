import { sql } from '../drizzle.ts'
import { check, index, pgTable, text, timestamp, uuid } from '../drizzle-pg.ts'
import { organisations } from '../organisations/organisations.sql.ts'

/** A machine that an organisation lets act for it: a training software, a script. Revoked, never removed. */
export const apiClients = pgTable(
  'api_clients',
  {
    /** Text, so that the subject of any token can be compared with it. */
    id: text().primaryKey(),
    organisationId: uuid()
      .notNull()
      .references(() => organisations.id),
    name: text().notNull(),
    scopes: text().array().notNull(),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    revokedAt: timestamp({ withTimezone: true }),
  },
  (t) => [
    index('api_clients_by_organisation').on(t.organisationId),
    check(
      'client_scopes_known',
      sql`${t.scopes} <@ array['sessions', 'completions', 'credentials', 'credentials:write', 'events'] and cardinality(${t.scopes}) > 0`,
    ),
  ],
)

/** What proves a client; only its hash is kept. The one without an end is the current one. */
export const apiSecrets = pgTable(
  'api_secrets',
  {
    hash: text().primaryKey(),
    clientId: text()
      .notNull()
      .references(() => apiClients.id),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    expiresAt: timestamp({ withTimezone: true }),
  },
  (t) => [index('api_secrets_by_client').on(t.clientId)],
)
