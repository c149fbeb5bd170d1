import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import type { Values } from '../../src/credentials/fill.ts'
import { createSigner, type Signer } from '../../src/credentials/signer.ts'
import { SLICE } from '../../src/credentials/slices.ts'
import type { SignedBatch } from '../../src/credentials/sign-worker.ts'
import { assemble, slotsFrom, valuesOf } from '../../src/credentials/slots.ts'
import { generateKeyPair, signCredential } from '../../src/credentials/suite.ts'
import { exampleBadge } from './badge.ts'
import { alternate, number, type Part, times } from './measure.ts'

const BATCHES = 12
const RAW_SIGNATURES = 500

/** Signing: Ed25519 alone, the library as it comes, the compiled form in one worker thread and in two. */
export async function benchSigning(): Promise<Part> {
  const { fixed, did, slots } = await exampleBadge()
  const key = await generateKeyPair()
  const created = new Date()
  const batches = Array.from({ length: BATCHES }, () => slots(SLICE).map(valuesOf))
  const raw = generateKeyPairSync('ed25519').privateKey
  const hashes = randomBytes(64)
  const [one, two] = [createSigner({ threads: 1 }), createSigner({ threads: 2 })]
  const signAll = (signer: Signer, given: Values[][]) =>
    signBatches(given, (batch) => signer.sign({ fixed, key, created, badges: batch }))
  const rates = await alternate(
    [
      {
        name: 'raw',
        run: () => {
          for (let n = 0; n < RAW_SIGNATURES; n++) sign(null, hashes, raw)
          return RAW_SIGNATURES
        },
      },
      {
        name: 'library',
        run: async () => {
          for (const slot of batches[0]!.slice(0, 10))
            await signCredential(assemble(fixed, slotsFrom(slot)), did, key, created)
          return 10
        },
      },
      { name: 'one', run: () => signAll(one, batches) },
      { name: 'two', run: () => signAll(two, batches) },
    ],
    { rounds: 7, seconds: 1 },
  )
  await Promise.all([one.close(), two.close()])
  return partOf(rates)
}

/** All at once: the pool keeps the batches that wait, so that no worker is ever idle. */
async function signBatches(batches: Values[][], sign: (batch: Values[]) => Promise<SignedBatch>): Promise<number> {
  const signed = await Promise.all(batches.map(sign))
  const made = signed.flatMap(({ proofs }) => proofs).filter((proof) => proof !== null)
  if (made.length < batches.length * SLICE || signed.some(({ fallbacks }) => fallbacks > 0)) {
    throw new Error('Des badges du banc d’essai n’ont pas été signés sous forme compilée.')
  }
  return made.length
}

function partOf({ raw, library, one, two }: Record<'raw' | 'library' | 'one' | 'two', number>): Part {
  return {
    title: 'Signature (badges par seconde)',
    ratios: [
      ['compilée, un fil / Ed25519 seul', times(one, raw)],
      ['compilée, deux fils / un fil', times(two, one)],
      ['compilée, un fil / bibliothèque', times(one, library)],
      ['compilée, deux fils / bibliothèque', times(two, library)],
    ],
    lines: [
      ['Ed25519 seul (64 octets, un cœur)', number(raw)],
      ['bibliothèque @digitalbazaar/vc', number(library)],
      ['compilée, un fil', number(one)],
      ['compilée, deux fils', number(two)],
    ],
    figures: {
      rawEd25519SignPerSecond: raw,
      librarySignPerSecond: library,
      compiledSignPerSecond: one,
      compiledTwoWorkersPerSecond: two,
    },
  }
}
