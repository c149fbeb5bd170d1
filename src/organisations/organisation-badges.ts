import { createHash } from 'node:crypto'
import { and, asc, desc, eq, isNull, notExists, or, sql } from '../drizzle.ts'
import { achievements } from '../badges/badges.sql.ts'
import type { Achievement } from '../badges/schema.ts'
import type { Db } from '../db.ts'
import { conflict, invalid, notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { alignCompetences } from './badge-competences.ts'
import { type BadgeDraft, emptyDraft, missingOf } from './badge-draft.ts'
import { folded } from '../web/search.ts'
import { networkAchievements, networkMembers } from './networks.sql.ts'
import { organisationBadges } from './organisation-badges.sql.ts'
import { type Organisation, requireApproved } from './organisations.ts'

export type OwnBadge = typeof organisationBadges.$inferSelect
type Decision = { author: string; reason: string }

/** How many badges of its own an organisation may write. */
const MOST = 200
/** With the organisation's 60, two hyphens and a number, at most the 90 characters of a badge class in an address. */
const NAME_LENGTH = 24

/** The badges that an organisation may award, newest version: those of the catalogue by name, then its own in force. */
export async function listAwardable(db: Db, { id }: Organisation) {
  const [common, own] = [await listCommon(db, id), await listInForce(db, id)]
  return [
    ...common.map(({ about, subject }) => ({
      value: subject as 'module:x' | 'block:x/y',
      name: about.name,
      own: false,
    })),
    ...own.map(({ name, slug }) => ({ value: `badge:${slug}` as const, name, own: true })),
  ] satisfies { value: `${'module' | 'block' | 'badge'}:${string}`; name: string; own: boolean }[]
}

/** The badges of the catalogue that sessions of that organisation may give: all but those that networks it is not in reserve. */
export async function listCommon(db: Db, organisationId: string): Promise<{ about: Achievement; subject: string }[]> {
  const shares = eq(networkAchievements.achievementSlug, achievements.slug)
  const isShared = db
    .select({ one: sql`1` })
    .from(networkAchievements)
    .where(shares)
  const isMember = sql`exists (select 1 from ${networkAchievements} join ${networkMembers} using (network_id)
    where ${shares} and ${networkMembers.organisationId} = ${organisationId})`
  const found = await db
    .selectDistinctOn([achievements.slug], { about: achievements.about, subject: achievements.subject })
    .from(achievements)
    .where(and(sql`${achievements.subject} ~ '^(module|block):'`, or(notExists(isShared), isMember)))
    .orderBy(asc(achievements.slug), desc(achievements.version))
  return found.toSorted((a, b) => a.about.name.localeCompare(b.about.name, 'fr'))
}

/** The badges of its own that an organisation may award, by name. */
export async function listInForce(db: Db, organisationId: string): Promise<Achievement[]> {
  const found = await db
    .select({ about: achievements.about })
    .from(organisationBadges)
    .innerJoin(achievements, isPublished)
    .where(and(eq(organisationBadges.organisationId, organisationId), isNull(organisationBadges.withdrawnAt)))
  return found.map((row) => row.about).toSorted((a, b) => a.name.localeCompare(b.name, 'fr'))
}

const isPublished = and(
  eq(achievements.slug, organisationBadges.slug),
  eq(achievements.version, organisationBadges.publishedVersion),
)

/** The badge that an organisation wrote, as published. Errors: `badge_not_own`, `badge_not_published`, `badge_withdrawn`. */
export async function getPublished(db: Db, { id, name }: Organisation, slug: string): Promise<Achievement> {
  const [found] = await db
    .select({ withdrawnAt: organisationBadges.withdrawnAt, about: achievements.about })
    .from(organisationBadges)
    .leftJoin(achievements, isPublished)
    .where(and(eq(organisationBadges.slug, slug), eq(organisationBadges.organisationId, id)))
  const refuse = (code: string, message: string, mend: string) => invalid(code, message, mend, { field: 'badge' })
  const others = 'Choisissez un badge de votre catalogue.'
  if (!found) throw refuse('badge_not_own', `« ${slug} » n’est pas un badge de « ${name} ».`, others)
  if (!found.about) throw refuse('badge_not_published', 'Ce badge est encore un brouillon.', 'Publiez-le d’abord.')
  if (found.withdrawnAt) throw refuse('badge_withdrawn', 'Ce badge est retiré du catalogue.', others)
  return found.about
}

/** The badges that an organisation wrote, the last changed first. */
export const listOwnBadges = (db: Db, organisationId: string): Promise<OwnBadge[]> =>
  db
    .select()
    .from(organisationBadges)
    .where(eq(organisationBadges.organisationId, organisationId))
    .orderBy(desc(organisationBadges.updatedAt))
    .limit(MOST)

/** A badge that an organisation wrote; `not_found` otherwise. */
export async function getOwnBadge(db: Db, { id }: Organisation, slug: string): Promise<OwnBadge> {
  const [found] = await db.select().from(organisationBadges).where(isOwn(id, slug))
  if (!found) throw notFound('Le badge', slug)
  return found
}

const isOwn = (organisationId: string, slug: string) =>
  and(eq(organisationBadges.slug, slug), eq(organisationBadges.organisationId, organisationId))

/** Begins a badge by its name; answers its slug. Errors: `organisation_not_approved`, `too_many_badges`. */
export async function beginBadge(db: Db, organisation: Organisation, name: string, author: string): Promise<string> {
  requireApproved(organisation)
  return db.transaction(async (tx) => {
    const known = (await listOwnBadges(tx, organisation.id)).map((one) => one.slug)
    if (known.length >= MOST) {
      throw conflict('too_many_badges', `Vous avez déjà ${MOST} badges.`, 'Reprenez-en un qui ne sert plus.')
    }
    const base = `${organisation.slug}--${named(name)}`
    const free = [base, ...Array.from({ length: MOST }, (_, n) => `${base}-${n + 2}`)].find(
      (one) => !known.includes(one),
    )!
    await tx
      .insert(organisationBadges)
      .values({ slug: free, organisationId: organisation.id, draft: emptyDraft(clean(name)) })
    await record(tx, {
      author,
      action: 'own_badge.begun',
      subject: `achievement:${free}`,
      organisationId: organisation.id,
    })
    return free
  })
}

/** The name of a badge as an address writes it: letters without accent, digits, hyphens; whole words, if one fits. */
function named(name: string): string {
  const words = folded(name)
    .split(/[^a-z0-9]+/)
    .filter(Boolean)
  const fitting = words.filter((_, n) => words.slice(0, n + 1).join('-').length <= NAME_LENGTH)
  return fitting.join('-') || words[0]?.slice(0, NAME_LENGTH) || 'badge'
}

const clean = (text: string): string => text.normalize('NFC').replaceAll('\r\n', '\n').trim()

/** Keeps a draft; what is published does not change. Errors: `not_found`, those of its competences. */
export async function saveDraft(
  db: Db,
  organisation: Organisation,
  slug: string,
  given: BadgeDraft,
  author: string,
): Promise<void> {
  await alignCompetences(db, given.competences)
  const draft = Object.fromEntries(
    Object.entries(given).map(([field, value]) => [field, typeof value === 'string' ? clean(value) : value]),
  ) as BadgeDraft
  await db.transaction(async (tx) => {
    const saved = await tx
      .update(organisationBadges)
      .set({ draft, updatedAt: new Date() })
      .where(isOwn(organisation.id, slug))
      .returning({ slug: organisationBadges.slug })
    if (saved.length === 0) throw notFound('Le badge', slug)
    const { id: organisationId } = organisation
    await record(tx, { author, action: 'own_badge.saved', subject: `achievement:${slug}`, organisationId })
  })
}

/** The badge class that a draft would be, once published. Errors: those of its competences. */
export async function draftAchievement(db: Db, organisation: Organisation, badge: OwnBadge): Promise<Achievement> {
  const { competences, hours, ...texts } = badge.draft
  return {
    ...texts,
    slug: badge.slug,
    version: nextVersion(badge.publishedVersion),
    kind: 'module',
    competences: await alignCompetences(db, competences),
    own: { organisation: organisation.slug, name: organisation.name, hours },
  }
}

/** Versions are compared as texts: after 1.9.0 comes 2.0.0. */
function nextVersion(present: string | null): string {
  const [major = 1, minor = -1] = present?.split('.').map(Number) ?? []
  return minor < 9 ? `${major}.${minor + 1}.0` : `${major + 1}.0.0`
}

const LAST_VERSION = '9.9.0'

/**
 * Publishes a draft as a new version, which never changes, and puts a withdrawn badge back; the same text again makes no
 * version. Answers the version in force. Errors: `not_found`, `organisation_not_approved`, `badge_incomplete`.
 */
export async function publishBadge(db: Db, organisation: Organisation, slug: string, author: string): Promise<string> {
  requireApproved(organisation)
  return db.transaction(async (tx) => {
    const badge = await holdBadge(tx, organisation.id, slug)
    requireWhole(badge)
    const about = await draftAchievement(tx, organisation, badge)
    const { version: _, ...said } = about
    const digest = createHash('sha256').update(JSON.stringify(said)).digest('base64url')
    const present = badge.publishedVersion
    const version = present !== null && (await digestOf(tx, slug, present)) === digest ? present : about.version
    if (version !== present) {
      const { kind } = about
      await tx.insert(achievements).values({ slug, version, kind, subject: `own:${slug}`, digest, about })
    }
    await tx
      .update(organisationBadges)
      .set({ publishedVersion: version, withdrawnAt: null })
      .where(isOwn(organisation.id, slug))
    const { id: organisationId } = organisation
    const details = { version }
    await record(tx, { author, action: 'own_badge.published', subject: `achievement:${slug}`, organisationId, details })
    return version
  })
}

async function holdBadge(tx: Db, organisationId: string, slug: string): Promise<OwnBadge> {
  const [held] = await tx.select().from(organisationBadges).where(isOwn(organisationId, slug)).for('update')
  if (!held) throw notFound('Le badge', slug)
  return held
}

function requireWhole({ draft, publishedVersion }: OwnBadge): void {
  const [first] = missingOf(draft)
  if (first) {
    const [field, words] = first
    throw invalid('badge_incomplete', `Il manque ${words}.`, 'Complétez le brouillon, puis publiez.', { field })
  }
  if (publishedVersion === LAST_VERSION) {
    throw conflict('too_many_versions', 'Ce badge a déjà 90 versions.', 'Écrivez un nouveau badge.')
  }
}

async function digestOf(tx: Db, slug: string, version: string): Promise<string | undefined> {
  const isOne = and(eq(achievements.slug, slug), eq(achievements.version, version))
  const [found] = await tx.select({ digest: achievements.digest }).from(achievements).where(isOne)
  return found?.digest
}

/** Takes a badge off the catalogue: no new session gives it, those delivered hold. Errors: `not_found`, `badge_not_published`. */
export async function withdrawBadge(
  db: Db,
  { id }: Organisation,
  slug: string,
  { author, reason }: Decision,
): Promise<void> {
  await db.transaction(async (tx) => {
    const { publishedVersion, withdrawnAt } = await holdBadge(tx, id, slug)
    if (publishedVersion === null) {
      throw conflict(
        'badge_not_published',
        'Ce badge n’est pas publié : il n’y a rien à retirer.',
        'Laissez le brouillon.',
      )
    }
    if (withdrawnAt) return
    await tx.update(organisationBadges).set({ withdrawnAt: new Date() }).where(isOwn(id, slug))
    await record(tx, {
      author,
      action: 'own_badge.withdrawn',
      subject: `achievement:${slug}`,
      organisationId: id,
      reason,
    })
  })
}
