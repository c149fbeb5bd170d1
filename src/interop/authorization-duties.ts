import { and, eq, notInArray } from '../drizzle.ts'
import { type Db, isAnyOf } from '../db.ts'
import type { Vault } from '../vault.ts'
import { openProfile } from './badge-connect-profile.ts'
import { LINK_SEAL } from './hosts.ts'
import { badgeHosts, hostDeliveries, hostLinks, oauthStates, walletProfiles } from './oauth.sql.ts'

/** What erasing someone takes away here: every access given, every link with another host, what they could read. */
export async function eraseApplications(tx: Db, personId: string): Promise<void> {
  for (const table of [oauthStates, hostLinks, walletProfiles] as const) {
    await tx.delete(table).where(eq(table.personId, personId))
  }
}

/** Brings one person's accesses and links to another; of two links with one host, or two profiles, hers or his stay. */
export async function moveApplications(tx: Db, from: string, to: string): Promise<void> {
  await tx.update(oauthStates).set({ personId: to }).where(eq(oauthStates.personId, from))
  const held = tx.select({ hostId: hostLinks.hostId }).from(hostLinks).where(eq(hostLinks.personId, to))
  const already = (await held).map((one) => one.hostId)
  const theirs = eq(hostLinks.personId, from)
  await tx
    .update(hostLinks)
    .set({ personId: to })
    .where(already.length === 0 ? theirs : and(theirs, notInArray(hostLinks.hostId, already)))
  await tx.delete(hostLinks).where(theirs)
  const isThere = (await tx.$count(walletProfiles, eq(walletProfiles.personId, to))) > 0
  if (!isThere) await tx.update(walletProfiles).set({ personId: to }).where(eq(walletProfiles.personId, from))
  await tx.delete(walletProfiles).where(eq(walletProfiles.personId, from))
}

/** The accesses that someone gave, for her or his export. */
export const exportGrants = (db: Db, ids: string[]) =>
  db
    .select({ sorte: oauthStates.model, 'donné le': oauthStates.createdAt, 'jusqu’au': oauthStates.expiresAt })
    .from(oauthStates)
    .where(isAnyOf(oauthStates.personId, ids))

/** What applications read of someone. */
export async function exportProfiles(db: Db, vault: Vault, ids: string[]) {
  const found = await db.select().from(walletProfiles).where(isAnyOf(walletProfiles.personId, ids))
  return found.map(({ profileId, content, updatedAt }) => ({
    'identifiant donné aux applications': profileId,
    ...(content === null ? {} : openProfile(vault, content)),
    'écrit le': updatedAt,
  }))
}

/** The hosts that someone is linked with, and each badge sent there. */
export async function exportHosts(db: Db, vault: Vault, ids: string[]) {
  const found = await db
    .select({ host: badgeHosts, link: hostLinks, sent: hostDeliveries })
    .from(hostLinks)
    .innerJoin(badgeHosts, eq(badgeHosts.id, hostLinks.hostId))
    .leftJoin(hostDeliveries, eq(hostDeliveries.linkId, hostLinks.id))
    .where(isAnyOf(hostLinks.personId, ids))
  return found.map(({ host, link, sent }) => ({
    hôte: host.name,
    adresse: host.address,
    'relié depuis': link.createdAt,
    'badge envoyé': sent?.credentialId ?? null,
    'envoyé le': sent?.at ?? null,
    'réponse de l’hôte': sent?.outcome ?? null,
    'ses mots': sent?.said ? vault.open(LINK_SEAL, sent.said) : null,
  }))
}
