import { and, asc, eq, isNotNull } from '../drizzle.ts'
import { union } from '../drizzle-pg.ts'
import { getAchievement } from '../badges/achievements.ts'
import type { Achievement } from '../badges/schema.ts'
import { OPEN_BADGES_V2 } from '../credentials/badge-version.ts'
import { getCredential, lastReason } from '../credentials/credentials.ts'
import { credentials, statusLists } from '../credentials/credentials.sql.ts'
import { activeJwk, getJwk, listJwks } from '../credentials/jwks.ts'
import { signJwt } from '../credentials/jws.ts'
import { list, type OpenBadge } from '../credentials/open-badge.ts'
import type { JsonObject } from '../credentials/suite.ts'
import { shownLevels } from '../credentials/verification-view.ts'
import type { Db } from '../db.ts'
import { notFound } from '../errors.ts'
import { getOrganisation, type Organisation } from '../organisations/organisations.ts'
import type { Vault } from '../vault.ts'
import { pemOf } from './pem.ts'

export type Publishing = {
  db: Db
  vault: Vault
  baseUrl: string
  /** Where to write about the badges of this service, an e-mail; null when it is not said. */
  contact: string | null
}

/** Where the documents of Open Badges 2.0 are. Those of an assertion all begin alike: it is what its issuer vouches for. */
const addresses = (baseUrl: string) => ({
  assertion: (id: string) => `${baseUrl}/ob2/assertions/${id}`,
  badge: (slug: string, achievement: string, version: string) =>
    `${baseUrl}/ob2/badges/${slug}/${achievement}/${version}`,
  issuer: (slug: string) => `${baseUrl}/ob2/issuers/${slug}`,
  key: (slug: string, kid: string) => `${baseUrl}/ob2/keys/${slug}/${kid}`,
  revocations: (slug: string) => `${baseUrl}/ob2/revocations/${slug}`,
})

/** An assertion as its address answers it: whole, or revoked, which 2.0 tells by HTTP 410. */
export type PublishedAssertion = { document: JsonObject; isRevoked: boolean }

/**
 * The hosted assertion of a badge (OB 2.0, Assertion), from the very document that was signed as 3.0: the same recipient, hash
 * and dates. 2.0 knows no suspension, so a suspended badge is told as revoked while it lasts. Errors: `not_found`, `erased`.
 */
export async function hostedAssertion({ db, baseUrl }: Publishing, id: string): Promise<PublishedAssertion> {
  const found = await getCredential(db, id)
  const document = hostedForm(found, baseUrl)
  if (!found.revokedAt && !found.suspendedAt) return { document, isRevoked: false }
  const reason = (await lastReason(db, id)) ?? ''
  const revocationReason = found.revokedAt ? reason : `Badge suspendu ; la suspension peut être levée. ${reason}`.trim()
  const { '@context': context, type, id: address } = document
  return { document: { '@context': context, type, id: address, revoked: true, revocationReason }, isRevoked: true }
}

/** The hosted assertion as it is baked, be the badge revoked or not: who reads it asks its address. */
export async function bakedAssertion({ db, baseUrl }: Publishing, id: string) {
  const found = await getCredential(db, id)
  const achievement = await getAchievement(db, found.achievement, found.achievementVersion)
  return { document: hostedForm(found, baseUrl), achievement }
}

/** The signed assertion of a badge (OB 2.0, «Signed verification»): a compact JWS, RS256, by the key of its organisation. */
export async function signedAssertion({ db, vault, baseUrl }: Publishing, id: string): Promise<string> {
  const found = await getCredential(db, id)
  const organisation = await getOrganisation(db, found.organisation)
  const key = await activeJwk(db, vault, baseUrl, organisation, 'RS256')
  const creator = addresses(baseUrl).key(organisation.slug, key.kid.split('/').at(-1)!)
  const form = { ...assertionOf(found, baseUrl), id: signedId(id), verification: { type: 'SignedBadge', creator } }
  return signJwt(form, { typ: 'JWT' }, key)
}

/** A signed assertion has no address: it is told by its number alone. */
const signedId = (id: string): string => `urn:uuid:${id}`

type Found = Awaited<ReturnType<typeof getCredential>>

function hostedForm(found: Found, baseUrl: string): JsonObject {
  const id = addresses(baseUrl).assertion(found.id)
  return { ...assertionOf(found, baseUrl), id, image: `${id}.png`, verification: { type: 'HostedBadge' } }
}

