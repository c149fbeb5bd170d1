import { describe, expect, test } from 'vitest'
import { CREDENTIALS_V2, OPEN_BADGES_V3 } from '../../src/credentials/contexts.ts'
import type { Json } from '../support/actors.ts'
import { aForeignBadge, codeOf, foreignIssuer } from '../support/foreign-issuer.ts'
import { type Format, FORMATS } from '../support/foreign-proofs.ts'

const judged = async (issuer: Awaited<ReturnType<typeof foreignIssuer>>, badge: Json) => {
  const found = await issuer.verifier.credential(badge, {})
  return [codeOf(found, 'proof'), found.verdict]
}
const VALID = ['proof_ok', 'valid']
const INVALID = ['proof_invalid', 'invalid']
const UNSUPPORTED = ['proof_unsupported', 'indeterminate']
const proofsOf = (badge: Json): Json[] => [badge['proof']].flat() as Json[]

describe.each(FORMATS)('a proof of the format %s', (format) => {
  test('is verified, and covers every member of the badge and its own', async () => {
    const issuer = await foreignIssuer()
    const badge = await issuer.signAs(format, aForeignBadge(issuer.did))
    expect(await judged(issuer, badge)).toEqual(VALID)
    const proof = proofsOf(badge)[0]!
    const { validFrom: _, ...undated } = badge
    const changed: Json[] = [
      { ...badge, name: 'Soudure à l’arc' },
      { ...badge, id: 'https://ailleurs.example/badges/2' },
      { ...badge, validFrom: '2026-01-10T09:00:01Z' },
      { ...badge, validUntil: '2036-01-10T09:00:01Z' },
      { ...badge, credentialSubject: { ...badge['credentialSubject'], id: 'did:example:autre' } },
      { ...badge, proof: { ...proof, created: '2026-01-10T09:00:01Z' } },
      { ...badge, proof: { ...proof, proofPurpose: 'authentication' } },
      { ...badge, proof: { ...proof, expires: '2046-01-10T09:00:01Z' } },
      { ...badge, proof: { ...proof, proofValue: `z${'2'.repeat(88)}` } },
      { ...badge, proof: { ...proof, proofValue: 'z' } },
      { ...badge, proof: { ...proof, proofValue: 4 } },
    ]
    for (const one of changed) expect(await judged(issuer, one)).toEqual(INVALID)
    expect((await issuer.verifier.credential(undated, {})).verdict).toBe('invalid')
  })

  test('is verified beside another, and none of the two may be wrong', async () => {
    const issuer = await foreignIssuer()
    // Under the contexts that both need.
    const { '@context': contexts } = await issuer.signAs(format, aForeignBadge(issuer.did))
    const first = await issuer.sign({ ...aForeignBadge(issuer.did), '@context': contexts })
    const badge = await issuer.signAs(format, first)
    expect(proofsOf(badge)).toHaveLength(2)
    expect(await judged(issuer, badge)).toEqual(VALID)
    expect(await judged(issuer, { ...badge, proof: proofsOf(badge).toReversed() })).toEqual(VALID)
    const [one, two] = proofsOf(badge)
    expect(await judged(issuer, { ...badge, proof: [{ ...one, created: '2026-01-10T09:00:01Z' }, two] })).toEqual(
      INVALID,
    )
    expect(await judged(issuer, { ...badge, proof: [one, { ...two, created: '2026-01-10T09:00:01Z' }] })).toEqual(
      INVALID,
    )
  })

  test('is not taken for another format', async () => {
    const issuer = await foreignIssuer()
    const badge = await issuer.signAs(format, aForeignBadge(issuer.did))
    const proof = proofsOf(badge)[0]!
    for (const other of ['eddsa-rdfc-2022', 'eddsa-2022', 'eddsa-jcs-2022', 'ecdsa-rdfc-2019']) {
      const renamed = { ...proof, type: 'DataIntegrityProof', cryptosuite: other }
      if (other !== proof['cryptosuite']) expect(await judged(issuer, { ...badge, proof: renamed })).toEqual(INVALID)
    }
  })
})

