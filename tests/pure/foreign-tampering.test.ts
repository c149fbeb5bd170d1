import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from '../support/actors.ts'
import { aForeignBadge, codeOf, foreignIssuer } from '../support/foreign-issuer.ts'
import { FORMATS } from '../support/foreign-proofs.ts'

type Path = (string | number)[]

/** Every place in a JSON value, the root apart. */
function pathsOf(value: unknown, at: Path = []): Path[] {
  const own = at.length > 0 ? [at] : []
  if (typeof value !== 'object' || value === null) return own
  return [...own, ...Object.entries(value).flatMap(([key, child]) => pathsOf(child, [...at, key]))]
}

/** A copy in which the place of that path was changed. */
function altered(root: Json, path: Path, change: (parent: any, key: any) => void): Json {
  const copy = structuredClone(root)
  const parent = path.slice(0, -1).reduce((value: any, key) => value[key], copy)
  change(parent, path.at(-1))
  return copy
}

function remove(parent: any, key: any): void {
  if (Array.isArray(parent)) parent.splice(Number(key), 1)
  else delete parent[key]
}

test.for(FORMATS)('a badge signed as %s is not valid once any place of it is removed or replaced', async (format) => {
  const issuer = await foreignIssuer()
  const badge = await issuer.signAs(format, { ...aForeignBadge(issuer.did), validUntil: '2027-01-10T09:00:00Z' })
  expect((await issuer.verifier.credential(badge, {})).verdict).toBe('valid')
  const paths = pathsOf(badge)
  expect(paths.length).toBeGreaterThan(30)
  for (const path of paths) {
    const changes = [
      altered(badge, path, remove),
      altered(badge, path, (parent, key) => (parent[key] = `${parent[key]}x`)),
      altered(badge, path, (parent, key) => (parent[key] = null)),
      altered(badge, path, (parent, key) => (parent[key] = [])),
    ]
    for (const changed of changes) {
      const found = await issuer.verifier.credential(changed, {})
      expect([found.verdict === 'valid', found.credential], `${path.join('/')}: ${JSON.stringify(changed)}`).toEqual([
        false,
        null,
      ])
    }
  }
})

test.for(FORMATS)('a badge signed as %s is not valid once a member that RDF loses is added to it', async (format) => {
  const issuer = await foreignIssuer()
  const text = JSON.stringify(await issuer.signAs(format, aForeignBadge(issuer.did)))
  const objects = [...text.matchAll(/\{(?=")/g)].map(({ index }) => index + 1)
  expect(objects.length).toBeGreaterThan(5)
  for (const place of objects) {
    const changed = `${text.slice(0, place)}"__proto__":{"validUntil":"2120-01-01T00:00:00Z"},${text.slice(place)}`
    const found = await issuer.verifier.file(Buffer.from(changed), {})
    expect([found.verdict === 'valid', found.credential], changed).toEqual([false, null])
  }
})

test.for(FORMATS)('a badge signed as %s is not valid once a byte of its file has changed', async (format) => {
  const issuer = await foreignIssuer()
  const file = Buffer.from(JSON.stringify(await issuer.signAs(format, aForeignBadge(issuer.did))))
  await fc.assert(
    fc.asyncProperty(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), async (place, mask) => {
      const changed = Buffer.from(file)
      changed[place]! ^= mask
      // What is no badge any more is refused in a sentence; a white space for another is no change.
      if (isSame(changed, file)) return
      const found = await issuer.verifier
        .file(changed, {})
        .catch((error: { code?: string }) => ({ verdict: error.code ?? 'crash' }))
      expect(found.verdict).not.toMatch(/^(valid|crash)$/)
    }),
    { numRuns: 80 },
  )
})

function isSame(one: Buffer, other: Buffer): boolean {
  try {
    return JSON.stringify(JSON.parse(one.toString())) === JSON.stringify(JSON.parse(other.toString()))
  } catch {
    return false
  }
}

test('a file of five megabytes, or of a hundred thousand levels or proofs, is answered and never hangs', async () => {
  const issuer = await foreignIssuer()
  const badge = await issuer.badge()
  const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) as unknown
  const proofs = Array.from({ length: 100_000 }, () => badge['proof'] as unknown)
  const outcomes: [Json, string, string][] = [
    [{ ...badge, evidence: [{ type: ['Evidence'], narrative: 'x'.repeat(5_000_000) }] }, 'proof', 'proof_invalid'],
    [{ ...badge, evidence: deep }, 'shape', 'shape_too_complex'],
    [{ ...badge, proof: proofs }, 'shape', 'shape_too_complex'],
    [{ ...badge, relatedResource: proofs }, 'shape', 'shape_too_complex'],
    [{ ...badge, proof: { ...badge['proof'], previousProof: proofs } }, 'shape', 'shape_too_complex'],
  ]
  for (const [given, check, code] of outcomes) {
    const found = await issuer.verifier.credential(given, {})
    expect([codeOf(found, check), found.verdict]).toEqual([code, 'invalid'])
  }
})
