import { decode } from 'base58-universal'
import { sql } from 'drizzle-orm'
import { compactVerify, importJWK, type JWK } from 'jose'
import { describe, expect } from 'vitest'
import { buildApp } from '../src/app.ts'
import { signToken } from '../src/auth/access.ts'
import { CREDENTIALS_V2, OPEN_BADGES_V3 } from '../src/credentials/contexts.ts'
import { generateJwk, signJwt } from '../src/credentials/jws.ts'
import { generateKeyPair } from '../src/credentials/suite.ts'
import { rows } from '../src/db.ts'
import { type Actor, actor, type Json } from './support/actors.ts'
import { config, test, type TestService } from './support/app.ts'
import { verifiedElsewhere } from './support/elsewhere.ts'
import { aTrainer } from './support/factories.ts'
import { addProof } from './support/foreign-proofs.ts'

const VERIFY = '/vc-api/credentials/verify'
const PRESENT = '/vc-api/presentations/verify'
const didOf = (slug: string): string => `did:web:insigne.test:organisations:${slug}`
const issueAt = (slug: string): string => `/vc-api/issuers/${slug}/credentials/issue`
const aCredential = (given: Json = {}): Json => ({
  '@context': [CREDENTIALS_V2],
  id: 'urn:uuid:7a3d5d0e-64a4-4d0c-8c8b-2d0f5d1e8a11',
  type: ['VerifiableCredential'],
  validFrom: '2026-01-10T09:00:00Z',
  credentialSubject: { id: 'did:example:sujet', name: 'Zoé Exemple' },
  ...given,
})
const OURS = 'https://exemple.fr/mots'
/** The digests of the base context, as W3C's own suite gives them (w3c/vc-data-model-2.0-test-suite, tests/fixtures.js). */
const PUBLISHED = {
  digestSRI: 'sha384-l/HrjlBCNWyAX91hr6LFV2Y3heB5Tcr6IeE4/Tje8YyzYBM8IhqjHWiWpr8+ZbYU',
  digestMultibase: 'uWZVc7WaX1h4D8rJVb-vlMIqxaEKEb1tYbX8fet7JJzQ',
}
type Issuer = Actor & { slug: string }
const issue = async (trainer: Issuer, given: Json = {}, options?: Json, query = ''): Promise<Json> => {
  const { status, body } = await trainer.post(`${issueAt(trainer.slug)}${query}`, {
    credential: aCredential(given),
    ...(options && { options }),
  })
  expect(status, JSON.stringify(body)).toBe(201)
  return body['verifiableCredential']
}
const verify = (who: Actor, verifiableCredential: unknown, options?: Json) =>
  who.post(VERIFY, { verifiableCredential, ...(options && { options }) })

