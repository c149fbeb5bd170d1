import { DataIntegrityProof } from '@digitalbazaar/data-integrity'
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey'
import { cryptosuite as ecdsa } from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite'
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey'
import { Ed25519Signature2020 } from '@digitalbazaar/ed25519-signature-2020'
import { createSignCryptosuite } from '@digitalbazaar/eddsa-jcs-2022-cryptosuite'
import { cryptosuite as eddsa } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite'
import { pinnedContext } from '../../src/credentials/contexts.ts'
import type { Contexts, JsonObject, KeyPair } from '../../src/credentials/suite.ts'
import type { Json } from './actors.ts'

/** Every embedded proof that a verifier meets; `ecdsa-rdfc-2019` is under P-256, `ecdsa-rdfc-2019 P-384` under the other curve. */
export const FORMATS = [
  'eddsa-rdfc-2022',
  'eddsa-2022',
  'eddsa-jcs-2022',
  'ecdsa-rdfc-2019',
  'ecdsa-rdfc-2019 P-384',
  'Ed25519Signature2020',
] as const
export type Format = (typeof FORMATS)[number]
export type ForeignKeys = { Ed25519: KeyPair; 'P-256': KeyPair; 'P-384': KeyPair }

/** One key of each kind. */
export async function generateForeignKeys(ed25519: KeyPair): Promise<ForeignKeys> {
  const both = { publicKey: true, secretKey: true } as const
  const [p256, p384] = await Promise.all(
    ['P-256', 'P-384'].map(async (curve) => (await EcdsaMultikey.generate({ curve })).export(both)),
  )
  return { Ed25519: ed25519, 'P-256': p256!, 'P-384': p384! }
}

export const curveOf = (format: Format): keyof ForeignKeys =>
  format === 'ecdsa-rdfc-2019' ? 'P-256' : format === 'ecdsa-rdfc-2019 P-384' ? 'P-384' : 'Ed25519'

type Signing = {
  format: Format
  /** The key, and the verification method that the proof names. */
  key: KeyPair
  method: string
  created: Date
  /** More members of the proof: id, previousProof, expires… */
  more?: Json
  contexts?: Contexts
}

/** Adds one proof to a credential, over it and exactly the proofs that `previousProof` names (Data Integrity §4.3). */
export async function addProof(
  credential: Json,
  { more = {}, contexts = pinnedContext, ...signing }: Signing,
): Promise<Json> {
  const { proof: existing = [], ...document } = structuredClone(credential)
  const proofs = [existing].flat() as JsonObject[]
  const named = [more['previousProof'] ?? []].flat()
  const previous = proofs.filter((one) => named.includes(one['id']))
  const suite = await signingSuite(signing)
  Object.assign(suite, { proof: more })
  suite.ensureSuiteContext({ document, addSuiteContext: true })
  const made = await suite.createProof({
    document: { ...document, ...(previous.length > 0 && { proof: previous }) },
    purpose: { update: (proof: JsonObject) => ({ proofPurpose: 'assertionMethod', ...proof }) },
    documentLoader: async (url: string) => ({ documentUrl: url, document: contexts(url) }),
  })
  return { ...document, proof: proofs.length > 0 ? [...proofs, made] : made }
}

async function signingSuite({ format, key, method, created }: Omit<Signing, 'more' | 'contexts'>) {
  const library = curveOf(format) === 'Ed25519' ? Ed25519Multikey : EcdsaMultikey
  const pair = await library.from({ type: 'Multikey', controller: method.split('#')[0]!, ...key, id: method })
  const signer = pair.signer()
  if (format === 'Ed25519Signature2020') return new Ed25519Signature2020({ signer, date: created })
  const cryptosuite = {
    'eddsa-rdfc-2022': eddsa,
    'eddsa-2022': { ...eddsa, name: 'eddsa-2022' },
    'eddsa-jcs-2022': createSignCryptosuite(),
    'ecdsa-rdfc-2019': ecdsa,
    'ecdsa-rdfc-2019 P-384': ecdsa,
  }[format]
  return new DataIntegrityProof({ signer, date: created, cryptosuite })
}
