import { createCipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { createVault } from '../../src/vault.ts'

const key = randomBytes(32)
const vault = createVault(key)
const next = randomBytes(32)

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
  expect(() => createVault(randomBytes(32), [randomBytes(32)]).open('people/identity', sealed)).toThrow()
})

test('a change of any byte is seen', () => {
  const [name, body] = vault.seal('a', 'Zoé').split('.') as [string, string]
  const sealed = Buffer.from(body, 'base64url')
  for (let index = 0; index < sealed.length; index++) {
    const altered = Buffer.from(sealed)
    altered[index]! ^= 1
    expect(() => vault.open('a', `${name}.${altered.toString('base64url')}`)).toThrow()
  }
  expect(() => vault.open('a', `${name}.${sealed.subarray(0, 20).toString('base64url')}`)).toThrow()
  expect(() => vault.open('a', `autre1.${body}`)).toThrow()
  expect(() => vault.open('a', '')).toThrow()
})

test('a fingerprint is stable, keyed, and of its own purpose', () => {
  expect(createVault(key).fingerprint('a', 'zoe')).toBe(vault.fingerprint('a', 'zoe'))
  expect(vault.fingerprint('b', 'zoe')).not.toBe(vault.fingerprint('a', 'zoe'))
  expect(createVault(randomBytes(32)).fingerprint('a', 'zoe')).not.toBe(vault.fingerprint('a', 'zoe'))
  expect(vault.derive('a')).toHaveLength(32)
  expect(vault.derive('a')).not.toEqual(vault.derive('b'))
})

test('while a key replaces another, what either sealed opens under both, and each seals under its own first one', () => {
  const before = createVault(key, [next])
  const after = createVault(next, [key])
  for (const [one, other] of [
    [before, after],
    [after, before],
    [vault, after],
    [createVault(next), before],
  ] as const) {
    const sealed = one.seal('a', 'Zoé')
    expect(other.open('a', sealed)).toBe('Zoé')
    expect(one.isCurrent(sealed)).toBe(true)
    expect(other.isCurrent(sealed)).toBe(false)
  }
  expect(() => createVault(next).open('a', vault.seal('a', 'Zoé'))).toThrow()
})

test('what version 0.1 sealed, which names no key, opens under the present key and under a previous one', () => {
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(hkdfSync('sha256', key, '', 'insigne/a', 32)), iv)
  const body = Buffer.concat([cipher.update('Zoé', 'utf8'), cipher.final()])
  const sealed = Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url')
  expect(vault.open('a', sealed)).toBe('Zoé')
  expect(createVault(next, [randomBytes(32), key]).open('a', sealed)).toBe('Zoé')
  expect(vault.isCurrent(sealed)).toBe(false)
  expect(() => createVault(next).open('a', sealed)).toThrow()
})

test('fingerprints are those of every key, the present one first', () => {
  const [present, former, ...others] = createVault(next, [key]).fingerprints('a', 'zoe')
  expect(present).toBe(createVault(next).fingerprint('a', 'zoe'))
  expect(former).toBe(vault.fingerprint('a', 'zoe'))
  expect(others).toEqual([])
  expect(vault.fingerprints('a', 'zoe')).toEqual([vault.fingerprint('a', 'zoe')])
})