describe('issue', () => {
  test('any credential, in the organisation’s name, that another verifier accepts', async ({ service }) => {
    const trainer = await aTrainer(service)
    const signed = await issue(trainer)
    expect(signed).toMatchObject({
      ...aCredential(),
      issuer: didOf(trainer.slug),
      credentialStatus: [{ statusPurpose: 'revocation' }, { statusPurpose: 'suspension' }],
      proof: { type: 'DataIntegrityProof', cryptosuite: 'eddsa-rdfc-2022', proofPurpose: 'assertionMethod' },
    })
    expect(await verifiedElsewhere(service, signed)).toEqual({ verified: true, reason: undefined })
    const { status, body } = await verify(trainer, signed, { returnCredential: true })
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { verified: true, problemDetails: [], errors: [], verifiableCredential: signed },
    })
    expect(body['checks'].map((check: Json) => check['id'])).toEqual(['form', 'proof', 'status', 'status', 'dates'])
  })

  test('`?status=none` adds nothing, and a status of its own is kept', async ({ service }) => {
    const trainer = await aTrainer(service)
    expect(await issue(trainer, {}, undefined, '?status=none')).not.toHaveProperty('credentialStatus')
    const own = { id: 'https://ailleurs.example/listes/1#3', type: 'AutreListe' }
    const { credentialStatus } = await issue(trainer, { '@context': [CREDENTIALS_V2], credentialStatus: own }).catch(
      () => ({ credentialStatus: null }),
    )
    // A type that no vocabulary defines cannot be signed; one that it does is left as it is.
    expect(credentialStatus).toBeNull()
    const entry = {
      id: 'https://ailleurs.example/listes/1#3',
      type: 'BitstringStatusListEntry',
      statusPurpose: 'revocation',
      statusListIndex: '3',
      statusListCredential: 'https://ailleurs.example/listes/1',
    }
    expect((await issue(trainer, { credentialStatus: entry }))['credentialStatus']).toEqual(entry)
  })

  test.for([
    [{ format: 'vc+jwt' }, 'RS256'],
    [{ format: 'jwt', alg: 'ES256' }, 'ES256'],
  ] as const)('as a token, by option: %j', async ([options, alg], { service }) => {
    const trainer = await aTrainer(service)
    const enveloped = await issue(trainer, {}, options)
    expect(enveloped).toMatchObject({ '@context': [CREDENTIALS_V2], type: 'EnvelopedVerifiableCredential' })
    const token = String(enveloped['id']).replace('data:application/vc+jwt,', '')
    const { keys } = (await actor(service).get(`/organisations/${trainer.slug}/jwks.json`)).body
    const { payload, protectedHeader } = await compactVerify(token, await importJWK(keys[0] as JWK, alg))
    expect(protectedHeader).toEqual({ alg, typ: 'JWT', kid: expect.stringContaining(`/jwks/${keys[0].kid}`) })
    expect(JSON.parse(Buffer.from(payload).toString())).toMatchObject({
      ...aCredential(),
      iss: didOf(trainer.slug),
      sub: 'did:example:sujet',
    })
    const { body } = await verify(trainer, enveloped)
    expect(body).toMatchObject({ verified: true })
  })

  test('an Open Badge signed so is one for the verifier of badges too', async ({ service }) => {
    const trainer = await aTrainer(service)
    const badge = await issue(trainer, {
      '@context': [CREDENTIALS_V2, OPEN_BADGES_V3],
      type: ['VerifiableCredential', 'OpenBadgeCredential'],
      name: 'Soudure',
      credentialSubject: {
        id: 'did:example:personne',
        type: ['AchievementSubject'],
        achievement: {
          id: 'urn:uuid:2f1c63f5-58b5-4dd3-bb0c-26cf3c3b7c11',
          type: ['Achievement'],
          name: 'Soudure',
          description: 'Sait souder.',
          criteria: { narrative: 'A soudé.' },
        },
      },
    })
    const { body } = await actor(service).post('/api/v1/verifications', badge)
    expect(body['verdict']).toBe('valid')
  })

  test.for<[string, Json]>([
    [
      'words of its own, each with an address that ends with it',
      {
        '@context': [CREDENTIALS_V2, { Attestation: `${OURS}#Attestation`, mention: `${OURS}#mention` }],
        type: ['VerifiableCredential', 'Attestation'],
        credentialSubject: { id: 'did:example:sujet', mention: 'Bien' },
      },
    ],
    [
      'the words of W3C’s examples',
      {
        '@context': [CREDENTIALS_V2, 'https://www.w3.org/ns/credentials/examples/v2'],
        type: ['VerifiableCredential', 'ExampleAlumniCredential'],
        credentialSubject: { id: 'did:example:sujet', alumniOf: 'Exemple' },
      },
    ],
    ['types by their addresses', { type: ['https://exemple.fr/types#Attestation', 'VerifiableCredential'] }],
    ['a schema that nobody knows here', { credentialSchema: { id: 'urn:schema:1', type: `${OURS}#Schema` } }],
    ['the published digest of its context', { relatedResource: { id: CREDENTIALS_V2, ...PUBLISHED } }],
  ])('%s: signed, and verified', async ([, given], { service }) => {
    const trainer = await aTrainer(service)
    const signed = await issue(trainer, given)
    expect(signed).toMatchObject(given)
    expect((await verify(trainer, signed)).body).toMatchObject({ verified: true, problemDetails: [] })
  })

  test('a word of its own is covered by the signature, under that name alone', async ({ service }) => {
    const trainer = await aTrainer(service)
    const words = (word: string) => ({
      '@context': [CREDENTIALS_V2, { [word]: `${OURS}#mention` }],
      credentialSubject: { id: 'did:example:sujet', [word]: 'Passable' },
    })
    const signed = await issue(trainer, words('mention'))
    const codeFor = async (given: Json) =>
      (await verify(trainer, { ...signed, ...given })).body['problemDetails'][0]?.code
    expect(await codeFor({ credentialSubject: { id: 'did:example:sujet', mention: 'Bien' } })).toBe('proof_invalid')
    // The same in RDF: only the form tells them apart.
    expect(await codeFor(words('felicitations'))).toBe('context_unknown')
  })

  test.for<[string, Json]>([
    ['no purpose', { statusPurpose: undefined }],
    ['an index that is no number in words', { statusListIndex: true }],
    ['an index below zero', { statusListIndex: '-1' }],
    ['a list without address', { statusListCredential: 'listes/1' }],
  ])('a status of its own with %s is not signed', async ([, given], { service }) => {
    const trainer = await aTrainer(service)
    const entry = {
      type: 'BitstringStatusListEntry',
      statusPurpose: 'revocation',
      statusListIndex: '3',
      statusListCredential: 'https://ailleurs.example/listes/1',
      ...given,
    }
    const { status, body } = await trainer.post(issueAt(trainer.slug), {
      credential: aCredential({ credentialStatus: [entry] }),
    })
    expect({ status, code: body['code'] }).toEqual({ status: 400, code: 'credential_refused' })
    expect(body['detail']).toContain('/credentialStatus/0')
  })

  test.for<[string, Json, string]>([
    ['another issuer', { issuer: 'did:web:autre.example' }, 'issuer_mismatch'],
    ['another issuer, as an object', { issuer: { id: 'https://autre.example/' } }, 'issuer_mismatch'],
    ['a proof already', { proof: { type: 'DataIntegrityProof' } }, 'credential_signed'],
    ['a word that no vocabulary defines', { inconnu: 'mot' }, 'credential_unsignable'],
    [
      'a word that no address can hold',
      { '@context': [CREDENTIALS_V2, 'https://www.w3.org/ns/credentials/examples/v2'], 'deux mots': 'perdus' },
      'credential_unsignable',
    ],
    ['a type that no vocabulary defines', { type: ['VerifiableCredential', 'Inconnu'] }, 'credential_unsignable'],
  ])('%s is refused, in words', async ([, given, code], { service }) => {
    const trainer = await aTrainer(service)
    const { status, body } = await trainer.post(issueAt(trainer.slug), { credential: aCredential(given) })
    expect({ status, code: body['code'] }).toEqual({ status: 400, code })
    expect(body['mend']).toMatch(/\.$/)
  })

  test.for<[Json]>([
    [{ cryptosuite: 'bbs-2023' }],
    [{ cryptosuite: 'eddsa-rdfc-2022', format: 'jwt' }],
    [{ format: 'jwt', alg: 'HS256' }],
    [{ alg: 'ES256' }],
    [{ mandatoryPointers: ['/issuer'] }],
  ])('what it cannot sign with is refused, not ignored: %j', async ([options], { service }) => {
    const trainer = await aTrainer(service)
    const { status, body } = await trainer.post(issueAt(trainer.slug), { credential: aCredential(), options })
    expect({ status, code: body['code'] }).toEqual({ status: 400, code: 'securing_unsupported' })
  })

  test('revoked and suspended by its identifier; nothing of it is kept but digests', async ({ service }) => {
    const trainer = await aTrainer(service)
    const [signed, other] = [await issue(trainer), await issue(trainer, { id: 'urn:uuid:autre' })]
    const unnamed = await issue(trainer, { id: undefined }, { credentialId: 'dossier-12' })
    const url = `/vc-api/issuers/${trainer.slug}/credentials/status`
    const change = (credentialId: string, statusPurpose: string, status: boolean) =>
      trainer.post(url, { credentialId, credentialStatus: { type: 'BitstringStatusListEntry', statusPurpose }, status })
    const codesOf = async (credential: Json) =>
      (await verify(trainer, credential)).body['problemDetails'].map((one: Json) => one['code'])

    expect((await change('dossier-12', 'suspension', true)).status).toBe(200)
    expect(await codesOf(unnamed)).toEqual(['suspended'])
    expect((await change('dossier-12', 'suspension', false)).status).toBe(200)
    expect(await codesOf(unnamed)).toEqual([])
    expect((await change(String(signed['id']), 'revocation', true)).status).toBe(200)
    expect([await codesOf(signed), await codesOf(other), await codesOf(unnamed)]).toEqual([['revoked'], [], []])
    expect(await change(String(signed['id']), 'revocation', false)).toMatchObject({
      status: 400,
      body: { code: 'revocation_final' },
    })
    expect(await codesOf(signed)).toEqual(['revoked'])
    expect((await change('urn:uuid:inconnu', 'revocation', true)).status).toBe(404)
    const theirs = await aTrainer(service)
    expect(
      (
        await theirs.post(`/vc-api/issuers/${theirs.slug}/credentials/status`, {
          credentialId: signed['id'],
          credentialStatus: { type: 'BitstringStatusListEntry', statusPurpose: 'suspension' },
          status: true,
        })
      ).status,
    ).toBe(404)

    const kept = JSON.stringify(await rows(service.db, sql`select * from vc_api_credentials`))
    for (const word of ['Zoé', 'did:example', 'dossier-12', 'urn:uuid']) expect(kept).not.toContain(word)
    const journal = await rows<{ action: string }>(
      service.db,
      sql`select action from journal where organisation_id = (select id from organisations where slug = ${trainer.slug})
          and action like 'vc_api.%' order by position`,
    )
    expect(journal.map((one) => one.action)).toEqual([
      ...Array.from({ length: 3 }, () => 'vc_api.issued'),
      ...Array.from({ length: 3 }, () => 'vc_api.status_changed'),
    ])
  })
})

