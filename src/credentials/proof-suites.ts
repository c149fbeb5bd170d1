import { isDeepStrictEqual } from 'node:util'
import { DataIntegrityProof } from '@digitalbazaar/data-integrity'
import { cryptosuite as ecdsa } from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite'
import { Ed25519Signature2020 } from '@digitalbazaar/ed25519-signature-2020'
import { createVerifyCryptosuite } from '@digitalbazaar/eddsa-jcs-2022-cryptosuite'
import { cryptosuite as eddsa } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite'
import type { JsonObject } from './suite.ts'

const DATA_INTEGRITY_V1 = 'https://w3id.org/security/data-integrity/v1'
const JCS = 'eddsa-jcs-2022'

/** The cryptosuites of a DataIntegrityProof; `eddsa-2022` is the name that `eddsa-rdfc-2022` had before it was final. */
const CRYPTOSUITES = new Map<string, () => object>([
  ['eddsa-rdfc-2022', () => eddsa],
  ['eddsa-2022', () => ({ ...eddsa, name: 'eddsa-2022' })],
  ['ecdsa-rdfc-2019', () => ecdsa],
  [JCS, createVerifyCryptosuite],
])

/**
 * Whether the kind of a proof is known here. One that brings contexts must bring those of its document: `eddsa-jcs-2022` would
 * let more be added after it (§3.3.2), which nobody signed.
 */
export function isSupported(proof: unknown, document: JsonObject): proof is JsonObject {
  if (typeof proof !== 'object' || proof === null) return false
  const { type, cryptosuite, '@context': contexts } = proof as JsonObject
  if (contexts !== undefined && !isDeepStrictEqual(contexts, document['@context'])) return false
  if (type === 'DataIntegrityProof') return typeof cryptosuite === 'string' && CRYPTOSUITES.has(cryptosuite)
  return type === 'Ed25519Signature2020'
}

/** Whether a proof covers the JSON as it is written, and not what it means (JSON Canonicalization Scheme). */
export const isOverJson = (proof: JsonObject): boolean => proof['cryptosuite'] === JCS

/** Proofs of several cryptosuites of one document, each checked over it and the proofs that it was made over. */
export function suitesOf(
  document: JsonObject,
  proofs: JsonObject[],
  previous: Map<JsonObject, JsonObject[]>,
): ProofSuite[] {
  const legacyContext = [document['@context']].flat().includes(DATA_INTEGRITY_V1)
  const kinds = new Map(proofs.map((proof) => [JSON.stringify([proof['type'], proof['cryptosuite']]), proof]))
  return Array.from(kinds.values(), ({ type, cryptosuite: name }) => {
    const make = type === 'DataIntegrityProof' ? CRYPTOSUITES.get(String(name)) : undefined
    const suite = make ? new DataIntegrityProof({ cryptosuite: make(), legacyContext }) : new Ed25519Signature2020()
    return chained(suite, previous)
  })
}

/** A suite that gives each proof the document that it was made over (Data Integrity §4.5); the library gives them all the same. */
function chained(suite: ProofSuite, previous: Map<JsonObject, JsonObject[]>): ProofSuite {
  const verify = suite.verifyProof.bind(suite)
  suite.verifyProof = ({ proof, document, ...options }) => {
    const over = [...previous].find(([one]) => isSameProof(one, proof, document))?.[1] ?? []
    if (over.length > 0) return verify({ ...options, proof, document: { ...document, proof: over } })
    // The suite of JCS writes into the document, which the other proofs are checked over too.
    return verify({ ...options, proof, document: isOverJson(proof) ? { ...document } : document })
  }
  return suite
}

/** Whether it is that proof, to which the library may have added the contexts of its document. */
const isSameProof = (one: JsonObject, proof: JsonObject, { '@context': contexts }: JsonObject): boolean =>
  isDeepStrictEqual({ '@context': contexts, ...one }, { '@context': contexts, ...proof })
