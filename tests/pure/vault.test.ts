import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { createVault } from '../../src/vault.ts'

const key = randomBytes(32)
const vault = createVault(key)

test('what is sealed opens with the same key and purpose, in another process too', () => {
  const sealed = vault.seal('people/identity', 'Zoé 😀')
  expect(sealed).not.toContain('Zoé')
  expect(createVault(key).open('people/identity', sealed)).toBe('Zoé 😀')
})

test('the same text is sealed differently each time', () => {
  expect(vault.seal('a', 'texte')).not.toBe(vault.seal('a', 'texte'))
})

test('it opens neither for another purpose nor under another key', () => {
  const sealed = vault.seal('people/identity', 'Zoé')
  expect(() => vault.open('issuer-key/x', sealed)).toThrow()
  expect(() => createVault(randomBytes(32)).open('people/identity', sealed)).toThrow()
})

test('a change of any byte is seen', () => {
  const sealed = Buffer.from(vault.seal('a', 'Zoé'), 'base64url')
  for (let index = 0; index < sealed.length; index++) {
    const altered = Buffer.from(sealed)
    altered[index]! ^= 1
    expect(() => vault.open('a', altered.toString('base64url'))).toThrow()
  }
  expect(() => vault.open('a', sealed.subarray(0, 20).toString('base64url'))).toThrow()
  expect(() => vault.open('a', '')).toThrow()
})

test('a fingerprint is stable, keyed, and of its own purpose', () => {
  expect(createVault(key).fingerprint('a', 'zoe')).toBe(vault.fingerprint('a', 'zoe'))
  expect(vault.fingerprint('b', 'zoe')).not.toBe(vault.fingerprint('a', 'zoe'))
  expect(createVault(randomBytes(32)).fingerprint('a', 'zoe')).not.toBe(vault.fingerprint('a', 'zoe'))
  expect(vault.derive('a')).toHaveLength(32)
  expect(vault.derive('a')).not.toEqual(vault.derive('b'))
})
