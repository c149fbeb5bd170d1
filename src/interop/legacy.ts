import { readHeader } from '../credentials/jws.ts'
import { type JsonObject, Unreachable } from '../credentials/suite.ts'
import type { CheckId, Verification } from '../credentials/verify.ts'
import type { Found } from '../credentials/verify-status.ts'
import type { LegacyAnswer, LegacyOutcome, LegacyRunner } from './legacy-process.ts'
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
import { assertionFault, faultOf, isObject, methodOf } from './older-properties.ts'

type Checks = Partial<Record<CheckId, Found>>
/** What was read for the judge: addresses and their text. */
type Read = { older: Older; documents: Map<string, string>; revocation: Found }

/**
 * Verifies Open Badges 0.5, 1.0 and 1.1 (Assertion specification, «Validation»). Whole and of one issuer by the rules here,
 * then judged by the validator of the time in a process of its own, which is given documents and reaches nothing.
 */
export async function verifyLegacy(asked: Asked, context: OlderContext, runner: LegacyRunner): Promise<Verification> {
  const read = await (asked.version === '0.5' ? readOldest(asked) : readLinked(asked, context))
  if (!('older' in read)) return endsWith(asked, read)
  const { older, revocation } = read
  const method = asked.token === null ? 'hosted' : 'signed'
  const task = { input: asked.token ?? asked.assertion, version: `${asked.version}.0`, method } as const
  let isMissing = false
  const outcome = await runner(task, async (url) => {
    const given = await answerOf(url, read, context)
    if (given === null) isMissing = true
    return given
  })
  const proof = proofFound(outcome, older, { method, isMissing })
  const checks = { proof, revocation }
  if (proof.outcome !== 'success') return endsWith(asked, { shape: shapeRight(asked.version), proof })
  return concludeProven(asked, context, { older, proof: method === 'hosted' ? 'hosted' : 'jws', checks })
}

const failure = (code: string, host = ''): Found => ({ outcome: 'failure', code, values: { host } })

/** 0.5 holds its class and its issuer, and is vouched for by the address where it was read. */
function readOldest({ version, assertion, address }: Asked): Read | Checks {
  const fault = assertionFault(version, assertion)
  if (fault !== null) return { shape: shapeWrong(version, fault) }
  const shape = shapeRight(version)
  if (address === null) return { shape, proof: { outcome: 'skipped', code: 'hosted_address_unknown' } }
  const badge = assertion['badge'] as JsonObject
  const issuer = badge['issuer'] as JsonObject
  const issuerId = addressOf(issuer['origin'])!
  if (new URL(issuerId).origin !== new URL(address).origin) {
    return { shape, proof: failure('hosted_elsewhere', hostOf(address)) }
  }
  const older: Older = { version, assertion, id: address, badge, badgeId: `${address}#badge`, issuer, issuerId }
  return { older, documents: new Map(), revocation: NOT_REVOKED }
}

/** 1.0 and 1.1 name their class, which names its issuer; the site of the issuer is the one that hosts, or holds the key. */
async function readLinked(asked: Asked, context: OlderContext): Promise<Read | Checks> {
  const { version, assertion, token } = asked
  const fault = assertionFault(version, assertion)
  if (fault !== null) return { shape: shapeWrong(version, fault) }
  const shape = shapeRight(version)
  const { type, url } = assertion['verify'] as JsonObject
  const verifyUrl = addressOf(url)!
  if ((methodOf(type) === 'signed') !== (token !== null)) return { shape, proof: failure('proof_missing') }
  const header = token === null ? null : readHeader(token, ['jwt', 'jose', 'jws'])
  if (header && 'refused' in header) return { shape, proof: failure(header.refused) }

  const badgeId = addressOf(assertion['badge'])!
  const badge = await readOne(asked, badgeId, 'BadgeClass', '/badge', context)
  if (!('id' in badge)) return badge
  const issuerId = addressOf(badge.document['issuer'])!
  const issuer = await readOne(asked, issuerId, 'Issuer', '/badge/issuer', context)
  if (!('id' in issuer)) return issuer
  if (new URL(verifyUrl).origin !== new URL(issuerId).origin) {
    return { shape, proof: failure('hosted_elsewhere', hostOf(verifyUrl)) }
  }
  const documents = new Map([
    [String(assertion['badge']), JSON.stringify(badge.document)],
    [String(badge.document['issuer']), JSON.stringify(issuer.document)],
    // Revocation is judged here: told of an empty list, the validator looks at the signature all the same.
    [String(issuer.document['revocationList']), '{}'],
  ])
  const parts = { badge: badge.document, badgeId, issuer: issuer.document, issuerId }
  const id = token === null ? verifyUrl : identifierOf(assertion, issuerId)
  const older: Older = { version, assertion, id, ...parts }
  if (token !== null) return { older, documents, revocation: await readRevocation(asked, older, context) }
  // The assertion that the issuer publishes, which the judge compares with the one given.
  const found = await readPublished(verifyUrl, context)
  if ('unreachable' in found) return { shape, proof: notPublished(verifyUrl) }
  if ('withdrawn' in found) return { shape, revocation: revoked(found.withdrawn, asked.at, context) }
  documents.set(verifyUrl, JSON.stringify(found.document))
  return { older, documents, revocation: NOT_REVOKED }
}