/** What the VC Data Model 2.0 forbids: each is refused before it is signed, and when someone else signed it. */
const FORBIDDEN: [string, Json][] = [
  ['no context', { '@context': undefined }],
  ['contexts in the wrong order', { '@context': [OPEN_BADGES_V3, CREDENTIALS_V2] }],
  ['a context that is not known', { '@context': [CREDENTIALS_V2, 'https://ailleurs.example/contexte'] }],
  ['a context that is a number', { '@context': [CREDENTIALS_V2, 4] }],
  [
    'a context of its own',
    { '@context': [CREDENTIALS_V2, { etat: 'https://www.w3.org/2018/credentials#credentialStatus' }] },
  ],
  ['a context that is nothing known', { '@context': [CREDENTIALS_V2, { '@vocab': null }] }],
  ['a known type under another address', { '@context': [CREDENTIALS_V2, { VerifiableCredential: `${OURS}#Autre` }] }],
  ['an identifier that is not a URL', { id: 'pas une adresse' }],
  ['several identifiers', { id: ['urn:uuid:1', 'urn:uuid:2'] }],
  ['an identifier that is null', { id: null }],
  ['no type', { type: undefined }],
  ['another type only', { type: ['OpenBadgeCredential'] }],
  ['a type that is no text', { type: ['VerifiableCredential', 4] }],
  ['an issuer that is null', { issuer: null }],
  ['an issuer whose identifier is null', { issuer: { id: null } }],
  ['an issuer without an identifier', { issuer: { name: 'Organisme' } }],
  ['an issuer that is not a URL', { issuer: 'organisme' }],
  ['two issuers', { issuer: ['did:web:a.example', 'did:web:b.example'] }],
  ['no subject', { credentialSubject: undefined }],
  ['a subject of which nothing is said', { credentialSubject: {} }],
  ['no subject in a list', { credentialSubject: [] }],
  ['a subject that is a text', { credentialSubject: 'did:example:sujet' }],
  ['a subject whose identifier is not a URL', { credentialSubject: { id: 'sujet', name: 'Zoé' } }],
  ['a date without a zone', { validFrom: '2026-01-10T09:00:00' }],
  ['a date that is a day', { validFrom: '2026-01-10' }],
  ['a date that does not exist', { validFrom: '2026-13-10T09:00:00Z' }],
  ['a date that is a number', { validFrom: 1_768_035_600 }],
  ['an end before the beginning', { validUntil: '2025-01-10T09:00:00Z' }],
  ['a status without type', { credentialStatus: { id: 'urn:uuid:etat' } }],
  ['a status whose identifier is not a URL', { credentialStatus: { id: 'etat', type: 'BitstringStatusListEntry' } }],
  ['a schema without type', { credentialSchema: { id: 'https://ailleurs.example/schema.json' } }],
  ['a schema without identifier', { credentialSchema: { type: 'JsonSchema' } }],
  ['terms of use without type', { termsOfUse: { id: 'https://ailleurs.example/conditions' } }],
  ['evidence without type', { evidence: [{ id: 'https://ailleurs.example/preuve' }] }],
  ['a refresh service without type', { refreshService: { id: 'https://ailleurs.example/suite' } }],
  ['a related resource without digest', { relatedResource: [{ id: 'https://ailleurs.example/image' }] }],
  ['a related resource without identifier', { relatedResource: [{ digestSRI: `sha256-${'A'.repeat(43)}=` }] }],
  [
    'a related resource named twice',
    {
      relatedResource: Array.from({ length: 2 }, () => ({
        id: 'https://ailleurs.example/image',
        digestSRI: `sha256-${'A'.repeat(43)}=`,
      })),
    },
  ],
  [
    'a related resource whose digest is none',
    { relatedResource: [{ id: 'https://ailleurs.example/image', digestSRI: 'sha256-abc' }] },
  ],
  [
    'another digest than the published one of its context',
    { relatedResource: [{ id: CREDENTIALS_V2, digestMultibase: `u${'A'.repeat(43)}` }] },
  ],
  [
    'another SHA-384 than the published one of its context',
    { relatedResource: [{ id: CREDENTIALS_V2, digestSRI: `sha384-${'A'.repeat(64)}` }] },
  ],
  ['a name that is a number', { name: 4 }],
  ['a description in an unknown form', { description: { texte: 'Bonjour' } }],
  ['a hundred levels', { credentialSubject: JSON.parse(`${'{"a":'.repeat(100)}1${'}'.repeat(100)}`) as Json }],
]

