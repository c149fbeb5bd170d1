import { type JwsAlg, readHeader, verifyJws } from '../credentials/jws.ts'
import type { JsonObject } from '../credentials/suite.ts'
import type { Verification } from '../credentials/verify.ts'
import type { Found } from '../credentials/verify-status.ts'
import { addressOf, type Older } from './older-badge.ts'
import {
  type Asked,
  concludeProven,
  endsWith,
  hosted,
  hostOf,
  NOT_REVOKED,
  notPublished,
  type OlderContext,
  readPublished,
  revoked,
  shapeRight,
  shapeWrong,
} from './older-check.ts'
import { jwkOfPem } from './pem.ts'
import { assertionFault, faultOf, instantOf, isObject, methodOf, verificationOf } from './older-properties.ts'

/**
 * Verifies an assertion of Open Badges 2.0 (§«Verification»): hosted, what its address publishes now is what counts; signed,
 * the key must be its issuer's. Class and issuer are read where they are published, never from a copy.
 */
export async function verifyOpenBadges2(asked: Asked, context: OlderContext): Promise<Verification> {
  const { assertion, token } = asked
  // What a site publishes of a revoked badge may be no more than that.
  const isTombstone = token === null && assertion['revoked'] === true
  const fault = isTombstone ? null : assertionFault('2.0', assertion)
  if (fault !== null) return endsWith(asked, { shape: shapeWrong('2.0', fault) })
  const verification = verificationOf(assertion)
  const isSigned = isObject(verification) && methodOf(verification['type']) === 'signed'
  return isSigned ? verifySigned(asked, context) : verifyHosted(asked, context)
}

async function verifyHosted(asked: Asked, context: OlderContext): Promise<Verification> {
  const { assertion, at } = asked
  const address = addressOf(assertion['id'])
  if (address === null) return endsWith(asked, { shape: shapeWrong('2.0', '/id') })
  const found = await readPublished(address, context)
  const shape = shapeRight('2.0')
  if ('unreachable' in found) return endsWith(asked, { shape, proof: notPublished(address) })
  if ('withdrawn' in found) return endsWith(asked, { shape, revocation: revoked(found.withdrawn, at, context) })
  const published = found.document
  const fault = assertionFault('2.0', published)
  if (fault !== null) return endsWith(asked, { shape: shapeWrong('2.0', fault) })
  if (differs(assertion, published)) return endsWith(asked, { shape, proof: refused('hosted_differs', address) })
  const older = await classAndIssuer(published, address, context)
  if ('outcome' in older) return endsWith(asked, { [older.code === 'shape_incomplete' ? 'shape' : 'proof']: older })
  if (!isInScope(address, older)) return endsWith(asked, { shape, proof: refused('hosted_elsewhere', address) })
  const checks = { proof: hosted(address), revocation: NOT_REVOKED }
  return concludeProven(asked, context, { older, proof: 'hosted', checks })
}

const refused = (code: string, address: string): Found => ({
  outcome: 'failure',
  code,
  values: { host: hostOf(address) },
})

/** Whether what was given says something else than what is published of who received what, and when. */
function differs(given: JsonObject, published: JsonObject): boolean {
  const said = ({ id, recipient, badge, issuedOn, expires }: JsonObject): string => {
    const { identity, type, hashed, salt } = recipient as JsonObject
    const dates = [issuedOn, expires].map((date) => instantOf(date)?.getTime() ?? null)
    const who = [String(identity).toLowerCase(), [type].flat().map(String), hashed, salt ?? null]
    return JSON.stringify([id, who, addressOf(badge), dates])
  }
  return given['revoked'] !== true && said(given) !== said(published)
}

/** The class and the issuer of an assertion, as their own addresses publish them; else why not. */
async function classAndIssuer(assertion: JsonObject, id: string, context: OlderContext): Promise<Older | Found> {
  const badgeId = addressOf(assertion['badge'])
  if (badgeId === null) return shapeWrong('2.0', '/badge')
  const badge = await readOne(badgeId, 'BadgeClass', '/badge', context)
  if ('outcome' in badge) return badge as Found
  const issuerId = addressOf(badge['issuer'])
  if (issuerId === null) return shapeWrong('2.0', '/badge/issuer')
  const issuer = await readOne(issuerId, 'Issuer', '/badge/issuer', context)
  if ('outcome' in issuer) return issuer as Found
  return { version: '2.0', assertion, id, badge, badgeId, issuer, issuerId }
}

async function readOne(
  address: string,
  name: 'BadgeClass' | 'Issuer' | 'CryptographicKey',
  where: string,
  context: OlderContext,
): Promise<JsonObject | Found> {
  const found = await readPublished(address, context)
  if (!('document' in found)) return notPublished(address)
  const { document } = found
  const fault = faultOf('2.0', name, document)
  if (fault !== null) return shapeWrong('2.0', `${where}/${fault}`)
  // A document speaks for its own address alone.
  return addressOf(document['id']) === address ? document : refused('hosted_elsewhere', address)
}

