import { sql } from '../drizzle.ts'
import { check, index, pgTable, text, timestamp, uuid } from '../drizzle-pg.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { STAFF_ROLES } from './staff-roles.ts'

/** Invitations to join an organisation: a link sent by e-mail, that opens once, to whom it was sent. */
export const invitations = pgTable(
  'invitations',
  {
    id: uuid().primaryKey().defaultRandom(),
    tokenHash: text().notNull().unique('invitation_token_unique'),
    organisationId: uuid()
      .notNull()
      .references(() => organisations.id),
    role: text({ enum: STAFF_ROLES }).notNull(),
    /** Sealed address. */
    email: text().notNull(),
    invitedBy: text().notNull(),
    invitedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    expiresAt: timestamp({ withTimezone: true }).notNull(),
    /** Accepted, or withdrawn: in both cases it opens nothing more. */
    endedAt: timestamp({ withTimezone: true }),
  },
  (t) => [
    index('invitations_by_organisation').on(t.organisationId, t.invitedAt),
    check('invitation_role_known', sql`${t.role} in ('administrateur', 'formateur', 'referent', 'employeur')`),
  ],
)
