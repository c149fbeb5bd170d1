import { createECDH, ECDH, generateKeyPairSync } from 'node:crypto'
import { encode } from 'base58-universal'
import { describe, expect, test } from 'vitest'
import type { Json } from '../support/actors.ts'
import { aForeignBadge, codeOf, foreignIssuer, NOW } from '../support/foreign-issuer.ts'
import { addProof, curveOf, type Format } from '../support/foreign-proofs.ts'

type Issuer = Awaited<ReturnType<typeof foreignIssuer>>
const SITE = 'https://ailleurs.example/organisme'
const judged = async (issuer: Issuer, badge: Json) => {
  const found = await issuer.verifier.credential(badge, {})
  return [codeOf(found, 'proof'), found.verdict]
}
const VALID = ['proof_ok', 'valid']
const INVALID = ['proof_invalid', 'invalid']
const MISMATCH = ['issuer_mismatch', 'invalid']

/** A badge of an issuer of any name, signed by the key of a foreign issuer under that verification method. */
const signedBy = (issuer: Issuer, id: string, method: string, format: Format = 'eddsa-rdfc-2022') =>
  addProof(aForeignBadge(id), { format, key: issuer.keys[curveOf(format)], method, created: NOW })

const didKey = (issuer: Issuer, curve: keyof Issuer['keys']) => {
  const { publicKeyMultibase } = issuer.keys[curve]
  return [`did:key:${publicKeyMultibase}`, `did:key:${publicKeyMultibase}#${publicKeyMultibase}`] as const
}

test.for<Format>(['eddsa-rdfc-2022', 'ecdsa-rdfc-2019', 'ecdsa-rdfc-2019 P-384'])(
  'an issuer that is its own key (did:key) is verified without a network: %s',
  async (format) => {
    const issuer = await foreignIssuer()
    const [id, method] = didKey(issuer, curveOf(format))
    const badge = await signedBy(issuer, id, method, format)
    expect(await judged(issuer, badge)).toEqual(VALID)
    expect(issuer.asked).toEqual([])
    const other = await foreignIssuer()
    expect(await judged(issuer, await signedBy(other, id, method, format))).toEqual(INVALID)
  },
)

