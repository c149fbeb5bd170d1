import { describe, expect, test } from 'vitest'
import { CREDENTIALS_V1, OPEN_BADGES_V3 } from '../../src/credentials/contexts.ts'
import { checkShape } from '../../src/credentials/open-badge.ts'
import { encodeList } from '../../src/credentials/status.ts'
import type { Json } from '../support/actors.ts'
import { aForeignBadge, codeOf, foreignIssuer } from '../support/foreign-issuer.ts'
import { FORMATS } from '../support/foreign-proofs.ts'

const STATUS_2021 = 'https://w3id.org/vc/status-list/2021/v1'
const EXTENSIONS = 'https://purl.imsglobal.org/spec/ob/v3p0/extensions.json'

/** The same badge as version 1.1 of the data model writes it. */
function asVersion1(badge: Json, contexts: string[] = [OPEN_BADGES_V3]): Json {
  const { validFrom, validUntil, ...rest } = badge
  return {
    ...rest,
    '@context': [CREDENTIALS_V1, ...contexts],
    issuanceDate: validFrom,
    ...(validUntil !== undefined && { expirationDate: validUntil }),
  }
}

describe('a badge of version 1.1 of the data model', () => {
  test.for(FORMATS)('is verified as it is, and read in the form of today (%s)', async (format) => {
    const issuer = await foreignIssuer()
    const dated = { ...aForeignBadge(issuer.did), validUntil: '2027-01-10T09:00:00Z' }
    const badge = await issuer.signAs(format, asVersion1(dated))
    const found = await issuer.verifier.credential(badge, {})
    expect(found).toMatchObject({
      verdict: 'valid',
      credential: { issuanceDate: '2026-01-10T09:00:00Z' },
      badge: { validFrom: '2026-01-10T09:00:00Z', validUntil: '2027-01-10T09:00:00Z', name: 'Soudure' },
    })
    expect(found.badge).not.toHaveProperty('issuanceDate')
    const later = await issuer.verifier.credential({ ...badge, expirationDate: '2037-01-10T09:00:00Z' }, {})
    expect([codeOf(later, 'proof'), later.verdict]).toEqual(['proof_invalid', 'invalid'])
  })

  test.for(['context.json', 'context-3.0.1.json', 'context-3.0.2.json', 'context-3.0.3.json'])(
    'is read under the Open Badges vocabulary %s',
    async (name) => {
      const issuer = await foreignIssuer()
      const context = `https://purl.imsglobal.org/spec/ob/v3p0/${name}`
      const badge = await issuer.signAs('Ed25519Signature2020', asVersion1(aForeignBadge(issuer.did), [context]))
      expect(await issuer.verifier.credential(badge, {})).toMatchObject({ verdict: 'valid' })
    },
  )

  test('has ended when its expirationDate is past, and has no two dates for one thing', async () => {
    const issuer = await foreignIssuer()
    const ended = asVersion1({ ...aForeignBadge(issuer.did), validUntil: '2026-05-01T00:00:00Z' })
    const found = await issuer.verifier.credential(await issuer.signAs('eddsa-rdfc-2022', ended), {})
    expect([codeOf(found, 'dates'), found.verdict]).toEqual(['expired', 'invalid'])
    const base = asVersion1(aForeignBadge(issuer.did))
    const places: [Json, string][] = [
      [{ ...base, validFrom: '2020-01-01T00:00:00Z' }, '/issuanceDate'],
      [{ ...base, issuanceDate: undefined }, '/issuanceDate'],
      [{ ...base, issuanceDate: '2026-01-10' }, '/issuanceDate'],
      [{ ...base, expirationDate: '2025-01-10T09:00:00Z' }, '/expirationDate'],
    ]
    for (const [badge, where] of places) {
      const given = JSON.parse(JSON.stringify(badge)) as Json
      expect(checkShape(given)).toMatchObject({ outcome: 'failure', code: 'shape_invalid' })
      expect(where.startsWith((checkShape(given) as { where: string }).where)).toBe(true)
    }
  })
})

