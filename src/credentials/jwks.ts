import { and, asc, eq, isNull } from '../drizzle.ts'
import type { Db } from '../db.ts'
import { notFound } from '../errors.ts'
import { getOrganisation } from '../organisations/organisations.ts'
import type { Vault } from '../vault.ts'
import { issuerJwks } from './credentials.sql.ts'
import { generateJwk, type SigningJwk } from './jws.ts'
import type { JsonObject } from './suite.ts'

/** What the service signs tokens with: RS256, which Open Badges 3.0 asks every verifier to read, and ES256. */
const TOKEN_ALGS = ['RS256', 'ES256'] as const
export type TokenAlg = (typeof TOKEN_ALGS)[number]

/** The address of one JWK, which is the `kid` of what it signs (OB 3.0 §8.2: a URI that can be dereferenced). */
const jwkUrl = (baseUrl: string, slug: string, kid: string): string => `${baseUrl}/organisations/${slug}/jwks/${kid}`

/** What a purpose of the vault binds a private JWK to. */
export const jwkSeal = (kid: string): string => `issuer-jwk/${kid}`

type Signer = { id: string; slug: string }

/** The key that an organisation signs tokens with today, by that algorithm; its first one is made when it is first asked for. */
export async function activeJwk(
  db: Db,
  vault: Vault,
  baseUrl: string,
  { id: organisationId, slug }: Signer,
  alg: TokenAlg,
): Promise<SigningJwk> {
  const found = await findActive(db, vault, organisationId, alg)
  // Of two first signatures at once, the unique index lets one key in: both then read that one.
  if (!found)
    await db
      .insert(issuerJwks)
      .values(await newJwkRow(vault, organisationId, alg))
      .onConflictDoNothing()
  const { kid, privateJwk } = found ?? (await findActive(db, vault, organisationId, alg)) ?? {}
  if (!kid || !privateJwk) throw new Error(`No ${alg} key for organisation ${organisationId}.`)
  return { kid: jwkUrl(baseUrl, slug, kid), alg, privateJwk }
}

async function findActive(db: Db, vault: Vault, organisationId: string, alg: TokenAlg) {
  const [row] = await db
    .select({ kid: issuerJwks.kid, sealed: issuerJwks.sealedPrivateJwk })
    .from(issuerJwks)
    .where(and(eq(issuerJwks.organisationId, organisationId), eq(issuerJwks.alg, alg), isNull(issuerJwks.retiredAt)))
  if (!row) return null
  return { kid: row.kid, privateJwk: JSON.parse(vault.open(jwkSeal(row.kid), row.sealed)) as JsonObject }
}

async function newJwkRow(vault: Vault, organisationId: string, alg: TokenAlg) {
  const { thumbprint: kid, publicJwk, privateJwk } = await generateJwk(alg)
  return { kid, organisationId, alg, publicJwk, sealedPrivateJwk: vault.seal(jwkSeal(kid), JSON.stringify(privateJwk)) }
}

/** Retires the keys that sign tokens: the next token of each algorithm is signed by a new one. What was signed still verifies. */
export const retireJwks = (tx: Db, organisationId: string) =>
  tx
    .update(issuerJwks)
    .set({ retiredAt: new Date() })
    .where(and(eq(issuerJwks.organisationId, organisationId), isNull(issuerJwks.retiredAt)))

/** The keys that an organisation signs and has signed tokens with, the oldest first. */
export const listJwks = (db: Db, organisationId: string) =>
  db
    .select({
      kid: issuerJwks.kid,
      alg: issuerJwks.alg,
      publicJwk: issuerJwks.publicJwk,
      createdAt: issuerJwks.createdAt,
      retiredAt: issuerJwks.retiredAt,
    })
    .from(issuerJwks)
    .where(eq(issuerJwks.organisationId, organisationId))
    .orderBy(asc(issuerJwks.createdAt), asc(issuerJwks.kid))

/** The JWK Set of an organisation (RFC 7517 §5): every key it ever signed tokens with, so that old tokens verify. */
export async function jwkSet(db: Db, slug: string): Promise<{ keys: JsonObject[] }> {
  const { id } = await getOrganisation(db, slug)
  const keys = await listJwks(db, id)
  return { keys: keys.map(publicForm) }
}

/** One JWK of an organisation. Errors: `not_found`. */
export async function getJwk(db: Db, slug: string, kid: string): Promise<JsonObject> {
  const { id } = await getOrganisation(db, slug)
  const [found] = await db
    .select({ kid: issuerJwks.kid, alg: issuerJwks.alg, publicJwk: issuerJwks.publicJwk })
    .from(issuerJwks)
    .where(and(eq(issuerJwks.organisationId, id), eq(issuerJwks.kid, kid)))
  if (!found) throw notFound('La clé', kid)
  return publicForm(found)
}

const publicForm = ({ kid, alg, publicJwk }: { kid: string; alg: string; publicJwk: JsonObject }): JsonObject => ({
  ...publicJwk,
  kid,
  alg,
  use: 'sig',
})
