import { CREDENTIALS_V2, OPEN_BADGES_V3 } from '../../src/credentials/contexts.ts'
import { createDocuments } from '../../src/credentials/documents.ts'
import type { GuardedFetch } from '../../src/credentials/fetch.ts'
import { encodeList } from '../../src/credentials/status.ts'
import {
  generateKeyPair,
  type JsonObject,
  signCredential,
  Unreachable,
  verificationMethodOf,
} from '../../src/credentials/suite.ts'
import { createVerifier } from '../../src/credentials/verifier.ts'
import type { Json } from './actors.ts'
import { addProof, curveOf, type Format, generateForeignKeys } from './foreign-proofs.ts'

export const NOW = new Date('2026-06-01T12:00:00Z')
const ISSUED = new Date('2026-01-10T09:00:00Z')

/** Another issuer, on a network of its own: documents put in `network` are found there, all else is unreachable. */
export async function foreignIssuer(host = 'ailleurs.example') {
  const did = `did:web:${host}`
  const key = await generateKeyPair()
  const network = new Map<string, unknown>()
  const asked: string[] = []
  const fetch: GuardedFetch = async (url) => {
    asked.push(url)
    const found = network.get(url)
    if (found === undefined) throw new Unreachable(url)
    return { body: Buffer.isBuffer(found) ? found : Buffer.from(JSON.stringify(found)), contentType: '', url }
  }
  const method = verificationMethodOf(did, key.publicKeyMultibase)
  const didUrl = `https://${host}/.well-known/did.json`
  const keys = await generateForeignKeys(key)
  const methods = Object.values(keys).map((one) => verificationMethodOf(did, one.publicKeyMultibase))
  network.set(didUrl, {
    '@context': ['https://www.w3.org/ns/did/v1'],
    id: did,
    verificationMethod: methods,
    assertionMethod: methods.map((one) => one.id),
  })
  /** Adds a proof of that format, by the key of its kind; `more` is put into the proof (`id`, `previousProof`…). */
  const signAs = (format: Format, credential: Json, more: Json = {}): Promise<Json> => {
    const used = keys[curveOf(format)]
    const method = `${did}#${used.publicKeyMultibase}`
    return addProof(credential, { format, key: used, method, created: ISSUED, more })
  }
  const sign = async (credential: object): Promise<Json> =>
    signCredential(structuredClone(credential) as JsonObject, did, key, ISSUED)
  const listUrl = `https://${host}/listes/1`

  /** A signed badge; what is given replaces its properties, null removes them. */
  const badge = (given: Json = {}) => {
    const whole = Object.entries({ ...aForeignBadge(did), ...given }).filter(([, value]) => value !== null)
    return sign(Object.fromEntries(whole))
  }
  /** Publishes a status list of that issuer with these bits set. */
  const publishList = async (set: number[], given: Json = {}, subject: Json = {}) => {
    const list = {
      '@context': [CREDENTIALS_V2],
      id: listUrl,
      type: ['VerifiableCredential', 'BitstringStatusListCredential'],
      issuer: did,
      validFrom: '2026-06-01T00:00:00Z',
      credentialSubject: {
        id: `${listUrl}#list`,
        type: 'BitstringStatusList',
        statusPurpose: 'revocation',
        encodedList: encodeList(set),
        ...subject,
      },
      ...given,
    }
    const signed = await sign(list)
    network.set(listUrl, signed)
    return signed
  }
  const entry = (given: Json = {}) => ({
    id: `${listUrl}#7`,
    type: 'BitstringStatusListEntry',
    statusPurpose: 'revocation',
    statusListIndex: '7',
    statusListCredential: listUrl,
    ...given,
  })
  const verifier = createVerifier({
    fetch,
    documents: createDocuments(fetch),
    own: async () => undefined,
    now: () => NOW,
  })
  return { did, didUrl, listUrl, key, keys, method, network, asked, sign, signAs, badge, publishList, entry, verifier }
}

/** The least that an Open Badge must hold, and a little more. */
export const aForeignBadge = (did: string): Json => ({
  '@context': [CREDENTIALS_V2, OPEN_BADGES_V3],
  id: 'https://ailleurs.example/badges/1',
  type: ['VerifiableCredential', 'OpenBadgeCredential'],
  name: 'Soudure',
  issuer: { id: did, type: ['Profile'], name: 'Atelier d’ailleurs' },
  validFrom: '2026-01-10T09:00:00Z',
  credentialSubject: {
    id: 'did:example:personne',
    type: ['AchievementSubject'],
    achievement: {
      id: 'https://ailleurs.example/classes/soudure',
      type: ['Achievement'],
      name: 'Soudure',
      description: 'Sait souder.',
      criteria: { narrative: 'A soudé.' },
    },
  },
})

/** The code of one check of a verification. */
export const codeOf = ({ checks }: { checks: { id: string; code: string }[] }, id: string): string | undefined =>
  checks.find((check) => check.id === id)?.code