describe('an issuer whose name is an https address', () => {
  const methodId = `${SITE}#cle-1`
  const methodOf = (issuer: Issuer, given: Json = {}): Json => ({
    id: methodId,
    type: 'Multikey',
    controller: SITE,
    publicKeyMultibase: issuer.key.publicKeyMultibase,
    ...given,
  })
  const documentOf = (methods: Json[], given: Json = {}): Json => ({
    id: SITE,
    type: ['Profile'],
    name: 'Organisme d’ailleurs',
    verificationMethod: methods,
    assertionMethod: methods.map((one) => one['id']),
    ...given,
  })

  test('is verified by the key that its document lists for assertions', async () => {
    const issuer = await foreignIssuer()
    const badge = await signedBy(issuer, SITE, methodId)
    issuer.network.set(SITE, documentOf([methodOf(issuer)]))
    expect(await judged(issuer, badge)).toEqual(VALID)
    expect(issuer.asked).toEqual([SITE])
    issuer.network.set(SITE, documentOf([], { assertionMethod: methodOf(issuer, { id: '#cle-1' }) }))
    expect(await judged(issuer, badge)).toEqual(VALID)
  })

  test('is verified by a key at an address of its own, which its document lists', async () => {
    const issuer = await foreignIssuer()
    const place = 'https://ailleurs.example/cles/1'
    const badge = await signedBy(issuer, SITE, place)
    const profile = documentOf([], { assertionMethod: [place] })
    issuer.network.set(SITE, profile)
    issuer.network.set(place, methodOf(issuer, { id: place }))
    expect(await judged(issuer, badge)).toEqual(VALID)
    const refused: [string, Json][] = [
      [place, methodOf(issuer, { id: 'https://ailleurs.example/cles/2' })],
      [place, methodOf(issuer, { id: place, controller: 'https://ailleurs.example/autre' })],
      [place, methodOf(issuer, { id: place, revoked: '2026-01-01T00:00:00Z' })],
    ]
    for (const [url, document] of refused) {
      issuer.network.set(url, document)
      expect(await judged(issuer, badge)).toEqual(INVALID)
    }
    // Not listed: nobody goes there.
    issuer.network.set(place, methodOf(issuer, { id: place }))
    issuer.network.set(SITE, documentOf([]))
    issuer.asked.length = 0
    expect(await judged(issuer, badge)).toEqual(INVALID)
    expect(issuer.asked).toEqual([SITE])
  })

  test.for<[string, Json | undefined, string[]]>([
    ['does not answer', undefined, ['issuer_unreachable', 'indeterminate']],
    ['is that of another', { id: 'https://ailleurs.example/autre' }, INVALID],
    ['holds no key', { id: SITE, type: ['Profile'], name: 'Organisme' }, INVALID],
  ])('is not believed when its document %s', async ([, document, expected]) => {
    const issuer = await foreignIssuer()
    if (document) issuer.network.set(SITE, document)
    expect(await judged(issuer, await signedBy(issuer, SITE, methodId))).toEqual(expected)
  })

  test('is not believed for a key of another name, even when the badge carries that key', async () => {
    const issuer = await foreignIssuer()
    issuer.network.set(SITE, documentOf([methodOf(issuer)]))
    const fragment = `${SITE}#${issuer.key.publicKeyMultibase}`
    expect(await judged(issuer, await signedBy(issuer, SITE, fragment))).toEqual(INVALID)
    expect(await judged(issuer, await signedBy(issuer, SITE, didKey(issuer, 'Ed25519')[1]))).toEqual(MISMATCH)
    expect(await judged(issuer, await signedBy(issuer, issuer.did, methodId))).toEqual(MISMATCH)
    expect(
      await judged(issuer, await signedBy(issuer, 'http://interne.example/x', 'http://interne.example/y#k')),
    ).toEqual(MISMATCH)
  })
})

