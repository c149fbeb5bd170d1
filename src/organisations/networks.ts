import { and, asc, eq, type InferSelectModel, sql } from '../drizzle.ts'
import { getAchievement } from '../badges/achievements.ts'
import type { Db } from '../db.ts'
import { brokenConstraint, conflict, invalid, notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { networkAchievements, networkMembers, networks } from './networks.sql.ts'
import { getOrganisation, type Organisation } from './organisations.ts'
import { organisations } from './organisations.sql.ts'

export type Network = InferSelectModel<typeof networks>
export type NewNetwork = Pick<Network, 'slug' | 'name' | 'kind' | 'source'>
type Decision = { author: string; reason?: string }

/** Creates a network. Errors: `slug_taken`. */
export async function createNetwork(db: Db, given: NewNetwork, author: string): Promise<Network> {
  try {
    return await db.transaction(async (tx) => {
      const [created] = await tx.insert(networks).values(given).returning()
      await record(tx, { author, action: 'network.created', subject: `network:${given.slug}` })
      return created!
    })
  } catch (error) {
    if (brokenConstraint(error) !== 'network_slug_unique') throw error
    throw conflict('slug_taken', `L’identifiant « ${given.slug} » est déjà pris.`, 'Choisissez-en un autre.')
  }
}

/** The network of that slug; `not_found` otherwise. */
async function getNetwork(db: Db, slug: string): Promise<Network> {
  const [found] = await db.select().from(networks).where(eq(networks.slug, slug))
  if (!found) throw notFound('Le réseau', slug)
  return found
}

/** Adds a member; one that is there already stays. Errors: `not_found`. */
export async function addMember(db: Db, slug: string, member: string, { author }: Decision): Promise<void> {
  await db.transaction(async (tx) => {
    const [{ id: networkId }, { id: organisationId }] = [await getNetwork(tx, slug), await getOrganisation(tx, member)]
    const added = await tx
      .insert(networkMembers)
      .values({ networkId, organisationId })
      .onConflictDoNothing()
      .returning({ since: networkMembers.since })
    if (added.length === 0) return
    await record(tx, { author, action: 'network.member_added', subject: `network:${slug}`, organisationId })
  })
}

/** Takes a member out. Errors: `not_found`, also when it is no member. */
export async function removeMember(db: Db, slug: string, member: string, { author, reason }: Decision): Promise<void> {
  await db.transaction(async (tx) => {
    const [{ id: networkId }, { id: organisationId }] = [await getNetwork(tx, slug), await getOrganisation(tx, member)]
    const removed = await tx
      .delete(networkMembers)
      .where(and(eq(networkMembers.networkId, networkId), eq(networkMembers.organisationId, organisationId)))
      .returning({ since: networkMembers.since })
    if (removed.length === 0) throw notFound(`Dans le réseau « ${slug} », l’organisme`, member)
    const action = 'network.member_removed'
    await record(tx, { author, action, subject: `network:${slug}`, organisationId, reason: reason ?? null })
  })
}

/** Shares a badge: its members alone may award it from then on, with those of the other networks that share it. */
export async function shareAchievement(db: Db, slug: string, achievement: string, { author }: Decision): Promise<void> {
  await getAchievement(db, achievement)
  await db.transaction(async (tx) => {
    const { id: networkId } = await getNetwork(tx, slug)
    const shared = await tx
      .insert(networkAchievements)
      .values({ networkId, achievementSlug: achievement })
      .onConflictDoNothing()
      .returning({ since: networkAchievements.since })
    if (shared.length === 0) return
    await record(tx, { author, action: 'network.badge_shared', subject: `network:${slug}`, details: { achievement } })
  })
}

/** Shares it no more; shared by no network, a badge is open to all again. Errors: `not_found`. */
export async function unshareAchievement(
  db: Db,
  slug: string,
  achievement: string,
  { author, reason }: Decision,
): Promise<void> {
  await db.transaction(async (tx) => {
    const { id: networkId } = await getNetwork(tx, slug)
    const unshared = await tx
      .delete(networkAchievements)
      .where(and(eq(networkAchievements.networkId, networkId), eq(networkAchievements.achievementSlug, achievement)))
      .returning({ since: networkAchievements.since })
    if (unshared.length === 0) throw notFound(`Dans le réseau « ${slug} », le badge`, achievement)
    await record(tx, {
      author,
      action: 'network.badge_unshared',
      subject: `network:${slug}`,
      reason: reason ?? null,
      details: { achievement },
    })
  })
}

/** Lets through who may award a badge: anyone, unless networks share it. Errors: `achievement_reserved`. */
export async function requireAwardable(db: Db, organisation: Organisation, achievement: string): Promise<void> {
  const isMember = sql<boolean>`exists (select 1 from ${networkMembers} where ${networkMembers.networkId} = ${networks.id}
    and ${networkMembers.organisationId} = ${organisation.id})`
  const sharing = await db
    .select({ name: networks.name, isMember })
    .from(networkAchievements)
    .innerJoin(networks, eq(networks.id, networkAchievements.networkId))
    .where(eq(networkAchievements.achievementSlug, achievement))
    .orderBy(asc(networks.name))
  if (sharing.length === 0 || sharing.some((one) => one.isMember)) return
  const names = sharing.map((one) => `« ${one.name} »`).join(' ou ')
  throw invalid(
    'achievement_reserved',
    `Ce badge est réservé aux membres de ${names}, dont « ${organisation.name} » ne fait pas partie.`,
    'Choisissez un autre module, ou demandez à l’exploitant d’inscrire votre organisme dans ce réseau.',
  )
}

/** Every network, by name, with how many members it has and what it shares. */
export async function listNetworks(db: Db) {
  const [found, members, shared] = [
    await db.select().from(networks).orderBy(asc(networks.name)),
    await db
      .select({ networkId: networkMembers.networkId, slug: organisations.slug, name: organisations.name })
      .from(networkMembers)
      .innerJoin(organisations, eq(organisations.id, networkMembers.organisationId))
      .orderBy(asc(organisations.name)),
    await db.select().from(networkAchievements).orderBy(asc(networkAchievements.achievementSlug)),
  ]
  const membersOf = Map.groupBy(members, (one) => one.networkId)
  const sharedBy = Map.groupBy(shared, (one) => one.networkId)
  return found.map(({ id, slug, name, kind, source }) => ({
    slug,
    name,
    kind,
    source,
    members: (membersOf.get(id) ?? []).map((one) => ({ slug: one.slug, name: one.name })),
    achievements: (sharedBy.get(id) ?? []).map((one) => one.achievementSlug),
  }))
}

export type NetworkView = Awaited<ReturnType<typeof listNetworks>>[number]

/** A network with its members and what it shares; `not_found` otherwise. */
export async function readNetwork(db: Db, slug: string): Promise<NetworkView> {
  const found = (await listNetworks(db)).find((one) => one.slug === slug)
  if (!found) throw notFound('Le réseau', slug)
  return found
}
