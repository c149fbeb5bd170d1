import { sql } from '../drizzle.ts'
import { bigserial, check, date, index, integer, pgTable, primaryKey, text, uuid } from '../drizzle-pg.ts'

/** What is told of badges besides their class, summed by month (of delivery, or of end) and département. No one is in it. */
export const tallies = pgTable(
  'tallies',
  {
    kind: text({ enum: ['renewal', 'delay', 'ending'] }).notNull(),
    month: text().notNull(),
    /** '' where none is known. */
    departement: text().notNull(),
    of: text().notNull(),
    count: integer().notNull(),
  },
  (t) => [
    primaryKey({ name: 'tally_once', columns: [t.kind, t.month, t.departement, t.of] }),
    check('tally_kind_known', sql`${t.kind} in ('renewal', 'delay', 'ending')`),
    check('tally_month_form', sql`${t.month} ~ '^[0-9]{4}-[0-9]{2}$'`),
  ],
)

/**
 * By how much the stocks of a structure moved in a month of Paris; a stock is the sum of all months until then. By structure,
 * since its département may become known later. No foreign key: it would wait for whoever holds the organisation.
 */
export const structureMoves = pgTable(
  'structure_moves',
  {
    state: text({ enum: ['habilites', 'en-cours'] }).notNull(),
    month: text().notNull(),
    organisationId: uuid().notNull(),
    count: integer().notNull(),
  },
  (t) => [
    primaryKey({ name: 'structure_move_once', columns: [t.state, t.month, t.organisationId] }),
    check('structure_move_state_known', sql`${t.state} in ('habilites', 'en-cours')`),
    check('structure_move_month_form', sql`${t.month} ~ '^[0-9]{4}-[0-9]{2}$'`),
  ],
)

/** Each session that is not called off, over or not, with how many held a place and how many showed something. */
export const sessionCounts = pgTable(
  'session_counts',
  {
    /** No foreign key: it would wait for whoever holds the session. */
    sessionId: uuid().primaryKey(),
    endsOn: date({ mode: 'string' }).notNull(),
    /** '' where none is known. */
    departement: text().notNull(),
    modality: text().notNull(),
    /** Null for what is not a session of a module. */
    moduleSlug: text(),
    hours: integer(),
    capacity: integer().notNull(),
    held: integer().notNull(),
    completed: integer().notNull(),
  },
  (t) => [
    index('session_counts_by_end').on(t.endsOn),
    check('session_count_within', sql`${t.completed} between 0 and ${t.held}`),
  ],
)

/** Sessions to count again, each as often as it changed: lines are only added, so that nobody waits for anybody. */
export const sessionsToCount = pgTable('sessions_to_count', {
  id: bigserial({ mode: 'number' }).primaryKey(),
  sessionId: uuid().notNull(),
})

/** Badges that came to another person: whether they renew one is to be judged again. */
export const credentialsToCount = pgTable('credentials_to_count', {
  id: bigserial({ mode: 'number' }).primaryKey(),
  credentialId: uuid().notNull(),
})
