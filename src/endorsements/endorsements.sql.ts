import { sql } from '../drizzle.ts'
import { check, foreignKey, index, integer, pgTable, text, timestamp, uniqueIndex, uuid } from '../drizzle-pg.ts'
import { achievements } from '../badges/badges.sql.ts'
import { credentials, statusLists } from '../credentials/credentials.sql.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { ENDORSEMENT_STATES } from './transitions.ts'

/**
 * An endorsement, from the day that it is asked for. Of a badge: asked by its holder, who is that of the badge and is not
 * written here. Of a class or of an organisation: asked by that organisation.
 */
export const endorsements = pgTable(
  'endorsements',
  {
    id: uuid().primaryKey().defaultRandom(),
    credentialId: uuid().references(() => credentials.id),
    organisationId: uuid().references(() => organisations.id),
    /** With `organisationId`: the class; without, the organisation itself. */
    achievementSlug: text(),
    achievementVersion: text(),
    state: text({ enum: ENDORSEMENT_STATES }).notNull().default('asked'),
    /** The organisation that it is asked of, or that gave it; null for whoever has the link. */
    endorserId: uuid().references(() => organisations.id),
    /** What the link carries, hashed, and sealed so that it may be copied again. Null once it opens nothing. */
    secretHash: text(),
    secret: text(),
    /** What who asks says to who is asked, sealed; forgotten once answered. */
    note: text(),
    /** The signed endorsement, document or token, sealed: someone may be named there. */
    document: text(),
    /** Its place in the lists of the organisation that gave it; null for those signed elsewhere. */
    statusListId: uuid().references(() => statusLists.id),
    statusIndex: integer(),
    askedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    expiresAt: timestamp({ withTimezone: true }).notNull(),
    givenAt: timestamp({ withTimezone: true }),
    /** When its state last changed. */
    changedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [
    foreignKey({
      name: 'endorsement_achievement_exists',
      columns: [t.achievementSlug, t.achievementVersion],
      foreignColumns: [achievements.slug, achievements.version],
    }),
    uniqueIndex('endorsement_secret_unique').on(t.secretHash),
    index('endorsements_by_credential').on(t.credentialId),
    index('endorsements_by_organisation').on(t.organisationId, t.askedAt),
    index('endorsements_by_endorser').on(t.endorserId, t.askedAt),
    index('endorsements_of_achievement').on(t.achievementSlug, t.achievementVersion),
    check('endorsement_has_one_subject', sql`num_nonnulls(${t.credentialId}, ${t.organisationId}) = 1`),
    check(
      'endorsement_class_is_an_organisation_s',
      sql`num_nulls(${t.achievementSlug}, ${t.achievementVersion}) in (0, 2)
        and (${t.achievementSlug} is null or ${t.organisationId} is not null)`,
    ),
    check(
      'endorsement_state_known',
      sql`${t.state} in ('asked', 'cancelled', 'refused', 'given', 'accepted', 'declined', 'withdrawn')`,
    ),
    check(
      'endorsement_given_is_signed',
      sql`case when ${t.state} in ('given', 'accepted', 'declined') then num_nonnulls(${t.document}, ${t.givenAt}) = 2
            else ${t.document} is null end`,
    ),
    check(
      'endorsement_answered_forgets',
      sql`${t.state} = 'asked' or num_nonnulls(${t.secretHash}, ${t.secret}, ${t.note}) = 0`,
    ),
    check(
      'endorsement_link_or_organisation',
      sql`${t.state} <> 'asked' or num_nonnulls(${t.secret}, ${t.endorserId}) = 1`,
    ),
    check('endorsement_place_whole', sql`num_nulls(${t.statusListId}, ${t.statusIndex}) in (0, 2)`),
    check('endorsement_asked_ends', sql`${t.expiresAt} > ${t.askedAt}`),
  ],
)
