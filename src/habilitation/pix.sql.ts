import { sql } from '../drizzle.ts'
import { check, date, index, integer, jsonb, pgTable, text, timestamp, unique, uuid } from '../drizzle-pg.ts'
import { people } from '../people/people.sql.ts'
import type { Mark } from './pix-marks.ts'

/** A result of the Pix test, as the platform's export has it: of a person who is asked for, or waiting to be hers or his. */
export const pixResults = pgTable(
  'pix_results',
  {
    /** Version 7: in the order of reception, to the millisecond. */
    id: uuid().primaryKey(),
    /** Whose it is; null while nobody with a request has that address. */
    personId: uuid().references(() => people.id),
    /** Sealed address as typed, and what finds it. Null when the person has that very address: nothing more is to be known. */
    email: text(),
    emailFingerprint: text(),
    sentOn: date({ mode: 'string' }).notNull(),
    /** Of 100. */
    score: integer().notNull(),
    receivedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    /** Who matched it or set it aside by hand, and why; null when it matched by itself. */
    decidedBy: text(),
    decidedReason: text(),
    /** Set aside: it is nobody's here. */
    dismissedAt: timestamp({ withTimezone: true }),
  },
  (t) => [
    unique('pix_result_once').on(t.emailFingerprint, t.sentOn, t.score),
    check('pix_result_score', sql`${t.score} between 0 and 100`),
    check('pix_result_of_someone', sql`num_nonnulls(${t.personId}, ${t.email}) > 0`),
    check('pix_result_email_found', sql`(${t.email} is null) = (${t.emailFingerprint} is null)`),
    check('pix_result_decision_says_why', sql`(${t.decidedBy} is null) = (${t.decidedReason} is null)`),
    check(
      'pix_result_dismissed',
      sql`${t.dismissedAt} is null or (${t.personId} is null and ${t.decidedBy} is not null)`,
    ),
    index('pix_results_by_person').on(t.personId, t.sentOn),
    index('pix_results_unmatched')
      .on(t.id)
      .where(sql`${t.personId} is null and ${t.dismissedAt} is null`),
    index('pix_results_dismissed')
      .on(t.id)
      .where(sql`${t.dismissedAt} is not null`),
  ],
)

/** A Pix certification that someone holds; no part of what an habilitation asks for. */
export const pixCertifications = pgTable(
  'pix_certifications',
  {
    id: uuid().primaryKey().defaultRandom(),
    personId: uuid()
      .notNull()
      .references(() => people.id),
    /** Sealed: with the score, it opens a page of Pix that names the person. */
    verificationCode: text().notNull(),
    codeFingerprint: text().notNull().unique('pix_certification_once'),
    pixScore: integer().notNull(),
    certifiedOn: date({ mode: 'string' }).notNull(),
    marks: jsonb().$type<Mark[]>().notNull(),
    recordedBy: text().notNull(),
    recordedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [
    check('pix_certification_score', sql`${t.pixScore} between 0 and 1024`),
    index('pix_certifications_by_person').on(t.personId),
  ],
)
