import { DataIntegrityProof } from '@digitalbazaar/data-integrity'
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey'
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite'
import * as vc from '@digitalbazaar/vc'
import { expect, test } from 'vitest'
import { bakeSvg } from '../../src/credentials/bake.ts'
import { CREDENTIALS_V2, OPEN_BADGES_V3, pinnedContext } from '../../src/credentials/contexts.ts'
import { createDocuments } from '../../src/credentials/documents.ts'
import { createVerifier } from '../../src/credentials/verifier.ts'
import type { Json } from '../support/actors.ts'
import { aForeignBadge, codeOf, foreignIssuer, NOW } from '../support/foreign-issuer.ts'

const EXTENDED = [CREDENTIALS_V2, OPEN_BADGES_V3, 'https://purl.imsglobal.org/spec/ob/v3p0/extensions.json']
type Issuer = Awaited<ReturnType<typeof foreignIssuer>>
const verify = (issuer: Issuer, badge: Json, question = {}) => issuer.verifier.credential(badge, question)

test('a badge of another issuer is valid when its key, its list and its dates say so; each document is asked for once', async () => {
  const issuer = await foreignIssuer()
  await issuer.publishList([6, 8])
  const found = await verify(issuer, await issuer.badge({ credentialStatus: [issuer.entry()] }))
  expect(found).toMatchObject({ verdict: 'valid', credential: { name: 'Soudure' } })
  expect(codeOf(found, 'revocation')).toBe('not_revoked')
  expect(issuer.asked.toSorted()).toEqual([issuer.didUrl, issuer.listUrl].toSorted())
})

test('a badge of another issuer is read from its address, as JSON or baked', async () => {
  const issuer = await foreignIssuer()
  const badge = await issuer.badge()
  issuer.network.set('https://ailleurs.example/b.json', badge)
  issuer.network.set('https://ailleurs.example/b.svg', Buffer.from(bakeSvg('<svg></svg>', JSON.stringify(badge))))
  for (const name of ['b.json', 'b.svg']) {
    expect(await issuer.verifier.url(`https://ailleurs.example/${name}`, {})).toMatchObject({
      verdict: 'valid',
      credential: badge,
    })
  }
  await expect(issuer.verifier.url('https://ailleurs.example/rien', {})).rejects.toMatchObject({
    code: 'url_unreachable',
  })
})

test('a badge of another issuer may keep its keys in its own name (did:key), or hold them inside assertionMethod', async () => {
  const issuer = await foreignIssuer()
  const { network, did, method, didUrl } = issuer
  network.set(didUrl, {
    '@context': 'https://www.w3.org/ns/did/v1.1',
    id: did,
    assertionMethod: [{ ...method, id: `#${method.id.split('#')[1]}` }],
  })
  expect(await verify(issuer, await issuer.badge())).toMatchObject({ verdict: 'valid' })
})

test.for<[string, (issuer: Issuer) => void, string, string]>([
  ['does not answer', ({ network, didUrl }) => network.delete(didUrl), 'issuer_unreachable', 'indeterminate'],
  [
    'answers something else than JSON',
    ({ network, didUrl }) => network.set(didUrl, Buffer.from('<html>')),
    'issuer_unreachable',
    'indeterminate',
  ],
  [
    'answers the document of another',
    ({ network, didUrl, method }) =>
      network.set(didUrl, {
        id: 'did:web:autre.example',
        verificationMethod: [method],
        assertionMethod: [method.id],
      }),
    'proof_invalid',
    'invalid',
  ],
  [
    'does not know the key',
    ({ network, didUrl, did }) => network.set(didUrl, { id: did, verificationMethod: [], assertionMethod: [] }),
    'proof_invalid',
    'invalid',
  ],
  [
    'holds the key for something else',
    ({ network, didUrl, did, method }) =>
      network.set(didUrl, { id: did, verificationMethod: [method], authentication: [method.id] }),
    'proof_invalid',
    'invalid',
  ],
  [
    'gives the key to somebody else',
    ({ network, didUrl, did, method }) =>
      network.set(didUrl, {
        id: did,
        verificationMethod: [{ ...method, controller: 'did:web:autre.example' }],
        assertionMethod: [method.id],
      }),
    'proof_invalid',
    'invalid',
  ],
  [
    'has revoked the key',
    ({ network, didUrl, did, method }) =>
      network.set(didUrl, {
        id: did,
        verificationMethod: [{ ...method, revoked: '2026-05-01T00:00:00Z' }],
        assertionMethod: [method.id],
      }),
    'proof_invalid',
    'invalid',
  ],
  [
    'has a document that makes no sense',
    ({ network, didUrl, did }) =>
      network.set(didUrl, { id: did, verificationMethod: [null, 4, 'x', [[]]], assertionMethod: { a: [null] } }),
    'proof_invalid',
    'invalid',
  ],
])('a badge of another issuer whose site %s', async ([, change, code, verdict]) => {
  const issuer = await foreignIssuer()
  const badge = await issuer.badge({ credentialStatus: [issuer.entry()] })
  change(issuer)
  const found = await verify(issuer, badge)
  expect([codeOf(found, 'proof'), found.verdict, found.credential]).toEqual([code, verdict, null])
  // What no signature covers sends nobody anywhere.
  expect(issuer.asked).not.toContain(issuer.listUrl)
})

