import { CREDENTIALS_V2 } from '../credentials/contexts.ts'
import { type KeyPair, signCredential } from '../credentials/suite.ts'
import { licenceOf } from '../cartography/release-licences.ts'
import { asJson, fileOf } from './edition-files.ts'
import { type EditionFile, type EditionHead, fileUrl, type Site } from './edition-head.ts'

/** The name of the file that carries the signature. */
const CREDENTIAL = 'edition.json'

/**
 * `edition.json`: a credential that says of the edition what it covers, and of each file its digest, so that one changed
 * byte is found (VC Data Model 2.0 §5.3, Integrity of Related Resources). Terms of schema.org are written in full: the
 * context of the data model is the only one, which every verifier holds.
 */
export async function signedEdition(
  head: EditionHead,
  files: readonly EditionFile[],
  { site, key }: { site: Site; key: KeyPair },
): Promise<EditionFile> {
  const { edition, fromMonth, toMonth, threshold, publishedAt, signer } = head
  const unsigned = {
    '@context': [CREDENTIALS_V2],
    id: fileUrl(site.baseUrl, edition, CREDENTIAL),
    type: ['VerifiableCredential'],
    name: `Chiffres de la médiation numérique, édition ${edition}`,
    issuer: signer.did,
    validFrom: publishedAt.toISOString(),
    credentialSubject: {
      id: `${site.baseUrl}/statistiques/${edition}`,
      type: 'https://schema.org/Dataset',
      name: `Édition ${edition}`,
      description: `Nombres comptés de ${fromMonth} à ${toMonth} ; sous ${threshold}, un nombre est secret.`,
      'https://schema.org/temporalCoverage': `${fromMonth}/${toMonth}`,
      'https://schema.org/license': { id: licenceOf('Licence Ouverte 2.0')!.path },
    },
    relatedResource: files.map(({ name, mediaType, sha256 }) => ({
      id: fileUrl(site.baseUrl, edition, name),
      mediaType: mediaType.split(';')[0],
      digestSRI: `sha256-${Buffer.from(sha256, 'hex').toString('base64')}`,
    })),
  }
  const signed = await signCredential(unsigned, signer.did, key, publishedAt)
  return fileOf(CREDENTIAL, 'Signature de l’édition (Verifiable Credential)', 'application/vc', asJson(signed))
}
