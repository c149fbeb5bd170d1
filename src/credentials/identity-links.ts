import { createHash, randomBytes } from 'node:crypto'
import { and, eq, isNull, sql } from '../drizzle.ts'
import type { Db } from '../db.ts'
import { notFound } from '../errors.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { type Address, listAddresses } from '../people/addresses.ts'
import { openIdentity } from '../people/people.ts'
import { completions } from '../training/training.sql.ts'
import type { Vault } from '../vault.ts'
import { awards } from './awards.sql.ts'
import { identityLinks } from './consents.sql.ts'
import { CREDENTIALS_V2, OPEN_BADGES_V3 } from './contexts.ts'
import { credentials } from './credentials.sql.ts'
import { activeKey, issuerProfile } from './keys.ts'
import { hashEmail, identityObject } from './recipient.ts'
import { signCredential } from './suite.ts'
import { identityLinkUrl } from './verify-link.ts'

const VALIDITY_MS = 24 * 3600_000
const RENEW_MS = 23 * 3600_000

type Linked = Awaited<ReturnType<typeof findLinked>>

/**
 * The signed document that says which other addresses the holder of a badge has proved, each hashed under a salt of its
 * own: who knows one recognises it, nobody reads it. `not_found` when there is none. Signed outside any transaction.
 */
export async function identityLink(db: Db, vault: Vault, baseUrl: string, id: string, now = new Date()) {
  const linked = await findLinked(db, vault, id)
  const { kept, others } = linked
  const addresses = stateOf(others)
  const isGood = kept?.addresses === addresses && now.getTime() - kept.signedAt.getTime() < RENEW_MS
  if (kept && isGood) return kept.document
  const document = JSON.stringify(await signLink(db, vault, baseUrl, linked, now))
  const fresh = { addresses, document, signedAt: now }
  await db.transaction(async (tx) => {
    // An erasure may have come meanwhile: nothing is kept of a badge that has none left.
    const isThere = and(eq(credentials.id, id), isNull(credentials.erasedAt))
    const [badge] = await tx.select({ id: credentials.id }).from(credentials).where(isThere).for('share')
    if (!badge) return
    await tx
      .insert(identityLinks)
      .values({ credentialId: id, ...fresh })
      .onConflictDoUpdate({ target: identityLinks.credentialId, set: fresh })
  })
  return document
}

async function findLinked(db: Db, vault: Vault, id: string) {
  const [found] = await db
    .select({
      id: credentials.id,
      personId: credentials.personId,
      identity: sql<string | null>`coalesce(${completions.identity}, ${awards.identity})`,
      organisation: organisations,
      kept: identityLinks,
    })
    .from(credentials)
    .leftJoin(completions, eq(completions.id, credentials.completionId))
    .leftJoin(awards, eq(awards.id, credentials.awardId))
    .innerJoin(organisations, eq(organisations.id, credentials.organisationId))
    .leftJoin(identityLinks, eq(identityLinks.credentialId, credentials.id))
    .where(eq(credentials.id, id))
  if (!found?.identity) throw notFound('Le lien d’adresses du badge', id)
  const { email } = openIdentity(vault, found.identity)
  const others = (await listAddresses(db, vault, found.personId)).filter((one) => one.email !== email)
  if (others.length === 0) throw notFound('Le lien d’adresses du badge', id)
  return { ...found, others }
}

const stateOf = (addresses: Address[]): string =>
  createHash('sha256')
    .update(
      addresses
        .map((one) => one.fingerprint)
        .toSorted()
        .join(),
    )
    .digest('base64url')

async function signLink(db: Db, vault: Vault, baseUrl: string, { id, organisation, others }: Linked, now: Date) {
  const badge = `${baseUrl}/credentials/${id}`
  const identifier = others
    .map(({ email }) => identityObject('emailAddress', hashEmail(email, randomBytes(16).toString('hex'))))
    .toSorted((a, b) => (a.identityHash < b.identityHash ? -1 : 1)) // in no order that would tell the first from the last
  const unsigned = {
    '@context': [CREDENTIALS_V2, OPEN_BADGES_V3],
    id: identityLinkUrl(badge),
    type: ['VerifiableCredential'],
    issuer: issuerProfile(organisation, baseUrl).id,
    validFrom: now.toISOString(),
    validUntil: new Date(now.getTime() + VALIDITY_MS).toISOString(),
    credentialSubject: { id: badge, type: ['AchievementSubject'], identifier },
  }
  return signCredential(unsigned, unsigned.issuer, await activeKey(db, vault, organisation.id), now)
}