describe('the status of version 1.1', () => {
  const listUrl = 'https://ailleurs.example/listes/2021'
  const aList = (did: string, set: number[], subject: Json = {}): Json => ({
    '@context': [CREDENTIALS_V1, STATUS_2021],
    id: listUrl,
    type: ['VerifiableCredential', 'StatusList2021Credential'],
    issuer: did,
    issuanceDate: '2026-06-01T00:00:00Z',
    credentialSubject: {
      id: `${listUrl}#list`,
      type: 'StatusList2021',
      statusPurpose: 'revocation',
      encodedList: encodeList(set).slice(1),
      ...subject,
    },
  })
  const entry = {
    id: `${listUrl}#7`,
    type: 'StatusList2021Entry',
    statusPurpose: 'revocation',
    statusListIndex: '7',
    statusListCredential: listUrl,
  }

  test.for<[string, number[], Json, string]>([
    ['set', [7], {}, 'revoked'],
    ['clear', [6, 8], {}, 'not_revoked'],
    ['of another purpose', [], { statusPurpose: 'suspension' }, 'status_invalid'],
    ['too short', [], { encodedList: 'H4sIAAAAAAAAA2NgAAAAAP__AQAAAP__' }, 'status_invalid'],
  ])('a bit of a Status List 2021 that is %s: %s', async ([, set, subject, code]) => {
    const issuer = await foreignIssuer()
    issuer.network.set(listUrl, await issuer.signAs('Ed25519Signature2020', aList(issuer.did, set, subject)))
    const given = { ...asVersion1(aForeignBadge(issuer.did), [OPEN_BADGES_V3, STATUS_2021]), credentialStatus: entry }
    const found = await issuer.verifier.credential(await issuer.signAs('Ed25519Signature2020', given), {})
    expect(codeOf(found, 'revocation')).toBe(code)
  })

  const revocations = 'https://ailleurs.example/revocations'
  const badgeId = 'https://ailleurs.example/badges/1'
  const named = (revokedCredential: unknown, given: Json = {}): Json => ({
    id: revocations,
    issuer: 'did:web:ailleurs.example',
    revokedCredential,
    ...given,
  })
  test.for<[string, unknown, string, string?]>([
    ['does not name it', named([{ id: 'https://ailleurs.example/badges/2' }]), 'not_revoked'],
    ['names it', named([{ id: badgeId, revoked: true, revocationReason: 'Erreur' }]), 'revoked'],
    ['names it alone', named({ id: badgeId }), 'revoked'],
    [
      'names it under the name of the drafts',
      { ...named(undefined), revokedCredentials: [{ id: badgeId }] },
      'revoked',
    ],
    ['names it as not revoked', named([{ id: badgeId, revoked: false }]), 'not_revoked'],
    ['named it before', named([{ id: badgeId, revoked: '2026-03-01T00:00:00Z' }]), 'revoked'],
    ['named it before the day', named([{ id: badgeId, revoked: '2026-03-01T00:00:00Z' }]), 'revoked', '2026-04-01'],
    ['named it after the day', named([{ id: badgeId, revoked: '2026-03-01T00:00:00Z' }]), 'not_revoked', '2026-02-01'],
    ['names it without a day', named([{ id: badgeId, revoked: true }]), 'status_past_unknown', '2026-02-01'],
    ['is another’s', named([], { issuer: 'did:web:autre.example' }), 'status_invalid'],
    ['has another address', named([], { id: 'https://ailleurs.example/autres' }), 'status_invalid'],
    ['says nothing', named(undefined), 'status_unsupported'],
    ['holds nonsense', named([null, 4, [badgeId]]), 'not_revoked'],
    ['does not answer', undefined, 'status_unreachable'],
  ])('a list of revoked badges that %s', async ([, list, code, day]) => {
    const issuer = await foreignIssuer()
    if (list !== undefined) issuer.network.set(revocations, list)
    const badge = await issuer.badge({
      '@context': [...(aForeignBadge(issuer.did)['@context'] as string[]), EXTENSIONS],
      credentialStatus: { id: revocations, type: '1EdTechRevocationList' },
    })
    const at = day === undefined ? undefined : new Date(`${day}T12:00:00Z`)
    const found = await issuer.verifier.credential(badge, { at })
    expect([codeOf(found, 'revocation'), codeOf(found, 'suspension')]).toEqual([code, 'no_suspension_list'])
  })
})
