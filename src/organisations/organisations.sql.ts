import { sql } from '../drizzle.ts'
import { bigserial, boolean, check, date, index, pgTable, text, timestamp, uniqueIndex, uuid } from '../drizzle-pg.ts'
import { FACT_KINDS } from './fact-kinds.ts'
import { ORGANISATION_STATES } from './transitions.ts'

export const organisations = pgTable(
  'organisations',
  {
    id: uuid().primaryKey().defaultRandom(),
    slug: text().notNull().unique('organisation_slug_unique'),
    name: text().notNull(),
    siret: text().unique('organisation_siret_unique'),
    nda: text(),
    qualiopi: boolean().notNull().default(false),
    url: text(),
    state: text({ enum: ORGANISATION_STATES }).notNull().default('pending'),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [
    check('organisation_slug_form', sql`${t.slug} ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(${t.slug}) <= 60`),
    check('organisation_siret_form', sql`${t.siret} ~ '^([0-9]{14}|[0-9]{7,10})$'`),
    check('organisation_nda_form', sql`${t.nda} ~ '^[0-9]{11}$'`),
    check('organisation_url_form', sql`${t.url} ~ '^https?://'`),
    check('organisation_state_known', sql`${t.state} in ('known', 'pending', 'approved', 'suspended', 'refused')`),
    // The public list, by name.
    index('organisations_approved_by_name')
      .on(t.name, t.slug)
      .where(sql`${t.state} = 'approved'`),
    index('organisations_not_approved')
      .on(t.state)
      .where(sql`${t.state} <> 'approved'`),
  ],
)

/** Every change of an organisation's state: who decided, when and why. */
export const organisationEvents = pgTable(
  'organisation_events',
  {
    id: bigserial({ mode: 'number' }).primaryKey(),
    organisationId: uuid()
      .notNull()
      .references(() => organisations.id),
    /** Where it leads. */
    state: text({ enum: ORGANISATION_STATES }).notNull(),
    at: timestamp({ withTimezone: true }).notNull().defaultNow(),
    /** Who decided: the subject of the token or of the session, never a name. */
    author: text().notNull(),
    reason: text().notNull(),
  },
  (t) => [
    index('organisation_events_by_organisation').on(t.organisationId, t.id),
    check(
      'organisation_event_state_known',
      sql`${t.state} in ('known', 'pending', 'approved', 'suspended', 'refused')`,
    ),
    check('organisation_event_says_why', sql`length(${t.reason}) > 0`),
  ],
)

/** What was checked of an organisation, where and when; a newer one supersedes the older, which is kept. */
export const organisationFacts = pgTable(
  'organisation_facts',
  {
    id: uuid().primaryKey().defaultRandom(),
    organisationId: uuid()
      .notNull()
      .references(() => organisations.id),
    kind: text({ enum: FACT_KINDS }).notNull(),
    value: text().notNull(),
    /** Where it was read: a register, a document. */
    source: text().notNull(),
    checkedOn: date({ mode: 'string' }).notNull(),
    recordedBy: text().notNull(),
    recordedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    supersededAt: timestamp({ withTimezone: true }),
  },
  (t) => [
    // An organisation certifies several titles, and has one of everything else.
    uniqueIndex('organisation_fact_one_current')
      .on(t.organisationId, t.kind, sql`(case when ${t.kind} = 'certificateur' then ${t.value} else '' end)`)
      .where(sql`${t.supersededAt} is null`),
    check('organisation_fact_kind_known', sql`${t.kind} in ('siret', 'nda', 'qualiopi', 'certificateur')`),
    check(
      'organisation_fact_form',
      sql`case ${t.kind} when 'siret' then ${t.value} ~ '^([0-9]{14}|[0-9]{7,10})$' when 'nda' then ${t.value} ~ '^[0-9]{11}$'
          when 'qualiopi' then ${t.value} in ('oui', 'non') else ${t.value} ~ '^(RNCP|RS)[0-9]{1,6}$' end`,
    ),
    check('organisation_fact_has_source', sql`length(${t.source}) > 0`),
  ],
)
