import { createCompiledVerifier } from '../../src/credentials/compiled-proof.ts'
import { checkProof, generateKeyPair, type JsonObject, verificationMethodOf } from '../../src/credentials/suite.ts'
import { signDocuments } from '../support/documents.ts'
import { exampleBadge } from './badge.ts'
import { alternate, number, type Part, times } from './measure.ts'

const COUNT = 500
const LIBRARY_COUNT = 10

/** Verifying a proof, from the text of the badge: the library, and the compiled form of a class already met. */
export async function benchVerifying(): Promise<Part> {
  const { fixed, did, slots } = await exampleBadge()
  const key = await generateKeyPair()
  const badges = await signDocuments({ fixed, key, created: new Date() }, slots(COUNT))
  const method = verificationMethodOf(did, key.publicKeyMultibase)
  const controller = {
    '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'],
    id: did,
    verificationMethod: [method],
    assertionMethod: [method.id],
  }
  const verifier = createCompiledVerifier()
  verifier.learn(read(badges[0]!))
  const { library, compiled } = await alternate(
    [
      {
        name: 'library',
        run: async () => {
          for (const badge of badges.slice(0, LIBRARY_COUNT)) {
            const { outcome } = await checkProof(read(badge), async () => controller, { now: new Date() })
            mustHold(outcome === 'success')
          }
          return LIBRARY_COUNT
        },
      },
      {
        name: 'compiled',
        run: async () => {
          for (const badge of badges) mustHold(await verifier.verify(read(badge), key.publicKeyMultibase))
          return COUNT
        },
      },
    ],
    { rounds: 7, seconds: 1 },
  )
  return {
    title: 'Vérification d’une preuve (badges par seconde, un cœur)',
    ratios: [['compilée / bibliothèque', times(compiled, library)]],
    lines: [
      ['bibliothèque @digitalbazaar/vc', number(library)],
      ['compilée', number(compiled)],
    ],
    figures: { libraryVerifyPerSecond: library, compiledVerifyPerSecond: compiled },
  }
}

const read = (badge: string): JsonObject => JSON.parse(badge) as JsonObject

function mustHold(verified: boolean | null): void {
  if (verified !== true) throw new Error('Un badge authentique du banc d’essai n’a pas été reconnu.')
}
