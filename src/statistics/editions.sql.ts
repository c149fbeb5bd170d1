import { sql } from '../drizzle.ts'
import { check, index, integer, jsonb, pgTable, primaryKey, text, timestamp, uniqueIndex, uuid } from '../drizzle-pg.ts'
import { bytea } from '../bytea.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { statisticsEditions } from './statistics.sql.ts'

/** Why an order was refused once it was looked into. */
type OrderRefusal = { code: string; message: string; mend: string }

/**
 * What was asked to be published: the row is the intent. One that stands (not refused) has its name and its months to itself
 * (`order_months_free`, by hand in the migration).
 */
export const statisticsOrders = pgTable(
  'statistics_orders',
  {
    id: uuid().primaryKey().defaultRandom(),
    edition: text().notNull(),
    fromMonth: text().notNull(),
    toMonth: text().notNull(),
    threshold: integer().notNull(),
    /** Who signs. */
    organisationId: uuid()
      .notNull()
      .references(() => organisations.id),
    /** Who decided: the subject of the token, never a name. */
    author: text().notNull(),
    askedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    state: text({ enum: ['preparing', 'published', 'refused'] })
      .notNull()
      .default('preparing'),
    refusal: jsonb().$type<OrderRefusal>(),
    settledAt: timestamp({ withTimezone: true }),
    /** A process is at work on it until then, and says so again while it is. */
    takenUntil: timestamp({ withTimezone: true }),
  },
  (t) => [
    check('order_name_form', sql`${t.edition} ~ '^[a-z0-9][a-z0-9-]{3,39}$'`),
    check(
      'order_months',
      sql`${t.fromMonth} ~ '^[0-9]{4}-(0[1-9]|1[0-2])$' and ${t.toMonth} ~ '^[0-9]{4}-(0[1-9]|1[0-2])$' and ${t.fromMonth} <= ${t.toMonth}`,
    ),
    check('order_threshold', sql`${t.threshold} between 2 and 1000`),
    check('order_state_known', sql`${t.state} in ('preparing', 'published', 'refused')`),
    check('order_settled_when', sql`(${t.state} = 'preparing') = (${t.settledAt} is null)`),
    check('order_refused_why', sql`(${t.state} = 'refused') = (${t.refusal} is not null)`),
    uniqueIndex('order_stands_once')
      .on(t.edition)
      .where(sql`${t.state} <> 'refused'`),
    index('orders_preparing')
      .on(t.askedAt)
      .where(sql`${t.state} = 'preparing'`),
  ],
)

/** The files of an edition, in the order in which they are shown; triggers refuse that one change, or come late. */
export const statisticsFiles = pgTable(
  'statistics_files',
  {
    edition: text()
      .notNull()
      .references(() => statisticsEditions.edition),
    name: text().notNull(),
    position: integer().notNull(),
    title: text().notNull(),
    mediaType: text().notNull(),
    content: bytea().notNull(),
    bytes: integer().notNull(),
    sha256: text().notNull(),
  },
  (t) => [
    primaryKey({ name: 'statistics_file_once', columns: [t.edition, t.name] }),
    check('statistics_file_size', sql`${t.bytes} = octet_length(${t.content})`),
    check('statistics_file_digest', sql`${t.sha256} = encode(sha256(${t.content}), 'hex')`),
  ],
)
