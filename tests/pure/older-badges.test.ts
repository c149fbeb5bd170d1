import { generateKeyPairSync } from 'node:crypto'
import { deflateSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { bakePng, bakeSvg } from '../../src/credentials/bake.ts'
import { codeOf } from '../support/foreign-issuer.ts'
import type { Json } from '../support/actors.ts'
import { AT, EMAIL, GONE, hashOf, issuer2, jwsOf, PEM, SALT, without } from '../support/older-issuer.ts'
import { aPng } from '../support/pictures.ts'

type Place = ReturnType<typeof issuer2>
const verify = (place: Place, given: unknown, question = {}) => place.verifier.credential(given, question)

describe('an Open Badges 2.0 badge that its issuer’s site publishes', () => {
  test('is valid by what that site publishes, read once, and shown in the form of 3.0', async () => {
    const place = issuer2()
    const found = await verify(place, place.documents['assertion'], { recipient: 'ZOE@exemple.invalid' })
    expect(found).toMatchObject({
      verdict: 'valid',
      dialect: { version: '2.0', proof: 'hosted' },
      credential: place.documents['assertion'],
      badge: {
        id: AT.assertion,
        name: 'Soudure',
        issuer: { id: AT.issuer, name: 'Atelier d’ailleurs' },
        validFrom: '2026-01-10T09:00:00.000Z',
        evidence: [{ id: 'https://ailleurs.example/preuve', narrative: 'Une soudure.' }],
        credentialSubject: {
          achievement: {
            id: AT.badge,
            criteria: { narrative: 'A soudé.' },
            alignment: [{ targetName: 'Souder', targetCode: '1' }],
          },
        },
      },
    })
    expect(found.checks.map(({ code }) => code)).toEqual([
      'shape_ok_older',
      'hosted_ok',
      'refresh_none',
      'not_revoked',
      'no_suspension_list',
      'no_expiry',
      'recipient_ok',
      'endorsements_none',
    ])
    expect(found.checks[1]!.message).toContain('ailleurs.example')
    expect(place.asked).toEqual([AT.assertion, AT.badge, AT.issuer])
  })

  test.for<[string, Json, string, boolean]>([
    [
      'hashed with SHA-256, its letters in capitals',
      { identity: hashOf(EMAIL).toUpperCase().replace('SHA', 'sha') },
      EMAIL,
      true,
    ],
    ['hashed with MD5', { identity: hashOf(EMAIL, 'md5') }, EMAIL, true],
    ['in the clear', { hashed: false, identity: EMAIL, salt: null }, EMAIL, true],
    ['of somebody else', { identity: hashOf(EMAIL) }, 'autre@exemple.invalid', false],
    ['a web address', { type: 'url', identity: hashOf('https://zoe.example/') }, 'https://zoe.example/', true],
    ['another web address', { type: 'url', identity: hashOf('https://zoe.example/') }, 'https://leo.example/', false],
    ['a telephone', { type: 'telephone', identity: hashOf('+33102030405') }, '+33 1 02 03 04 05', true],
  ])('is compared with its recipient, %s', async ([, given, recipient, isTheirs]) => {
    const place = issuer2()
    const assertion = place.publish('assertion', {
      recipient: without({ type: 'email', hashed: true, salt: SALT, ...given }),
    })
    const found = await verify(place, assertion, { recipient })
    expect([codeOf(found, 'recipient'), found.verdict]).toEqual(
      isTheirs ? ['recipient_ok', 'valid'] : ['recipient_mismatch', 'invalid'],
    )
  })

  test.for<[string, (place: Place) => void, string, string]>([
    ['does not answer', ({ network }) => network.delete(AT.assertion), 'hosted_unreachable', 'indeterminate'],
    ['no longer publishes its class', ({ network }) => network.delete(AT.badge), 'hosted_unreachable', 'indeterminate'],
    [
      'no longer publishes its issuer',
      ({ network }) => network.delete(AT.issuer),
      'hosted_unreachable',
      'indeterminate',
    ],
    [
      'answers something else than JSON',
      ({ network }) => network.set(AT.assertion, Buffer.from('<html>')),
      'hosted_unreachable',
      'indeterminate',
    ],
    [
      'publishes it for somebody else',
      ({ publish }) => publish('assertion', { recipient: { type: 'email', hashed: true, identity: hashOf('autre') } }),
      'hosted_differs',
      'invalid',
    ],
    [
      'publishes another end',
      ({ publish }) => publish('assertion', { expires: '2026-01-11T00:00:00Z' }),
      'hosted_differs',
      'invalid',
    ],
    [
      'publishes a class under another name',
      ({ publish }) => publish('badge', { id: `${AT.badge}/2` }),
      'hosted_elsewhere',
      'invalid',
    ],
    [
      'is not that of the issuer',
      ({ network, publish }) => {
        const elsewhere = 'https://bon.example/emetteur'
        publish('badge', { issuer: elsewhere })
        network.set(elsewhere, { ...(network.get(AT.issuer) as Json), id: elsewhere, url: 'https://bon.example' })
      },
      'hosted_elsewhere',
      'invalid',
    ],
    [
      'is not among those that the issuer names',
      ({ publish }) => publish('issuer', { verification: { allowedOrigins: ['bon.example'] } }),
      'hosted_elsewhere',
      'invalid',
    ],
    [
      'has a name that begins as the one that the issuer names',
      ({ publish }) => publish('issuer', { verification: { startsWith: 'https://ailleurs' } }),
      'hosted_elsewhere',
      'invalid',
    ],
    [
      'has a folder that the issuer does not name',
      ({ publish }) => publish('issuer', { verification: { startsWith: 'https://ailleurs.example/autres/' } }),
      'hosted_elsewhere',
      'invalid',
    ],
  ])('is not valid when the site %s', async ([, change, code, verdict]) => {
    const place = issuer2()
    const given = structuredClone(place.documents['assertion'])
    change(place)
    const found = await verify(place, given)
    expect([codeOf(found, 'proof'), found.verdict, found.credential, found.badge]).toEqual([code, verdict, null, null])
  })

  test('is valid on another site that its issuer names', async () => {
    const place = issuer2()
    const elsewhere = 'https://badges.example/a/1'
    const assertion = { ...place.documents['assertion'], id: elsewhere }
    place.network.set(elsewhere, assertion)
    expect(await verify(place, assertion)).toMatchObject({ verdict: 'invalid' })
    place.publish('issuer', { verification: { allowedOrigins: ['ailleurs.example', 'badges.example'] } })
    expect(await verify(place, assertion)).toMatchObject({ verdict: 'valid' })
    place.publish('issuer', { verification: { startsWith: ['https://badges.example/a/'] } })
    expect(await verify(place, assertion)).toMatchObject({ verdict: 'valid' })
  })

  test('whose class and issuer are copied inside is shown as they are published', async () => {
    const place = issuer2()
    const { badge, issuer } = place.documents
    const assertion = place.publish('assertion', {
      badge: { ...badge, name: 'Chirurgie', issuer: { ...issuer, name: 'Académie' } },
    })
    const found = await verify(place, assertion)
    expect(found).toMatchObject({
      verdict: 'valid',
      badge: { name: 'Soudure', issuer: { name: 'Atelier d’ailleurs' } },
    })
  })

  test.for<[string, (place: Place) => void, string]>([
    [
      'says so',
      ({ publish }) => publish('assertion', { revoked: true, revocationReason: 'Délivré par erreur' }),
      'Délivré par erreur',
    ],
    [
      'says so and nothing else',
      ({ network }) => network.set(AT.assertion, { revoked: true }),
      'révoqué par son émetteur.',
    ],
    [
      'answers 410 and why',
      ({ network }) => network.set(AT.assertion, GONE({ revoked: true, revocationReason: 'Fraude' })),
      'Fraude',
    ],
    ['answers 410', ({ network }) => network.set(AT.assertion, GONE()), 'révoqué par son émetteur.'],
  ])('is revoked when its site %s', async ([, change, words]) => {
    const place = issuer2()
    const given = structuredClone(place.documents['assertion'])
    change(place)
    const found = await verify(place, given)
    expect([codeOf(found, 'revocation'), found.verdict, found.credential]).toEqual(['revoked', 'invalid', null])
    expect(found.summary).toContain(words)
    // Since when is not said: of a day before, nothing is known.
    const before = await verify(place, given, { at: new Date('2026-02-01T00:00:00Z') })
    expect([codeOf(before, 'revocation'), before.verdict]).toEqual(['status_past_unknown', 'indeterminate'])
  })

  test('is dated: expired, not yet valid, or valid on a day of its period', async () => {
    const place = issuer2()
    const assertion = place.publish('assertion', { expires: '2026-03-31T00:00:00+02:00' })
    expect(await verify(place, assertion)).toMatchObject({ verdict: 'invalid', badge: { name: 'Soudure' } })
    expect(codeOf(await verify(place, assertion), 'dates')).toBe('expired')
    const within = await verify(place, assertion, { at: new Date('2026-03-30T21:59:00Z') })
    expect([codeOf(within, 'dates'), within.verdict]).toEqual(['dates_ok', 'valid'])
    const early = await verify(place, assertion, { at: new Date('2026-01-01T00:00:00Z') })
    expect(codeOf(early, 'dates')).toBe('not_yet_valid')
  })

  test('with what others say of it says that this was not verified', async () => {
    const place = issuer2()
    const assertion = place.publish('assertion', { endorsement: 'https://ailleurs.example/avis/1' })
    expect(codeOf(await verify(place, assertion), 'endorsements')).toBe('endorsements_not_checked')
    expect(place.asked).not.toContain('https://ailleurs.example/avis/1')
  })
})

const REQUIRED: [name: 'assertion' | 'badge' | 'issuer', property: string, where: string][] = [
  ...['type', 'id', 'recipient', 'badge', 'verification', 'issuedOn'].map(
    (one) => ['assertion', one, `/${one}`] as ['assertion', string, string],
  ),
  ...['type', 'id', 'name', 'description', 'image', 'criteria', 'issuer'].map(
    (one) => ['badge', one, `/badge/${one}`] as ['badge', string, string],
  ),
  ...['type', 'id', 'name', 'url'].map((one) => ['issuer', one, `/badge/issuer/${one}`] as ['issuer', string, string]),
]

describe('an Open Badges 2.0 badge that lacks something', () => {
  test.for(REQUIRED)('of its %s, %s, is refused for it', async ([name, property, where]) => {
    for (const wrong of [null, 4]) {
      const place = issuer2()
      place.publish(name, { [property]: wrong })
      const found = await verify(place, place.documents['assertion'])
      expect([codeOf(found, 'shape'), found.verdict, found.credential]).toEqual(['shape_incomplete', 'invalid', null])
      expect(found.summary).toContain(`${where})`)
    }
  })

  test.for([
    ['identity', '/recipient/identity'],
    ['type', '/recipient/type'],
    ['hashed', '/recipient/hashed'],
  ])('of its recipient, %s, is refused for it', async ([property, where]) => {
    const place = issuer2()
    const assertion = structuredClone(place.documents['assertion']!)
    delete assertion['recipient'][property!]
    const found = await verify(place, assertion)
    expect(found.summary).toContain(`${where})`)
    expect(place.asked).toEqual([])
  })

  test.for(['2026-06-31T00:00:00Z', 'hier', '2026-13-01', '', 20260110])(
    'and was issued on %s is refused for it',
    async (issuedOn) => {
      const place = issuer2()
      const found = await verify(place, { ...place.documents['assertion'], issuedOn })
      expect(found.summary).toContain('/issuedOn)')
    },
  )

  test('is said in English as well', async () => {
    const place = issuer2()
    const found = await verify(place, without({ ...place.documents['assertion'], recipient: null }), { lang: 'en' })
    expect(found.summary).toMatch(/Open Badges 2\.0 requires.*\/recipient/)
  })
})

test('an Open Badges 2.0 badge as large as a library is not examined', async () => {
  const place = issuer2()
  const related = Array.from({ length: 6000 }, (_, number) => ({ id: `urn:x:${number}` }))
  const found = await verify(place, { ...place.documents['assertion'], related })
  expect([codeOf(found, 'shape'), place.asked]).toEqual(['shape_too_complex', []])
})

describe('an Open Badges 2.0 badge that is signed', () => {
  test('is valid under a key that its issuer lists, and not in its list of revocations', async () => {
    const place = issuer2()
    const found = await verify(place, jwsOf(place.signed()), { recipient: EMAIL })
    expect(found).toMatchObject({
      verdict: 'valid',
      dialect: { version: '2.0', proof: 'jws' },
      credential: place.signed(),
      badge: { name: 'Soudure' },
    })
    expect(place.asked).toEqual([AT.badge, AT.issuer, AT.key, AT.list])
  })

  test('is valid under the only key of its issuer, or one inside its profile', async () => {
    const place = issuer2()
    const signed = place.signed({ verification: { type: 'SignedBadge' } })
    expect(await verify(place, jwsOf(signed))).toMatchObject({ verdict: 'valid' })
    place.publish('issuer', { publicKey: { id: AT.key, owner: AT.issuer, publicKeyPem: PEM } })
    place.network.delete(AT.key)
    expect(await verify(place, jwsOf(place.signed()))).toMatchObject({ verdict: 'valid' })
  })

  const other = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 })
  test.for<[string, (place: Place) => string, string, string]>([
    ['by another key', ({ signed }) => jwsOf(signed(), { alg: 'RS256' }, other.privateKey), 'proof_invalid', 'invalid'],
    [
      'and changed since',
      ({ signed }) => {
        const [head, , tail] = jwsOf(signed()).split('.')
        const [, body] = jwsOf(signed({ issuedOn: '2020-01-01T00:00:00Z' })).split('.')
        return `${head}.${body}.${tail}`
      },
      'proof_invalid',
      'invalid',
    ],
    ['by nothing (alg: none)', ({ signed }) => jwsOf(signed(), { alg: 'none' }), 'jwt_algorithm', 'invalid'],
    ['with a secret (HS256)', ({ signed }) => jwsOf(signed(), { alg: 'HS256' }), 'jwt_algorithm', 'invalid'],
    [
      'with a header to be understood that is not',
      ({ signed }) => jwsOf(signed(), { alg: 'RS256', crit: ['x'], x: 1 }),
      'jwt_critical',
      'invalid',
    ],
    [
      'by a key that its issuer does not list',
      ({ signed, publish }) => {
        publish('issuer', { publicKey: [`${AT.key}/2`] })
        return jwsOf(signed())
      },
      'issuer_mismatch',
      'invalid',
    ],
    [
      'by a key that belongs to another',
      ({ signed, publish }) => {
        publish('key', { owner: 'https://autre.example/emetteur' })
        return jwsOf(signed())
      },
      'issuer_mismatch',
      'invalid',
    ],
    [
      'by a key too weak',
      ({ signed, publish }) => {
        publish('key', { publicKeyPem: weak.publicKey.export({ type: 'spki', format: 'pem' }) })
        return jwsOf(signed(), { alg: 'RS256' }, weak.privateKey)
      },
      'proof_invalid',
      'invalid',
    ],
    [
      'by a key that is none',
      ({ signed, publish }) => {
        publish('key', { publicKeyPem: 'clé' })
        return jwsOf(signed())
      },
      'proof_invalid',
      'invalid',
    ],
    [
      'by a key that does not answer',
      ({ signed, network }) => {
        network.delete(AT.key)
        return jwsOf(signed())
      },
      'issuer_unreachable',
      'indeterminate',
    ],
  ])('%s is not valid', async ([, make, code, verdict]) => {
    const place = issuer2()
    const found = await verify(place, make(place))
    expect([codeOf(found, 'proof'), found.verdict, found.credential]).toEqual([code, verdict, null])
    expect(place.asked).not.toContain(AT.list)
  })

  test('is not valid as the JSON of what was signed', async () => {
    const place = issuer2()
    const found = await verify(place, place.signed())
    expect([codeOf(found, 'proof'), found.verdict, place.asked]).toEqual(['proof_missing', 'invalid', []])
  })

  test.for<[string, unknown, string, string]>([
    ['names it', { revokedAssertions: [AT.assertion] }, 'revoked', 'invalid'],
    [
      'names it with a reason',
      { revokedAssertions: [{ id: AT.assertion, revocationReason: 'Fraude' }] },
      'revoked',
      'invalid',
    ],
    ['names it by its uid', { revokedAssertions: [{ uid: 'u-1' }] }, 'revoked', 'invalid'],
    ['names others', { revokedAssertions: ['urn:uuid:1', { id: 'urn:uuid:2' }] }, 'not_revoked', 'valid'],
    ['is of another issuer', { issuer: 'https://autre.example/' }, 'status_invalid', 'invalid'],
    ['has another address', { id: 'https://ailleurs.example/autre' }, 'status_invalid', 'invalid'],
    ['is none', { revokedAssertions: null }, 'status_invalid', 'invalid'],
  ])('follows the list of its issuer, which %s', async ([, given, code, verdict]) => {
    const place = issuer2()
    place.publish('list', given as Json)
    const found = await verify(place, jwsOf(place.signed({ uid: 'u-1' })))
    expect([codeOf(found, 'revocation'), found.verdict]).toEqual([code, verdict])
  })

  test('is undecided when that list does not answer, and has no revocation when there is none', async () => {
    const place = issuer2()
    place.network.delete(AT.list)
    const found = await verify(place, jwsOf(place.signed()))
    expect([codeOf(found, 'revocation'), found.verdict]).toEqual(['status_unreachable', 'indeterminate'])
    place.publish('issuer', { revocationList: null })
    const none = await verify(place, jwsOf(place.signed()))
    expect([codeOf(none, 'revocation'), none.verdict]).toEqual(['no_revocation_list', 'valid'])
  })
})

