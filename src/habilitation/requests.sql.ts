import { sql } from '../drizzle.ts'
import {
  bigserial,
  boolean,
  check,
  date,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uuid,
} from '../drizzle-pg.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { people } from '../people/people.sql.ts'
import { completions } from '../training/training.sql.ts'
import {
  CONNEXION_MODES,
  COURSE_TYPES,
  HABILITATION_REQUEST_STATUSES,
  keysOf,
  ORGANISATION_REQUEST_STATUSES,
  ORIGINS,
  STANDINGS,
} from './statuses.ts'

/** A structure that asks for its aidantes and aidants to be habilitated. */
export const organisationRequests = pgTable(
  'organisation_requests',
  {
    id: uuid().primaryKey().defaultRandom(),
    /** Given at the first submission, as the platform gives a `data_pass_id`. */
    number: integer().unique('organisation_request_number_once'),
    status: text({ enum: keysOf(ORGANISATION_REQUEST_STATUSES) })
      .notNull()
      .default('NEW'),
    /** Since when it has this status: its age in the queue. */
    since: timestamp({ withTimezone: true }).notNull().defaultNow(),
    /** Who fills it; null when it was imported. */
    issuerId: uuid().references(() => people.id),
    name: text().notNull(),
    siret: text().notNull(),
    departement: text(),
    url: text(),
    /** The structure, once eligible. */
    organisationId: uuid().references(() => organisations.id),
    managerId: uuid().references(() => people.id),
    /** Sealed identity of the manager, as declared. */
    managerIdentity: text(),
    managerProfession: text(),
    cgu: boolean().notNull().default(false),
    notFree: boolean().notNull().default(false),
    dpo: boolean().notNull().default(false),
    professionalsOnly: boolean().notNull().default(false),
    withoutElected: boolean().notNull().default(false),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [
    check(
      'organisation_request_status_known',
      sql`${t.status} in ('NEW', 'AC_VALIDATION_PROCESSING', 'VALIDATED', 'REFUSED', 'CLOSED', 'CHANGES_REQUIRED', 'CHANGES_PROPOSED')`,
    ),
    check('organisation_request_siret_form', sql`${t.siret} ~ '^([0-9]{14}|[0-9]{7,10})$'`),
    // A draft may be incomplete; nothing leaves that state without these.
    check('cgu_checked', sql`${t.status} = 'NEW' or ${t.cgu}`),
    check('not_free_checked', sql`${t.status} = 'NEW' or ${t.notFree}`),
    check('dpo_checked', sql`${t.status} = 'NEW' or ${t.dpo}`),
    check('professionals_only_checked', sql`${t.status} = 'NEW' or ${t.professionalsOnly}`),
    check('without_elected_checked', sql`${t.status} = 'NEW' or ${t.withoutElected}`),
    check('manager_set', sql`${t.status} = 'NEW' or ${t.managerId} is not null`),
    check('organisation_request_numbered', sql`${t.status} = 'NEW' or ${t.number} is not null`),
    check(
      'organisation_request_has_structure',
      sql`${t.status} not in ('VALIDATED', 'CLOSED') or ${t.organisationId} is not null`,
    ),
    index('organisation_requests_queue').on(t.status, t.since, t.id),
    index('organisation_requests_by_age').on(t.since, t.id),
    index('organisation_requests_by_issuer').on(t.issuerId),
    index('organisation_requests_by_manager').on(t.managerId),
    index('organisation_requests_by_organisation').on(t.organisationId),
  ],
)

/** The aidantes and aidants that a structure names in its request; each becomes a request of their own once it is eligible. */
export const organisationRequestAidants = pgTable(
  'organisation_request_aidants',
  {
    requestId: uuid()
      .notNull()
      .references(() => organisationRequests.id),
    personId: uuid()
      .notNull()
      .references(() => people.id),
    /** Sealed identity, as declared; null once erased. */
    identity: text(),
    profession: text().notNull(),
    standing: text({ enum: keysOf(STANDINGS) }).notNull(),
    conseillerNumerique: boolean().notNull().default(false),
    courseType: text({ enum: keysOf(COURSE_TYPES) })
      .notNull()
      .default('classic'),
  },
  (t) => [
    primaryKey({ name: 'organisation_request_aidant_once', columns: [t.requestId, t.personId] }),
    check('request_aidant_professional', sql`${t.standing} in ('salarie', 'agent')`),
    check('request_aidant_course_known', sql`${t.courseType} in ('classic', 'peers')`),
    index('organisation_request_aidants_by_person').on(t.personId),
  ],
)

/** The request for one person in one structure. */
export const habilitationRequests = pgTable(
  'habilitation_requests',
  {
    id: uuid().primaryKey().defaultRandom(),
    organisationId: uuid()
      .notNull()
      .references(() => organisations.id),
    personId: uuid()
      .notNull()
      .references(() => people.id),
    /** Sealed identity, as declared: what the badge's hashes are made from. Null once erased. */
    identity: text(),
    profession: text().notNull(),
    standing: text({ enum: keysOf(STANDINGS) }).notNull(),
    conseillerNumerique: boolean().notNull().default(false),
    origin: text({ enum: keysOf(ORIGINS) }).notNull(),
    connexionMode: text({ enum: keysOf(CONNEXION_MODES) }),
    courseType: text({ enum: keysOf(COURSE_TYPES) })
      .notNull()
      .default('classic'),
    status: text({ enum: keysOf(HABILITATION_REQUEST_STATUSES) })
      .notNull()
      .default('waitling_list'),
    since: timestamp({ withTimezone: true }).notNull().defaultNow(),
    /** The day the training ended, and how that is known: a session's completion, peers (with the Pix test), an officer, an import. */
    formationDoneOn: date({ mode: 'string' }),
    formationSource: text({ enum: ['session', 'peers', 'officer', 'import'] }),
    /** Null again should that row be set aside for good: the training took place all the same. */
    formationCompletionId: uuid().references(() => completions.id, { onDelete: 'set null' }),
    pixDoneOn: date({ mode: 'string' }),
    /** Of 100. */
    pixScore: integer(),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [
    unique('habilitation_request_once').on(t.personId, t.organisationId),
    check(
      'habilitation_request_status_known',
      sql`${t.status} in ('waitling_list', 'new', 'processing', 'processing_p2p', 'validated', 'refused', 'cancelled', 'status_cancelled_by_responsable')`,
    ),
    check('habilitation_request_professional', sql`${t.standing} in ('salarie', 'agent')`),
    check(
      'habilitation_request_origin_known',
      sql`${t.origin} in ('datapass', 'responsable', 'autre', 'habilitation')`,
    ),
    check('habilitation_request_connexion_known', sql`${t.connexionMode} in ('card', 'phone')`),
    check('habilitation_request_course_known', sql`${t.courseType} in ('classic', 'peers')`),
    check(
      'habilitation_request_formation_sourced',
      sql`(${t.formationDoneOn} is null) = (${t.formationSource} is null) and (${t.formationSource} is null or ${t.formationSource} in ('session', 'peers', 'officer', 'import'))`,
    ),
    check(
      'habilitation_request_pix_score',
      sql`${t.pixScore} between 0 and 100 and (${t.pixScore} is null or ${t.pixDoneOn} is not null)`,
    ),
    index('habilitation_requests_queue').on(t.status, t.since, t.id),
    index('habilitation_requests_by_completion')
      .on(t.formationCompletionId)
      .where(sql`${t.formationCompletionId} is not null`),
    index('habilitation_requests_by_age').on(t.since, t.id),
    index('habilitation_requests_by_organisation').on(t.organisationId, t.id),
  ],
)

/** Every move of a request: who, when and why. */
export const requestEvents = pgTable(
  'request_events',
  {
    id: bigserial({ mode: 'number' }).primaryKey(),
    organisationRequestId: uuid().references(() => organisationRequests.id),
    habilitationRequestId: uuid().references(() => habilitationRequests.id),
    move: text().notNull(),
    /** Null for the one that created it. */
    from: text(),
    to: text().notNull(),
    at: timestamp({ withTimezone: true }).notNull().defaultNow(),
    /** Who decided: the subject of the session or token, never a name. */
    author: text().notNull(),
    reason: text().notNull(),
    /** Whether the statistics count it; those of structures' own requests never are. */
    counted: boolean().notNull().default(false),
  },
  (t) => [
    index('request_events_uncounted')
      .on(t.id)
      .where(sql`not ${t.counted} and ${t.habilitationRequestId} is not null`),
    check('request_event_of_one', sql`num_nonnulls(${t.organisationRequestId}, ${t.habilitationRequestId}) = 1`),
    check('request_event_says_why', sql`length(${t.reason}) > 0`),
    index('request_events_by_organisation_request').on(t.organisationRequestId, t.id),
    index('request_events_by_habilitation_request').on(t.habilitationRequestId, t.id),
  ],
)
