import { and, desc, eq, gte, inArray, isNull, lt, or, sql } from '../drizzle.ts'
import { alias } from '../drizzle-pg.ts'
import { parisDate } from '../days.ts'
import { type Db, isAnyOf } from '../db.ts'
import { brokenConstraint, conflict, invalid, notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { alignCompetences, nameOf } from '../organisations/badge-competences.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import type { Organisation } from '../organisations/organisations.ts'
import type { CompetenceRef } from '../referential/schema.ts'
import { classKey } from './schema.ts'
import { equivalences } from './wallet.sql.ts'

export type Declared = {
  issuer: string
  achievement: string
  name: string
  competences: CompetenceRef[]
  reason: string
  startsOn?: string | undefined
  endsOn?: string | undefined
}
/** In whose name, and who writes. */
type Authority = { organisation: Organisation; author: string }

const STATES = ['approved', 'known'] as const

/**
 * Keeps which competences an organisation recognises in a class of badges of elsewhere; answers its id. From `startsOn` (today)
 * to `endsOn` (no end), days included. Errors: `organisation_cannot_recognise`, `competence_unknown`, `competence_twice`,
 * `level_out_of_scale`, `equivalence_dates`, `equivalence_exists`.
 */
export async function declareEquivalence(db: Db, { organisation, author }: Authority, said: Declared): Promise<string> {
  requireRecogniser(organisation)
  const { issuer, achievement, name, competences, reason, startsOn = parisDate(new Date()), endsOn = null } = said
  if (endsOn !== null && endsOn < startsOn) throw datesWrong()
  if (new Set(competences.map(nameOf)).size < competences.length) throw twice()
  await alignCompetences(db, competences)
  const kept = competences.map(({ framework, version, code, level = null }) => ({ framework, version, code, level }))
  try {
    return await db.transaction(async (tx) => {
      const [made] = await tx
        .insert(equivalences)
        .values({
          organisationId: organisation.id,
          issuer,
          achievement,
          class: classKey(issuer, achievement),
          name: name.trim(),
          competences: kept,
          reason: reason.trim(),
          startsOn,
          endsOn,
          author,
        })
        .returning({ id: equivalences.id })
      const subject = `equivalence:${made!.id}`
      const details = { competences: kept.map(nameOf), startsOn, endsOn }
      await record(tx, {
        author,
        action: 'equivalence.declared',
        subject,
        organisationId: organisation.id,
        reason,
        details,
      })
      return made!.id
    })
  } catch (error) {
    throw brokenConstraint(error) === 'equivalence_once' ? exists() : error
  }
}

/** Ends an equivalence of that organisation from now on, for a reason. Errors: `not_found` unless it is in force and theirs. */
export async function endEquivalence(
  db: Db,
  { organisation, author }: Authority,
  { id, reason }: { id: string; reason: string },
): Promise<void> {
  await db.transaction(async (tx) => {
    const isTheirs = and(eq(equivalences.organisationId, organisation.id), isNull(equivalences.endedAt))
    const ended = await tx
      .update(equivalences)
      .set({ endedAt: new Date(), endedReason: reason.trim() })
      .where(and(eq(equivalences.id, id), isTheirs))
      .returning({ id: equivalences.id })
    if (ended.length === 0) throw notFound('L’équivalence', id)
    const subject = `equivalence:${id}`
    await record(tx, { author, action: 'equivalence.ended', subject, organisationId: organisation.id, reason })
  })
}

/** Errors: `organisation_cannot_recognise`. */
export function requireRecogniser({ state, name }: Organisation): void {
  if (STATES.some((one) => one === state)) return
  throw conflict(
    'organisation_cannot_recognise',
    `L’organisme « ${name} » n’est ni approuvé ni connu ici : il ne peut pas dire ce que vaut un badge d’ailleurs.`,
    'Attendez la décision de l’exploitant du service, ou écrivez-lui.',
  )
}

/** Not ended, and not over. */
export const stillCounts = (today = parisDate(new Date())) =>
  and(isNull(equivalences.endedAt), or(isNull(equivalences.endsOn), gte(equivalences.endsOn, today)))

const shown = {
  id: equivalences.id,
  issuer: equivalences.issuer,
  achievement: equivalences.achievement,
  name: equivalences.name,
  competences: equivalences.competences,
  reason: equivalences.reason,
  startsOn: equivalences.startsOn,
  endsOn: equivalences.endsOn,
  authority: { slug: organisations.slug, name: organisations.name },
}

type Page = { limit: number; after?: string | undefined; organisationId?: string }

/** What is recognised now or will be, the newest first; of one organisation when it is given. */
export async function listEquivalences(db: Db, { limit, after, organisationId }: Page) {
  const mark = alias(equivalences, 'mark')
  const last = db
    .select({ at: mark.createdAt, id: mark.id })
    .from(mark)
    .where(eq(mark.id, sql`${after ?? null}::uuid`))
  const found = await db
    .select(shown)
    .from(equivalences)
    .innerJoin(organisations, eq(organisations.id, equivalences.organisationId))
    .where(
      and(
        stillCounts(),
        inArray(organisations.state, STATES),
        organisationId === undefined ? undefined : eq(equivalences.organisationId, organisationId),
        after === undefined ? undefined : lt(sql`(${equivalences.createdAt}, ${equivalences.id})`, sql`(${last})`),
      ),
    )
    .orderBy(desc(equivalences.createdAt), desc(equivalences.id))
    .limit(limit + 1)
  const items = found.slice(0, limit)
  return { items, next: found.length > limit ? items.at(-1)!.id : null }
}
export type Equivalence = Awaited<ReturnType<typeof listEquivalences>>['items'][number]

/** The equivalences that count on a day for these classes, by class (`classKey`); those that `except` made are left out. */
export async function equivalencesOf(db: Db, classes: string[], at: Date, except?: string) {
  if (classes.length === 0) return new Map<string, Equivalence[]>()
  const today = parisDate(at)
  const found = await db
    .select({ ...shown, class: equivalences.class, author: equivalences.author })
    .from(equivalences)
    .innerJoin(organisations, eq(organisations.id, equivalences.organisationId))
    .where(
      and(
        isAnyOf(equivalences.class, classes),
        stillCounts(today),
        sql`${equivalences.startsOn} <= ${today}`,
        inArray(organisations.state, STATES),
      ),
    )
    .orderBy(equivalences.createdAt)
  return Map.groupBy(
    found.filter((one) => one.author !== except),
    (one) => one.class,
  ) as Map<string, Equivalence[]>
}

const datesWrong = () =>
  invalid('equivalence_dates', 'La fin est avant le début.', 'Corrigez l’un des deux jours.', { field: 'endsOn' })
const twice = () =>
  invalid('competence_twice', 'La même compétence est donnée deux fois.', 'Gardez-la une fois, à un seul niveau.', {
    field: 'competences',
  })
const exists = () =>
  conflict(
    'equivalence_exists',
    'Votre organisme a déjà dit ce que valent ces badges.',
    'Mettez d’abord fin à cette équivalence, puis dites-le à nouveau.',
  )
