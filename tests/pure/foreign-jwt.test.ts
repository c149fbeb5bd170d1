import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey'
import { createHmac, createPublicKey } from 'node:crypto'
import { expect, test } from 'vitest'
import { CREDENTIALS_V2 } from '../../src/credentials/contexts.ts'
import { generateJwk, JWS_ALGS, type JwsAlg, signJwt } from '../../src/credentials/jws.ts'
import type { JsonObject } from '../../src/credentials/suite.ts'
import type { Json } from '../support/actors.ts'
import { aForeignBadge, codeOf, foreignIssuer } from '../support/foreign-issuer.ts'

type Issuer = Pick<Awaited<ReturnType<typeof foreignIssuer>>, 'did' | 'didUrl' | 'network'>
const KID = 'https://ailleurs.example/cles/1'
const FROM = Date.parse('2026-01-10T09:00:00Z') / 1000
const claims = (issuer: Issuer): Json => ({
  iss: issuer.did,
  jti: 'https://ailleurs.example/badges/1',
  nbf: FROM,
  sub: 'did:example:personne',
})
const payloadOf = (issuer: Issuer, given: Json = {}): Json => {
  const whole = { ...aForeignBadge(issuer.did), ...claims(issuer), ...given }
  return Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== null))
}

/** An issuer whose JWK is published at `KID`, and what signs with it. */
async function anIssuer(alg: JwsAlg = 'ES256') {
  const issuer = await foreignIssuer()
  const key = await generateJwk(alg)
  issuer.network.set(KID, { ...key.publicJwk, kid: KID, alg })
  const sign = (payload: Json | string, header: Json = {}) =>
    signJwt(payload, { kid: KID, typ: 'JWT', ...header }, { alg, privateJwk: key.privateJwk })
  const token = async (given: Json = {}, header: Json = {}) => sign(payloadOf(issuer, given), header)
  const proof = async (given: unknown) => codeOf(await issuer.verifier.credential(given, {}), 'proof')
  return { ...issuer, pair: key, sign, token, proof, issuer }
}
const base64url = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

test.for(JWS_ALGS.map((alg) => [alg]))('a token signed by %s is a valid badge', async ([alg]) => {
  const { token, verifier, did } = await anIssuer(alg)
  const { verdict, credential, badge, dialect, checks } = await verifier.credential(await token(), {})
  expect({ verdict, dialect, checks: checks.slice(0, 2).map((check) => check.code) }).toEqual({
    verdict: 'valid',
    dialect: { version: '3.0', proof: 'jwt' },
    checks: ['shape_ok', 'proof_ok'],
  })
  // The claims are around the badge, not in it.
  expect(credential).toEqual(aForeignBadge(did))
  expect(badge).toMatchObject({ name: 'Soudure' })
})

