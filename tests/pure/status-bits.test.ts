import { createHash } from 'node:crypto'
import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeList, LIST_LENGTH, permutation, readStatusBit } from '../../src/credentials/status.ts'

const bitsOf = (list: string): Buffer => gunzipSync(Buffer.from(list.slice(1), 'base64url'))
const encode = (bits: Buffer): string => `u${gzipSync(bits).toString('base64url')}`
const keyOf = (seed: string): Buffer => createHash('sha256').update(seed).digest()

test('the first index is the leftmost bit of the first byte', () => {
  expect(bitsOf(encodeList([0]))[0]).toBe(0b1000_0000)
  expect(bitsOf(encodeList([7]))[0]).toBe(0b0000_0001)
  expect(bitsOf(encodeList([8]))[1]).toBe(0b1000_0000)
  expect(bitsOf(encodeList([LIST_LENGTH - 1])).at(-1)).toBe(0b0000_0001)
})

test('a list has the minimum length of the specification and unpacks to nothing but the bits that were set', () => {
  const bits = bitsOf(encodeList([]))
  expect(bits.length * 8).toBeGreaterThanOrEqual(131_072)
  expect(bits.every((byte) => byte === 0)).toBe(true)
  expect(encodeList([])).toMatch(/^uH4sI[\w-]+$/)
})

test('every bit set is read as set, and no other', async () => {
  const index = fc.integer({ min: 0, max: LIST_LENGTH - 1 })
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(index, { maxLength: 20 }), index, async (set, other) => {
      const list = encodeList(set)
      for (const one of set) expect(await readStatusBit(list, one)).toBe(true)
      expect(await readStatusBit(list, other)).toBe(set.includes(other))
    }),
    { numRuns: 100 },
  )
})

test('a list that is too short, too large, out of range or garbled gives no answer rather than «not revoked»', async () => {
  expect(await readStatusBit(encode(Buffer.alloc(LIST_LENGTH / 8)), 5)).toBe(false)
  expect(await readStatusBit(encode(Buffer.alloc(LIST_LENGTH / 8 - 1)), 5)).toBeNull()
  expect(await readStatusBit(encodeList([]), LIST_LENGTH)).toBeNull()
  expect(await readStatusBit(encode(Buffer.alloc(200_000_000)), 5)).toBeNull()
  expect(await readStatusBit(encodeList([]).slice(1), 5)).toBeNull()
  expect(await readStatusBit(encodeList([]).slice(0, -12), 5)).toBeNull()
  expect(await readStatusBit(`z${encodeList([]).slice(1)}`, 5)).toBeNull()
  expect(await readStatusBit('u', 5)).toBeNull()
})

test('the permutation sends the 131,072 positions onto the 131,072 indexes, each once', () => {
  const scatter = permutation(keyOf('a list'))
  const seen = new Uint8Array(LIST_LENGTH)
  let inOrder = 0
  for (let position = 0; position < LIST_LENGTH; position++) {
    const index = scatter(position)
    seen[index]!++
    if (index === position) inOrder++
  }
  expect(seen.every((times) => times === 1)).toBe(true)
  expect(inOrder).toBeLessThan(20)
})

test('two lists scatter differently, and one list always in the same way', () => {
  const first = Array.from({ length: 50 }, (_, position) => permutation(keyOf('one'))(position))
  expect(Array.from({ length: 50 }, (_, position) => permutation(keyOf('one'))(position))).toEqual(first)
  expect(Array.from({ length: 50 }, (_, position) => permutation(keyOf('two'))(position))).not.toEqual(first)
})
