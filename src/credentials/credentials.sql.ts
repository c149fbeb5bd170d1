import { and, eq, isNull, type SQL, sql } from '../drizzle.ts'
import {
  type AnyPgColumn,
  bigserial,
  boolean,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from '../drizzle-pg.ts'
import { achievements } from '../badges/badges.sql.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { people } from '../people/people.sql.ts'
import { completions } from '../training/training.sql.ts'
import { awards } from './awards.sql.ts'

/** Signing keys of an organisation; a retired one still verifies what it signed. */
export const issuerKeys = pgTable(
  'issuer_keys',
  {
    publicKeyMultibase: text().primaryKey(),
    organisationId: uuid()
      .notNull()
      .references(() => organisations.id),
    sealedSecretKey: text().notNull(),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    retiredAt: timestamp({ withTimezone: true }),
  },
  (t) => [
    uniqueIndex('issuer_key_one_active')
      .on(t.organisationId)
      .where(sql`${t.retiredAt} is null`),
    index('issuer_keys_by_organisation').on(t.organisationId),
  ],
)

/** Keys that an organisation signs tokens with (JWT, JWS), one in use for each algorithm; a retired one still verifies. */
export const issuerJwks = pgTable(
  'issuer_jwks',
  {
    /** The thumbprint of the public key (RFC 7638): the end of its address. */
    kid: text().primaryKey(),
    organisationId: uuid()
      .notNull()
      .references(() => organisations.id),
    alg: text({ enum: ['RS256', 'ES256'] }).notNull(),
    publicJwk: jsonb().$type<Record<string, unknown>>().notNull(),
    sealedPrivateJwk: text().notNull(),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    retiredAt: timestamp({ withTimezone: true }),
  },
  (t) => [
    uniqueIndex('issuer_jwk_one_active')
      .on(t.organisationId, t.alg)
      .where(sql`${t.retiredAt} is null`),
    index('issuer_jwks_by_organisation').on(t.organisationId),
    check('issuer_jwk_alg_known', sql`${t.alg} in ('RS256', 'ES256')`),
    check('issuer_jwk_tells_no_secret', sql`not ${t.publicJwk} ?| array['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']`),
  ],
)

/** A numbered list of an issuer: one counter, published once for each purpose (revocation, suspension). */
export const statusLists = pgTable(
  'status_lists',
  {
    id: uuid().primaryKey().defaultRandom(),
    organisationId: uuid()
      .notNull()
      .references(() => organisations.id),
    sequence: integer().notNull(),
    allocated: integer().notNull().default(0),
    /** Sealed: what scatters its indexes. */
    seed: text(),
    /** Grows with each change of one of its credentials: tells when a signed list is out of date. */
    changes: integer().notNull().default(0),
  },
  (t) => [
    unique('status_list_sequence_once').on(t.organisationId, t.sequence),
    check('status_list_not_overfull', sql`${t.allocated} between 0 and 131072`),
  ],
)

/** The signed form of a list, kept until an event changes it or its validity ends. */
export const statusListCredentials = pgTable(
  'status_list_credentials',
  {
    listId: uuid()
      .notNull()
      .references(() => statusLists.id),
    purpose: text({ enum: ['revocation', 'suspension'] }).notNull(),
    document: text().notNull(),
    /** The `changes` of the list that the document tells. */
    changes: integer().notNull(),
    signedAt: timestamp({ withTimezone: true }).notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.listId, t.purpose] }),
    check('status_purpose_known', sql`${t.purpose} in ('revocation', 'suspension')`),
  ],
)

/** The text that badges of a class have in common, kept once: pieces of JSON, and the numbers of the values between. */
export const documentTemplates = pgTable('document_templates', {
  digest: text().primaryKey(),
  parts: jsonb().$type<(string | number)[]>().notNull(),
})

