import { sql } from '../drizzle.ts'
import {
  bigserial,
  check,
  date,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from '../drizzle-pg.ts'
import { awards } from '../credentials/awards.sql.ts'
import { credentials } from '../credentials/credentials.sql.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { people } from '../people/people.sql.ts'
import { certifications } from '../referential/referential.sql.ts'
import { type Kind, METHODS, OUTCOMES } from './kinds.ts'

/** What someone declares to hold from elsewhere. Withdrawn, nothing is left of what was said. */
export const proofs = pgTable(
  'proofs',
  {
    id: uuid().primaryKey().defaultRandom(),
    personId: uuid()
      .notNull()
      .references(() => people.id),
    kind: text().$type<Kind>().notNull(),
    /** One that this service knows, and the block of it; else its title is in the content. */
    certificationSlug: text().references(() => certifications.slug),
    blockRef: text(),
    /** Null when the day is not known. */
    obtainedOn: date({ mode: 'string' }),
    level: integer(),
    /** Sealed JSON `{ title, issuedBy, details, evidenceUrl }`; null once withdrawn or erased. */
    content: text(),
    /** SHA-256 of the badge of elsewhere that it comes from, so that the same is kept once. */
    badgeDigest: text(),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    withdrawnAt: timestamp({ withTimezone: true }),
  },
  (t) => [
    index('proofs_by_person').on(t.personId, t.createdAt, t.id),
    uniqueIndex('proof_badge_once')
      .on(t.personId, t.badgeDigest)
      .where(sql`${t.withdrawnAt} is null`),
    check('proof_kind_known', sql`${t.kind} in ('certification', 'bloc', 'diplome', 'vae', 'pairs', 'poste')`),
    // A block is one of a certification that is named; nothing else names a block.
    check(
      'proof_block_of_a_certification',
      sql`(${t.blockRef} is not null) = (${t.kind} = 'bloc' and ${t.certificationSlug} is not null)`,
    ),
    check(
      'proof_learnt_is_no_certification',
      sql`${t.kind} not in ('pairs', 'poste') or ${t.certificationSlug} is null`,
    ),
    check('proof_badge_names_no_certification', sql`${t.badgeDigest} is null or ${t.certificationSlug} is null`),
    check('proof_level_known', sql`${t.level} between 1 and 8`),
    check('proof_said_or_withdrawn', sql`(${t.content} is null) = (${t.withdrawnAt} is not null)`),
  ],
)

/** Each time that someone looked at a proof: rows are only added, and the newest tells. */
export const proofChecks = pgTable(
  'proof_checks',
  {
    id: bigserial({ mode: 'number' }).primaryKey(),
    proofId: uuid()
      .notNull()
      .references(() => proofs.id),
    how: text({ enum: METHODS }).notNull(),
    outcome: text({ enum: OUTCOMES }).notNull(),
    /** Who answers for it; null for a badge, which the service verifies. */
    organisationId: uuid().references(() => organisations.id),
    author: text().notNull(),
    checkedOn: date({ mode: 'string' }).notNull(),
    /** Sealed JSON `{ reference, reason }`: what was seen, and why it was refused; null once withdrawn or erased. */
    seen: text(),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [
    index('proof_checks_by_proof').on(t.proofId, t.id),
    index('proof_checks_by_organisation').on(t.organisationId),
    check('proof_check_how_known', sql`${t.how} in ('document', 'registre', 'badge')`),
    check('proof_check_outcome_known', sql`${t.outcome} in ('confirmed', 'refused')`),
    check('proof_check_says_who', sql`(${t.organisationId} is null) = (${t.how} = 'badge')`),
  ],
)

/** What a milestone was given for: the badges, and the proofs, that made it together. */
export const milestoneParts = pgTable(
  'milestone_parts',
  {
    awardId: uuid()
      .notNull()
      .references(() => awards.id),
    /** The subject that it fills: `module:<slug>`, `block:<certification>/<ref>`. */
    subject: text().notNull(),
    credentialId: uuid().references(() => credentials.id),
    proofId: uuid().references(() => proofs.id),
  },
  (t) => [
    primaryKey({ name: 'milestone_part_once', columns: [t.awardId, t.subject] }),
    check('milestone_part_is_one_thing', sql`num_nonnulls(${t.credentialId}, ${t.proofId}) = 1`),
    index('milestone_parts_by_credential').on(t.credentialId),
    index('milestone_parts_by_proof').on(t.proofId),
  ],
)
