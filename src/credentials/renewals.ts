import { and, asc, eq, gt, isNull, sql, type SQL } from '../drizzle.ts'
import { getAchievement } from '../badges/achievements.ts'
import { listModules } from '../curricula/curricula.ts'
import { addDays, parisDate } from '../days.ts'
import type { Db } from '../db.ts'
import { notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { getOrganisation } from '../organisations/organisations.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { enrolments, sessions } from '../training/training.sql.ts'
import { erased } from './credentials.ts'
import { credentials, IN_FORCE } from './credentials.sql.ts'

/** From how many days before its end a badge is to be renewed. */
const NEAR_DAYS = 60
const DAY_MS = 86_400_000

// Both name `credentials` in full: the row of the statement around them.
/** The newest badge in force that renews one with an end: same person, same class, delivered later, ending later or never. */
export const RENEWED_BY: SQL<string | null> = sql<string | null>`(
  select n.id from credentials n
  where n.person_id = credentials.person_id and n.achievement_slug = credentials.achievement_slug
    and credentials.valid_until is not null and (n.valid_from, n.id) > (credentials.valid_from, credentials.id)
    and n.revoked_at is null and n.suspended_at is null and n.erased_at is null
    and (n.valid_until is null or n.valid_until > credentials.valid_until)
  order by n.valid_from desc, n.id desc limit 1)`

/** The badge that one renews: the last of the same person and class that ends before it. */
const RENEWS: SQL<string | null> = sql<string | null>`(
  select f.id from credentials f
  where f.person_id = credentials.person_id and f.achievement_slug = credentials.achievement_slug
    and (f.valid_from, f.id) < (credentials.valid_from, credentials.id) and f.revoked_at is null
    and (credentials.valid_until is null or f.valid_until < credentials.valid_until) and f.valid_until is not null
  order by f.valid_from desc, f.id desc limit 1)`

export type RenewalState = 'no_expiry' | 'current' | 'to_renew' | 'expired' | 'renewed' | 'revoked'
type Ending = { validUntil: Date | null; revokedAt: Date | null; renewedBy: string | null }

/** Where a badge stands with regard to its end; days are counted as in Paris. */
export function renewalState({ validUntil, revokedAt, renewedBy }: Ending, now: Date): RenewalState {
  if (revokedAt) return 'revoked'
  if (!validUntil) return 'no_expiry'
  if (renewedBy !== null) return 'renewed'
  if (validUntil <= now) return 'expired'
  return daysUntil(validUntil, now) <= NEAR_DAYS ? 'to_renew' : 'current'
}

const daysUntil = (end: Date, now: Date): number => (Date.parse(parisDate(end)) - Date.parse(parisDate(now))) / DAY_MS

/**
 * What becomes of a badge at its end, and how to renew it. A renewal is a new badge, of a new completion, valid from the day
 * it is delivered (the time left on the former is not added); the former stays as it was. Which badges renew one another is
 * told to their holder alone: it would tie two badges that she or he did not show together. Errors: `not_found`, `erased`.
 */
export async function getRenewal(db: Db, id: string, readerId: string | null, now = new Date()) {
  const [found] = await db
    .select({
      slug: credentials.achievementSlug,
      personId: credentials.personId,
      validUntil: credentials.validUntil,
      revokedAt: credentials.revokedAt,
      erasedAt: credentials.erasedAt,
      renewedBy: RENEWED_BY,
      renews: RENEWS,
    })
    .from(credentials)
    .where(eq(credentials.id, id))
  if (!found) throw notFound('Le badge', id)
  if (found.erasedAt) throw erased()
  const { renewedBy, renews } = found.personId === readerId ? found : { renewedBy: null, renews: null }
  const state = renewalState({ ...found, renewedBy }, now)
  const offer = state === 'revoked' || state === 'no_expiry' ? NOTHING : await renewalOffer(db, found.slug, now)
  return { expiresOn: found.validUntil && parisDate(found.validUntil), state, renewedBy, renews, ...offer }
}

const NOTHING: Offer = { module: null, sessions: [] }
/** What renews a badge of a class: its module, and the next sessions with room. */
export type Offer = { module: { slug: string; title: string } | null; sessions: NextSession[] }
type NextSession = Awaited<ReturnType<typeof nextSessions>>[number]

/** The module of the newest version of a badge class (null for a class without one), and at most three sessions to come. */
export async function renewalOffer(db: Db, slug: string, now: Date): Promise<Offer> {
  const { module: wanted } = await getAchievement(db, slug)
  const module = (await listModules(db)).find((one) => one.slug === wanted)
  return {
    module: module ? { slug: module.slug, title: module.title } : null,
    sessions: await nextSessions(db, slug, now),
  }
}

const nextSessions = (db: Db, slug: string, now: Date) =>
  db
    .select({
      startsOn: sessions.startsOn,
      endsOn: sessions.endsOn,
      modality: sessions.modality,
      departement: sessions.departement,
      place: sessions.place,
      organisation: organisations.name,
    })
    .from(sessions)
    .innerJoin(organisations, eq(organisations.id, sessions.organisationId))
    .where(
      and(
        eq(sessions.achievementSlug, slug),
        gt(sessions.startsOn, parisDate(now)),
        isNull(sessions.cancelledAt),
        eq(organisations.state, 'approved'),
        sql`(select count(*) from ${enrolments} where ${enrolments.sessionId} = ${sessions.id}
             and ${enrolments.state} in ('default', 'registered')) < ${sessions.capacity}`,
      ),
    )
    .orderBy(asc(sessions.startsOn), asc(sessions.id))
    .limit(3)

type Asked = { before?: string; limit: number; after?: string }

/**
 * The badges in force of an organisation that end before a day (in Paris; 60 days from now when none is given) and that
 * nothing renews, the first to end first, after a cursor; kept in the journal. Nobody is named.
 */
export async function listExpiring(db: Db, slug: string, author: string, asked: Asked, now = new Date()) {
  const { id: organisationId } = await getOrganisation(db, slug)
  const { after, limit, before = addDays(parisDate(now), NEAR_DAYS + 1) } = asked
  const found = await db
    .select({
      id: credentials.id,
      slug: credentials.achievementSlug,
      version: credentials.achievementVersion,
      validUntil: credentials.validUntil,
    })
    .from(credentials)
    .where(
      and(
        eq(credentials.organisationId, organisationId),
        IN_FORCE,
        gt(credentials.validUntil, now),
        sql`${credentials.validUntil} < ${before}::date::timestamp at time zone 'Europe/Paris'`,
        after === undefined ? undefined : isAfter(after),
        isNull(RENEWED_BY),
      ),
    )
    .orderBy(asc(credentials.validUntil), asc(credentials.id))
    .limit(limit + 1)
  const items = found.slice(0, limit).map(({ id, slug, version, validUntil }) => ({
    id,
    achievement: { slug, version },
    validUntil: validUntil!,
    expiresOn: parisDate(validUntil!),
  }))
  await record(db, {
    author,
    action: 'credentials.listed',
    subject: `organisation:${organisationId}`,
    organisationId,
    details: { rows: items.length, before },
  })
  return { items, next: found.length > limit ? items.at(-1)!.id : null }
}

/** Both values are known before the search begins: it starts at its place in the index. */
const isAfter = (id: string) =>
  sql`(${credentials.validUntil}, ${credentials.id}) > ((select c.valid_until from credentials c where c.id = ${id}), ${id}::uuid)`
