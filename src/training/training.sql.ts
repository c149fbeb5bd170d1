import { sql } from '../drizzle.ts'
import {
  check,
  date,
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
import { modules } from '../curricula/curricula.sql.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { people } from '../people/people.sql.ts'
import type { Level, RowProblem } from './completion-rows.ts'
import { ATTENDANCES, CAMPAIGN_STATES, ENROLMENT_STATES } from './transitions.ts'

/** A dated occurrence of a module, or (no module) of the assessment of a certification block. */
export const sessions = pgTable(
  'sessions',
  {
    id: uuid().primaryKey().defaultRandom(),
    organisationId: uuid()
      .notNull()
      .references(() => organisations.id),
    moduleSlug: text(),
    moduleVersion: text(),
    /** The badge that its completions earn, in the version of the day it was planned. */
    achievementSlug: text().notNull(),
    achievementVersion: text().notNull(),
    startsOn: date({ mode: 'string' }).notNull(),
    endsOn: date({ mode: 'string' }).notNull(),
    departement: text(),
    place: text(),
    capacity: integer().notNull(),
    modality: text({ enum: ['presentiel', 'distance', 'hybride'] }).notNull(),
    /** How long it lasts; null when that was not said. */
    hours: integer(),
    /** What one person pays, in cents, all taxes included; 0 when it is free, null when that was not published. */
    priceCents: integer(),
    /** When it was called off, and why; no longer possible once someone attended. */
    cancelledAt: timestamp({ withTimezone: true }),
    cancelledReason: text(),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [
    foreignKey({
      name: 'session_achievement_exists',
      columns: [t.achievementSlug, t.achievementVersion],
      foreignColumns: [achievements.slug, achievements.version],
    }),
    foreignKey({
      name: 'session_module_exists',
      columns: [t.moduleSlug, t.moduleVersion],
      foreignColumns: [modules.slug, modules.version],
    }),
    check('session_dates_in_order', sql`${t.startsOn} <= ${t.endsOn}`),
    check('session_modality_known', sql`${t.modality} in ('presentiel', 'distance', 'hybride')`),
    check('session_price_admitted', sql`${t.priceCents} between 0 and 10000000`),
    check('session_hours_positive', sql`${t.hours} between 1 and 2000`),
    // The two lengths that Aidants Connect admits; sessions of before 0.3 did not say.
    check('session_aidants_connect_hours', sql`${t.moduleSlug} <> 'aidants-connect' or ${t.hours} in (7, 14)`),
    check('session_cancelled_says_why', sql`(${t.cancelledAt} is null) = (${t.cancelledReason} is null)`),
    check('session_capacity_positive', sql`${t.capacity} between 1 and 100000`),
    check('session_place_when_present', sql`${t.modality} = 'distance' or ${t.departement} is not null`),
    index('sessions_by_achievement')
      .on(t.achievementSlug, t.startsOn)
      .where(sql`${t.cancelledAt} is null`),
    index('sessions_by_organisation').on(t.organisationId, t.id),
    index('sessions_by_organisation_start').on(t.organisationId, t.startsOn, t.id),
    index('sessions_by_departement')
      .on(t.departement, t.organisationId)
      .where(sql`${t.cancelledAt} is null`),
    index('sessions_by_start')
      .on(t.startsOn, t.id)
      .where(sql`${t.cancelledAt} is null`),
  ],
)

export const enrolments = pgTable(
  'enrolments',
  {
    sessionId: uuid()
      .notNull()
      .references(() => sessions.id),
    personId: uuid()
      .notNull()
      .references(() => people.id),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    state: text({ enum: ENROLMENT_STATES }).notNull().default('registered'),
    /** Seen at the session, or (a webinar) at its replay; null while nobody said. */
    attendance: text({ enum: ATTENDANCES }),
    /** Of those who wait, the lowest takes the place that is freed: an order that no clock disturbs. */
    waitingRank: integer(),
  },
  (t) => [
    check('enrolment_waiting_ranked', sql`(${t.state} = 'waiting') = (${t.waitingRank} is not null)`),
    uniqueIndex('enrolment_rank_once')
      .on(t.sessionId, t.waitingRank)
      .where(sql`${t.waitingRank} is not null`),
    check('enrolment_state_known', sql`${t.state} in ('default', 'waiting', 'cancelled', 'registered')`),
    check('enrolment_attendance_known', sql`${t.attendance} in ('present', 'absent', 'replay')`),
    primaryKey({ name: 'enrolment_once', columns: [t.sessionId, t.personId] }),
    index('enrolments_by_person').on(t.personId),
  ],
)

/** A batch of completions, as received. */
export const campaigns = pgTable(
  'campaigns',
  {
    id: uuid().primaryKey().defaultRandom(),
    sessionId: uuid()
      .notNull()
      .references(() => sessions.id),
    receivedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    /** What the organisation decided of it: a paused one waits, a cancelled one issues nothing more. */
    state: text({ enum: CAMPAIGN_STATES }).notNull().default('open'),
  },
  (t) => [
    index('campaigns_by_session').on(t.sessionId),
    check('campaign_state_known', sql`${t.state} in ('open', 'paused', 'cancelled')`),
  ],
)

/** What a learner showed. A completion without its credential is the order to issue it. */
export const completions = pgTable(
  'completions',
  {
    id: uuid().primaryKey().defaultRandom(),
    sessionId: uuid()
      .notNull()
      .references(() => sessions.id),
    personId: uuid()
      .notNull()
      .references(() => people.id),
    campaignId: uuid()
      .notNull()
      .references(() => campaigns.id),
    /** Sealed identity as the training organisation declared it: what the badge's hashes are made from. Null once erased. */
    identity: text(),
    completedOn: date({ mode: 'string' }).notNull(),
    levels: jsonb().$type<Level[]>().notNull(),
    evidenceUrl: text(),
    narrative: text(),
    /** Keyed fingerprint of the row's content: the same row again is recognised, another one is refused. */
    fingerprint: text(),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [
    unique('completion_once').on(t.sessionId, t.personId),
    check('completion_whole_or_erased', sql`(${t.identity} is null) = (${t.fingerprint} is null)`),
    index('completions_by_campaign').on(t.campaignId, t.id),
    index('completions_by_person').on(t.personId),
  ],
)

/** The outcome of each row of a campaign. */
export const receipts = pgTable(
  'receipts',
  {
    campaignId: uuid()
      .notNull()
      .references(() => campaigns.id),
    line: integer().notNull(),
    outcome: text({ enum: ['pending', 'issued', 'alreadyIssued', 'refused'] }).notNull(),
    completionId: uuid().references(() => completions.id),
    problem: jsonb().$type<RowProblem>(),
  },
  (t) => [
    primaryKey({ columns: [t.campaignId, t.line] }),
    index('receipts_by_completion').on(t.completionId),
    index('receipts_by_outcome').on(t.campaignId, t.outcome),
    index('receipts_pending')
      .on(t.campaignId, t.line)
      .where(sql`${t.outcome} = 'pending'`),
    check('receipt_outcome_known', sql`${t.outcome} in ('pending', 'issued', 'alreadyIssued', 'refused')`),
    check('receipt_refused_says_why', sql`(${t.outcome} = 'refused') = (${t.problem} is not null)`),
    check('receipt_kept_has_completion', sql`(${t.outcome} = 'refused') = (${t.completionId} is null)`),
  ],
)
