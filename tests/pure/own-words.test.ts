import { describe, expect, test } from 'vitest'
import { CREDENTIALS_V2, OPEN_BADGES_V3 } from '../../src/credentials/contexts.ts'
import { checkForm } from '../../src/credentials/form.ts'
import { addsWords } from '../../src/credentials/own-words.ts'

const OURS = 'https://exemple.fr/mots'

test.each<[string, object]>([
  ['a word after #', { Soudeur: `${OURS}#Soudeur` }],
  ['a word after /', { Soudeur: `${OURS}/Soudeur` }],
  ['several words', { Soudeur: `${OURS}#Soudeur`, 'mot-2': `${OURS}#mot-2` }],
])('a context of %s only adds words', (_, context) => {
  expect(addsWords(context)).toBe(true)
  expect(checkForm({ '@context': [CREDENTIALS_V2, OPEN_BADGES_V3, context] })).toBeNull()
})

test('contexts are few: ten in a place, of which two add words', () => {
  const word = (name: string) => ({ [name]: `${OURS}#${name}` })
  const many = Array.from({ length: 9 }, () => OPEN_BADGES_V3)
  const place = (...more: unknown[]) => checkForm({ '@context': [CREDENTIALS_V2, ...more] })
  expect(place(...many)).toBeNull()
  expect(place(...many, OPEN_BADGES_V3)).toEqual({ code: 'too_complex' })
  expect(place(word('Soudeur'), word('Forge'))).toBeNull()
  expect(place(word('Soudeur'), word('Forge'), word('Lime'))).toEqual({ code: 'too_complex' })
  const within = { endorsement: [{ '@context': [CREDENTIALS_V2, ...many, OPEN_BADGES_V3] }] }
  expect(checkForm({ '@context': [CREDENTIALS_V2], ...within })).toEqual({ code: 'too_complex' })
})

describe.each<[string, unknown]>([
  ['no word', {}],
  ['a known name', { name: `${OURS}#name` }],
  ['a name known within a type', { statusPurpose: `${OURS}#statusPurpose` }],
  ['a known type', { VerifiableCredential: `${OURS}#VerifiableCredential` }],
  ['another name for a known address', { etat: 'https://www.w3.org/2018/credentials#credentialStatus' }],
  ['a known address by the end of it', { sriDigest: 'https://www.w3.org/2018/credentials#sriDigest' }],
  ['an address of the examples', { Soudeur: 'https://www.w3.org/ns/credentials/examples#Soudeur' }],
  ['another name than that of its address', { Ingenieur: `${OURS}#Soudeur` }],
  ['the beginning of addresses', { mots: `${OURS}/` }],
  ['the beginning of addresses, in full', { mots: { '@id': `${OURS}#mots`, '@prefix': true } }],
  ['a word for a keyword', { id2: '@id' }],
  ['a word with a type', { Soudeur: { '@id': `${OURS}#Soudeur`, '@type': '@id' } }],
  ['a word for nothing', { Soudeur: null }],
  ['a vocabulary', { '@vocab': `${OURS}#` }],
  ['no vocabulary', { '@vocab': null }],
  ['a base', { '@base': OURS }],
  ['a protection', { '@protected': true, Soudeur: `${OURS}#Soudeur` }],
  ['another context inside', { '@context': { Soudeur: `${OURS}#Soudeur` } }],
  ['an address that is none', { Soudeur: 'https ://exemple.fr/#Soudeur' }],
  ['an address without place', { Soudeur: 'https://Soudeur' }],
  ['an address of another kind', { Soudeur: 'urn:mots/Soudeur' }],
  ['a list', [{ Soudeur: `${OURS}#Soudeur` }]],
  ['a number', 4],
  ['nothing', null],
])('a context of %s', (_, context) => {
  test('does more, or nothing: it is refused', () => {
    expect(addsWords(context)).toBe(false)
    expect(checkForm({ '@context': [CREDENTIALS_V2, context] })).not.toBeNull()
  })
})
