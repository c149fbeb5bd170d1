import { sql } from '../drizzle.ts'
import { check, index, pgTable, primaryKey, text, timestamp, uniqueIndex, uuid } from '../drizzle-pg.ts'
import { credentials } from '../credentials/credentials.sql.ts'
import { people } from '../people/people.sql.ts'

/**
 * What the authorization server keeps: codes, tokens, grants, sessions of an authorization, registered clients. Secrets
 * are found by their hash and never kept; what stands in `payload` is sealed.
 */
export const oauthStates = pgTable(
  'oauth_states',
  {
    /** `AuthorizationCode`, `AccessToken`, `RefreshToken`, `Grant`, `Client`… */
    model: text().notNull(),
    idHash: text().notNull(),
    /** Sealed JSON. */
    payload: text().notNull(),
    uidHash: text(),
    /** The grant that a code or a token hangs on; a grant is its own. */
    grantHash: text(),
    clientHash: text(),
    /** Who granted access. */
    personId: uuid().references(() => people.id),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    expiresAt: timestamp({ withTimezone: true }).notNull(),
    consumedAt: timestamp({ withTimezone: true }),
  },
  (t) => [
    primaryKey({ name: 'oauth_state_key', columns: [t.model, t.idHash] }),
    index('oauth_states_by_uid').on(t.uidHash),
    index('oauth_states_by_grant').on(t.grantHash),
    index('oauth_states_by_client').on(t.clientHash),
    index('oauth_states_by_person').on(t.personId, t.model),
    index('oauth_states_ended').on(t.expiresAt),
  ],
)

/** What someone lets other hosts read of her or him, beside badges. */
export const walletProfiles = pgTable('wallet_profiles', {
  personId: uuid()
    .primaryKey()
    .references(() => people.id),
  /** The identifier that hosts are given: nothing else says it. */
  profileId: uuid().notNull().unique('wallet_profile_id_unique').defaultRandom(),
  /** Sealed JSON `ShownProfile`; null until something is said. */
  content: text(),
  updatedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
})

/** Another host of badges that this service registered with, once for everyone. */
export const badgeHosts = pgTable('badge_hosts', {
  id: uuid().primaryKey().defaultRandom(),
  /** The base of its API, as its discovery document was found. */
  address: text().notNull().unique('badge_host_once'),
  name: text().notNull(),
  /** Sealed JSON: its endpoints, and the client that it gave us. */
  registration: text().notNull(),
  createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
})

/** Someone's link with another host: asked for, then open. */
export const hostLinks = pgTable(
  'host_links',
  {
    id: uuid().primaryKey().defaultRandom(),
    personId: uuid()
      .notNull()
      .references(() => people.id),
    hostId: uuid()
      .notNull()
      .references(() => badgeHosts.id),
    /** While asked for: the hash of `state`, and the sealed verifier (RFC 7636), until that time. */
    stateHash: text().unique('host_link_state_unique'),
    verifier: text(),
    askedUntil: timestamp({ withTimezone: true }),
    /** Once open: sealed JSON of the tokens. */
    tokens: text(),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('host_link_once').on(t.personId, t.hostId),
    index('host_links_by_host').on(t.hostId),
    check('host_link_asked_whole', sql`num_nonnulls(${t.stateHash}, ${t.verifier}, ${t.askedUntil}) in (0, 3)`),
    check('host_link_asked_or_open', sql`num_nonnulls(${t.stateHash}, ${t.tokens}) > 0`),
  ],
)

/** What came of the last sending of a badge to another host. */
export const hostDeliveries = pgTable(
  'host_deliveries',
  {
    linkId: uuid()
      .notNull()
      .references(() => hostLinks.id, { onDelete: 'cascade' }),
    credentialId: uuid()
      .notNull()
      .references(() => credentials.id),
    outcome: text().$type<'accepted' | 'refused' | 'unreachable' | 'closed'>().notNull(),
    /** What the host said, sealed: its words may name someone. */
    said: text(),
    at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ name: 'host_delivery_key', columns: [t.linkId, t.credentialId] }),
    index('host_deliveries_by_credential').on(t.credentialId),
    check('host_delivery_outcome_known', sql`${t.outcome} in ('accepted', 'refused', 'unreachable', 'closed')`),
  ],
)
