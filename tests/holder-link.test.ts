import { describe, expect, test } from 'vitest'
import { CREDENTIALS_V2, OPEN_BADGES_V3 } from '../src/credentials/contexts.ts'
import { hashEmail, hashName, identityObject } from '../src/credentials/recipient.ts'
import type { Json } from './support/actors.ts'
import { aForeignBadge, codeOf, foreignIssuer } from './support/foreign-issuer.ts'

const BADGE = 'https://ailleurs.example/credentials/01890000-0000-7000-8000-000000000001'
const LINK = `${BADGE}/identites`
const [OLD, NEW, THIRD] = ['avant@exemple.invalid', 'apres@exemple.invalid', 'autre@exemple.invalid']

const email = (address: string) => identityObject('emailAddress', hashEmail(address, `sel de ${address}`))

/** A badge of an Insigne elsewhere, and the link that it publishes beside it. */
async function aLinkedBadge(given: Json = {}, subject: Json = {}) {
  const issuer = await foreignIssuer()
  const { did, network, sign } = issuer
  const { credentialSubject } = aForeignBadge(did)
  const identifier = [email(OLD), identityObject('name', hashName('Anaïs', 'Modèle', 'sel'))]
  const badge = await issuer.badge({ id: BADGE, credentialSubject: { ...credentialSubject, identifier } })
  const link = {
    '@context': [CREDENTIALS_V2, OPEN_BADGES_V3],
    id: LINK,
    type: ['VerifiableCredential'],
    issuer: did,
    validFrom: '2026-06-01T00:00:00Z',
    validUntil: '2026-06-02T00:00:00Z',
    credentialSubject: { id: BADGE, type: ['AchievementSubject'], identifier: [email(NEW)], ...subject },
    ...given,
  }
  network.set(LINK, await sign(link))
  const ask = async (recipient: string) => codeOf(await issuer.verifier.credential(badge, { recipient }), 'recipient')
  return { ...issuer, link, ask }
}

describe('the link of a badge of an Insigne elsewhere', () => {
  test('is followed for an address that the badge does not know', async () => {
    const { ask, asked } = await aLinkedBadge()
    expect(await ask(OLD)).toBe('recipient_ok')
    expect(asked).not.toContain(LINK)
    expect(await ask(NEW)).toBe('recipient_linked')
    expect(await ask(THIRD)).toBe('recipient_mismatch')
    expect(await ask('Anaïs Modèle')).toBe('recipient_ok')
    expect(await ask('Autre Nom')).toBe('recipient_mismatch')
  })

  test.for<[string, Json, Json]>([
    ['another badge', {}, { id: `${BADGE.slice(0, -1)}2` }],
    ['another place', { id: `${BADGE}/autre` }, {}],
    ['another time', { validUntil: '2026-05-31T00:00:00Z', validFrom: '2026-05-30T00:00:00Z' }, {}],
  ])('of %s proves nothing', async ([, given, subject]) => {
    const { ask } = await aLinkedBadge(given, subject)
    expect(await ask(NEW)).toBe('recipient_mismatch')
  })

  test('changed after signing, unsigned, or signed by another, proves nothing', async () => {
    const { ask, link, network, did } = await aLinkedBadge()
    const signed = network.get(LINK) as Json
    const forged = structuredClone(signed)
    forged['credentialSubject'].identifier.push(email(THIRD))
    network.set(LINK, forged)
    expect(await ask(THIRD)).toBe('recipient_mismatch')
    network.set(LINK, link)
    expect(await ask(NEW)).toBe('recipient_mismatch')
    const thief = await foreignIssuer('voleur.example')
    network.set(thief.didUrl, thief.network.get(thief.didUrl))
    network.set(LINK, await thief.sign({ ...link, issuer: thief.did }))
    expect(await ask(NEW)).toBe('recipient_mismatch')
    network.set(LINK, await thief.sign({ ...link, issuer: did }))
    expect(await ask(NEW)).toBe('recipient_mismatch')
    network.set(LINK, signed)
    expect(await ask(NEW)).toBe('recipient_linked')
  })

  test('is not looked for on a host that is not the issuer’s, nor where no Insigne puts it', async () => {
    const { did, badge, verifier, asked } = await foreignIssuer()
    const { credentialSubject } = aForeignBadge(did)
    const subject = { ...credentialSubject, identifier: [email(OLD)] }
    for (const id of [BADGE.replace('ailleurs', 'victime'), 'https://ailleurs.example/badges/1', `${BADGE}?a=1`]) {
      const signed = await badge({ id, credentialSubject: subject })
      expect(codeOf(await verifier.credential(signed, { recipient: NEW }), 'recipient')).toBe('recipient_mismatch')
    }
    expect(asked.filter((url) => url.includes('identites'))).toEqual([])
  })
})
