import { eq } from '../drizzle.ts'
import { Type } from 'typebox'
import { OPEN_BADGES_V3 } from '../credentials/contexts.ts'
import type { Db } from '../db.ts'
import { record } from '../journal/journal.ts'
import type { Vault } from '../vault.ts'
import { walletProfiles } from './oauth.sql.ts'

export const PROFILE_SEAL = 'oauth/profile'

const Text = (maxLength: number) => Type.Optional(Type.String({ minLength: 1, maxLength, pattern: '\\S' }))
/** What a profile may hold here; the rest of what OB 3.0 knows is not kept. */
export const ShownProfile = Type.Object({
  name: Text(200),
  description: Text(2000),
  url: Type.Optional(Type.String({ pattern: '^https?://\\S+$', maxLength: 1000 })),
})
export type ShownProfile = { name?: string; description?: string; url?: string }
const KEPT = ['name', 'description', 'url'] as const

/**
 * The profile of a holder as other hosts read it (OB 3.0, Profile): an identifier made for that, and what she or he chose
 * to say; neither the name nor the address under which badges were delivered. One or two statements.
 */
export async function readProfile(db: Db, vault: Vault, personId: string) {
  const row = (await findProfile(db, personId)) ?? (await makeProfile(db, personId))
  return profileOf(row.profileId, row.content === null ? {} : openProfile(vault, row.content))
}

/** Replaces what a profile says; members that are not kept here are left out. Answers the profile as it is now. */
export async function writeProfile(
  db: Db,
  vault: Vault,
  { personId, author }: { personId: string; author: string },
  given: ShownProfile,
) {
  const shown: ShownProfile = Object.fromEntries(
    KEPT.flatMap((key) => (given[key] === undefined ? [] : [[key, given[key]]])),
  )
  const content = vault.seal(PROFILE_SEAL, JSON.stringify(shown))
  const profileId = await db.transaction(async (tx) => {
    const [row] = await tx
      .insert(walletProfiles)
      .values({ personId, content })
      .onConflictDoUpdate({ target: walletProfiles.personId, set: { content, updatedAt: new Date() } })
      .returning({ profileId: walletProfiles.profileId })
    await record(tx, { author, action: 'profile.changed', subject: `profile:${row!.profileId}`, personId })
    return row!.profileId
  })
  return profileOf(profileId, shown)
}

const profileOf = (profileId: string, shown: ShownProfile) => ({
  '@context': [OPEN_BADGES_V3],
  id: `urn:uuid:${profileId}`,
  type: ['Profile'],
  ...shown,
})

export const openProfile = (vault: Vault, sealed: string) =>
  JSON.parse(vault.open(PROFILE_SEAL, sealed)) as ShownProfile

async function findProfile(db: Db, personId: string) {
  const [row] = await db.select().from(walletProfiles).where(eq(walletProfiles.personId, personId))
  return row
}

async function makeProfile(db: Db, personId: string) {
  const [made] = await db.insert(walletProfiles).values({ personId }).onConflictDoNothing().returning()
  return made ?? (await findProfile(db, personId))!
}