export const credentials = pgTable(
  'credentials',
  {
    id: uuid().primaryKey(),
    /** What it attests: the completion of a session, or else an award. */
    completionId: uuid()
      .unique('credential_once_per_completion')
      .references(() => completions.id),
    awardId: uuid()
      .unique('credential_once_per_award')
      .references(() => awards.id),
    organisationId: uuid()
      .notNull()
      .references(() => organisations.id),
    personId: uuid()
      .notNull()
      .references(() => people.id),
    achievementSlug: text().notNull(),
    achievementVersion: text().notNull(),
    statusListId: uuid()
      .notNull()
      .references(() => statusLists.id),
    statusIndex: integer().notNull(),
    /** The signed credential as served, in one piece: those of version 0.1. */
    document: text(),
    /** Else its template, and the values to put in it. */
    templateDigest: text().references(() => documentTemplates.digest),
    values: text().array().$type<(string | null)[]>(),
    validFrom: timestamp({ withTimezone: true }).notNull(),
    validUntil: timestamp({ withTimezone: true }),
    revokedAt: timestamp({ withTimezone: true }),
    suspendedAt: timestamp({ withTimezone: true }),
    /** When its holder asked that nothing here tells who it is: neither document nor values are left. */
    erasedAt: timestamp({ withTimezone: true }),
  },
  (t) => [
    foreignKey({
      name: 'credential_achievement_exists',
      columns: [t.achievementSlug, t.achievementVersion],
      foreignColumns: [achievements.slug, achievements.version],
    }),
    check('credential_has_one_source', sql`num_nonnulls(${t.completionId}, ${t.awardId}) = 1`),
    unique('credential_status_index_once').on(t.statusListId, t.statusIndex),
    check(
      'credential_has_its_document',
      sql`case when ${t.erasedAt} is null
            then (${t.document} is null) = (${t.templateDigest} is not null) and (${t.document} is null) = (${t.values} is not null)
            else num_nonnulls(${t.document}, ${t.templateDigest}, ${t.values}) = 0 end`,
    ),
    check('credential_status_index_in_list', sql`${t.statusIndex} between 0 and 131071`),
    index('credentials_by_organisation').on(t.organisationId, t.id),
    index('credentials_by_person').on(t.personId),
    index('credentials_by_achievement').on(t.achievementSlug, t.achievementVersion),
    index('credentials_ending').on(t.validUntil, t.id).where(endsInForce(t)),
    index('credentials_ending_by_organisation').on(t.organisationId, t.validUntil, t.id).where(endsInForce(t)),
    index('credentials_revoked')
      .on(t.statusListId)
      .where(sql`${t.revokedAt} is not null`),
    index('credentials_suspended')
      .on(t.statusListId)
      .where(sql`${t.suspendedAt} is not null`),
  ],
)

/** The class of a credential of the statement. */
export const ofClass = and(
  eq(achievements.slug, credentials.achievementSlug),
  eq(achievements.version, credentials.achievementVersion),
)

/** Badges that hold: neither revoked, nor suspended, nor erased. */
export const IN_FORCE = and(
  isNull(credentials.revokedAt),
  isNull(credentials.suspendedAt),
  isNull(credentials.erasedAt),
)

/** What has an end and may still be reminded of it: few among all. */
function endsInForce(t: Record<'validUntil' | 'revokedAt' | 'suspendedAt' | 'erasedAt', AnyPgColumn>): SQL {
  return sql`${t.validUntil} is not null and ${t.revokedAt} is null and ${t.suspendedAt} is null and ${t.erasedAt} is null`
}

/** Every change of a credential's state, with its reason: the answer to «was it valid on that day?». */
export const credentialEvents = pgTable(
  'credential_events',
  {
    id: bigserial({ mode: 'number' }).primaryKey(),
    credentialId: uuid()
      .notNull()
      .references(() => credentials.id),
    kind: text({ enum: ['issued', 'revoked', 'suspended', 'restored'] }).notNull(),
    at: timestamp({ withTimezone: true }).notNull(),
    /** Who decided: the subject of the token, never a name. */
    author: text().notNull(),
    reason: text(),
    /** Whether the statistics count it. */
    counted: boolean().notNull().default(false),
    /** What the statistics told of it besides: a first delivery, a renewal, or neither; null while they told nothing. */
    talliedAs: text({ enum: ['first', 'renewed', 'neither'] }),
    /** Whether the feed tells it. */
    fed: boolean().notNull().default(false),
  },
  (t) => [
    index('credential_events_by_credential').on(t.credentialId, t.id),
    index('credential_events_unfed')
      .on(t.id)
      .where(sql`not ${t.fed}`),
    index('credential_events_uncounted')
      .on(t.id)
      .where(sql`not ${t.counted}`),
    index('credential_events_untallied')
      .on(t.id)
      .where(sql`${t.talliedAs} is null`),
    check('credential_event_kind_known', sql`${t.kind} in ('issued', 'revoked', 'suspended', 'restored')`),
    check('credential_event_tally_known', sql`${t.talliedAs} in ('first', 'renewed', 'neither')`),
    check('credential_event_says_why', sql`${t.kind} = 'issued' or length(${t.reason}) > 0`),
  ],
)
