import { hash, randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compile } from '../../src/credentials/compile.ts'
import { compileBadge } from '../../src/credentials/compile-badge.ts'
import { createCompiledVerifier, createProofChecker, signCompiled } from '../../src/credentials/compiled-proof.ts'
import { createSigner } from '../../src/credentials/signer.ts'
import signBatch from '../../src/credentials/sign-worker.ts'
import { marker } from '../../src/credentials/fill.ts'
import { assemble, disassemble, type Fixed, type Slots, valuesOf } from '../../src/credentials/slots.ts'
import {
  canonise,
  checkProof,
  generateKeyPair,
  type JsonObject,
  signCredential,
  verificationMethodOf,
} from '../../src/credentials/suite.ts'
import { documentOf, signDocuments } from '../support/documents.ts'

const DID = 'did:web:insigne.test:organisations:exemple'
const BADGE = 'https://insigne.test/achievements/exemple/1'
const LIST = 'https://insigne.test/status-lists/00000000-0000-4000-8000-000000000000'
const key = await generateKeyPair()
const created = new Date('2026-03-31T10:00:00Z')
const signing = { did: DID, key, created }
const resolveDid = async (): Promise<JsonObject> => ({
  '@context': ['https://www.w3.org/ns/did/v1'],
  id: DID,
  verificationMethod: [verificationMethodOf(DID, key.publicKeyMultibase)],
  assertionMethod: [`${DID}#${key.publicKeyMultibase}`],
})

const fixed: Fixed = {
  issuer: {
    id: DID,
    type: ['Profile'],
    name: 'Organisme « d’exemple »',
    url: 'https://insigne.test/organisations/exemple',
  },
  achievement: {
    id: BADGE,
    type: ['Achievement'],
    name: 'Badge d’exemple',
    description: 'Accents, \\ et "guillemets"',
    criteria: { narrative: 'Deux\nlignes' },
    alignment: ['2.1', '4.2'].map((code) => ({
      type: ['Alignment'],
      targetName: `Compétence ${code}`,
      targetUrl: `https://insigne.test/referentiels/digcomp/3.0/${code}`,
      targetCode: code,
    })),
    resultDescription: ['2.1', '4.2', 'D5'].map((code) => ({
      id: `${BADGE}#digcomp:${code}`,
      type: ['ResultDescription'],
      name: `Compétence ${code}`,
      resultType: code === 'D5' ? 'Status' : 'PerformanceLevel',
    })),
  } as Fixed['achievement'],
}

// What trainers write: accents, quotes, newlines, emoji, right-to-left, control characters, text that looks like a slot.
const text = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
  fc
    .array(
      fc.constantFrom(
        'é',
        'œ',
        '’',
        '« ',
        ' »',
        '"',
        '\\',
        '\n',
        '\r\n',
        '\t',
        '\u0000',
        '\u007F',
        '🎉',
        'שלום',
        '\u202E',
        'urn:slot:3:',
        marker(9),
        '_:a',
        '_:c14n0',
        '<x>',
        '^^',
        '$&',
      ),
      { minLength: 1, maxLength: 12 },
    )
    .map((parts) => parts.join('')),
)
const wellFormed = text.filter((value) => value.isWellFormed())
const url = fc.oneof(
  fc.webUrl({ withFragments: true, withQueryParameters: true }),
  fc.constantFrom('https://exemple.invalid/preuve?é=à', 'https://exemple.invalid/a_b#c'),
)
const identity = fc.record({
  identityHash: fc.oneof(fc.constant(`sha256$${'a'.repeat(64)}`), wellFormed),
  salt: wellFormed,
})
const entry = (purpose: string) =>
  fc
    .nat(131_071)
    .map((index) => ({ id: `${LIST}-${purpose}#${index}`, index: String(index), list: `${LIST}-${purpose}` }))
const anySlots: fc.Arbitrary<Slots> = fc.record({
  id: fc.uuid().map((id) => `https://insigne.test/credentials/${id}`),
  validFrom: fc.constant('2026-03-31T10:00:00.000Z'),
  validUntil: fc.option(fc.constant('2029-03-31T10:00:00.000Z')),
  activityEndDate: fc.constant('2026-03-30T00:00:00Z'),
  email: identity,
  name: identity,
  results: fc.tuple(
    fc.option(wellFormed),
    fc.option(fc.constantFrom('1', '5', '8')),
    fc.option(fc.constant('Completed')),
  ),
  evidence: fc
    .record({ id: fc.option(url), narrative: fc.option(wellFormed) })
    .map((one) => (one.id === null && one.narrative === null ? null : one)),
  revocation: entry('revocation'),
  suspension: entry('suspension'),
  refresh: fc.option(fc.uuid().map((id) => `https://insigne.test/credentials/${id}/refresh`)),
})
const example = (): Slots => fc.sample(anySlots, { numRuns: 1, seed: 7 })[0]!

test('the compiled form is byte for byte the library’s canonical form, whatever the texts and the properties present', async () => {
  const badge = compileBadge(fixed)
  let compiled = 0
  await fc.assert(
    fc.asyncProperty(anySlots, async (slots) => {
      const values = valuesOf(slots)
      await badge.prepare([values])
      const filled = badge.fill(values)
      if (filled === null) return // the library’s, by the next test
      compiled++
      const canonical = await canonise(assemble(fixed, slots))
      expect(filled.nQuads().toString()).toBe(canonical)
      expect(filled.sha256()).toBe(hash('sha256', canonical, 'binary'))
    }),
    { numRuns: 400 },
  )
  expect(compiled).toBeGreaterThan(200)
})

