import { and, asc, desc, eq, isNull } from '../drizzle.ts'
import type { Db } from '../db.ts'
import { record } from '../journal/journal.ts'
import { getOrganisation, issuerDid, type Organisation } from '../organisations/organisations.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import type { Vault } from '../vault.ts'
import { issuerJwks, issuerKeys } from './credentials.sql.ts'
import { jwkSeal, listJwks, retireJwks } from './jwks.ts'
import { generateKeyPair, type KeyPair, verificationMethodOf } from './suite.ts'

/** The key that an organisation signs with today; its first one is made when it is first asked for. */
export async function activeKey(db: Db, vault: Vault, organisationId: string): Promise<KeyPair> {
  const found = await findActiveKey(db, vault, organisationId)
  if (found) return found
  // Of two first signatures at once, the unique index on the active key lets one key in: both then read that one.
  await insertKey(db, vault, organisationId)
  const made = await findActiveKey(db, vault, organisationId)
  if (!made) throw new Error(`No signing key for organisation ${organisationId}.`)
  return made
}

/** Retires the active key, and those of tokens, and puts a new one in its place; what the old ones signed still verifies. */
export async function rotateKey(
  db: Db,
  vault: Vault,
  { id: organisationId }: Organisation,
  { author, reason }: { author: string; reason?: string },
): Promise<string> {
  const pair = await generateKeyPair()
  await db.transaction(async (tx) => {
    // One rotation after the other: each retires the key that the one before made.
    await tx.select().from(organisations).where(eq(organisations.id, organisationId)).for('update')
    await tx
      .update(issuerKeys)
      .set({ retiredAt: new Date() })
      .where(and(eq(issuerKeys.organisationId, organisationId), isNull(issuerKeys.retiredAt)))
    await tx.insert(issuerKeys).values(sealedRow(vault, organisationId, pair))
    await retireJwks(tx, organisationId)
    await record(tx, {
      author,
      action: 'key.rotated',
      subject: `key:${pair.publicKeyMultibase}`,
      organisationId,
      reason: reason ?? null,
    })
  })
  return pair.publicKeyMultibase
}

/** The keys that an organisation signs and has signed with, the present one first. */
export const listKeys = (db: Db, organisationId: string) =>
  db
    .select({
      publicKeyMultibase: issuerKeys.publicKeyMultibase,
      createdAt: issuerKeys.createdAt,
      retiredAt: issuerKeys.retiredAt,
    })
    .from(issuerKeys)
    .where(eq(issuerKeys.organisationId, organisationId))
    .orderBy(desc(issuerKeys.createdAt))

async function findActiveKey(db: Db, vault: Vault, organisationId: string): Promise<KeyPair | null> {
  const [row] = await db
    .select({ publicKeyMultibase: issuerKeys.publicKeyMultibase, sealed: issuerKeys.sealedSecretKey })
    .from(issuerKeys)
    .where(and(eq(issuerKeys.organisationId, organisationId), isNull(issuerKeys.retiredAt)))
  if (!row) return null
  const { publicKeyMultibase, sealed } = row
  return { publicKeyMultibase, secretKeyMultibase: vault.open(`issuer-key/${publicKeyMultibase}`, sealed) }
}

async function insertKey(db: Db, vault: Vault, organisationId: string): Promise<void> {
  await db
    .insert(issuerKeys)
    .values(sealedRow(vault, organisationId, await generateKeyPair()))
    .onConflictDoNothing()
}

const sealedRow = (vault: Vault, organisationId: string, { publicKeyMultibase, secretKeyMultibase }: KeyPair) => ({
  organisationId,
  publicKeyMultibase,
  sealedSecretKey: vault.seal(`issuer-key/${publicKeyMultibase}`, secretKeyMultibase),
})

/** The DID document of an organisation: every key it ever signed with, so that old badges verify (DID Core §5). */
export async function didDocument(db: Db, baseUrl: string, slug: string) {
  const organisation = await getOrganisation(db, slug)
  const keys = await db
    .select({ publicKeyMultibase: issuerKeys.publicKeyMultibase })
    .from(issuerKeys)
    .where(eq(issuerKeys.organisationId, organisation.id))
    .orderBy(asc(issuerKeys.createdAt))
  const did = issuerDid(baseUrl, slug)
  const jwks = await listJwks(db, organisation.id)
  const verificationMethod = [
    ...keys.map((key) => verificationMethodOf(did, key.publicKeyMultibase)),
    // Controlled Identifiers §2.2.3: for those who look for the key of a token in the document of its issuer.
    ...jwks.map(({ kid, publicJwk }) => ({
      id: `${did}#${kid}`,
      type: 'JsonWebKey',
      controller: did,
      publicKeyJwk: publicJwk,
    })),
  ]
  return {
    '@context': [
      'https://www.w3.org/ns/did/v1',
      'https://w3id.org/security/multikey/v1',
      ...(jwks.length > 0 ? ['https://w3id.org/security/jwk/v1'] : []),
    ],
    id: did,
    verificationMethod,
    assertionMethod: verificationMethod.map((method) => method.id),
  }
}

/** The issuer as its badges show it (OB 3.0, Profile). */
export const issuerProfile = ({ slug, name, url }: Organisation, baseUrl: string) => ({
  id: issuerDid(baseUrl, slug),
  type: ['Profile'],
  name,
  url: url ?? `${baseUrl}/organisations/${slug}`,
})

/** Throws when a signing key was sealed under a master key that is not at hand: better no service than a mute one. */
export async function assertKeysOpen(db: Db, vault: Vault): Promise<void> {
  const kept = await db.select().from(issuerKeys)
  const tokens = await db.select().from(issuerJwks)
  try {
    for (const row of kept) vault.open(`issuer-key/${row.publicKeyMultibase}`, row.sealedSecretKey)
    for (const row of tokens) vault.open(jwkSeal(row.kid), row.sealedPrivateJwk)
  } catch (error) {
    throw new Error(
      'La clé maîtresse n’est pas celle de cette base. Remettez MASTER_KEY, ou le fichier master.key de DATA_DIR ; ' +
        'pendant une rotation, remettez aussi PREVIOUS_MASTER_KEYS.',
      { cause: error },
    )
  }
}
