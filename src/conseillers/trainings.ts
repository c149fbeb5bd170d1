import { and, asc, desc, eq, gte, isNull, lte, or, sql } from '../drizzle.ts'
import { credentials } from '../credentials/credentials.sql.ts'
import { listPaths } from '../curricula/curricula.ts'
import { type Db, isAnyOf } from '../db.ts'
import { notFound } from '../errors.ts'
import type { Organisation } from '../organisations/organisations.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { completions, sessions } from '../training/training.sql.ts'
import { conseillerContracts as contracts, initialTrainings } from './conseillers.sql.ts'
import type { Contract } from './contracts.ts'
import { type ContinuingRule, continuingRuleOf, type Due, duesOf } from './continuing-dues.ts'
import type { InitialTraining } from './initial-trainings.ts'

const PATH = 'conseiller-numerique'

/** What the path of the conseillers asks for, in its newest version. */
export async function continuingRule(db: Db): Promise<ContinuingRule> {
  const path = (await listPaths(db)).find((one) => one.slug === PATH)
  if (!path) throw notFound('Le parcours', PATH)
  return continuingRuleOf(path)
}

/** The days on which these people first entered initial training. */
export async function entriesOf(db: Db, personIds: string[]): Promise<Map<string, string>> {
  const found = await db
    .select({ personId: initialTrainings.personId, enteredOn: sql<string>`min(${initialTrainings.startsOn})::text` })
    .from(initialTrainings)
    .where(isAnyOf(initialTrainings.personId, personIds))
    .groupBy(initialTrainings.personId)
  return new Map(found.map((one) => [one.personId, one.enteredOn]))
}

/** The thematic modules that these people completed, each with its badge once issued; those whose badge was revoked do not count. */
export const completedModules = (db: Db, personIds: string[], modules: string[]) =>
  db
    .select({
      personId: completions.personId,
      module: sql<string>`${sessions.moduleSlug}`,
      doneOn: completions.completedOn,
      credentialId: credentials.id,
      suspendedAt: credentials.suspendedAt,
      erasedAt: credentials.erasedAt,
      validUntil: credentials.validUntil,
    })
    .from(completions)
    .innerJoin(sessions, eq(sessions.id, completions.sessionId))
    .leftJoin(credentials, eq(credentials.completionId, completions.id))
    .where(
      and(
        isAnyOf(completions.personId, personIds),
        isAnyOf(sessions.moduleSlug, modules),
        isNull(credentials.revokedAt),
      ),
    )

/** Where someone stands: the day of entering initial training (null when it is not known here), and what is owed. */
export type Training = { enteredOn: string | null; dues: Due[] }

/** Where each of these people stands on a day, in a few statements whatever their number. */
export async function trainingsOf(db: Db, personIds: string[], day: string): Promise<Map<string, Training>> {
  if (personIds.length === 0) return new Map()
  const rule = await continuingRule(db)
  const entries = await entriesOf(db, personIds)
  const done = Map.groupBy(await completedModules(db, personIds, rule.modules), (one) => one.personId)
  const found = await db.select().from(contracts).where(isAnyOf(contracts.personId, personIds))
  const held = Map.groupBy(found, (one) => one.personId)
  return new Map(
    personIds.map((id) => {
      const enteredOn = entries.get(id) ?? null
      const known = { rule, done: done.get(id) ?? [], contracts: held.get(id) ?? [], today: day }
      return [id, { enteredOn, dues: enteredOn === null ? [] : duesOf({ ...known, enteredOn }) }]
    }),
  )
}

/** The initial trainings of someone, the first first. */
export const initialTrainingsOf = (db: Db, personId: string): Promise<InitialTraining[]> =>
  db
    .select()
    .from(initialTrainings)
    .where(eq(initialTrainings.personId, personId))
    .orderBy(asc(initialTrainings.startsOn), asc(initialTrainings.id))

/** The contracts of someone with each employer, the newest first. */
export const contractsOf = (db: Db, personId: string) =>
  db
    .select({ contract: contracts, employer: { slug: organisations.slug, name: organisations.name } })
    .from(contracts)
    .innerJoin(organisations, eq(organisations.id, contracts.organisationId))
    .where(eq(contracts.personId, personId))
    .orderBy(desc(contracts.startsOn), asc(contracts.id))

/** The contracts of an employer that run on a day, by person then the newest first. */
export const runningContracts = (db: Db, { id }: Organisation, day: string, personId?: string): Promise<Contract[]> =>
  db
    .select()
    .from(contracts)
    .where(
      and(
        eq(contracts.organisationId, id),
        personId === undefined ? undefined : eq(contracts.personId, personId),
        lte(contracts.startsOn, day),
        or(
          isNull(sql`coalesce(${contracts.endedOn}, ${contracts.endsOn})`),
          gte(sql`coalesce(${contracts.endedOn}, ${contracts.endsOn})`, day),
        ),
      ),
    )
    .orderBy(asc(contracts.personId), desc(contracts.startsOn))
