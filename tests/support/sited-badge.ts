import { hashEmail, identityObject } from '../../src/credentials/recipient.ts'
import type { Json, SignedIn } from './actors.ts'
import { BASE_URL, type TestService } from './app.ts'
import { aForeignBadge, foreignIssuer } from './foreign-issuer.ts'

/** A badge for someone of an issuer that has a site: without its network, nothing can be told of it. */
export async function aSitedBadge({ db, vault }: TestService, holder: SignedIn) {
  const issuer = await foreignIssuer()
  const identifier = [identityObject('emailAddress', hashEmail(holder.email, 'sel'))]
  const credentialSubject = { ...aForeignBadge(issuer.did)['credentialSubject'], identifier }
  const make = (given: Json = {}) => issuer.badge({ credentialSubject, ...given })
  const deps = { db, vault, verifier: issuer.verifier, baseUrl: BASE_URL }
  const mine = { personId: holder.personId, author: `person:${holder.personId}` }
  return { issuer, make, badge: await make(), deps, mine }
}