describe('an Open Badges 2.0 badge in a picture', () => {
  const picture = aPng()
  test.for<[string, (place: Place) => Buffer]>([
    ['a PNG with its JSON', ({ documents }) => bakePng(picture, JSON.stringify(documents['assertion']), '2.0')],
    ['a PNG with its address', () => bakePng(picture, AT.assertion, '2.0')],
    ['a PNG with its token', ({ signed }) => bakePng(picture, jwsOf(signed()), '2.0')],
    ['a PNG of the first versions', () => aPng(['tEXt', `openbadges\0${AT.assertion}`])],
    [
      'a PNG where it is compressed',
      ({ documents }) =>
        aPng([
          'iTXt',
          Buffer.concat([Buffer.from('openbadges\0\x01\0\0\0'), deflateSync(JSON.stringify(documents['assertion']))]),
        ]),
    ],
    [
      'an SVG with its JSON',
      ({ documents }) =>
        Buffer.from(bakeSvg('<svg></svg>', JSON.stringify(documents['assertion']), '2.0', AT.assertion)),
    ],
    [
      'an SVG with its address',
      () =>
        Buffer.from(
          `<svg xmlns:openbadges="http://openbadges.org"><openbadges:assertion verify="${AT.assertion}"></openbadges:assertion></svg>`,
        ),
    ],
    [
      'an SVG with its token',
      ({ signed }) =>
        Buffer.from(
          `<svg xmlns:openbadges="http://openbadges.org"><openbadges:assertion verify="${jwsOf(signed())}"/></svg>`,
        ),
    ],
  ])('is read from %s, as a file and at an address', async ([, make]) => {
    const place = issuer2()
    const file = make(place)
    expect(await place.verifier.file(file, {})).toMatchObject({ verdict: 'valid', badge: { name: 'Soudure' } })
    place.network.set('https://photos.example/1', file)
    expect(await place.verifier.url('https://photos.example/1', {})).toMatchObject({ verdict: 'valid' })
  })

  test('is read from the address where it is published', async () => {
    const place = issuer2()
    expect(await place.verifier.url(AT.assertion, {})).toMatchObject({ verdict: 'valid', dialect: { version: '2.0' } })
    place.network.set(AT.assertion, GONE())
    await expect(place.verifier.url(AT.assertion, {})).rejects.toMatchObject({ code: 'url_gone' })
  })

  test('that names an address which is another picture is followed no further', async () => {
    const place = issuer2()
    const loop = 'https://photos.example/boucle'
    place.network.set(loop, bakePng(picture, loop, '2.0'))
    await expect(place.verifier.url(loop, {})).rejects.toMatchObject({ code: 'url_unreachable' })
    expect(place.asked.length).toBeLessThanOrEqual(2)
  })
})
