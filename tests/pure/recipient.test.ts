import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  checkRecipient,
  foldName,
  hashEmail,
  hashIdentity,
  hashName,
  identityObject,
} from '../../src/credentials/recipient.ts'

type Person = { email: string; givenName: string; familyName: string }
const identityObjects = ({ email, givenName, familyName }: Person, salts: [string, string]) => [
  identityObject('emailAddress', hashEmail(email, salts[0])),
  identityObject('name', hashName(givenName, familyName, salts[1])),
]

const person = { email: 'Zoe.Lefevre@Exemple.fr', givenName: 'Zoé', familyName: 'Lefèvre-Le Gall' }
const identifiers = identityObjects(person, ['sel-1', 'sel-2'])

test('a badge holds salted hashes and neither the name nor the address', () => {
  expect(identifiers).toEqual([
    {
      type: 'IdentityObject',
      hashed: true,
      identityType: 'emailAddress',
      salt: 'sel-1',
      identityHash: expect.any(String),
    },
    { type: 'IdentityObject', hashed: true, identityType: 'name', salt: 'sel-2', identityHash: expect.any(String) },
  ])
  // The algorithm of the specification, by hand: SHA-256 of the identity then the salt.
  const digest = createHash('sha256').update('zoe.lefevre@exemple.frsel-1').digest('hex')
  expect(identifiers[0]!.identityHash).toBe(`sha256$${digest}`)
  expect(JSON.stringify(identifiers)).not.toMatch(/zo[eé]|lef|gall|exemple/i)
})

describe('whose badge it is', () => {
  test.each([
    'Zoé Lefèvre-Le Gall',
    'zoe lefevre le gall',
    'ZOÉ LEFÈVRE LE GALL',
    'Lefèvre-Le Gall Zoé',
    '  Zoé   Lefèvre–Le Gall ',
    'Zoe\u0301 Lefe\u0300vre-Le Gall',
    'zoe.lefevre@exemple.fr',
    ' ZOE.LEFEVRE@EXEMPLE.FR ',
  ])('%s is recognised', (typed) => expect(checkRecipient(identifiers, typed)).toBe('recipient_ok'))

  test.each([
    'Zoé Lefèvre',
    'Zoé',
    'Chloé Lefèvre-Le Gall',
    'zoe@exemple.fr',
    'zoe.lefevre@exemple.fr.evil.example',
    '!!!',
  ])('%s is not', (typed) => expect(checkRecipient(identifiers, typed)).toBe('recipient_mismatch'))

  test('ligatures and apostrophes are typed in either way', () => {
    const other = identityObjects({ email: 'a@b.fr', givenName: 'Lætitia', familyName: 'D’Œuvre' }, ['1', '2'])
    expect(checkRecipient(other, "laetitia d'oeuvre")).toBe('recipient_ok')
    expect(checkRecipient(other, 'Lætitia D’Œuvre')).toBe('recipient_ok')
  })

  test('a badge with no identifier of the kind typed gives no answer', () => {
    expect(checkRecipient([], 'Zoé')).toBe('recipient_unverifiable')
    expect(checkRecipient(identifiers.slice(1), 'zoe.lefevre@exemple.fr')).toBe('recipient_unverifiable')
    expect(checkRecipient([null, 4, 'x', { identityType: 3 }], 'Zoé')).toBe('recipient_unverifiable')
  })

  test('the hashes of other issuers are read: hex in capitals, MD5, no salt, plain; an unknown algorithm matches nobody', () => {
    const upper = `sha256$${hashIdentity('Zoé Durand', '').slice(7).toUpperCase()}`
    const md5 = `md5$${createHash('md5').update('zoe@exemple.fr').digest('hex')}`
    const name = { type: 'IdentityObject', hashed: true, identityType: 'name' }
    expect(checkRecipient([{ ...name, identityHash: upper }], 'Zoé Durand')).toBe('recipient_ok')
    expect(checkRecipient([{ ...name, identityType: 'emailAddress', identityHash: md5 }], 'zoe@exemple.fr')).toBe(
      'recipient_ok',
    )
    expect(checkRecipient([{ ...name, hashed: false, identityHash: 'ZOE DURAND' }], 'Zoé Durand')).toBe('recipient_ok')
    expect(checkRecipient([{ ...name, identityHash: upper.replace('sha256', 'sha1') }], 'Zoé Durand')).toBe(
      'recipient_mismatch',
    )
  })
})

test('whatever the name, who bears it is recognised in either order, and a different one is not', () => {
  const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(word, word, word, (givenName, familyName, other) => {
      fc.pre(foldName(givenName) !== '' && foldName(familyName) !== '')
      const mine = identityObjects({ email: 'a@b.fr', givenName, familyName }, ['1', '2'])
      fc.pre(!`${givenName}${familyName}${other}`.includes('@'))
      expect(checkRecipient(mine, `${givenName} ${familyName}`)).toBe('recipient_ok')
      expect(checkRecipient(mine, `${familyName} ${givenName}`)).toBe('recipient_ok')
      fc.pre(foldName(other) !== '')
      expect(checkRecipient(mine, `${givenName} ${familyName} ${other}`)).toBe('recipient_mismatch')
    }),
  )
})