describe('what the data model forbids', () => {
  test.for(FORBIDDEN)('%s is not signed', async ([, given], { service }) => {
    const trainer = await aTrainer(service)
    const { status, body } = await trainer.post(issueAt(trainer.slug), { credential: aCredential(given) })
    // A word where an address should be is first of all not this organisation.
    const code = typeof given['issuer'] === 'string' ? 'issuer_mismatch' : 'credential_refused'
    expect({ status, code: body['code'] }).toEqual({ status: 400, code })
    expect(body['detail']).toMatch(/\.$/)
    const kept = await rows(
      service.db,
      sql`select 1 from vc_api_credentials v join organisations o on o.id = v.organisation_id where o.slug = ${trainer.slug}`,
    )
    expect(kept).toEqual([])
  })

  test('none of it is verified, whatever its proof', async ({ service }) => {
    const trainer = await aTrainer(service)
    const signed = await issue(trainer)
    for (const [name, given] of FORBIDDEN) {
      const { status, body } = await verify(trainer, { ...signed, ...given })
      expect({ name, status, verified: body['verified'] }).toEqual({ name, status: 400, verified: false })
      expect(body['problemDetails'][0], name).toMatchObject({
        type: expect.stringMatching(/^https:/),
        detail: expect.stringMatching(/\.$/),
      })
      expect(body['errors'], name).toHaveLength(1)
    }
  })

  test.for<[string, (signed: Json) => unknown, string]>([
    ['no proof', (signed) => ({ ...signed, proof: undefined }), 'proof_missing'],
    ['changed', (signed) => ({ ...signed, validFrom: '2026-01-11T09:00:00Z' }), 'proof_invalid'],
    [
      'one proof good, one bad',
      (signed) => ({ ...signed, proof: [signed['proof'], { ...signed['proof'], created: '2020-01-01T00:00:00Z' }] }),
      'proof_invalid',
    ],
    ['another’s proof', (signed) => ({ ...signed, issuer: 'did:web:autre.example' }), 'issuer_mismatch'],
    [
      'a proof for another use',
      (signed) => ({ ...signed, proof: { ...signed['proof'], proofPurpose: 'authentication' } }),
      'proof_invalid',
    ],
    [
      'a proof of an unknown kind',
      (signed) => ({ ...signed, proof: { ...signed['proof'], cryptosuite: 'bbs-2023' } }),
      'proof_unsupported',
    ],
    [
      'a proof without type',
      (signed) => ({ ...signed, proof: { ...signed['proof'], type: undefined } }),
      'type_missing',
    ],
    ['a text', () => 'attestation', 'jwt_malformed'],
    ['a number', () => 4, 'credential_form'],
    [
      'an envelope around nothing',
      () => ({ '@context': CREDENTIALS_V2, type: 'EnvelopedVerifiableCredential', id: 'data:text/plain,a' }),
      'jwt_malformed',
    ],
  ])('a credential with %s is not verified', async ([, spoil, code], { service }) => {
    const trainer = await aTrainer(service)
    const { status, body } = await verify(trainer, spoil(await issue(trainer, {}, undefined, '?status=none')))
    expect({ status, verified: body['verified'], code: body['problemDetails'][0]?.code }).toEqual({
      status: 400,
      verified: false,
      code,
    })
  })

  test.for<[string, Json, string | null]>([
    ['its purpose', { expectedProofPurpose: 'assertionMethod' }, null],
    ['another purpose', { expectedProofPurpose: 'authentication' }, 'proof_purpose'],
    ['a challenge', { challenge: 'defi-1' }, 'proof_challenge'],
    ['a domain', { domain: 'essai.example' }, 'proof_domain'],
  ])('asked for %s, in a proof inside it or a token', async ([, asked, code], { service }) => {
    const trainer = await aTrainer(service)
    for (const signed of [await issue(trainer), await issue(trainer, {}, { format: 'jwt' })]) {
      const { status, body } = await verify(trainer, signed, asked)
      expect({ status, codes: body['problemDetails'].map((one: Json) => one['code']) }).toEqual(
        code ? { status: 400, codes: [code] } : { status: 200, codes: [] },
      )
    }
  })

  test('asked for the challenge and the domain that its proof says', async ({ service }) => {
    const trainer = await aTrainer(service)
    const key = await generateKeyPair()
    const issuer = `did:key:${key.publicKeyMultibase}`
    const signed = await addProof(aCredential({ issuer }), {
      format: 'eddsa-rdfc-2022',
      key,
      method: `${issuer}#${key.publicKeyMultibase}`,
      created: new Date(),
      more: { challenge: 'defi-1', domain: ['essai.example', 'autre.example'] },
    })
    const asked = { challenge: 'defi-1', domain: 'essai.example' }
    expect((await verify(trainer, signed, asked)).body).toMatchObject({ verified: true })
    expect((await verify(trainer, signed, { ...asked, challenge: 'defi-2' })).body['problemDetails']).toMatchObject([
      { code: 'proof_challenge', title: 'INVALID_CHALLENGE_ERROR' },
    ])
  })

  test('before its time, and after', async ({ service }) => {
    const trainer = await aTrainer(service)
    const early = await issue(trainer, { validFrom: '2120-01-01T00:00:00Z' })
    const late = await issue(trainer, { validUntil: '2026-01-11T00:00:00Z' })
    expect((await verify(trainer, early)).body['problemDetails']).toMatchObject([
      { code: 'not_yet_valid', title: 'RANGE_ERROR' },
    ])
    expect((await verify(trainer, late)).body['problemDetails']).toMatchObject([
      { code: 'expired', title: 'RANGE_ERROR' },
    ])
  })
})