test.for<[string, string, (i: Awaited<ReturnType<typeof anIssuer>>) => Promise<string>]>([
  [
    'signed by nothing',
    'jwt_algorithm',
    async ({ issuer }) => `${base64url({ alg: 'none', typ: 'JWT' })}.${base64url(payloadOf(issuer))}.`,
  ],
  [
    'signed by nothing, written otherwise',
    'jwt_algorithm',
    async ({ issuer }) => `${base64url({ alg: 'nOnE', kid: KID })}.${base64url(payloadOf(issuer))}.`,
  ],
  ['signed by HS256 with the public key as secret (PEM)', 'jwt_algorithm', async (i) => hmacToken(i, pemOf(i))],
  [
    'signed by HS256 with the public key as secret (JWK)',
    'jwt_algorithm',
    async (i) => hmacToken(i, JSON.stringify(i.pair.publicJwk)),
  ],
  ['with its private key', 'jwt_private_key', async (i) => i.token({}, { jwk: i.pair.privateJwk })],
  ['with a symmetric key', 'jwt_private_key', async (i) => i.token({}, { jwk: { kty: 'oct', k: 'c2VjcmV0' } })],
  ['with an unknown critical header', 'jwt_critical', async (i) => rawToken(i, { crit: ['exp'], exp: 4_000_000_000 })],
  ['with `b64`', 'jwt_critical', async (i) => rawToken(i, { crit: ['b64'], b64: true })],
  ['of another type', 'jwt_type', async (i) => i.token({}, { typ: 'at+jwt' })],
  ['whose type is no text', 'jwt_type', async (i) => rawToken(i, { typ: 4 })],
  ['whose key is a number', 'issuer_mismatch', async (i) => rawToken(i, { kid: 4 })],
  ['changed', 'proof_invalid', async (i) => changed(await i.token(), i)],
  [
    'signed by another key',
    'proof_invalid',
    async ({ issuer, key }) =>
      signJwt(
        payloadOf(issuer),
        { kid: KID },
        { alg: 'ES256', privateJwk: (await generateJwk('ES256')).privateJwk },
      ).then((token) => (key ? token : '')),
  ],
  ['whose signature is spelt otherwise', 'jwt_malformed', async (i) => respelt(await i.token())],
  ['of more than 1 MB', 'jwt_too_large', async (i) => i.token({ autre: 'x'.repeat(1024 * 1024) })],
])('a token %s is refused: %s', async ([, code, make]) => {
  const issuer = await anIssuer()
  const verification = await issuer.verifier.credential(await make(issuer), {})
  expect({ code: codeOf(verification, 'proof'), verdict: verification.verdict }).toEqual({ code, verdict: 'invalid' })
  expect(verification.credential).toBeNull()
  expect(verification.summary).not.toContain(code)
})

