import { saidOf } from '../../src/credentials/compiled-proof.ts'
import signBatch, { type SigningBatch } from '../../src/credentials/sign-worker.ts'
import { type Slots, valuesOf } from '../../src/credentials/slots.ts'
import { createTemplates, renderDocument } from '../../src/credentials/templates.ts'

/** The whole texts of badges, as they are kept and then served; null for one that cannot be signed. */
export async function signDocuments(batch: Omit<SigningBatch, 'badges'>, slots: Slots[]): Promise<string[]> {
  const badges = slots.map(valuesOf)
  const { proofs } = await signBatch({ ...batch, badges })
  return proofs.map((proof, index) => documentOf(batch, badges[index]!, proof!))
}

export function documentOf(
  { fixed, key, created }: Omit<SigningBatch, 'badges'>,
  values: (string | null)[],
  proof: string,
) {
  const said = saidOf({ did: fixed.issuer.id, key, created })
  const kept = [...values, said.created, said.verificationMethod, proof]
  return renderDocument(createTemplates(fixed)(values).parts, kept)
}