/**
 * Whether the issuer vouches for what that address publishes: its own origin, unless its profile names others
 * (`verification.allowedOrigins`, a host) or the beginning of addresses (`startsWith`).
 */
function isInScope(address: string, { issuer, issuerId }: Older): boolean {
  const { origin, host, href } = new URL(address)
  const scope = isObject(issuer['verification']) ? issuer['verification'] : {}
  const texts = (value: unknown) => [value ?? []].flat().filter((one): one is string => typeof one === 'string')
  const [origins, beginnings] = [texts(scope['allowedOrigins']), texts(scope['startsWith'])]
  const isOrigin = origins.length > 0 ? origins.some((one) => one === host || one === origin) : null
  // Whole hosts are compared: `https://a.example` is not the beginning of `https://a.example.org/`.
  const isBeginning = beginnings.some(
    (one) => URL.canParse(one) && new URL(one).origin === origin && href.startsWith(new URL(one).href),
  )
  if (beginnings.length > 0) return isBeginning && isOrigin !== false
  return isOrigin ?? origin === new URL(issuerId).origin
}

const TYPES = ['jwt', 'jose', 'jws'] as const

async function verifySigned(asked: Asked, context: OlderContext): Promise<Verification> {
  const { assertion, token } = asked
  const shape = shapeRight('2.0')
  const ends = (proof: Found) => endsWith(asked, { [proof.code === 'shape_incomplete' ? 'shape' : 'proof']: proof })
  // Its JSON alone: whoever wrote it did not sign it.
  if (token === null) return endsWith(asked, { shape, proof: { outcome: 'failure', code: 'proof_missing' } })
  const header = readHeader(token, TYPES)
  if ('refused' in header) return endsWith(asked, { shape, proof: { outcome: 'failure', code: header.refused } })
  const older = await classAndIssuer(assertion, String(assertion['id']), context)
  if ('outcome' in older) return ends(older)
  const proof = await checkSignature(token, header.alg, older, context)
  if (proof.outcome !== 'success') return endsWith(asked, { shape, proof })
  const revocation = await readRevocation(asked, older, context)
  return concludeProven(asked, context, { older, proof: 'jws', checks: { proof, revocation } })
}

/** The key must name the issuer as its owner, and the issuer must list it (OB 2.0, «Signed verification»). */
async function checkSignature(token: string, alg: JwsAlg, older: Older, context: OlderContext): Promise<Found> {
  const { assertion, issuer, issuerId } = older
  const listed = [issuer['publicKey'] ?? []].flat().slice(0, 50)
  const names = listed.map((one) => (isObject(one) ? one['id'] : one))
  const verification = verificationOf(assertion) as JsonObject
  const creator = verification['creator'] ?? (names.length === 1 ? names[0] : undefined)
  const at = names.indexOf(creator)
  if (typeof creator !== 'string' || at < 0) return { outcome: 'failure', code: 'issuer_mismatch' }
  const inside: unknown = listed[at]
  const key = isObject(inside) ? inside : await readOne(creator, 'CryptographicKey', '/verification/creator', context)
  if ('outcome' in key && 'code' in key) return keyUnread(key as Found)
  if (addressOf(key['owner']) !== issuerId) return { outcome: 'failure', code: 'issuer_mismatch' }
  const jwk = jwkOfPem(key['publicKeyPem'])
  const isSigned = jwk !== null && (await verifyJws(token, jwk, [alg])) !== null
  return isSigned ? { outcome: 'success', code: 'proof_ok' } : { outcome: 'failure', code: 'proof_invalid' }
}

const keyUnread = (found: Found): Found =>
  found.outcome === 'skipped'
    ? { outcome: 'skipped', code: 'issuer_unreachable' }
    : { outcome: 'failure', code: 'proof_invalid' }

/** The issuer's list of revoked assertions, by `id` or `uid` (OB 2.0, RevocationList). */
async function readRevocation(
  { at }: Asked,
  { assertion, issuer, issuerId }: Older,
  context: OlderContext,
): Promise<Found> {
  const address = addressOf(issuer['revocationList'])
  if (address === null) return { outcome: 'skipped', code: 'no_revocation_list' }
  const found = await readPublished(address, context)
  if (!('document' in found)) return { outcome: 'skipped', code: 'status_unreachable' }
  const { document: list } = found
  const owner = list['issuer'] === undefined ? issuerId : addressOf(list['issuer'])
  const isTheirs = addressOf(list['id'] ?? address) === address && owner === issuerId
  const entries = list['revokedAssertions']
  if (!isTheirs || !Array.isArray(entries)) return { outcome: 'failure', code: 'status_invalid' }
  const names = [assertion['id'], assertion['uid']].filter((name) => typeof name === 'string')
  for (const entry of entries as unknown[]) {
    const one = isObject(entry) ? entry : { id: entry }
    if (names.some((name) => name === one['id'] || name === one['uid'])) {
      return revoked(one['revocationReason'], at, context)
    }
  }
  return NOT_REVOKED
}