describe('presentations', () => {
  /** Someone known by a key alone. */
  async function aHolder() {
    const key = await generateKeyPair()
    const holder = `did:key:${key.publicKeyMultibase}`
    const present = (presentation: Json, proof: Json = {}) =>
      addProof(
        { '@context': [CREDENTIALS_V2], type: ['VerifiablePresentation'], holder, ...presentation },
        {
          format: 'eddsa-rdfc-2022',
          key,
          method: `${holder}#${key.publicKeyMultibase}`,
          created: new Date(),
          more: { proofPurpose: 'authentication', challenge: 'defi-1', domain: 'essai.example', ...proof },
        },
      )
    return { holder, present, key }
  }
  const options = { challenge: 'defi-1', domain: 'essai.example' }
  const check = async (who: Actor, verifiablePresentation: unknown, asked: Json = options) => {
    const { status, body } = await who.post(PRESENT, { verifiablePresentation, options: asked })
    return { status, verified: body['verified'], codes: (body['problemDetails'] as Json[]).map((one) => one['code']) }
  }

  test('signed by its holder, each credential in it verified', async ({ service }) => {
    const trainer = await aTrainer(service)
    const { holder, present } = await aHolder()
    const [good, token] = [await issue(trainer), await issue(trainer, {}, { format: 'jwt' })]
    const presentation = await present({ verifiableCredential: [good, token] })
    const { status, body } = await trainer.post(PRESENT, {
      verifiablePresentation: presentation,
      options: { ...options, returnPresentation: true },
    })
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        verified: true,
        verifiablePresentation: presentation,
        problemDetails: [],
        results: { challenge: { valid: true, input: 'defi-1' }, holder: { valid: true, input: holder } },
        credentialResults: [{ verified: true }, { verified: true }],
      },
    })
    const spoilt = await present({ verifiableCredential: [good, { ...good, validFrom: '2026-01-11T09:00:00Z' }] })
    expect(await check(trainer, spoilt)).toEqual({ status: 200, verified: false, codes: ['proof_invalid'] })
    expect(await check(trainer, await present({}))).toEqual({ status: 200, verified: true, codes: [] })
  })

  test.for<[string, Json, Json, Json, string]>([
    ['another challenge', {}, { challenge: 'defi-2' }, {}, 'presentation_challenge'],
    ['no challenge', {}, { challenge: undefined }, {}, 'presentation_challenge'],
    ['another domain', {}, { domain: 'autre.example' }, {}, 'presentation_domain'],
    ['another purpose', {}, { proofPurpose: 'assertionMethod' }, {}, 'presentation_purpose'],
    ['another holder', { holder: 'did:example:autre' }, {}, {}, 'presentation_holder'],
    ['an expired proof', {}, { expires: '2020-01-01T00:00:00Z' }, {}, 'proof_invalid'],
    ['something changed', {}, {}, { id: 'urn:uuid:autre' }, 'proof_invalid'],
  ])('with %s is not accepted', async ([, said, proof, changed, code], { service }) => {
    const { present } = await aHolder()
    const presentation = { ...(await present(said, proof)), ...changed }
    const trainer = await aTrainer(service)
    expect(await check(trainer, presentation)).toEqual({ status: 200, verified: false, codes: [code] })
  })

  test.for<[string, Json, string?]>([
    ['no context', { '@context': undefined }],
    ['an unknown context', { '@context': [CREDENTIALS_V2, 'https://ailleurs.example/contexte'] }],
    ['no signature', { proof: undefined }, 'PROOF_VERIFICATION_ERROR'],
    ['an identifier that is not a URL', { id: 'presentation' }],
    ['another type', { type: ['VerifiableCredential'] }],
    ['a holder without identifier', { holder: { name: 'Zoé' } }],
    ['a holder that is not a URL', { holder: 'Zoé' }],
    ['a credential that is a link', { verifiableCredential: ['https://ailleurs.example/1'] }],
    ['a credential that is a number', { verifiableCredential: [4] }],
    ['a credential without type', { verifiableCredential: [{ '@context': [CREDENTIALS_V2], id: 'urn:uuid:1' }] }],
    ['twenty-one credentials', { verifiableCredential: Array.from({ length: 21 }, () => aCredential()) }],
  ])('%s is no presentation', async ([, given, title = 'MALFORMED_VALUE_ERROR'], { service }) => {
    const { present } = await aHolder()
    const trainer = await aTrainer(service)
    const verifiablePresentation = { ...(await present({})), ...given }
    expect(await trainer.post(PRESENT, { verifiablePresentation, options })).toMatchObject({
      status: 400,
      body: { verified: false, problemDetails: [{ title }], credentialResults: [] },
    })
  })

  test('with words of its own: accepted', async ({ service }) => {
    const { present } = await aHolder()
    const trainer = await aTrainer(service)
    const presentation = await present({
      '@context': [CREDENTIALS_V2, { Dossier: `${OURS}#Dossier` }],
      type: ['VerifiablePresentation', 'Dossier'],
      verifiableCredential: [await issue(trainer)],
    })
    expect(await check(trainer, presentation)).toEqual({ status: 200, verified: true, codes: [] })
    const renamed = { ...presentation, '@context': [CREDENTIALS_V2, { Preuve: `${OURS}#Dossier` }] }
    expect(await check(trainer, { ...renamed, type: ['VerifiablePresentation', 'Preuve'] })).toEqual({
      status: 400,
      verified: false,
      codes: ['context_unknown'],
    })
  })

  test('what a holder says of oneself is covered by the presentation, and only that', async ({ service }) => {
    const trainer = await aTrainer(service)
    const { holder, present } = await aHolder()
    const own = await present({ verifiableCredential: [aCredential({ issuer: holder })] })
    expect(await check(trainer, own)).toEqual({ status: 200, verified: true, codes: [] })
    const theirs = await present({ verifiableCredential: [aCredential({ issuer: didOf(trainer.slug) })] })
    expect(await check(trainer, theirs)).toEqual({ status: 200, verified: false, codes: ['proof_missing'] })
    const nobody = await present({ holder: undefined, verifiableCredential: [aCredential({ issuer: holder })] })
    expect(await check(trainer, nobody)).toEqual({ status: 200, verified: false, codes: ['proof_missing'] })
  })

  test('as a token: nonce and aud are the challenge and the domain', async ({ service }) => {
    const trainer = await aTrainer(service)
    const { holder, key } = await aHolder()
    const { privateJwk } = await generateJwk('EdDSA')
    const credential = await issue(trainer, {}, { format: 'jwt' })
    const presentation = {
      '@context': [CREDENTIALS_V2],
      type: 'VerifiablePresentation',
      holder,
      verifiableCredential: [credential],
    }
    const enveloped = async (claims: Json, jwk = privateJwk) => ({
      '@context': CREDENTIALS_V2,
      type: 'EnvelopedVerifiablePresentation',
      id: `data:application/vp+jwt,${await signJwt(
        { ...presentation, nonce: 'defi-1', aud: ['essai.example'], ...claims },
        { kid: `${holder}#${key.publicKeyMultibase}`, typ: 'vp+jwt' },
        { alg: 'EdDSA', privateJwk: jwk },
      )}`,
    })
    const ownJwk = okpOf(key)
    expect(await check(trainer, await enveloped({}, ownJwk))).toEqual({ status: 200, verified: true, codes: [] })
    const refused: [Json, string][] = [
      [{ nonce: 'defi-2' }, 'presentation_challenge'],
      [{ aud: 'autre.example' }, 'presentation_domain'],
      [{ iss: 'did:example:autre' }, 'presentation_holder'],
      [{ exp: 1_600_000_000 }, 'jwt_expired'],
    ]
    for (const [claims, code] of refused) {
      expect(await check(trainer, await enveloped(claims, ownJwk))).toEqual({
        status: 200,
        verified: false,
        codes: [code],
      })
    }
    expect(await check(trainer, await enveloped({}))).toEqual({
      status: 200,
      verified: false,
      codes: ['proof_invalid'],
    })
  })
})

/** The key of a holder as a JWK: a Multikey is two bytes of code, then the key. */
function okpOf({
  publicKeyMultibase,
  secretKeyMultibase,
}: {
  publicKeyMultibase: string
  secretKeyMultibase: string
}): Json {
  const [x, d] = [publicKeyMultibase, secretKeyMultibase].map((one) =>
    Buffer.from(decode(one.slice(1)).subarray(2, 34)).toString('base64url'),
  )
  return { kty: 'OKP', crv: 'Ed25519', x, d }
}

describe('who may', () => {
  const machine = (service: TestService, slug: string, scope: string): Actor => {
    const token = signToken(service.app, { sub: 'client:essai', role: 'formateur', organisation: slug, scope }, 1)
    const headers = { authorization: `Bearer ${token}` }
    const { get, put, patch, delete: remove, post } = actor(service)
    return { get, put, patch, delete: remove, post: (path, body) => post(path, body, headers) }
  }

  test('nobody without a token, nor for another organisation, nor a machine without the right', async ({ service }) => {
    const trainer = await aTrainer(service)
    const theirs = await aTrainer(service)
    const body = { credential: aCredential() }
    expect((await actor(service).post(issueAt(trainer.slug), body)).status).toBe(401)
    expect((await theirs.post(issueAt(trainer.slug), body)).status).toBe(403)
    expect((await actor(service, 'titulaire').post(issueAt(trainer.slug), body)).status).toBe(403)
    expect((await machine(service, trainer.slug, 'credentials').post(issueAt(trainer.slug), body)).status).toBe(403)
    expect((await machine(service, trainer.slug, 'credentials:write').post(issueAt(trainer.slug), body)).status).toBe(
      201,
    )
    for (const path of [VERIFY, PRESENT]) {
      expect((await actor(service).post(path, { verifiableCredential: {}, verifiablePresentation: {} })).status).toBe(
        401,
      )
    }
    expect(
      (await machine(service, trainer.slug, 'credentials').post(VERIFY, { verifiableCredential: {} })).status,
    ).toBe(400)
  })

  test('open for a conformance run, it asks nobody; every other route asks as before', async ({ service }) => {
    const { slug } = await aTrainer(service)
    const app = await buildApp({ ...service, config: { ...config, vcApiOpen: true } })
    const anyone = actor({ ...service, app })
    const { status, body } = await anyone.post(issueAt(slug), { credential: aCredential() })
    expect({ status, issuer: body['verifiableCredential']?.issuer }).toEqual({ status: 201, issuer: didOf(slug) })
    const answer = await anyone.post(VERIFY, body)
    expect(answer).toMatchObject({ status: 200, body: { verified: true } })
    expect((await anyone.get('/api/v1/credentials')).status).toBe(401)
    await app.close()
  })
})
