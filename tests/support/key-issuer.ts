import { hashEmail, identityObject } from '../../src/credentials/recipient.ts'
import { generateKeyPair, signCredential } from '../../src/credentials/suite.ts'
import type { Json } from './actors.ts'
import { aForeignBadge } from './foreign-issuer.ts'

const ISSUED = new Date('2026-01-10T09:00:00Z')
const CLASS = 'https://ailleurs.example/classes/soudure'

/** An issuer of elsewhere named after its key (did:key): its badges verify without any network. */
export async function keyIssuer() {
  const key = await generateKeyPair()
  const did = `did:key:${key.publicKeyMultibase}`
  /** A badge signed for that address; what is given replaces its properties. */
  const badgeFor = async (email: string, given: Json = {}): Promise<Json> => {
    const identifier = [identityObject('emailAddress', hashEmail(email, 'sel'))]
    const { credentialSubject, ...badge } = aForeignBadge(did)
    const whole = { ...badge, credentialSubject: { ...credentialSubject, identifier }, ...given }
    return signCredential(whole, did, key, ISSUED)
  }
  return { did, badgeFor, achievement: CLASS }
}
