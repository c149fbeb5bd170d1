import { sql } from '../drizzle.ts'
import { bigserial, check, index, pgTable, text, timestamp, uuid } from '../drizzle-pg.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { people } from '../people/people.sql.ts'
import { RESPONDENT_CODES } from './themes.ts'

/**
 * What someone said to need in training, or an organisation for its team: never changed. A newer one stands for it in the
 * figures of its period; withdrawn, it is removed. Nothing else tells whose it is.
 */
export const needDeclarations = pgTable(
  'need_declarations',
  {
    /** In the order of the declarations. */
    id: bigserial({ mode: 'number' }).primaryKey(),
    personId: uuid().references(() => people.id),
    organisationId: uuid().references(() => organisations.id),
    respondent: text({ enum: RESPONDENT_CODES }).notNull(),
    departement: text(),
    /** The version of the list of themes that was asked. */
    themes: text().notNull(),
    /** The themes answered « oui », and those answered « non »; about the others, nobody knows. */
    needed: text().array().notNull(),
    notNeeded: text().array().notNull(),
    declaredAt: timestamp({ withTimezone: true }).notNull(),
  },
  (t) => [
    check(
      'need_respondent_known',
      sql`${t.respondent} in ('mediateur', 'conseiller', 'aidant', 'cadre', 'independant', 'employeur')`,
    ),
    check('need_of_one', sql`num_nonnulls(${t.personId}, ${t.organisationId}) = 1`),
    check('need_of_team_by_organisation', sql`(${t.respondent} = 'employeur') = (${t.organisationId} is not null)`),
    check('need_answered_once', sql`not (${t.needed} && ${t.notNeeded})`),
    check('need_themes_form', sql`array_to_string(${t.needed} || ${t.notNeeded}, ',', '?') ~ '^([a-z]+(,[a-z]+)*)?$'`),
    check('need_departement_form', sql`${t.departement} ~ '^([0-9]{2}|2[AB]|9[78][0-9])$'`),
    index('need_declarations_by_person')
      .on(t.personId, t.respondent, t.declaredAt, t.id)
      .where(sql`${t.personId} is not null`),
    index('need_declarations_by_organisation')
      .on(t.organisationId, t.declaredAt, t.id)
      .where(sql`${t.organisationId} is not null`),
    // A period is read by its own rows alone, and those kept too long are found.
    index('need_declarations_by_time').on(t.declaredAt),
  ],
)
