import { CREDENTIALS_V2, OPEN_BADGES_V3 } from '../credentials/contexts.ts'
import type { OlderVersion } from '../credentials/badge-version.ts'
import type { OpenBadge } from '../credentials/open-badge.ts'
import type { JsonObject } from '../credentials/suite.ts'
import { instantOf, isObject } from './older-properties.ts'

/** An assertion, its class and its issuer, each with the address where it is published, and found whole (`faultOf`). */
export type Older = {
  version: OlderVersion
  assertion: JsonObject
  /** The address of the assertion, else the identifier that it gives itself. */
  id: string
  badge: JsonObject & { id?: unknown }
  badgeId: string
  issuer: JsonObject
  issuerId: string
}

/** An older badge in the form of Open Badges 3.0, to be displayed and compared: nothing is added to what it says. */
export function asOpenBadge({ version, assertion, id, badge, badgeId, issuer, issuerId }: Older): OpenBadge {
  const validUntil = instantOf(assertion['expires'])
  const evidence = evidenceOf(assertion)
  const alignment = alignmentOf(badge)
  const narrative = isObject(badge['criteria']) ? badge['criteria']['narrative'] : undefined
  const criteria = addressOf(badge['criteria'], issuerId)
  const url = addressOf(issuer['url'] ?? issuer['origin'], issuerId)
  return {
    '@context': [CREDENTIALS_V2, OPEN_BADGES_V3],
    id,
    type: ['VerifiableCredential', 'OpenBadgeCredential'],
    name: String(badge['name']),
    issuer: { id: issuerId, type: ['Profile'], name: String(issuer['name']), ...(url && { url }) },
    validFrom: issuedOf(version, assertion).toISOString(),
    ...(validUntil && { validUntil: validUntil.toISOString() }),
    credentialSubject: {
      type: ['AchievementSubject'],
      identifier: [identityOf(version, assertion)],
      achievement: {
        id: badgeId,
        type: ['Achievement'],
        name: String(badge['name']),
        description: String(badge['description']),
        criteria: { ...(criteria && { id: criteria }), ...(typeof narrative === 'string' && { narrative }) },
        ...(alignment.length > 0 && { alignment }),
      },
    },
    ...(evidence.length > 0 && { evidence }),
  }
}

/** 0.5 may leave out the day of issue: nothing then says that the badge is not yet valid. */
const issuedOf = (version: OlderVersion, assertion: JsonObject): Date =>
  instantOf(version === '0.5' ? assertion['issued_on'] : assertion['issuedOn']) ?? new Date(0)

const IDENTITY_TYPES: Record<string, string> = { email: 'emailAddress', url: 'url', telephone: 'telephone' }

function identityOf(version: OlderVersion, assertion: JsonObject) {
  const recipient: JsonObject =
    version === '0.5'
      ? { type: 'email', identity: assertion['recipient'], salt: assertion['salt'] }
      : (assertion['recipient'] as JsonObject)
  const identityHash = String(recipient['identity'])
  const [type = ''] = [recipient['type']].flat().map(String)
  const { salt } = recipient
  return {
    type: 'IdentityObject' as const,
    hashed: version === '0.5' ? identityHash.includes('$') : recipient['hashed'] === true,
    identityHash,
    identityType: IDENTITY_TYPES[type] ?? type,
    ...(typeof salt === 'string' && { salt }),
  }
}

function evidenceOf(assertion: JsonObject) {
  const given = [assertion['evidence'] ?? []].flat().slice(0, 50)
  const narrative = typeof assertion['narrative'] === 'string' ? [{ narrative: assertion['narrative'] }] : []
  return [...given, ...narrative].flatMap((one: unknown) => {
    const id = addressOf(one)
    const text = isObject(one) ? (one['narrative'] ?? one['description'] ?? one['name']) : undefined
    if (!id && typeof text !== 'string') return []
    return [{ type: ['Evidence'], ...(id && { id }), ...(typeof text === 'string' && { narrative: text }) }]
  })
}

/** Alignments of 2.0 (`targetName`, `targetUrl`) and of before (`name`, `url`). */
function alignmentOf(badge: JsonObject) {
  const given = [badge['alignment'] ?? []].flat().slice(0, 50).filter(isObject)
  return given.flatMap((one) => {
    const [targetName, targetUrl] = [one['targetName'] ?? one['name'], addressOf(one['targetUrl'] ?? one['url'])]
    if (typeof targetName !== 'string' || !targetUrl) return []
    const text = (name: string) => (typeof one[name] === 'string' ? { [name]: one[name] } : {})
    return [{ type: ['Alignment'], targetName, targetUrl, ...text('targetCode'), ...text('targetFramework') }]
  })
}

/** A web address, given alone or as the `id` of an object; a path is one of the issuer's site. Null for anything else. */
export function addressOf(value: unknown, base?: string): string | null {
  const address = isObject(value) ? value['id'] : value
  if (typeof address !== 'string' || !URL.canParse(address, base)) return null
  const { protocol, href } = new URL(address, base)
  return /^https?:$/.test(protocol) ? href : null
}