test('a badge signed from the compiled form is the very text that the library signs, and the untouched library verifies it', async () => {
  await fc.assert(
    fc.asyncProperty(anySlots, async (slots) => {
      const values = valuesOf(slots)
      const [proof] = await signCompiled(compileBadge(fixed), [values], signing)
      if (typeof proof !== 'string') return
      const signed = documentOf({ fixed, key, created }, values, proof)
      expect(signed).toBe(JSON.stringify(await signCredential(assemble(fixed, slots), DID, key, created)))
      expect(await checkProof(JSON.parse(signed), resolveDid, { now: created })).toEqual({ outcome: 'success' })
    }),
    { numRuns: 60 },
  )
})

test('what cannot be compiled safely is signed by the library and counted, what nobody can sign is null, the others go on', async () => {
  const good = example()
  const space = { ...good, evidence: { id: 'https://exemple.invalid/a b', narrative: null } }
  const half = { ...good, evidence: { id: null, narrative: 'moitié \uD83D' } }
  const badges = [good, space, half, good].map(valuesOf)
  const { proofs, fallbacks } = await signBatch({ fixed, key, created, badges })
  expect(fallbacks).toBe(2)
  expect(proofs[0]).toBe(proofs[3])
  expect(proofs[1]).toBeNull()
  const document = documentOf({ fixed, key, created }, badges[0]!, proofs[0]!)
  expect(await checkProof(JSON.parse(document), resolveDid, { now: created })).toEqual({ outcome: 'success' })
})

test('blank nodes that are alike are left to the library: alike in the class, or made alike by the values', async () => {
  const twin = fixed.achievement as Fixed['achievement'] & { alignment: object[] }
  const alike: Fixed = {
    ...fixed,
    achievement: { ...twin, alignment: [twin.alignment[0]!, twin.alignment[0]!] } as Fixed['achievement'],
  }
  const values = valuesOf(example())
  const { proofs, fallbacks } = await signBatch({ fixed: alike, key, created, badges: [values] })
  expect(fallbacks).toBe(1)
  const document = documentOf({ fixed: alike, key, created }, values, proofs[0]!)
  expect(await checkProof(JSON.parse(document), resolveDid, { now: created })).toEqual({ outcome: 'success' })

  const two = await compile({
    '@context': { '@vocab': 'urn:v:' },
    a: [{ b: marker(0) }, { b: marker(1) }],
  }).catch(() => null)
  // Both nodes differ by a slot alone: with one value for both, only the full algorithm could tell them apart.
  expect(two?.(['x', 'y'])).not.toBeNull()
  expect(two?.(['x', 'x'])).toBeNull()
})

test('a slot where its value could change the shape stops the compilation', async () => {
  const document = assemble(fixed, example())
  await expect(compile({ ...document, type: ['VerifiableCredential', marker(0)] })).rejects.toThrow()
  await expect(compile({ ...document, [marker(0)]: 'x' })).rejects.toThrow()
})

test('taking a badge apart and assembling it again gives it back; one property more or less does not pass', () => {
  fc.assert(
    fc.property(anySlots, (slots) => {
      const badge = { ...assemble(fixed, slots), proof: {} }
      const parsed = JSON.parse(JSON.stringify(badge)) as JsonObject
      const { issuer, credentialSubject } = parsed as { issuer: Fixed['issuer']; credentialSubject: Fixed }
      const apart = disassemble(parsed, { issuer, achievement: credentialSubject.achievement })
      expect(apart && assemble(fixed, apart)).toEqual(assemble(fixed, slots))
      expect(disassemble({ ...parsed, name: 'Autre' }, fixed)).toBeNull()
      expect(disassemble({ ...parsed, refreshService: {} }, fixed)).toBeNull()
    }),
  )
})

test('compiled verification gives the library’s verdict on genuine badges and on every changed leaf', async () => {
  const slots = { ...example(), results: ['3', '5', 'Completed'] }
  const [text] = await signDocuments({ fixed, key, created }, [slots])
  const badge = JSON.parse(text!) as JsonObject
  const check = createProofChecker('did:web:insigne.test:')
  expect(await check(badge, resolveDid, { now: created })).toEqual({ outcome: 'success' })
  const compiled = createCompiledVerifier()
  compiled.learn(badge)
  expect(await compiled.verify(badge, key.publicKeyMultibase)).toBe(true)

  for (const path of leaves(badge)) {
    const changed = structuredClone(badge)
    const parent = path.slice(0, -1).reduce<any>((at, name) => at[name], changed)
    const last = path.at(-1)!
    parent[last] = typeof parent[last] === 'string' ? `${parent[last]}0` : !parent[last]
    const [ours, library] = [
      await check(changed, resolveDid, { now: created }),
      await checkProof(changed, resolveDid, { now: created }),
    ]
    expect(ours, path.join('/')).toEqual(library)
    expect(ours.outcome, path.join('/')).not.toBe('success')
  }
})

test('signing in worker threads gives the same texts as in this one', async () => {
  const badges = fc
    .sample(anySlots, { numRuns: 40, seed: 3 })
    .map((one) => valuesOf({ ...one, id: `https://insigne.test/credentials/${randomUUID()}` }))
  const signer = createSigner({ threads: 2 })
  try {
    const [there, here] = [
      await signer.sign({ fixed, key, created, badges }),
      await signBatch({ fixed, key, created, badges }),
    ]
    expect(there).toEqual(here)
  } finally {
    await signer.close()
  }
})

function leaves(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path]
  return Object.entries(value).flatMap(([name, child]) => leaves(child, [...path, name]))
}
