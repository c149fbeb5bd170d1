import { and, desc, eq, isNull, sql } from '../drizzle.ts'
import { achievements } from '../badges/badges.sql.ts'
import type { Achievement } from '../badges/schema.ts'
import { awards } from '../credentials/awards.sql.ts'
import { signedBadges } from '../credentials/credentials.ts'
import { credentials, ofClass } from '../credentials/credentials.sql.ts'
import type { Verification } from '../credentials/verify.ts'
import type { Verifier } from '../credentials/verifier.ts'
import type { Db } from '../db.ts'
import { habilitations } from '../habilitation/habilitations.sql.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { openIdentity } from '../people/people.ts'
import { hashSecret } from '../secret.ts'
import { completions } from '../training/training.sql.ts'
import type { Vault } from '../vault.ts'
import { type ImportedBadge, listWallet } from '../wallet/read-imports.ts'
import type { Lang } from '../web/html.ts'
import { sharedCredentials, sharedImports, shares } from './shares.sql.ts'
import { MAX_SHARED } from './shares.ts'

export type SharedBadge = {
  id: string
  about: Achievement
  organisation: string
  validFrom: Date
  validUntil: Date | null
  verification: Verification
}
type SharedHabilitation = {
  structure: string
  grantedAt: Date
  state: 'active' | 'suspended' | 'ended'
  endedAt: Date | null
}
export type OpenShare = {
  /** As the badges name their holder, several should they differ; null where she or he did not choose to show it. */
  names: string[] | null
  /** Null where the holder did not choose to show them. */
  habilitations: SharedHabilitation[] | null
  badges: SharedBadge[]
  /** Badges of elsewhere, as their last check found them: other sites are not asked at each reading. */
  elsewhere: ImportedBadge[]
  expiresAt: Date
}

type Deps = { db: Db; vault: Vault; verifier: Verifier }

/**
 * What a link shows to whoever has its secret, each badge of this service as verified now; `ended` once it expired or was withdrawn, `unknown`
 * for any other secret. Nothing is written of the reading.
 */
export async function openShare(
  { db, vault, verifier }: Deps,
  secret: string,
  lang: Lang,
  now = new Date(),
): Promise<OpenShare | 'ended' | 'unknown'> {
  const [share] = await db
    .select()
    .from(shares)
    .where(eq(shares.secretHash, hashSecret(secret)))
  if (!share) return 'unknown'
  const { id, personId, expiresAt, withdrawnAt, showName, showHabilitations } = share
  if (withdrawnAt !== null || expiresAt <= now) return 'ended'
  const found = await sharedBadges(db, id, personId)
  const signed = await signedBadges(
    db,
    found.map((one) => one.id),
  )
  const badges: SharedBadge[] = []
  for (const { identity: _, ...one } of found) {
    const document = JSON.parse(signed.get(one.id)!) as unknown
    badges.push({ ...one, verification: await verifier.credential(document, { lang }) })
  }
  return {
    badges,
    elsewhere: await sharedElsewhere(db, vault, id, personId),
    expiresAt,
    names: showName ? namesOf(vault, found) : null,
    habilitations: showHabilitations ? await habilitationsOf(db, personId) : null,
  }
}

const sharedBadges = (db: Db, shareId: string, personId: string) =>
  db
    .select({
      id: credentials.id,
      about: achievements.about,
      organisation: organisations.name,
      validFrom: credentials.validFrom,
      validUntil: credentials.validUntil,
      identity: sql<string | null>`coalesce(${completions.identity}, ${awards.identity})`,
    })
    .from(sharedCredentials)
    .innerJoin(credentials, eq(credentials.id, sharedCredentials.credentialId))
    .innerJoin(achievements, ofClass)
    .innerJoin(organisations, eq(organisations.id, credentials.organisationId))
    .leftJoin(completions, eq(completions.id, credentials.completionId))
    .leftJoin(awards, eq(awards.id, credentials.awardId))
    .where(
      and(eq(sharedCredentials.shareId, shareId), eq(credentials.personId, personId), isNull(credentials.erasedAt)),
    )
    .orderBy(desc(credentials.id))
    .limit(MAX_SHARED)

async function sharedElsewhere(db: Db, vault: Vault, shareId: string, personId: string): Promise<ImportedBadge[]> {
  const { importedId } = sharedImports
  const found = await db.select({ importedId }).from(sharedImports).where(eq(sharedImports.shareId, shareId))
  const ids = found.map((one) => one.importedId)
  return ids.length === 0 ? [] : listWallet(db, vault, personId, ids)
}

function namesOf(vault: Vault, found: { identity: string | null }[]): string[] {
  const names = found.flatMap(({ identity }) => {
    if (identity === null) return []
    const { givenName, familyName } = openIdentity(vault, identity)
    return `${givenName} ${familyName}`.trim()
  })
  return [...new Set(names.filter((one) => one !== ''))]
}

const habilitationsOf = async (db: Db, personId: string): Promise<SharedHabilitation[]> => {
  const { grantedAt, endedAt, lapses } = habilitations
  const found = await db
    .select({ structure: organisations.name, grantedAt, endedAt, lapses })
    .from(habilitations)
    .innerJoin(organisations, eq(organisations.id, habilitations.organisationId))
    .where(eq(habilitations.personId, personId))
    .orderBy(desc(grantedAt))
    .limit(MAX_SHARED)
  return found.map(({ lapses, ...one }) => ({
    ...one,
    state: one.endedAt ? 'ended' : lapses.length > 0 ? 'suspended' : 'active',
  }))
}
