import { sql } from '../drizzle.ts'
import { bigserial, check, index, pgTable, text, timestamp, uniqueIndex, uuid } from '../drizzle-pg.ts'
import { people } from '../people/people.sql.ts'
import { credentials } from './credentials.sql.ts'

/** What a person lets others see. A consent withdrawn stays, with both its dates; nothing is shown without one in force. */
export const displayConsents = pgTable(
  'display_consents',
  {
    id: bigserial({ mode: 'number' }).primaryKey(),
    personId: uuid()
      .notNull()
      .references(() => people.id),
    display: text({ enum: ['name-on-badge'] }).notNull(),
    credentialId: uuid()
      .notNull()
      .references(() => credentials.id),
    givenAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    withdrawnAt: timestamp({ withTimezone: true }),
  },
  (t) => [
    uniqueIndex('consent_in_force_once')
      .on(t.credentialId, t.display)
      .where(sql`${t.withdrawnAt} is null`),
    index('display_consents_by_person').on(t.personId),
    check('consent_display_known', sql`${t.display} in ('name-on-badge')`),
  ],
)

/** The signed document that ties a badge to the addresses its holder has proved; made again when they change. */
export const identityLinks = pgTable('identity_links', {
  credentialId: uuid()
    .primaryKey()
    .references(() => credentials.id),
  /** Which addresses it tells of: a hash of their fingerprints. */
  addresses: text().notNull(),
  document: text().notNull(),
  signedAt: timestamp({ withTimezone: true }).notNull(),
})
