import { and, eq, type SQL, sql } from '../drizzle.ts'
import type { Actor } from '../auth/actor.ts'
import { anyId, type Db, rows } from '../db.ts'
import { conflict, DomainError, notAllowed, notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { knownDepartement } from '../organisations/departements.ts'
import type { Organisation } from '../organisations/organisations.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { STATE_WORDS } from '../organisations/transitions.ts'
import { lockPerson } from '../people/addresses.ts'
import { needDeclarations } from './needs.sql.ts'
import {
  type Answer,
  type Answers,
  type Respondent,
  RESPONDENTS,
  TEAM,
  THEME_CODES,
  type ThemeCode,
  THEMES,
  THEMES_VERSION,
} from './themes.ts'

/** Kept of one respondent; nobody needs as many, and a loop would write more. */
const MAX_KEPT = 100

export type Holder = { personId: string; author: string }
export type OwnRespondent = Exclude<Respondent, typeof TEAM>

/** The person who signed in; a token declares nobody's needs. */
export function ownerOf({ personId, sub }: Pick<Actor, 'personId' | 'sub'>): Holder {
  if (personId !== null) return { personId, author: sub }
  throw notAllowed(
    'Des besoins de formation sont ceux d’une personne qui s’est connectée.',
    'Connectez-vous par la page /connexion.',
  )
}

type Said = { departement?: string | null | undefined; answers: Answers }

/** Keeps what a person needs in training, as one of the respondents. Errors: `departement_unknown`, `too_many_needs`. */
export async function declareOwn(
  db: Db,
  { personId, author }: Holder,
  { respondent, ...said }: Said & { respondent: OwnRespondent },
  now = new Date(),
): Promise<void> {
  const departement = knownDepartement(said.departement)
  await db.transaction(async (tx) => {
    await lockPerson(tx, personId)
    await keep(tx, { personId, organisationId: null, respondent, departement, declaredAt: now }, said.answers)
    await record(tx, { author, action: 'need.declared', subject: `person:${personId}`, personId })
  })
}

/**
 * Keeps what an organisation says that its team needs. Errors: `departement_unknown`, `organisation_not_approved`,
 * `too_many_needs`.
 */
export async function declareForTeam(
  db: Db,
  { organisation, author }: { organisation: Organisation; author: string },
  said: Said,
  now = new Date(),
): Promise<void> {
  const { id: organisationId, slug } = organisation
  if (!countsAsEmployer(organisation)) throw notApproved(organisation)
  const departement = knownDepartement(said.departement)
  await db.transaction(async (tx) => {
    // Those of one organisation are kept one after the other, as those of one person are.
    await tx.select().from(organisations).where(eq(organisations.id, organisationId)).for('no key update')
    await keep(tx, { personId: null, organisationId, respondent: TEAM, departement, declaredAt: now }, said.answers)
    await record(tx, { author, action: 'need.declared', subject: `organisation:${slug}`, organisationId })
  })
}

/** Whether what it says counts: anyone may ask for an organisation, and make one up. */
export const countsAsEmployer = ({ state }: Organisation): boolean => state === 'approved' || state === 'known'

type New = Pick<
  typeof needDeclarations.$inferInsert,
  'personId' | 'organisationId' | 'respondent' | 'departement' | 'declaredAt'
>

async function keep(tx: Db, given: New, answers: Answers): Promise<void> {
  const isSame = given.personId ? isOwn(given.personId, given.respondent) : isOfTeam(given.organisationId!)
  if ((await tx.$count(needDeclarations, isSame)) >= MAX_KEPT) throw tooMany()
  const answered = (wanted: Answer) => THEME_CODES.filter((code) => answers[code] === wanted)
  const said = { themes: THEMES_VERSION, needed: answered('oui'), notNeeded: answered('non') }
  await tx.insert(needDeclarations).values({ ...given, ...said })
}

const isOwn = (personId: string, respondent: Respondent): SQL =>
  and(eq(needDeclarations.personId, personId), eq(needDeclarations.respondent, respondent))!
const isOfTeam = (organisationId: string): SQL => eq(needDeclarations.organisationId, organisationId)

/** Removes all that a person declared as that respondent: it counts in no figure to come. Errors: `not_found`. */
export async function withdrawOwn(
  db: Db,
  { personId, author }: Holder,
  { respondent }: { respondent: OwnRespondent },
): Promise<void> {
  await db.transaction(async (tx) => {
    await lockPerson(tx, personId)
    await remove(tx, isOwn(personId, respondent), respondent)
    await record(tx, { author, action: 'need.withdrawn', subject: `person:${personId}`, personId })
  })
}

/** Removes all that an organisation declared for its team. Errors: `not_found`. */
export async function withdrawForTeam(
  db: Db,
  { organisation: { id: organisationId, slug }, author }: { organisation: Organisation; author: string },
): Promise<void> {
  await db.transaction(async (tx) => {
    await remove(tx, isOfTeam(organisationId), TEAM)
    await record(tx, { author, action: 'need.withdrawn', subject: `organisation:${slug}`, organisationId })
  })
}

async function remove(tx: Db, isTheirs: SQL, respondent: Respondent): Promise<void> {
  const gone = await tx.delete(needDeclarations).where(isTheirs).returning({ id: needDeclarations.id })
  if (gone.length === 0) throw notFound('La déclaration', respondent)
}

type Row = Pick<
  typeof needDeclarations.$inferSelect,
  'respondent' | 'departement' | 'themes' | 'needed' | 'notNeeded'
> & { declaredAt: string }
/** A declaration as it is shown: every theme of the list with its answer. */
export type Declaration = ReturnType<typeof serializeNeed>

/** The last declaration of a person as each respondent, the newest first. */
export const listOwn = (db: Db, personId: string): Promise<Declaration[]> => readLast(db, sql`person_id = ${personId}`)

/** The last one of an organisation; null when it has none. */
export const readForTeam = async (db: Db, organisationId: string): Promise<Declaration | null> =>
  (await readLast(db, sql`organisation_id = ${organisationId}`))[0] ?? null

async function readLast(db: Db, isTheirs: SQL): Promise<Declaration[]> {
  const found = await rows<Row & { id: number }>(
    db,
    sql`select * from (
          select distinct on (respondent) ${COLUMNS} from need_declarations where ${isTheirs}
          order by respondent, declared_at desc, id desc
        ) last order by "declaredAt" desc, id desc`,
  )
  return found.map(serializeNeed)
}

const COLUMNS = sql`id::int, respondent, departement, themes, needed, not_needed as "notNeeded",
  to_char(declared_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "declaredAt"`

/** All that these rows of a person declared, for her or his export. */
export async function exportNeeds(db: Db, personIds: string[]): Promise<Record<string, unknown>[]> {
  const isTheirs = sql`person_id = ${anyId(personIds)}`
  const found = await rows<Row>(
    db,
    sql`select ${COLUMNS} from need_declarations where ${isTheirs} order by declared_at, id`,
  )
  return found.map((one) => ({
    'en tant que': RESPONDENTS[one.respondent],
    'déclaré le': one.declaredAt,
    département: one.departement,
    'besoin d’une formation': one.needed.map(themeWords).join(', '),
    'pas de besoin': one.notNeeded.map(themeWords).join(', '),
    'version des thèmes': one.themes,
  }))
}

const themeWords = (code: string): string => THEMES[code as ThemeCode] ?? code

function serializeNeed({ respondent, departement, declaredAt, themes, needed, notNeeded }: Row) {
  const answerTo = (code: string): Answer => (needed.includes(code) ? 'oui' : notNeeded.includes(code) ? 'non' : 'nsp')
  const answers = Object.fromEntries(THEME_CODES.map((code) => [code, answerTo(code)])) as Record<ThemeCode, Answer>
  return { respondent, departement, declaredAt, themes, answers }
}

const notApproved = ({ name, state }: Organisation) =>
  conflict(
    'organisation_not_approved',
    `L’organisme « ${name} » est ${STATE_WORDS[state]} : les besoins de son équipe ne sont pas comptés.`,
    'Attendez la décision de l’exploitant du service, ou écrivez-lui.',
  )
const tooMany = () =>
  new DomainError(
    'too_many',
    'too_many_needs',
    `${MAX_KEPT} déclarations sont déjà gardées ici.`,
    'Retirez-les, puis répondez à nouveau.',
  )
