import { describe, expect, test } from 'vitest'
import { checkShape } from '../../src/credentials/open-badge.ts'
import type { Json } from '../support/actors.ts'
import { aForeignBadge } from '../support/foreign-issuer.ts'

const aBadge = (): Json => aForeignBadge('did:example:emetteur')
const changed = (change: (badge: Json) => void): Json => {
  const badge = aBadge()
  change(badge)
  return badge
}

test('a whole badge is accepted, alone or with single values where sets are allowed', () => {
  expect(checkShape(aBadge())).toMatchObject({ outcome: 'success', badge: { name: 'Soudure' } })
  const single = changed((badge) => {
    badge['issuer'] = 'did:example:emetteur'
    badge['credentialSubject'].type = 'AchievementSubject'
    badge['credentialSubject'].achievement.type = 'Achievement'
    badge['credentialStatus'] = { type: 'BitstringStatusListEntry' }
  })
  expect(checkShape(single).outcome).toBe('success')
})

test.each([[null], [undefined], [true], [4], ['texte'], [[]], [[{}]], [{}]])('%j is not a badge', (value) => {
  expect(checkShape(value)).toMatchObject({ outcome: 'failure', code: 'shape_invalid' })
})

test.each<[string, string, (badge: Json) => void]>([
  ['another first context', '/@context', (b) => (b['@context'] = ['https://exemple.fr/contexte'])],
  ['no Open Badges context', '/@context', (b) => (b['@context'] = [b['@context'][0]])],
  ['another type', '/type', (b) => (b['type'] = ['VerifiableCredential'])],
  ['no identifier', '', (b) => delete b['id']],
  ['no issuer', '', (b) => delete b['issuer']],
  ['an issuer without identifier', '/issuer', (b) => delete b['issuer'].id],
  ['a date without its zone', '/validFrom', (b) => (b['validFrom'] = '2026-01-10T09:00:00')],
  ['a date that does not exist', '/validFrom', (b) => (b['validFrom'] = '2026-13-45T09:00:00Z')],
  ['an end that does not exist', '/validUntil', (b) => (b['validUntil'] = '2027-99-01T00:00:00Z')],
  ['an end before its beginning', '/validUntil', (b) => (b['validUntil'] = '2025-01-01T00:00:00Z')],
  ['nobody to be about', '/credentialSubject/identifier', (b) => delete b['credentialSubject'].id],
  [
    'two subjects',
    '/credentialSubject',
    (b) => (b['credentialSubject'] = [b['credentialSubject'], b['credentialSubject']]),
  ],
  ['no achievement', '/credentialSubject', (b) => delete b['credentialSubject'].achievement],
  [
    'an achievement of another type',
    '/credentialSubject/achievement/type',
    (b) => (b['credentialSubject'].achievement.type = ['Chose']),
  ],
  [
    'an achievement without name',
    '/credentialSubject/achievement',
    (b) => delete b['credentialSubject'].achievement.name,
  ],
  [
    'a result on the scale of another badge',
    '/credentialSubject/result',
    (b) => (b['credentialSubject'].result = [{ type: ['Result'], resultDescription: 'urn:ailleurs', value: '8' }]),
  ],
  [
    'more status entries than would be fetched',
    '/credentialStatus',
    (b) => (b['credentialStatus'] = Array.from({ length: 9 }, () => ({ type: 'x' }))),
  ],
])('a badge with %s is refused, and told where', (_, where, change) => {
  expect(checkShape(changed(change))).toEqual({ outcome: 'failure', code: 'shape_invalid', where })
})

describe('one spelling is read: what another would hide is refused before its signature is even looked at', () => {
  test.each<[string, string, (badge: Json) => void]>([
    [
      'a property named by its full address',
      '/https://www.w3.org/2018/credentials#validUntil',
      (b) => (b['https://www.w3.org/2018/credentials#validUntil'] = '2020-01-01T00:00:00Z'),
    ],
    ['a keyword as a property', '/@index', (b) => (b['@index'] = 'texte non signé')],
    ['nodes hidden beside', '/credentialSubject/@included', (b) => (b['credentialSubject']['@included'] = [])],
    [
      'a value object where a word is expected',
      '/credentialSubject/achievement/name/@value',
      (b) => (b['credentialSubject'].achievement.name = { '@value': 'Soudure' }),
    ],
    [
      'a blank node with a name',
      '/credentialSubject/achievement/creator/id',
      (b) => (b['credentialSubject'].achievement.creator = { id: '_:ingénieur', type: ['Profile'] }),
    ],
    [
      'a second description of itself',
      '/evidence/0/id',
      (b) => (b['evidence'] = [{ id: b['id'], type: ['Evidence'] }]),
    ],
  ])('%s', (_, where, change) => {
    expect(checkShape(changed(change))).toEqual({ outcome: 'failure', code: 'shape_invalid', where })
  })

  test.each<[string, (badge: Json) => void]>([
    ['a context of its own', (b) => b['@context'].push({ fin: 'https://www.w3.org/2018/credentials#validUntil' })],
    ['a context that is not known here', (b) => b['@context'].push('https://exemple.fr/contexte')],
    [
      'a version of Open Badges that is not known here',
      (b) => (b['@context'][1] = 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.9.9.json'),
    ],
    ['a context inside', (b) => (b['credentialSubject']['@context'] = [b['@context'][0]])],
  ])('%s: what it means is not certain', (_, change) => {
    expect(checkShape(changed(change))).toEqual({ outcome: 'skipped', code: 'context_unknown' })
  })

  test('an endorsement brings its own contexts, if they are known', () => {
    const endorsed = changed(
      (b) => (b['endorsement'] = [{ '@context': b['@context'], id: 'urn:x', type: ['EndorsementCredential'] }]),
    )
    expect(checkShape(endorsed).outcome).toBe('success')
  })
})

test('an older version of the standard is said to be so', () => {
  expect(checkShape({ '@context': 'https://w3id.org/openbadges/v2' })).toEqual({
    outcome: 'skipped',
    code: 'shape_unsupported',
  })
})

test.each<[string, unknown]>([
  ['100,000 levels', JSON.parse(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`)],
  ['40 levels', JSON.parse(`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`)],
  ['50,000 properties', Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`p${i}`, 1]))],
  ['30 endorsements', undefined],
  ['1,000,000 elements', { list: Array.from({ length: 1_000_000 }, () => 0) }],
])('%s are not examined', (_, value) => {
  const endorsement = Array.from({ length: value ? 0 : 30 }, () => ({ '@context': aBadge()['@context'] }))
  expect(checkShape({ ...aBadge(), endorsement, more: value })).toMatchObject({
    outcome: 'failure',
    code: 'shape_too_complex',
  })
})
