import { createHash, createPublicKey, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createVerifyCryptosuite } from '@digitalbazaar/eddsa-jcs-2022-cryptosuite'
import { describe, expect, test } from 'vitest'
import { pinnedContext } from '../../src/credentials/contexts.ts'
import { controllerDocument, methodOf } from '../../src/credentials/controller.ts'
import { createDocuments } from '../../src/credentials/documents.ts'
import { previousProofs } from '../../src/credentials/proof-chain.ts'
import { suitesOf } from '../../src/credentials/proof-suites.ts'
import { canonise, checkProof, type Contexts, type JsonObject, signCredential } from '../../src/credentials/suite.ts'
import { addProof, type Format } from '../support/foreign-proofs.ts'

const read = (file: string): string => readFileSync(new URL(`../vectors/${file}`, import.meta.url), 'utf8')
const readJson = (file: string): JsonObject => JSON.parse(read(file)) as JsonObject
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const OTHERS: Record<string, object> = {
  'https://w3id.org/citizenship/v4rc1': readJson('contexts/citizenship-v4rc1.json'),
}
const contexts: Contexts = (url) => pinnedContext(url) ?? OTHERS[url]
const { publicKeyMultibase, privateKeyMultibase } = readJson('keyPair.json') as Record<string, string>
const key = { publicKeyMultibase: publicKeyMultibase!, secretKeyMultibase: privateKeyMultibase! }
const did = `did:key:${publicKeyMultibase}`
const created = new Date('2023-02-24T23:36:38Z')
const documents = createDocuments(async () => {
  throw new Error('A vector needs no network.')
})
const check = (credential: JsonObject) => checkProof(credential, documents.did, { now: created, contexts })

describe.each([
  ['main', 'eddsa-rdfc-2022', 'unsigned.json'],
  ['employment', 'eddsa-rdfc-2022/employ', 'employmentAuth.json'],
])('the official eddsa-rdfc-2022 vector: %s', (_, folder, unsigned) => {
  const expected = (name: string): string => read(`${folder}/${name}DataInt.txt`)

  test('the document and the proof options have the published canonical form and hashes', async () => {
    const document = await canonise(readJson(unsigned), contexts)
    const options = await canonise(readJson(`${folder}/proofConfigDataInt.json`), contexts)
    expect(document).toBe(expected('canonDoc'))
    expect(options).toBe(expected('proofCanon'))
    expect(sha256(document)).toBe(expected('docHash'))
    expect(sha256(options)).toBe(expected('proofHash'))
    expect(sha256(options) + sha256(document)).toBe(expected('combinedHash'))
  })

  test('signing gives the published document, signature included', async () => {
    const signed = await signCredential(readJson(unsigned), did, key, created, contexts)
    expect(signed).toEqual(readJson(`${folder}/signedDataInt.json`))
    expect((signed['proof'] as JsonObject)['proofValue']).toBe(expected('sigBTC58'))
  })

  test('the published signature is one of the published key over the published hashes', () => {
    const signature = Buffer.from(expected('sigHex'), 'hex')
    const hashes = Buffer.from(expected('combinedHash'), 'hex')
    expect(verify(null, hashes, publicKey(publicKeyMultibase!), signature)).toBe(true)
    hashes[0]! ^= 1
    expect(verify(null, hashes, publicKey(publicKeyMultibase!), signature)).toBe(false)
  })

  test('a full verification refuses it: the issuer is not who signed', async () => {
    const signed = readJson(`${folder}/signedDataInt.json`)
    expect(await check(signed)).toEqual({ outcome: 'failure', code: 'issuer_mismatch' })
    // The name of the issuer alone, changed to the signer's, is a change of what was signed.
    expect(await check({ ...signed, issuer: did })).toEqual({ outcome: 'failure', code: 'proof_invalid' })
  })
})

test('the same credential verifies once its issuer is the one who signs', async () => {
  const signed = await signCredential({ ...readJson('unsigned.json'), issuer: did }, did, key, created, contexts)
  expect(await check(signed)).toEqual({ outcome: 'success' })
  expect(await check({ ...signed, name: 'Another' })).toEqual({ outcome: 'failure', code: 'proof_invalid' })
})