describe('the key of an issuer', () => {
  const multibase = (header: number[], length: number) =>
    `z${encode(Uint8Array.from([...header, ...Array.from({ length }, (_, n) => n + 1)]))}`
  const jwkOf = (curve: 'ed25519' | 'P-256' | 'P-384') =>
    (curve === 'ed25519'
      ? generateKeyPairSync('ed25519')
      : generateKeyPairSync('ec', { namedCurve: curve })
    ).privateKey.export({ format: 'jwk' })

  /** The badge judged, once the key of its issuer is written so. */
  async function writtenAs(write: (issuer: Issuer) => Json | Promise<Json>, format: Format = 'eddsa-rdfc-2022') {
    const issuer = await foreignIssuer()
    const badge = await issuer.signAs(format, aForeignBadge(issuer.did))
    const id = (badge['proof'] as Json)['verificationMethod'] as string
    const method = { id, controller: issuer.did, ...(await write(issuer)) }
    issuer.network.set(issuer.didUrl, { id: issuer.did, verificationMethod: [method], assertionMethod: [id] })
    return judged(issuer, badge)
  }
  const publicJwk = ({ key }: Issuer): Json => ({
    kty: 'OKP',
    crv: 'Ed25519',
    x: rawOf(key.publicKeyMultibase).subarray(2).toString('base64url'),
  })

  test.for<[string, (issuer: Issuer) => Json]>([
    ['Ed25519VerificationKey2020', ({ key }) => ({ publicKeyMultibase: key.publicKeyMultibase })],
    ['JsonWebKey', (issuer) => ({ publicKeyJwk: publicJwk(issuer) })],
    ['JsonWebKey2020', (issuer) => ({ publicKeyJwk: { ...publicJwk(issuer), use: 'sig', kid: 'x' } })],
  ])('may be written as a %s', async ([type, write]) => {
    expect(await writtenAs((issuer) => ({ type, ...write(issuer) }))).toEqual(VALID)
  })

  test.for<Format>(['ecdsa-rdfc-2019', 'ecdsa-rdfc-2019 P-384'])(
    'may be a point of a curve as a JWK: %s',
    async (format) => {
      const jwk = (issuer: Issuer): Json => pointOf(issuer.keys[curveOf(format)].publicKeyMultibase)
      expect(await writtenAs((issuer) => ({ type: 'JsonWebKey', publicKeyJwk: jwk(issuer) }), format)).toEqual(VALID)
    },
  )

  test.for<[string, (issuer: Issuer) => Json]>([
    ['published with its secret', ({ key }) => ({ type: 'Multikey', ...key })],
    ['a JWK with its secret', (i) => ({ type: 'JsonWebKey', publicKeyJwk: { ...publicJwk(i), d: 'AAAA' } })],
    ['a JWK to encrypt', (i) => ({ type: 'JsonWebKey', publicKeyJwk: { ...publicJwk(i), use: 'enc' } })],
    ['a JWK that says nothing', () => ({ type: 'JsonWebKey', publicKeyJwk: {} })],
    ['a JWK of another curve', (i) => ({ type: 'JsonWebKey', publicKeyJwk: { ...publicJwk(i), crv: 'X25519' } })],
    ['a JWK of no point', () => ({ type: 'JsonWebKey', publicKeyJwk: { ...jwkOf('P-256'), d: undefined, y: 'AAAA' } })],
    ['of an unknown type', ({ key }) => ({ type: 'ClefMaison', publicKeyMultibase: key.publicKeyMultibase })],
    [
      'of a type that JavaScript knows',
      ({ key }) => ({ type: 'constructor', publicKeyMultibase: key.publicKeyMultibase }),
    ],
    ['under another header', () => ({ type: 'Multikey', publicKeyMultibase: multibase([0xec, 1], 32) })],
    ['of the wrong length', () => ({ type: 'Multikey', publicKeyMultibase: multibase([0xed, 1], 31) })],
    [
      'of another kind under its type',
      ({ keys }) => ({ type: 'Ed25519VerificationKey2020', ...keys['P-256'], secretKeyMultibase: undefined }),
    ],
    [
      'of another kind than the proof',
      ({ keys }) => ({ type: 'Multikey', publicKeyMultibase: keys['P-256'].publicKeyMultibase }),
    ],
    ['no base58', () => ({ type: 'Multikey', publicKeyMultibase: 'z0OIl' })],
    ['a number', () => ({ type: 'Multikey', publicKeyMultibase: 4 })],
  ])('is refused when it is %s', async ([, write]) => {
    expect(await writtenAs((issuer) => JSON.parse(JSON.stringify(write(issuer))) as Json)).toEqual(INVALID)
  })

  test('is refused on a curve that badges do not use', async () => {
    const p521 = Buffer.from(createECDH('secp521r1').generateKeys('hex', 'compressed'), 'hex')
    const publicKeyMultibase = `z${encode(Uint8Array.from([0x82, 0x24, ...p521]))}`
    expect(await writtenAs(() => ({ type: 'Multikey', publicKeyMultibase }), 'ecdsa-rdfc-2019')).toEqual(INVALID)
  })
})

/** The bytes of a multibase, header included. */
function rawOf(multibase: string): Buffer {
  const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
  const number = Array.from(multibase.slice(1)).reduce((sum, one) => sum * 58n + BigInt(alphabet.indexOf(one)), 0n)
  return Buffer.from(number.toString(16).padStart(2, '0'), 'hex')
}

/** The JWK of a compressed point. */
function pointOf(multibase: string): Json {
  const point = rawOf(multibase).subarray(2)
  const [curve, crv] = point.length === 33 ? (['prime256v1', 'P-256'] as const) : (['secp384r1', 'P-384'] as const)
  const whole = ECDH.convertKey(point, curve, undefined, undefined, 'uncompressed') as Buffer
  const half = (whole.length - 1) / 2
  return {
    kty: 'EC',
    crv,
    x: whole.subarray(1, 1 + half).toString('base64url'),
    y: whole.subarray(1 + half).toString('base64url'),
  }
}
