import { sql } from '../drizzle.ts'
import { check, index, pgTable, text, timestamp, uniqueIndex, uuid } from '../drizzle-pg.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { people } from '../people/people.sql.ts'
import { ROLES } from './tokens.ts'

/** A signed-in browser; the cookie holds the secret whose hash is here. */
export const webSessions = pgTable(
  'web_sessions',
  {
    secretHash: text().primaryKey(),
    personId: uuid()
      .notNull()
      .references(() => people.id),
    /** How the person proved who they are. */
    method: text({ enum: ['lien', 'proconnect'] }).notNull(),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    expiresAt: timestamp({ withTimezone: true }).notNull(),
    endedAt: timestamp({ withTimezone: true }),
  },
  (t) => [
    index('web_sessions_by_person').on(t.personId),
    check('web_session_method_known', sql`${t.method} in ('lien', 'proconnect')`),
  ],
)

/** What a person may do, in which organisation (none for the whole service); ended, never removed. */
export const grants = pgTable(
  'grants',
  {
    id: uuid().primaryKey().defaultRandom(),
    personId: uuid()
      .notNull()
      .references(() => people.id),
    role: text({ enum: ROLES }).notNull(),
    organisationId: uuid().references(() => organisations.id),
    grantedBy: text().notNull(),
    grantedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    endedAt: timestamp({ withTimezone: true }),
  },
  (t) => [
    uniqueIndex('grant_once')
      .on(t.personId, t.role, sql`coalesce(${t.organisationId}, '00000000-0000-0000-0000-000000000000')`)
      .where(sql`${t.endedAt} is null`),
    index('grants_by_organisation').on(t.organisationId),
    check(
      'grant_role_known',
      sql`${t.role} in ('exploitant', 'instructeur', 'administrateur', 'formateur', 'referent', 'employeur', 'comite')`,
    ),
    check(
      'grant_scope_fits_role',
      sql`(${t.role} in ('exploitant', 'instructeur', 'comite')) = (${t.organisationId} is null)`,
    ),
  ],
)

/** Tokens withdrawn before their end. */
export const revokedTokens = pgTable('revoked_tokens', {
  jti: text().primaryKey(),
  revokedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  expiresAt: timestamp({ withTimezone: true }).notNull(),
})
