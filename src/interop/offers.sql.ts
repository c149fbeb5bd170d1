import { sql } from '../drizzle.ts'
import { check, index, integer, pgTable, text, timestamp, uniqueIndex, uuid } from '../drizzle-pg.ts'
import { credentials } from '../credentials/credentials.sql.ts'
import { people } from '../people/people.sql.ts'

/** The offer of a badge to a wallet (OpenID4VCI 1.0 §4), which its holder made; good for a few minutes and once. */
export const credentialOffers = pgTable(
  'credential_offers',
  {
    id: uuid().primaryKey().defaultRandom(),
    personId: uuid()
      .notNull()
      .references(() => people.id),
    credentialId: uuid()
      .notNull()
      .references(() => credentials.id),
    /** What the wallet does with it: gives the code that the offer holds, or has its holder sign in and agree. */
    flow: text({ enum: ['pre-authorized_code', 'authorization_code'] }).notNull(),
    /** Hash of what the address of the offer ends with. */
    secretHash: text().notNull(),
    /** Hash of the pre-authorised code, or of the `issuer_state`. */
    codeHash: text().notNull(),
    /** Keyed fingerprint of the transaction code, which only the page shows; null when none is asked. */
    txCode: text(),
    /** Transaction codes tried. */
    tries: integer().notNull().default(0),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    expiresAt: timestamp({ withTimezone: true }).notNull(),
    usedAt: timestamp({ withTimezone: true }),
  },
  (t) => [
    uniqueIndex('credential_offer_secret_unique').on(t.secretHash),
    uniqueIndex('credential_offer_code_unique').on(t.codeHash),
    index('credential_offers_by_person').on(t.personId, t.createdAt),
    index('credential_offers_by_credential').on(t.credentialId),
    index('credential_offers_by_end').on(t.expiresAt),
    check('credential_offer_flow_known', sql`${t.flow} in ('pre-authorized_code', 'authorization_code')`),
    check('credential_offer_ends', sql`${t.expiresAt} > ${t.createdAt}`),
    check('credential_offer_tries_bounded', sql`${t.tries} between 0 and 5`),
    check('credential_offer_tx_code_has_use', sql`${t.txCode} is null or ${t.flow} = 'pre-authorized_code'`),
  ],
)

/** A badge that was put in a wallet, bound to a key of it; its holder reads where and when. */
export const walletDeposits = pgTable(
  'wallet_deposits',
  {
    /** The `notification_id` of the answer (OpenID4VCI 1.0 §11). */
    id: uuid().primaryKey().defaultRandom(),
    personId: uuid()
      .notNull()
      .references(() => people.id),
    credentialId: uuid()
      .notNull()
      .references(() => credentials.id),
    format: text({ enum: ['ldp_vc', 'jwt_vc_json'] }).notNull(),
    /** What the wallet calls itself; null for one that said nothing of itself. */
    wallet: text(),
    depositedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    /** What the wallet told of it afterwards. */
    event: text({ enum: ['credential_accepted', 'credential_failure', 'credential_deleted'] }),
    notifiedAt: timestamp({ withTimezone: true }),
  },
  (t) => [
    index('wallet_deposits_by_person').on(t.personId, t.depositedAt),
    index('wallet_deposits_by_credential').on(t.credentialId),
    check('wallet_deposit_format_known', sql`${t.format} in ('ldp_vc', 'jwt_vc_json')`),
    check(
      'wallet_deposit_event_known',
      sql`${t.event} in ('credential_accepted', 'credential_failure', 'credential_deleted')`,
    ),
    check('wallet_deposit_event_dated', sql`(${t.event} is null) = (${t.notifiedAt} is null)`),
    check('wallet_deposit_name_bounded', sql`length(${t.wallet}) <= 200`),
  ],
)

/** Nonces that a proof already used; a nonce says itself until when it is good, so those not used are kept nowhere. */
export const usedNonces = pgTable(
  'used_nonces',
  {
    hash: text().primaryKey(),
    expiresAt: timestamp({ withTimezone: true }).notNull(),
  },
  (t) => [index('used_nonces_by_end').on(t.expiresAt)],
)
