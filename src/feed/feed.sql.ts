import { sql } from '../drizzle.ts'
import { bigint, boolean, check, index, integer, jsonb, pgTable, text, timestamp, uuid } from '../drizzle-pg.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { type EventType, WEBHOOK_STATES } from './event-types.ts'

/**
 * What happened in an organisation, in one order without a gap, as other tools are told of it: ids, classes and days, never
 * who. A line never changes; it goes once it has lasted as long as it is kept, the oldest first.
 */
export const feedEvents = pgTable(
  'feed_events',
  {
    position: bigint({ mode: 'number' }).primaryKey(),
    /** Made of where it comes from: the same thing cannot be told twice. */
    id: text().notNull().unique('feed_event_once'),
    organisationId: uuid()
      .notNull()
      .references(() => organisations.id),
    type: text().$type<EventType>().notNull(),
    /** When it happened, and when it was put here. */
    at: timestamp({ withTimezone: true }).notNull(),
    recordedAt: timestamp({ withTimezone: true }).notNull(),
    body: jsonb().$type<Record<string, unknown>>().notNull(),
  },
  (t) => [
    index('feed_events_by_organisation').on(t.organisationId, t.position),
    check('feed_event_type_form', sql`${t.type} ~ '^[a-z]+\\.[a-z]+$'`),
  ],
)

/** Where the feed is: one row, which outlives the events. */
export const feedHead = pgTable(
  'feed_head',
  {
    only: boolean().primaryKey().default(true),
    /** The last position given. */
    position: bigint({ mode: 'number' }).notNull(),
    /** Everything up to this position was forgotten. */
    forgotten: bigint({ mode: 'number' }).notNull(),
    /** The line of the journal up to which sessions were looked for. */
    journal: bigint({ mode: 'number' }).notNull(),
  },
  (t) => [
    check('feed_head_is_one', sql`${t.only}`),
    check('feed_head_in_order', sql`${t.forgotten} between 0 and ${t.position}`),
  ],
)

/** A tool that an organisation wants told of its events. */
export const webhooks = pgTable(
  'webhooks',
  {
    id: uuid().primaryKey().defaultRandom(),
    organisationId: uuid()
      .notNull()
      .references(() => organisations.id),
    /** Sealed: some tools put a key in their address. */
    url: text().notNull(),
    types: text().array().$type<EventType[]>().notNull(),
    /** Sealed; the one before signs too until its end. */
    secret: text().notNull(),
    previousSecret: text(),
    previousEndsAt: timestamp({ withTimezone: true }),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    state: text({ enum: WEBHOOK_STATES }).notNull().default('active'),
    /** The last event that its receiver took, or that is not for it. */
    position: bigint({ mode: 'number' }).notNull(),
    /** Attempts that failed since the last success, the first of them, and when the next one is due. */
    attempts: integer().notNull().default(0),
    failingSince: timestamp({ withTimezone: true }),
    dueAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    /** The run that sends to it, alone until then. */
    heldBy: uuid(),
    heldUntil: timestamp({ withTimezone: true }),
    /** What was answered last (an HTTP status, or why there was none), and when. */
    lastAnswer: text(),
    lastAt: timestamp({ withTimezone: true }),
  },
  (t) => [
    index('webhooks_by_organisation').on(t.organisationId),
    index('webhooks_active')
      .on(t.dueAt)
      .where(sql`${t.state} = 'active'`),
    check('webhook_state_known', sql`${t.state} in ('active', 'paused', 'ended')`),
    check('webhook_has_types', sql`cardinality(${t.types}) > 0`),
    check('webhook_previous_secret_ends', sql`(${t.previousSecret} is null) = (${t.previousEndsAt} is null)`),
  ],
)