/** What the hosted and the signed assertion say alike. */
function assertionOf({ organisation, achievement, achievementVersion, document }: Found, baseUrl: string): JsonObject {
  const badge = JSON.parse(document) as OpenBadge
  const email = list(badge.credentialSubject.identifier).find(({ identityType }) => identityType === 'emailAddress')
  const { identityHash, salt } = email as { identityHash: string; salt?: string }
  const levels = shownLevels(badge, 'fr').map(({ name, framework, level }) => `- ${name} (${framework}) : ${level}`)
  const evidence = list(badge.evidence).map(({ id, narrative }) => ({ type: 'Evidence', id, narrative }))
  return {
    '@context': OPEN_BADGES_V2,
    type: 'Assertion',
    recipient: { type: 'email', hashed: true, identity: identityHash, salt },
    badge: addresses(baseUrl).badge(organisation, achievement, achievementVersion),
    issuedOn: badge.validFrom,
    ...(badge.validUntil && { expires: badge.validUntil }),
    ...(levels.length > 0 && { narrative: levels.join('\n') }),
    ...(evidence.length > 0 && { evidence }),
  }
}

/** A badge class of an organisation (OB 2.0, BadgeClass): 2.0 gives each class one issuer. Errors: `not_found`. */
export async function badgeClass({ db, baseUrl }: Publishing, slug: string, name: string, version: string) {
  const { slug: issuer } = await getIssuer(db, slug)
  const achievement = await getAchievement(db, name, version)
  const { own } = achievement
  if (own && own.organisation !== issuer) throw notFound('Le badge', name)
  const page = `${baseUrl}/achievements/${name}/${version}`
  return {
    '@context': OPEN_BADGES_V2,
    type: 'BadgeClass',
    id: addresses(baseUrl).badge(slug, name, version),
    name: achievement.name,
    description: achievement.description,
    image: `${page}/image.png`,
    criteria: { id: page, narrative: achievement.criteria },
    issuer: addresses(baseUrl).issuer(slug),
    version,
    '@language': 'fr',
    ...alignmentOf(achievement, baseUrl),
  }
}

function alignmentOf({ competences }: Achievement, baseUrl: string) {
  if (competences.length === 0) return {}
  const alignment = competences.map(({ label, framework, version, code, frameworkTitle }) => ({
    targetName: label,
    targetUrl: `${baseUrl}/referentiels/${framework}/${version}/${code}`,
    targetCode: code,
    targetFramework: `${frameworkTitle} (${version})`,
  }))
  return { alignment }
}

/** An organisation as an issuer (OB 2.0, Profile): its keys, its list of revocations, and the addresses that it vouches for. */
export async function issuerDocument({ db, baseUrl, contact }: Publishing, slug: string) {
  const { id, name, url } = await getIssuer(db, slug)
  const at = addresses(baseUrl)
  const keys = (await listJwks(db, id)).filter(({ alg }) => alg === 'RS256')
  return {
    '@context': OPEN_BADGES_V2,
    type: 'Issuer',
    id: at.issuer(slug),
    name,
    url: url ?? `${baseUrl}/organisations/${slug}`,
    ...(contact && { email: contact }),
    ...(keys.length > 0 && { publicKey: keys.map(({ kid }) => at.key(slug, kid)) }),
    revocationList: at.revocations(slug),
    verification: { type: 'VerificationObject', startsWith: at.assertion('') },
  }
}

/** A key of an organisation, still signing or not (OB 2.0, CryptographicKey). Errors: `not_found`. */
export async function keyDocument({ db, baseUrl }: Publishing, slug: string, kid: string) {
  const jwk = await getJwk(db, slug, kid)
  if (jwk['kty'] !== 'RSA') throw notFound('La clé', kid)
  const at = addresses(baseUrl)
  const publicKeyPem = pemOf(jwk)
  const [id, owner] = [at.key(slug, kid), at.issuer(slug)]
  return { '@context': OPEN_BADGES_V2, type: 'CryptographicKey', id, owner, publicKeyPem }
}

/** The signed assertions of an organisation that no longer hold, suspended ones included (OB 2.0, RevocationList). */
export async function revocationList({ db, baseUrl }: Publishing, slug: string) {
  const { id: organisationId } = await getIssuer(db, slug)
  // By the lists of the organisation: what is revoked and what is suspended are indexed apart.
  const ofIts = (since: typeof credentials.revokedAt | typeof credentials.suspendedAt) =>
    db
      .select({ id: credentials.id })
      .from(statusLists)
      .innerJoin(credentials, eq(credentials.statusListId, statusLists.id))
      .where(and(eq(statusLists.organisationId, organisationId), isNotNull(since)))
  const found = await union(ofIts(credentials.revokedAt), ofIts(credentials.suspendedAt)).orderBy(asc(credentials.id))
  const at = addresses(baseUrl)
  return {
    '@context': OPEN_BADGES_V2,
    type: 'RevocationList',
    id: at.revocations(slug),
    issuer: at.issuer(slug),
    revokedAssertions: found.map(({ id }) => ({ id: signedId(id) })),
  }
}

/** An organisation that may issue, or could once: no other is an issuer. Errors: `not_found`. */
async function getIssuer(db: Db, slug: string): Promise<Organisation> {
  const organisation = await getOrganisation(db, slug)
  if (!['approved', 'suspended'].includes(organisation.state)) throw notFound('L’organisme', slug)
  return organisation
}