const FIRST = 'urn:uuid:11111111-1111-4111-8111-111111111111'
const SECOND = 'urn:uuid:22222222-2222-4222-8222-222222222222'
const THIRD = 'urn:uuid:33333333-3333-4333-8333-333333333333'

/** A badge with two proofs side by side, a third over both, and a fourth over the third. */
async function aChain(format: Format) {
  const issuer = await foreignIssuer()
  const one = await issuer.signAs(format, aForeignBadge(issuer.did), { id: FIRST })
  const two = await issuer.signAs('ecdsa-rdfc-2019', one, { id: SECOND })
  const three = await issuer.signAs(format, two, { id: THIRD, previousProof: [FIRST, SECOND] })
  return { issuer, badge: await issuer.signAs(format, three, { previousProof: THIRD }) }
}

test.for<Format>(['eddsa-rdfc-2022', 'eddsa-jcs-2022', 'ecdsa-rdfc-2019 P-384'])(
  'each proof of a chain (%s) is verified over the ones that it names',
  async (format) => {
    const { issuer, badge } = await aChain(format)
    expect(await judged(issuer, badge)).toEqual(VALID)
    const [one, two, three, four] = proofsOf(badge) as [Json, Json, Json, Json]
    const broken: Json[][] = [
      // One of those that another was made over is gone, or is not the same any more.
      [one, three, four],
      [one, two, four],
      [one, { ...two, created: '2026-01-10T09:00:01Z' }, three, four],
      // The link is cut, or leads elsewhere.
      [one, two, { ...three, previousProof: FIRST }, four],
      [one, two, { ...three, previousProof: undefined }, four],
      [one, two, three, { ...four, previousProof: [THIRD, 'urn:uuid:44444444-4444-4444-8444-444444444444'] }],
      [one, two, three, { ...four, previousProof: SECOND }],
      [one, two, three, { ...four, previousProof: [] }],
    ]
    for (const proof of broken) {
      expect(await judged(issuer, { ...badge, proof: JSON.parse(JSON.stringify(proof)) as Json[] })).toEqual(INVALID)
    }
  },
)

test('a chain that comes back to itself, or whose proofs share a name, is refused without an endless walk', async () => {
  const { issuer, badge } = await aChain('eddsa-rdfc-2022')
  const [one, two, three, four] = proofsOf(badge) as [Json, Json, Json, Json]
  const turning: Json[][] = [
    [{ ...one, previousProof: FIRST }, two, three, four],
    [{ ...one, previousProof: THIRD }, two, three, four],
    [one, { ...two, id: FIRST }, three, four],
    [one, two, { ...three, previousProof: [FIRST, 4] }, four],
    [one, two, { ...three, previousProof: { id: FIRST } }, four],
    [one, two, { ...three, previousProof: null }, four],
  ]
  for (const proof of turning) expect(await judged(issuer, { ...badge, proof })).toEqual(INVALID)
})

test('a JCS proof is not taken for one of contexts that were added after it', async () => {
  const issuer = await foreignIssuer()
  const badge = await issuer.signAs('eddsa-jcs-2022', aForeignBadge(issuer.did))
  const longer = [CREDENTIALS_V2, OPEN_BADGES_V3, 'https://purl.imsglobal.org/spec/ob/v3p0/extensions.json']
  expect(await judged(issuer, { ...badge, '@context': longer })).toEqual(UNSUPPORTED)
  const { '@context': _, ...bare } = proofsOf(badge)[0]!
  expect(await judged(issuer, { ...badge, proof: bare })).toEqual(INVALID)
  const own = { ...proofsOf(badge)[0], '@context': [{ name: 'https://ailleurs.example/nom' }] }
  expect((await issuer.verifier.credential({ ...badge, proof: own }, {})).verdict).toBe('indeterminate')
})

test('a JCS proof over a word that no context knows says nothing certain: nobody reads that word', async () => {
  const issuer = await foreignIssuer()
  const badge = await issuer.signAs('eddsa-jcs-2022', { ...aForeignBadge(issuer.did), expires: '2020-01-01T00:00:00Z' })
  expect(await judged(issuer, badge)).toEqual(['context_unknown', 'indeterminate'])
})
