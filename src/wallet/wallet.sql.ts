import { sql } from '../drizzle.ts'
import { check, date, index, jsonb, pgTable, text, timestamp, uniqueIndex, uuid } from '../drizzle-pg.ts'
import type { Dialect, Verification } from '../credentials/verify.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { people } from '../people/people.sql.ts'
import type { CompetenceRef } from '../referential/schema.ts'
import type { Source } from './schema.ts'

type Verdict = Verification['verdict']

/** A class of badges of elsewhere that holders asked to be recognised; in clear, as they agreed when they asked. */
export const equivalenceRequests = pgTable(
  'equivalence_requests',
  {
    id: uuid().primaryKey().defaultRandom(),
    /** The identifier of the issuer, which the proof proves, and that of the achievement; the digest of both (`classKey`). */
    issuer: text().notNull(),
    achievement: text().notNull(),
    class: text().notNull(),
    name: text().notNull(),
    description: text().notNull(),
    criteria: text(),
    askedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    /** Closed without being recognised; asked again, it is open again. */
    refusedAt: timestamp({ withTimezone: true }),
    refusedBy: uuid().references(() => organisations.id),
    refusedReason: text(),
  },
  (t) => [
    uniqueIndex('equivalence_request_once').on(t.class),
    index('equivalence_requests_by_day').on(t.askedAt, t.id),
    index('equivalence_requests_by_organisation').on(t.refusedBy),
    check(
      'equivalence_request_refused_whole',
      sql`num_nonnulls(${t.refusedAt}, ${t.refusedBy}, ${t.refusedReason}) in (0, 3)`,
    ),
  ],
)

/** A badge of elsewhere that a person keeps here. Withdrawn or erased, the row is gone. */
export const importedBadges = pgTable(
  'imported_badges',
  {
    id: uuid().primaryKey().defaultRandom(),
    personId: uuid()
      .notNull()
      .references(() => people.id),
    /** Keyed fingerprints: of the text, and, once proven, of its issuer and its id (OB 3.0, API: two are then the same). */
    textKey: text().notNull(),
    identityKey: text(),
    /** Sealed JSON `{ given, badge, checks }`: what was given, what was proven of it, and how the last check went. */
    content: text().notNull(),
    /** Sealed JSON `About`: the little that a list shows. */
    about: text().notNull(),
    source: text().$type<Source>().notNull(),
    /** Which standard it speaks and what its authenticity rests on; null while nothing is proven. */
    version: text().$type<Dialect['version']>(),
    proof: text().$type<Dialect['proof']>(),
    validFrom: timestamp({ withTimezone: true }),
    validUntil: timestamp({ withTimezone: true }),
    importedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    importedVerdict: text().$type<Verdict>().notNull(),
    /** The last check: its verdict, the code that it rests on (null when valid), its time. */
    verdict: text().$type<Verdict>().notNull(),
    code: text(),
    checkedAt: timestamp({ withTimezone: true }).notNull(),
    /** When it was last asked about and nobody answered; null once a check concludes. */
    unansweredAt: timestamp({ withTimezone: true }),
    /** Set when its holder asked that it be recognised. */
    requestId: uuid().references(() => equivalenceRequests.id),
  },
  (t) => [
    index('imported_badges_by_person').on(t.personId, t.importedAt, t.id),
    index('imported_badges_by_request').on(t.requestId),
    index('imported_badges_by_check')
      .on(t.checkedAt)
      .where(sql`${t.unansweredAt} is null`),
    index('imported_badges_unanswered')
      .on(t.unansweredAt)
      .where(sql`${t.unansweredAt} is not null`),
    uniqueIndex('imported_badge_text_once').on(t.personId, t.textKey),
    uniqueIndex('imported_badge_once').on(t.personId, t.identityKey),
    check('imported_badge_source_known', sql`${t.source} in ('file', 'link', 'api')`),
    check('imported_badge_verdict_known', sql`${t.verdict} in ('valid', 'indeterminate', 'invalid')`),
    check('imported_badge_never_invalid_at_first', sql`${t.importedVerdict} in ('valid', 'indeterminate')`),
    check('imported_badge_reason', sql`(${t.code} is null) = (${t.verdict} = 'valid')`),
    check(
      'imported_badge_proven_whole',
      sql`num_nonnulls(${t.identityKey}, ${t.version}, ${t.proof}, ${t.validFrom}) in (0, 4)`,
    ),
    check('imported_badge_valid_is_proven', sql`${t.verdict} <> 'valid' or ${t.identityKey} is not null`),
    check('imported_badge_asked_is_proven', sql`${t.requestId} is null or ${t.identityKey} is not null`),
  ],
)

/** What a class of badges of elsewhere is worth here, said by an organisation that answers for it. */
export const equivalences = pgTable(
  'equivalences',
  {
    id: uuid().primaryKey().defaultRandom(),
    organisationId: uuid()
      .notNull()
      .references(() => organisations.id),
    issuer: text().notNull(),
    achievement: text().notNull(),
    class: text().notNull(),
    name: text().notNull(),
    competences: jsonb().$type<CompetenceRef[]>().notNull(),
    reason: text().notNull(),
    /** The days on which it counts, both included; null: until it is ended. */
    startsOn: date({ mode: 'string' }).notNull(),
    endsOn: date({ mode: 'string' }),
    author: text().notNull(),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    endedAt: timestamp({ withTimezone: true }),
    endedReason: text(),
  },
  (t) => [
    uniqueIndex('equivalence_once')
      .on(t.organisationId, t.class)
      .where(sql`${t.endedAt} is null`),
    index('equivalences_by_class').on(t.class),
    index('equivalences_by_day').on(t.createdAt, t.id),
    check('equivalence_dates_in_order', sql`${t.endsOn} is null or ${t.endsOn} >= ${t.startsOn}`),
    check('equivalence_to_something', sql`jsonb_array_length(${t.competences}) between 1 and 20`),
    check('equivalence_ended_for_a_reason', sql`(${t.endedAt} is null) = (${t.endedReason} is null)`),
  ],
)