test('a badge of another issuer must be signed, by a kind of signature that is known, and by nobody else', async () => {
  const [issuer, other] = [await foreignIssuer(), await foreignIssuer('autre.example')]
  const badge = await issuer.badge()
  const { proof, ...unsigned } = badge as { proof: Json } & Json
  const outcomes: [Json, string, string][] = [
    [unsigned, 'proof_missing', 'invalid'],
    [{ ...unsigned, proof: [] }, 'proof_missing', 'invalid'],
    [{ ...unsigned, proof: null }, 'proof_missing', 'invalid'],
    [{ ...unsigned, proof: 'signé' }, 'proof_unsupported', 'indeterminate'],
    [{ ...unsigned, proof: [[proof]] }, 'proof_unsupported', 'indeterminate'],
    [{ ...unsigned, proof: { ...proof, cryptosuite: 'bbs-2023' } }, 'proof_unsupported', 'indeterminate'],
    [{ ...unsigned, proof: { ...proof, previousProof: 'urn:x' } }, 'proof_invalid', 'invalid'],
    [{ ...unsigned, proof: Array.from({ length: 5 }, () => proof) }, 'proof_unsupported', 'indeterminate'],
    [{ ...unsigned, proof: { ...proof, proofPurpose: 'authentication' } }, 'proof_invalid', 'invalid'],
    [{ ...unsigned, proof: [proof, { ...proof, proofValue: `z${'2'.repeat(88)}` }] }, 'proof_invalid', 'invalid'],
    [{ ...unsigned, proof: [proof, { ...proof, cryptosuite: 'bbs-2023' }] }, 'proof_unsupported', 'indeterminate'],
    [{ ...unsigned, proof: { ...proof, verificationMethod: other.method.id } }, 'issuer_mismatch', 'invalid'],
    [
      { ...unsigned, proof: { ...proof, verificationMethod: { id: proof['verificationMethod'] } } },
      'issuer_mismatch',
      'invalid',
    ],
    [await other.sign(unsigned), 'issuer_mismatch', 'invalid'],
    [{ ...badge, issuer: other.did }, 'issuer_mismatch', 'invalid'],
  ]
  for (const [given, code, verdict] of outcomes) {
    const found = await verify(issuer, given)
    expect([codeOf(found, 'proof'), found.verdict, found.credential]).toEqual([code, verdict, null])
  }
  expect(await verify(issuer, { ...unsigned, proof: [proof, proof] })).toMatchObject({ verdict: 'valid' })
})

test('a badge whose key its issuer does not list is refused, whatever the badge says', async () => {
  const [issuer, thief] = [await foreignIssuer(), await foreignIssuer('ailleurs.example')]
  // Another key under the same name: the issuer's document does not list it.
  const found = await verify(issuer, await thief.badge())
  expect([codeOf(found, 'proof'), found.verdict]).toEqual(['proof_invalid', 'invalid'])
})

test('a badge of another issuer whose newer version does not answer, and without endorsements, says so', async () => {
  const issuer = await foreignIssuer()
  const refreshService = { id: 'https://interne.example/', type: '1EdTechCredentialRefresh' }
  const badge = await issuer.badge({ '@context': EXTENDED, refreshService })
  const found = await verify(issuer, badge)
  expect([codeOf(found, 'refresh'), codeOf(found, 'endorsements'), found.verdict]).toEqual([
    'refresh_unreachable',
    'endorsements_none',
    'valid',
  ])
  expect(issuer.asked).toEqual([issuer.didUrl, refreshService.id])
})

test('a badge of another issuer that says the same thing 190 times is read to the end all the same', async () => {
  const issuer = await foreignIssuer()
  const evidence = Array.from({ length: 190 }, () => ({ type: ['Evidence'], narrative: 'la même' }))
  const badge = await issuer.badge({ evidence })
  expect(await verify(issuer, badge)).toMatchObject({ verdict: 'valid' })
  expect(await verify(issuer, { ...badge, evidence: evidence.slice(1) })).toMatchObject({ verdict: 'invalid' })
})

test.for([
  'did:web:ailleurs.example%2F..',
  'did:web:ailleurs.example%40interne.example',
  'did:web:ailleurs.example%23',
  'did:web:%E0%A4%A',
  'did:web:',
  'did:autre:x',
])('a badge of another issuer under the name %s leads to no address', async (did) => {
  const asked: string[] = []
  const fetch = async (url: string) => {
    asked.push(url)
    return { body: Buffer.from('{}'), contentType: '', url }
  }
  const documents = createDocuments(fetch)
  const issuer = await foreignIssuer()
  const verifier = createVerifier({ fetch, documents, own: async () => undefined, now: () => NOW })
  const badge = await issuer.badge()
  const forged = {
    ...badge,
    issuer: did,
    proof: { ...badge['proof'], verificationMethod: `${did}#${issuer.key.publicKeyMultibase}` },
  }
  const found = await verifier.credential(forged, {})
  expect([found.verdict, found.credential, asked]).toEqual(['indeterminate', null, []])
})

test.for([
  ['2026-06-02T00:00:00Z', 'valid'],
  ['2026-06-01T00:00:00Z', 'invalid'],
])('a badge of another issuer whose signature ends on %s is %s on 1 June', async ([expires, verdict]) => {
  const issuer = await foreignIssuer()
  const pair = await Ed25519Multikey.from({ ...issuer.method, ...issuer.key })
  const suite = new DataIntegrityProof({ signer: pair.signer(), date: NOW, cryptosuite })
  Object.assign(suite, { proof: { expires } })
  const documentLoader = async (url: string) => ({ documentUrl: url, document: pinnedContext(url) })
  const badge = await vc.issue({ credential: aForeignBadge(issuer.did), suite, documentLoader, now: NOW })
  expect(badge['proof']).toMatchObject({ expires })
  expect(await verify(issuer, badge)).toMatchObject({ verdict })
})
