import { and, asc, desc, eq, gt, isNotNull, isNull, lt, lte, or, type SQL, sql } from '../drizzle.ts'
import { achievements } from '../badges/badges.sql.ts'
import { addMonths, parisDay } from '../days.ts'
import type { Db } from '../db.ts'
import { notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import type { Organisation } from '../organisations/organisations.ts'
import { type Identity, openIdentity, personOfEmail } from '../people/people.ts'
import { completions, sessions } from '../training/training.sql.ts'
import type { Vault } from '../vault.ts'
import { awards } from './awards.sql.ts'
import { credentialEvents, credentials, ofClass } from './credentials.sql.ts'

export const DELIVERED_STATES = ['valid', 'suspended', 'revoked', 'expired'] as const
export type DeliveredState = (typeof DELIVERED_STATES)[number]
export type Filters = {
  /** The slug of a badge class. */
  achievement?: string
  state?: DeliveredState
  /** A month in Paris: `2026-03`. */
  month?: string
  personId?: string
}
type Page = { author: string; limit: number; after?: string | undefined }

const view = {
  id: credentials.id,
  achievement: credentials.achievementSlug,
  version: credentials.achievementVersion,
  name: sql<string>`${achievements.about}->>'name'`,
  validFrom: credentials.validFrom,
  validUntil: credentials.validUntil,
  revokedAt: credentials.revokedAt,
  suspendedAt: credentials.suspendedAt,
  identity: sql<string | null>`coalesce(${completions.identity}, ${awards.identity})`,
}
type Row = { validUntil: Date | null; revokedAt: Date | null; suspendedAt: Date | null; identity: string | null }

/** The badges that an organisation delivered, the newest first, with the names as it declared them; the journal keeps it. */
export async function listDelivered(
  db: Db,
  vault: Vault,
  { id: organisationId }: Organisation,
  filters: Filters,
  { author, limit, after }: Page,
) {
  const found = await db
    .select(view)
    .from(credentials)
    .innerJoin(achievements, ofClass)
    .leftJoin(completions, eq(completions.id, credentials.completionId))
    .leftJoin(awards, eq(awards.id, credentials.awardId))
    .where(
      and(
        eq(credentials.organisationId, organisationId),
        after === undefined ? undefined : lt(credentials.id, after),
        ...conditionsOf(filters),
      ),
    )
    .orderBy(desc(credentials.organisationId), desc(credentials.id))
    .limit(limit + 1)
  const items = found.slice(0, limit).map((row) => opened(vault, row))
  await record(db, {
    author,
    action: 'credentials.listed',
    subject: `organisation:${organisationId}`,
    organisationId,
    details: { rows: items.length },
  })
  return { items, next: found.length > limit ? items.at(-1)!.id : null }
}

function conditionsOf({ achievement, state, month, personId }: Filters): (SQL | undefined)[] {
  return [
    achievement === undefined ? undefined : eq(credentials.achievementSlug, achievement),
    state && inState(state),
    month === undefined ? undefined : inMonth(month),
    personId === undefined ? undefined : eq(credentials.personId, personId),
  ]
}

function inMonth(month: string): SQL {
  const { from } = parisDay(`${month}-01`)
  const until = parisDay(addMonths(`${month}-01`, 1)).from
  return sql`(${credentials.validFrom} >= ${from.toISOString()} and ${credentials.validFrom} < ${until.toISOString()})`
}

function inState(state: DeliveredState): SQL | undefined {
  const now = new Date()
  const untouched = and(isNull(credentials.revokedAt), isNull(credentials.suspendedAt))
  switch (state) {
    case 'revoked':
      return isNotNull(credentials.revokedAt)
    case 'suspended':
      return isNotNull(credentials.suspendedAt)
    case 'expired':
      return and(untouched, lte(credentials.validUntil, now))
    case 'valid':
      return and(untouched, or(isNull(credentials.validUntil), gt(credentials.validUntil, now)))
  }
}

/** A row with the state it is in today and the identity as declared, null once erased. */
function opened<T extends Row>(vault: Vault, { identity, ...row }: T) {
  return { ...row, state: stateOf(row), learner: identity === null ? null : openIdentity(vault, identity) }
}

function stateOf({ revokedAt, suspendedAt, validUntil }: Omit<Row, 'identity'>): DeliveredState {
  if (revokedAt) return 'revoked'
  if (suspendedAt) return 'suspended'
  return validUntil && validUntil <= new Date() ? 'expired' : 'valid'
}

/** What someone looks for: a badge by its id or its address, else the badges of who has that e-mail exactly. */
export async function findSought(
  db: Db,
  vault: Vault,
  sought: string,
): Promise<{ id: string } | { personId: string } | null> {
  const [id] = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(sought.toLowerCase()) ?? []
  if (id !== undefined && !sought.includes('@')) return { id }
  const personId = sought.includes('@') ? await personOfEmail(db, vault, sought) : null
  return personId === null ? null : { personId }
}

/** The badge classes that an organisation's sessions have given or will give, by name. */
export async function deliveredClasses(db: Db, organisationId: string): Promise<{ slug: string; name: string }[]> {
  const found = await db
    .selectDistinctOn([sessions.achievementSlug], {
      slug: sessions.achievementSlug,
      name: sql<string>`${achievements.about}->>'name'`,
    })
    .from(sessions)
    .innerJoin(
      achievements,
      and(eq(achievements.slug, sessions.achievementSlug), eq(achievements.version, sessions.achievementVersion)),
    )
    .where(eq(sessions.organisationId, organisationId))
    .orderBy(asc(sessions.achievementSlug), desc(sessions.achievementVersion))
  return found.toSorted((a, b) => a.name.localeCompare(b.name, 'fr'))
}

/** One badge that an organisation delivered, what it attests and what happened to it; the journal keeps it. Errors: `not_found`. */
export async function readDelivered(db: Db, vault: Vault, organisation: Organisation, id: string, author: string) {
  const [found] = await db
    .select({
      ...view,
      about: achievements.about,
      personId: credentials.personId,
      sessionId: completions.sessionId,
      completedOn: sql<string>`coalesce(${completions.completedOn}, ${awards.awardedOn})`,
      levels: completions.levels,
      evidenceUrl: completions.evidenceUrl,
      narrative: completions.narrative,
    })
    .from(credentials)
    .innerJoin(achievements, ofClass)
    .leftJoin(completions, eq(completions.id, credentials.completionId))
    .leftJoin(awards, eq(awards.id, credentials.awardId))
    .where(and(eq(credentials.id, id), eq(credentials.organisationId, organisation.id)))
  if (!found) throw notFound('Le badge', id)
  const events = await db
    .select()
    .from(credentialEvents)
    .where(eq(credentialEvents.credentialId, id))
    .orderBy(desc(credentialEvents.id))
  const { personId } = found
  const about = { subject: `credential:${id}`, organisationId: organisation.id, personId }
  await record(db, { author, action: 'credential.read', ...about })
  return { ...opened(vault, found), events }
}

export type Delivered = Awaited<ReturnType<typeof listDelivered>>['items'][number]
export type DeliveredBadge = Awaited<ReturnType<typeof readDelivered>>

/** A learner as an organisation declared her or him. */
export const learnerName = (learner: Identity | null): string =>
  learner === null ? 'Données effacées à la demande de la personne' : `${learner.givenName} ${learner.familyName}`
