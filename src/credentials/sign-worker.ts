import { type CompiledBadge, compileBadge } from './compile-badge.ts'
import { signCompiled } from './compiled-proof.ts'
import type { Values } from './fill.ts'
import { assemble, type Fixed, slotsFrom } from './slots.ts'
import { type KeyPair, signCredential } from './suite.ts'

/** Badges of one issuer and class, to sign with one key. */
export type SigningBatch = { fixed: Fixed; key: KeyPair; created: Date; badges: Values[] }
/** The proof values, in order; null for a badge that cannot be signed. `fallbacks`: how many the library had to sign. */
export type SignedBatch = { proofs: (string | null)[]; fallbacks: number }

const MAX_CLASSES = 200
const classes = new Map<string, CompiledBadge>()

/** Signs a batch, in a worker thread or in this one: compiled where it can be, by the library where it cannot. */
export default async function signBatch({ fixed, key, created, badges }: SigningBatch): Promise<SignedBatch> {
  const signing = { did: fixed.issuer.id, key, created }
  const proofs = await signCompiled(classOf(fixed), badges, signing)
  let fallbacks = 0
  for (const [index, proof] of proofs.entries()) {
    if (proof !== null) continue
    fallbacks++
    proofs[index] = await signCredential(assemble(fixed, slotsFrom(badges[index]!)), signing.did, key, created)
      .then((signed) => (signed['proof'] as { proofValue: string }).proofValue)
      .catch(() => null)
  }
  return { proofs, fallbacks }
}

function classOf(fixed: Fixed): CompiledBadge {
  const name = JSON.stringify(fixed)
  const known = classes.get(name)
  if (known) return known
  if (classes.size >= MAX_CLASSES) classes.clear()
  const made = compileBadge(fixed)
  classes.set(name, made)
  return made
}
