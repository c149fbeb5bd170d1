import { sql } from '../drizzle.ts'
import { bigserial, boolean, check, date, index, pgTable, text, timestamp, uuid } from '../drizzle-pg.ts'
import { awards } from '../credentials/awards.sql.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { people } from '../people/people.sql.ts'
import { habilitationRequests } from './requests.sql.ts'
import { keysOf, LAPSES } from './statuses.ts'

/** A structure whose aidantes and aidants may be habilitated. */
export const structures = pgTable('structures', {
  organisationId: uuid()
    .primaryKey()
    .references(() => organisations.id),
  createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  closedAt: timestamp({ withTimezone: true }),
  /** Null when it was never closed. */
  reopenedAt: timestamp({ withTimezone: true }),
})

/** The mandate of one person in one structure; its badge is the credential of its award. */
export const habilitations = pgTable(
  'habilitations',
  {
    id: uuid().primaryKey().defaultRandom(),
    requestId: uuid()
      .notNull()
      .unique('habilitation_once')
      .references(() => habilitationRequests.id),
    personId: uuid()
      .notNull()
      .references(() => people.id),
    organisationId: uuid()
      .notNull()
      .references(() => organisations.id),
    grantedAt: timestamp({ withTimezone: true }).notNull(),
    /** Null while whoever signs habilitations is not known here. */
    awardId: uuid()
      .unique('habilitation_award_once')
      .references(() => awards.id),
    /** What suspends it at present: the sum of its events. */
    lapses: text({ enum: keysOf(LAPSES) })
      .array()
      .notNull()
      .default([]),
    /** Withdrawn for good. */
    endedAt: timestamp({ withTimezone: true }),
    /** The last day this person was seen on Aidants Connect, and when she or he was warned of the coming suspension. */
    lastSeenOn: date({ mode: 'string' }),
    warnedAt: timestamp({ withTimezone: true }),
  },
  (t) => [
    index('habilitations_by_person').on(t.personId),
    index('habilitations_by_organisation').on(t.organisationId, t.id),
    index('habilitations_unsigned')
      .on(t.id)
      .where(sql`${t.awardId} is null and ${t.endedAt} is null`),
    index('habilitations_last_seen')
      .on(t.lastSeenOn)
      .where(sql`${t.endedAt} is null`),
    index('habilitations_inactive')
      .on(t.id)
      .where(sql`${t.endedAt} is null and (${t.warnedAt} is not null or ${t.lapses} @> array['inactivity'])`),
    index('habilitations_active')
      .on(t.organisationId, t.personId)
      .where(sql`${t.endedAt} is null and ${t.lapses} = '{}'`),
    check('habilitation_lapses_known', sql`${t.lapses} <@ array['structure', 'inactivity', 'referent']`),
  ],
)

/** Every change of a habilitation: the answer to «was it valid on 12 March?». Their dates never go back. */
export const habilitationEvents = pgTable(
  'habilitation_events',
  {
    id: bigserial({ mode: 'number' }).primaryKey(),
    habilitationId: uuid()
      .notNull()
      .references(() => habilitations.id),
    kind: text({ enum: ['granted', 'lapsed', 'restored', 'ended'] }).notNull(),
    /** Of a lapse and of its end. */
    lapse: text({ enum: keysOf(LAPSES) }),
    at: timestamp({ withTimezone: true }).notNull(),
    author: text().notNull(),
    reason: text().notNull(),
    /** Whether the statistics count it. */
    counted: boolean().notNull().default(false),
    /** Whether the feed tells it. */
    fed: boolean().notNull().default(false),
  },
  (t) => [
    index('habilitation_events_by_habilitation').on(t.habilitationId, t.id),
    index('habilitation_events_uncounted')
      .on(t.id)
      .where(sql`not ${t.counted}`),
    index('habilitation_events_unfed')
      .on(t.id)
      .where(sql`not ${t.fed}`),
    check('habilitation_event_kind_known', sql`${t.kind} in ('granted', 'lapsed', 'restored', 'ended')`),
    check('habilitation_event_lapse', sql`(${t.kind} in ('lapsed', 'restored')) = (${t.lapse} is not null)`),
    check('habilitation_event_lapse_known', sql`${t.lapse} in ('structure', 'inactivity', 'referent')`),
    check('habilitation_event_says_why', sql`length(${t.reason}) > 0`),
  ],
)
