import { sql } from '../drizzle.ts'
import { bigserial, boolean, check, date, index, pgTable, text, timestamp, unique, uuid } from '../drizzle-pg.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { people } from '../people/people.sql.ts'
import { CONTRACT_TYPES, TYPOLOGIES } from './contract-terms.ts'
import { LABELS, PARCOURS } from './initial-training.ts'

/** A contract of a conseillère or a conseiller with an employer; the same person may have several. */
export const conseillerContracts = pgTable(
  'conseiller_contracts',
  {
    id: uuid().primaryKey().defaultRandom(),
    /** The employer. */
    organisationId: uuid()
      .notNull()
      .references(() => organisations.id),
    personId: uuid()
      .notNull()
      .references(() => people.id),
    /** Sealed identity as the employer declared it: what the employer is shown again. Null once erased. */
    identity: text(),
    type: text({ enum: CONTRACT_TYPES }).notNull(),
    typologie: text({ enum: TYPOLOGIES }).notNull(),
    /** Null when that was not said. */
    signedOn: date({ mode: 'string' }),
    startsOn: date({ mode: 'string' }).notNull(),
    /** Its term as signed. */
    endsOn: date({ mode: 'string' }),
    /** When it ended before its term, and why (sealed). */
    endedOn: date({ mode: 'string' }),
    endedReason: text(),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [
    unique('contract_once').on(t.organisationId, t.personId, t.startsOn),
    check('contract_type_known', sql`${t.type} in ('CDD', 'CDI', 'CDP', 'PEC')`),
    check('contract_typologie_known', sql`${t.typologie} in ('conum', 'coordo', 'dns')`),
    check('contract_days_in_order', sql`${t.startsOn} <= ${t.endsOn}`),
    check('contract_cdi_has_no_term', sql`${t.type} <> 'CDI' or ${t.endsOn} is null`),
    check('contract_ended_once_started', sql`${t.startsOn} <= ${t.endedOn}`),
    check('contract_ended_by_its_term', sql`${t.endedOn} <= ${t.endsOn}`),
    check('contract_ended_says_why', sql`${t.endedReason} is null or ${t.endedOn} is not null`),
    index('conseiller_contracts_by_organisation').on(t.organisationId, t.id),
    index('conseiller_contracts_by_person').on(t.personId),
  ],
)

/** What an employer committed to in training, at the signature of a contract; a newer one amends the former, which is kept. */
export const trainingCommitments = pgTable(
  'training_commitments',
  {
    id: bigserial({ mode: 'number' }).primaryKey(),
    contractId: uuid()
      .notNull()
      .references(() => conseillerContracts.id),
    /** The day of the interview. */
    agreedOn: date({ mode: 'string' }).notNull(),
    /** Sealed: the modules or the hours, in plain words. Null once erased. */
    content: text(),
    /** Sealed: what finds the document in the grant’s file. */
    documentReference: text(),
    recordedBy: text().notNull(),
    recordedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [index('training_commitments_by_contract').on(t.contractId, t.id)],
)

/** The initial training that someone entered, as the dispositif records it; sent again, a row is corrected. */
export const initialTrainings = pgTable(
  'initial_trainings',
  {
    id: uuid().primaryKey().defaultRandom(),
    /** The training organisation. */
    organisationId: uuid()
      .notNull()
      .references(() => organisations.id),
    personId: uuid()
      .notNull()
      .references(() => people.id),
    /** Sealed identity as declared. Null once erased. */
    identity: text(),
    label: text({ enum: LABELS }),
    parcours: text({ enum: PARCOURS }),
    lot: text(),
    marcheFormation: text(),
    lieu: text(),
    startsOn: date({ mode: 'string' }).notNull(),
    endsOn: date({ mode: 'string' }),
    pix: boolean(),
    remn: boolean(),
    /** Sealed: free text may name someone. */
    observations: text(),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [
    unique('initial_training_once').on(t.organisationId, t.personId, t.startsOn),
    check('initial_training_label_known', sql`${t.label} in ('CCP1', 'CCP2', 'CCP2 & CCP3')`),
    check(
      'initial_training_parcours_known',
      sql`${t.parcours} in ('70h', '105h', '175h', '280h', '315h', '350h', '420h')`,
    ),
    check('initial_training_days_in_order', sql`${t.startsOn} <= ${t.endsOn}`),
    index('initial_trainings_by_organisation').on(t.organisationId, t.id),
    index('initial_trainings_by_person').on(t.personId),
  ],
)