/** A signed badge may have no address: it is told by its number at its issuer's. */
const identifierOf = ({ id, uid }: JsonObject, issuerId: string): string =>
  typeof id === 'string' ? id : `${issuerId}#${encodeURIComponent(String(uid))}`

type One = { id: string; document: JsonObject }

async function readOne(
  { version }: Asked,
  id: string,
  name: 'BadgeClass' | 'Issuer',
  where: string,
  context: OlderContext,
): Promise<One | Checks> {
  const found = await readPublished(id, context)
  if (!('document' in found)) return { shape: shapeRight(version), proof: notPublished(id) }
  const fault = faultOf(version, name, found.document)
  return fault === null ? { id, document: found.document } : { shape: shapeWrong(version, `${where}/${fault}`) }
}

/** The issuer's list: an object whose keys are the `uid` of revoked badges, and whose values are the reasons. */
async function readRevocation({ at }: Asked, { assertion, issuer }: Older, context: OlderContext): Promise<Found> {
  const url = addressOf(issuer['revocationList'])
  if (url === null) return { outcome: 'skipped', code: 'no_revocation_list' }
  const found = await readPublished(url, context)
  if (!('document' in found)) return { outcome: 'skipped', code: 'status_unreachable' }
  const uid = String(assertion['uid'])
  const reason = Object.hasOwn(found.document, uid) ? found.document[uid] : undefined
  if (reason === undefined) return NOT_REVOKED
  return revoked(reason, at, context)
}

const JSON_TYPE = 'application/json'
/** The least picture: what a badge looks like proves nothing, so pictures are not fetched. */
const PICTURE: LegacyAnswer = { contentType: 'image/png', body: '' }

/** What the judge may read: what was read before it, pictures that are none, and other documents through the guarded fetcher. */
async function answerOf(url: string, { older, documents }: Read, { fetch }: OlderContext): Promise<LegacyAnswer> {
  const known = documents.get(url) ?? documents.get(addressOf(url) ?? '')
  if (known !== undefined) return { contentType: JSON_TYPE, body: Buffer.from(known).toString('base64') }
  const { assertion, badge, issuer, issuerId } = older
  const pictures = [assertion['image'], badge['image'], issuer['image']].map((one) => addressOf(one, issuerId))
  if (pictures.includes(addressOf(url))) return PICTURE
  try {
    const { body, contentType } = await fetch(url, '*/*')
    return { contentType, body: body.toString('base64') }
  } catch (error) {
    if (error instanceof Unreachable) return null
    throw error
  }
}

/** What the judge's answer says of the proof. It refuses what it cannot read: then nothing is known of the badge. */
function proofFound(
  outcome: LegacyOutcome,
  { assertion, id, version }: Older,
  { method, isMissing }: { method: 'hosted' | 'signed'; isMissing: boolean },
): Found {
  const address = isObject(assertion['verify']) ? String(assertion['verify']['url']) : id
  if (outcome.outcome === 'lost') return { outcome: 'skipped', code: 'legacy_not_checked', values: { version } }
  if (outcome.outcome === 'accepted') {
    return method === 'hosted' ? hosted(address) : { outcome: 'success', code: 'proof_ok' }
  }
  if (outcome.code === 'deep-equal') return failure('hosted_differs', hostOf(address))
  if (outcome.code === 'verify-signature') return failure('proof_invalid')
  if (isMissing) return notPublished(address)
  return { outcome: 'failure', code: 'legacy_refused', values: { version, reason: outcome.code } }
}