const pemOf = ({ pair }: { pair: { publicJwk: JsonObject } }): string =>
  createPublicKey({ key: pair.publicJwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString()

function hmacToken({ issuer }: { issuer: Issuer }, secret: string): string {
  const signed = `${base64url({ alg: 'HS256', kid: KID, typ: 'JWT' })}.${base64url(payloadOf(issuer))}`
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}

/** With a header that a library would not sign: what it says is refused before its signature. */
function rawToken({ issuer }: { issuer: Issuer }, header: Json): string {
  return `${base64url({ alg: 'ES256', kid: KID, ...header })}.${base64url(payloadOf(issuer))}.${'A'.repeat(86)}`
}

function changed(token: string, { issuer }: { issuer: Issuer }): string {
  const [header, , signature] = token.split('.')
  return `${header}.${base64url(payloadOf(issuer, { name: 'Chirurgie' }))}.${signature}`
}

/** The same bytes by another last letter, whose low bits count for nothing. */
function respelt(token: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return token.slice(0, -1) + letters[letters.indexOf(token.at(-1)!) + 1]
}

test.for<[string, string, (i: Awaited<ReturnType<typeof anIssuer>>) => string]>([
  ['a name given twice', 'jwt_malformed', ({ did }) => `{"issuer":"${did}","name":"A","na\\u006de":"B"}`],
  ['no JSON', 'jwt_malformed', () => 'badge'],
  ['an array', 'jwt_malformed', () => '[]'],
  ['nothing of a badge', 'shape_invalid', () => '{"iss":"did:web:ailleurs.example"}'],
])('a token that carries %s has a verdict', async ([, code, make]) => {
  const issuer = await anIssuer()
  const verification = await issuer.verifier.credential(await issuer.sign(make(issuer)), {})
  expect(verification).toMatchObject({ verdict: 'invalid', credential: null })
  expect(codeOf(verification, 'shape')).toBe(code)
})

test('a payload that is not UTF-8 is not read', async () => {
  const { verifier } = await anIssuer()
  const latin1 = Buffer.from('{"name":"Médiation"}', 'latin1').toString('base64url')
  const verification = await verifier.credential(`${base64url({ alg: 'ES256' })}.${latin1}.AAAA`, {})
  expect(codeOf(verification, 'shape')).toBe('jwt_malformed')
})

test.for<[string, Json]>([
  ['iss', { iss: 'did:web:autre.example' }],
  ['jti', { jti: 'https://ailleurs.example/badges/2' }],
  ['sub', { sub: 'did:example:autre' }],
  ['nbf', { nbf: FROM + 1 }],
  ['nbf', { nbf: '2026-01-10T09:00:00Z' }],
  ['exp', { exp: FROM + 3600 }],
  ['exp', { validUntil: '2027-01-10T09:00:00Z' }],
  ['iss', { iss: null }],
  ['jti', { jti: null }],
  ['sub', { sub: null }],
  ['nbf', { nbf: null }],
])('a claim that differs from the badge is named: %s %j', async ([claim, given]) => {
  const { token, verifier } = await anIssuer()
  const verification = await verifier.credential(await token(given), {})
  const proof = verification.checks.find((check) => check.id === 'proof')
  expect(proof).toMatchObject({ outcome: 'failure', code: 'claims_differ' })
  expect(proof?.message).toContain(`(${claim})`)
  expect(verification.credential).toBeNull()
})

test('claims and dates are compared as instants, fractions of a second apart', async () => {
  const { token, proof } = await anIssuer()
  const given = { validFrom: '2026-01-10T10:00:00.750+01:00', validUntil: '2027-01-01T00:00:00Z', exp: 1_798_761_600 }
  expect(await proof(await token(given))).toBe('proof_ok')
})

test.for<[string, string, Json]>([
  ['leaves every claim out', 'proof_ok', { iss: null, jti: null, nbf: null, sub: null }],
  ['says dates of its own', 'proof_ok', { nbf: FROM + 60, exp: FROM + 400 * 86_400 }],
  ['has expired, though the badge has not', 'jwt_expired', { exp: FROM + 60 }],
  ['has not begun, though the badge has', 'jwt_expired', { nbf: FROM + 400 * 86_400 }],
  ['names another issuer', 'claims_differ', { iss: 'did:web:autre.example' }],
])('a VC-JOSE-COSE token that %s: %s', async ([, code, given]) => {
  const { token, proof } = await anIssuer()
  expect(await proof(await token(given, { typ: 'vc+jwt' }))).toBe(code)
})

test.for(['JWT', 'jwt', 'vc+jwt', 'application/vc+jwt', 'vc+ld+json+jwt', undefined])(
  'the type «%s» is read',
  async (typ) => {
    const { token, proof } = await anIssuer()
    expect(await proof(await token({}, { typ }))).toBe('proof_ok')
  },
)

test('a token inside an enveloped credential is the badge that it carries, and nothing of the envelope', async () => {
  const { token, verifier, did } = await anIssuer()
  const enveloped = (id: string) => ({
    '@context': [CREDENTIALS_V2],
    type: 'EnvelopedVerifiableCredential',
    id,
    name: 'Chirurgie',
  })
  const { verdict, credential } = await verifier.credential(enveloped(`data:application/vc+jwt,${await token()}`), {})
  expect({ verdict, credential }).toEqual({ verdict: 'valid', credential: aForeignBadge(did) })
  const other = await verifier.credential(enveloped('https://ailleurs.example/badge'), {})
  expect(other).toMatchObject({ verdict: 'invalid', credential: null })
})

test('a VC 1.1 token: what the `vc` claim leaves out is in the claims, and what both say must be equal', async () => {
  const { sign, verifier, did, issuer } = await anIssuer()
  const { id: _id, validFrom: _from, ...rest } = aForeignBadge(did)
  const { id: subject, ...about } = rest['credentialSubject']
  const vc = { ...rest, issuer: { type: ['Profile'], name: 'Atelier d’ailleurs' }, credentialSubject: about }
  const told = await verifier.credential(await sign({ ...claims(issuer), vc }), {})
  expect({ proof: codeOf(told, 'proof'), verdict: told.verdict }).toEqual({ proof: 'proof_ok', verdict: 'valid' })
  expect(told.badge).toMatchObject({ validFrom: '2026-01-10T09:00:00Z', credentialSubject: { id: subject } })

  const disputed = { ...aForeignBadge(did), credentialSubject: { ...about, id: 'did:example:autre' } }
  expect(codeOf(await verifier.credential(await sign({ ...claims(issuer), vc: disputed }), {}), 'proof')).toBe(
    'claims_differ',
  )
})

test('a proof inside the token must verify as well', async () => {
  const { sign, badge, proof, issuer } = await anIssuer()
  const signed = await badge()
  expect(await proof(await sign({ ...signed, ...claims(issuer) }))).toBe('proof_ok')
  const forged = { ...signed, name: 'Chirurgie', ...claims(issuer) }
  expect(await proof(await sign(forged))).toBe('proof_invalid')
})

/** Lists JWKs in the issuer's DID document, in the relationship given. */
function list({ network, didUrl, did }: Issuer, jwks: JsonObject[], relationship = 'assertionMethod') {
  const methods = jwks.map((publicKeyJwk, n) => ({
    id: `${did}#cle-${n + 1}`,
    type: 'JsonWebKey',
    controller: did,
    publicKeyJwk,
  }))
  network.set(didUrl, { id: did, verificationMethod: methods, [relationship]: methods.map((method) => method.id) })
}

test.for<[string, string, (i: Awaited<ReturnType<typeof anIssuer>>) => Promise<Json> | Json]>([
  ['a key of its DID document', 'proof_ok', (i) => listed(i, { kid: `${i.did}#cle-1` })],
  ['a key of its DID document, by its fragment', 'proof_ok', (i) => listed(i, { kid: '#cle-1' })],
  ['nothing, the DID document listing the key', 'proof_ok', (i) => listed(i, { kid: undefined })],
  [
    'the key itself, which the DID document lists',
    'proof_ok',
    (i) => listed(i, { kid: undefined, jwk: i.pair.publicJwk }),
  ],
  ['the key itself, at an address that is not its own, but listed', 'proof_ok', (i) => aliased(i)],
  [
    'the key itself, which the DID document does not list',
    'issuer_mismatch',
    (i) => ({ kid: undefined, jwk: i.pair.publicJwk }),
  ],
  ['a key that is not in its DID document', 'issuer_mismatch', (i) => listed(i, { kid: `${i.did}#cle-2` })],
  [
    'a key that its DID document lists for another use',
    'issuer_mismatch',
    (i) => {
      list(i, [i.pair.publicJwk], 'authentication')
      i.network.set(i.didUrl, { ...(i.network.get(i.didUrl) as Json), assertionMethod: [i.method.id] })
      return { kid: `${i.did}#cle-1` }
    },
  ],
  ['a key of another DID', 'issuer_mismatch', () => ({ kid: 'did:web:autre.example#cle-1' })],
  ['an address of another origin', 'issuer_mismatch', () => ({ kid: 'https://autre.example/cles/1' })],
  [
    'an address that only looks like its own',
    'issuer_mismatch',
    () => ({ kid: 'https://ailleurs.example.autre.example/1' }),
  ],
  ['a word', 'issuer_mismatch', () => ({ kid: 'cle-1' })],
  ['an address that does not answer', 'issuer_unreachable', () => ({ kid: 'https://ailleurs.example/cles/9' })],
  [
    'a key of a set',
    'proof_ok',
    async (i) => published(i, { keys: [await other(), { ...i.pair.publicJwk, kid: 'b' }] }, `${SET}#b`),
  ],
  [
    'a key of a set by its whole address',
    'proof_ok',
    async (i) => published(i, { keys: [await other(), { ...i.pair.publicJwk, kid: `${SET}#b` }] }, `${SET}#b`),
  ],
  [
    'no key of a set of several',
    'issuer_key_unlisted',
    async (i) => published(i, { keys: [await other(), await other()] }, SET),
  ],
  ['a private key, published', 'jwt_private_key', (i) => published(i, i.pair.privateJwk, SET)],
  ['a curve that is not enough', 'jwt_weak_key', (i) => published(i, { ...i.pair.publicJwk, crv: 'P-192' }, SET)],
  ['a key for encryption', 'jwt_weak_key', (i) => published(i, { ...i.pair.publicJwk, use: 'enc' }, SET)],
  [
    'a key that is not on its curve',
    'proof_invalid',
    (i) => published(i, { ...i.pair.publicJwk, x: i.pair.publicJwk['y'] }, SET),
  ],
  ['a key for another algorithm', 'proof_invalid', (i) => published(i, { ...i.pair.publicJwk, alg: 'ES384' }, SET)],
  ['what is no key', 'jwt_weak_key', (i) => published(i, { cle: 1 }, SET)],
  ['one address and another key', 'issuer_mismatch', async () => ({ jwk: await other() })],
  ['keys elsewhere (jku, x5u)', 'issuer_key_unlisted', (i) => elsewhere(i)],
])('a header that gives %s: %s', async ([, code, prepare]) => {
  const issuer = await anIssuer()
  const token = await issuer.token({}, await prepare(issuer))
  expect(await issuer.proof(token)).toBe(code)
  // Nothing of another origin is ever asked for.
  expect(issuer.asked.filter((url) => !url.startsWith('https://ailleurs.example/'))).toEqual([])
})

const SET = 'https://ailleurs.example/cles.json'
const other = async () => (await generateJwk('ES256')).publicJwk
function listed(issuer: Awaited<ReturnType<typeof anIssuer>>, header: Json): Json {
  list(issuer, [issuer.pair.publicJwk])
  return header
}
function published(issuer: Issuer, document: Json, kid: string): Json {
  issuer.network.set(SET, document)
  return { kid }
}
function elsewhere({ network, didUrl, did, pair: key }: Awaited<ReturnType<typeof anIssuer>>): Json {
  network.set(didUrl, { id: did })
  network.set('https://autre.example/jwks', { keys: [key.publicJwk] })
  return { kid: undefined, jku: 'https://autre.example/jwks', x5u: 'https://autre.example/jwks' }
}
function aliased({ network, didUrl, did, pair: key }: Awaited<ReturnType<typeof anIssuer>>): Json {
  const kid = 'https://autre.example/cles/1'
  const method = { id: kid, type: 'JsonWebKey', controller: did, publicKeyJwk: key.publicJwk }
  network.set(didUrl, { id: did, verificationMethod: [method], assertionMethod: [kid] })
  return { kid }
}

test('RSA keys of less than 2,048 bits are refused, and keys of the document in Multikey form are read', async () => {
  const { network, didUrl, did, verifier, issuer, pair: multikey } = await anIssuer()
  const short = { kty: 'RSA', e: 'AQAB', n: Buffer.alloc(128, 0xab).toString('base64url') }
  const { privateJwk } = await generateJwk('RS256')
  network.set(KID, short)
  const weak = await signJwt(payloadOf(issuer), { kid: KID }, { alg: 'RS256', privateJwk })
  expect(codeOf(await verifier.credential(weak, {}), 'proof')).toBe('jwt_weak_key')

  const method = {
    id: `${did}#m`,
    type: 'Multikey',
    controller: did,
    publicKeyMultibase: await multikeyOf(multikey.publicJwk),
  }
  network.set(didUrl, { id: did, verificationMethod: [method], assertionMethod: [method.id] })
  const token = await signJwt(payloadOf(issuer), { kid: method.id }, { alg: 'ES256', privateJwk: multikey.privateJwk })
  expect(codeOf(await verifier.credential(token, {}), 'proof')).toBe('proof_ok')
})

/** A P-256 key in Multikey form, by the library that defines it. */
async function multikeyOf(jwk: JsonObject): Promise<string> {
  const pair = await EcdsaMultikey.fromJwk({ jwk })
  return (await pair.export({ publicKey: true })).publicKeyMultibase
}

test('one host, many issuers: a key of one does not sign for another', async () => {
  const host = 'https://partage.example/emetteurs'
  const { issuer, pair: key, verifier } = await anIssuer()
  const did = 'did:web:partage.example:emetteurs:a'
  issuer.network.set(`${host}/a/did.json`, { id: did, assertionMethod: [] })
  const sign = (kid: string) =>
    signJwt({ ...payloadOf(issuer), issuer: did, iss: did }, { kid }, { alg: 'ES256', privateJwk: key.privateJwk })
  for (const place of ['a', 'b']) issuer.network.set(`${host}/${place}/cle`, key.publicJwk)
  const codes = []
  for (const place of ['a', 'b', 'a/../b']) {
    codes.push(codeOf(await verifier.credential(await sign(`${host}/${place}/cle`), {}), 'proof'))
  }
  expect(codes).toEqual(['proof_ok', 'issuer_key_unlisted', 'issuer_key_unlisted'])
})

test('an https issuer signs with a key of its origin, or that its own document lists', async () => {
  const { issuer, pair: key, verifier } = await anIssuer()
  const id = 'https://ecole.example/profil'
  const sign = (header: Json) =>
    signJwt({ ...payloadOf(issuer), issuer: id, iss: id }, header, { alg: 'ES256', privateJwk: key.privateJwk })
  const proof = async (header: Json) => codeOf(await verifier.credential(await sign(header), {}), 'proof')
  issuer.network.set('https://ecole.example/cles/1', key.publicJwk)
  expect(await proof({ kid: 'https://ecole.example/cles/1' })).toBe('proof_ok')
  expect(await proof({ jwk: key.publicJwk })).toBe('issuer_unreachable')
  issuer.network.set(id, { id, type: 'Profile', name: 'École' })
  expect(await proof({ jwk: key.publicJwk })).toBe('issuer_key_unlisted')
  const method = { id: `${id}#1`, type: 'JsonWebKey', controller: id, publicKeyJwk: key.publicJwk }
  issuer.network.set(id, { id, type: 'Profile', assertionMethod: [method] })
  expect(await proof({ jwk: key.publicJwk })).toBe('proof_ok')
  expect(await proof({ kid: `${id}#1` })).toBe('proof_ok')
})

type WithList = Awaited<ReturnType<typeof anIssuer>>
const listOf = async ({ issuer }: WithList, set: number[], given: Json = {}): Promise<Json> => {
  const { proof: _, ...list } = await issuer.publishList(set, given)
  return list
}
const inEnvelope = (token: string): Json => ({
  '@context': [CREDENTIALS_V2],
  id: `data:application/vc+jwt,${token}`,
  type: ['EnvelopedVerifiableCredential'],
})
test.for<[string, string, (i: WithList) => Promise<unknown>]>([
  ['says nothing of it', 'not_revoked', async (i) => i.sign(await listOf(i, [6]), { typ: 'vc+jwt' })],
  ['says revoked', 'revoked', async (i) => i.sign(await listOf(i, [7]), { typ: 'vc+jwt' })],
  [
    'says revoked in an envelope',
    'revoked',
    async (i) => inEnvelope(await i.sign(await listOf(i, [7]), { typ: 'vc+jwt' })),
  ],
  ['was changed', 'status_invalid', async (i) => changed(await i.sign(await listOf(i, []), { typ: 'vc+jwt' }), i)],
  [
    'is signed by nothing',
    'status_invalid',
    async (i) => `${base64url({ alg: 'none' })}.${base64url(await listOf(i, []))}.`,
  ],
  [
    'has claims of another',
    'status_invalid',
    async (i) => i.sign({ ...(await listOf(i, [])), iss: 'did:web:autre.example' }, { typ: 'vc+jwt' }),
  ],
  ['is over', 'status_invalid', async (i) => i.sign({ ...(await listOf(i, [])), exp: FROM }, { typ: 'vc+jwt' })],
  ['has another address', 'status_invalid', async (i) => i.sign(await listOf(i, [], { id: KID }), { typ: 'vc+jwt' })],
  [
    'is of a key that does not answer',
    'status_unreachable',
    async (i) => i.sign(await listOf(i, []), { typ: 'vc+jwt', kid: `${KID}2` }),
  ],
  [
    'is another’s',
    'status_invalid',
    async (i) => i.sign(await listOf(i, [], { issuer: 'did:web:autre.example' }), { typ: 'vc+jwt' }),
  ],
  ['holds no credential', 'status_invalid', async (i) => i.sign('4', { typ: 'vc+jwt' })],
])('a list carried by a token that %s: %s', async ([, code, listed]) => {
  const made = await anIssuer()
  const given = await listed(made)
  made.network.set(made.issuer.listUrl, typeof given === 'string' ? Buffer.from(given) : given)
  const badge = await made.issuer.badge({ credentialStatus: [made.issuer.entry()] })
  expect(codeOf(await made.verifier.credential(badge, {}), 'revocation')).toBe(code)
})