describe.each<[Format, string, string]>([
  ['eddsa-jcs-2022', 'eddsa-jcs-2022', 'JCS'],
  ['Ed25519Signature2020', 'Ed25519Signature2020', 'EdSig'],
])('the official %s vector', (format, folder, suffix) => {
  const expected = (name: string): string => read(`${folder}/${name}${suffix}.txt`)
  const signed = readJson(`${folder}/signed${suffix}.json`)
  const { proof: _, ...document } = signed

  test('the document and the proof options have the published canonical form and hashes', async () => {
    const form = format === 'eddsa-jcs-2022' ? createVerifyCryptosuite().canonize : canoniseWith(contexts)
    const canonical = await form(document)
    const options = await form(readJson(`${folder}/proofConfig${suffix}.json`))
    expect(canonical).toBe(expected('canonDoc'))
    expect(options).toBe(expected('proofCanon'))
    expect(sha256(options) + sha256(canonical)).toBe(expected('combinedHash'))
  })

  test('signing gives the published document, signature included, which verifies at the level of the proof', async () => {
    const again = await addProof(document, { format, key, method: `${did}#${publicKeyMultibase}`, created, contexts })
    expect(again).toEqual(signed)
    expect((again['proof'] as JsonObject)['proofValue']).toBe(expected('sigBTC58'))
    expect(await verifiedProofs(signed)).toEqual([true])
    expect(await verifiedProofs({ ...signed, name: 'Another' })).toEqual([false])
    expect(await check(signed)).toEqual({ outcome: 'failure', code: 'issuer_mismatch' })
  })
})

describe('the official vectors of proof sets and chains', () => {
  const pairs = readJson('proof-set-chain/multiKeyPairs.json') as Record<string, Record<string, string>>
  const [set1, set2, chain1, chain2] = ['Set1', 'Set2', 'Chain1', 'Chain2'].map((name) =>
    readJson(`proof-set-chain/signedProof${name}.json`),
  )

  test('each is what signing gives, the proofs of a chain being made over those that they name', async () => {
    let document = readJson('proof-set-chain/unsigned.json')
    const expected = [set1, set2, chain1, chain2]
    for (const [index, config] of ['Set', 'Set', 'Chain', 'Chain'].entries()) {
      const options = readJson(`proof-set-chain/proof${config}Config${(index % 2) + 1}.json`)
      const { publicKeyMultibase, privateKeyMultibase } = pairs[`keyPair${index + 1}`]!
      document = await addProof(document, {
        format: 'eddsa-rdfc-2022',
        key: { publicKeyMultibase: publicKeyMultibase!, secretKeyMultibase: privateKeyMultibase! },
        method: String(options['verificationMethod']),
        created: new Date(String(options['created'])),
        more: Object.fromEntries(
          ['id', 'previousProof'].filter((name) => name in options).map((name) => [name, options[name]]),
        ),
        contexts,
      })
      expect(document).toEqual(expected[index])
    }
  })

  test('each proof verifies, over the others that it names', async () => {
    for (const signed of [set1!, set2!, chain1!, chain2!]) {
      const proofs = [signed['proof']].flat() as JsonObject[]
      expect(await verifiedProofs(signed)).toEqual(proofs.map(() => true))
    }
    const [first, second, third, fourth] = chain2!['proof'] as JsonObject[]
    const changed = { ...chain2!, proof: [{ ...first, created: '2023-02-24T23:36:39Z' }, second, third, fourth] }
    expect(await verifiedProofs(changed)).toEqual([false, true, false, true])
  })
})

/** Whether each proof of a document verifies, whoever made it. */
async function verifiedProofs(signed: JsonObject): Promise<boolean[]> {
  const { proof, ...document } = signed
  const proofs = [proof].flat() as JsonObject[]
  const [suite] = suitesOf(document, proofs, previousProofs(proofs)!)
  const documentLoader = async (url: string) => {
    const [id = ''] = url.split('#')
    const known = contexts(url) ?? methodOf(controllerDocument(await documents.did(id), id, created), url)
    return { documentUrl: url, document: known }
  }
  const results = await Promise.all(proofs.map((one) => suite!.verifyProof({ proof: one, document, documentLoader })))
  return results.map((one) => one.verified)
}

const canoniseWith = (contexts: Contexts) => (document: JsonObject) => canonise(document, contexts)

test('a context that is not known is not invented: nothing is signed or verified under it', async () => {
  await expect(signCredential(readJson('employmentAuth.json'), did, key, created)).rejects.toThrow()
  const signed = readJson('eddsa-rdfc-2022/employ/signedDataInt.json')
  await expect(canonise(signed)).rejects.toThrow()
})

/** The raw Ed25519 key of a multibase: base58 after its `z`, and two bytes that say which kind of key it is. */
function publicKey(multibase: string) {
  const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
  const number = Array.from(multibase.slice(1)).reduce(
    (sum, letter) => sum * 58n + BigInt(alphabet.indexOf(letter)),
    0n,
  )
  const x = Buffer.from(number.toString(16), 'hex').subarray(2).toString('base64url')
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
}
