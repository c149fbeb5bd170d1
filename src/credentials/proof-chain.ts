import type { JsonObject } from './suite.ts'

/**
 * For each proof of a document, those that it was made over: the ones that its `previousProof` names, one or several (Data
 * Integrity §2.1.2). Null when one of the names is not that of a proof of the document, or when following them comes back.
 */
export function previousProofs(proofs: JsonObject[]): Map<JsonObject, JsonObject[]> | null {
  const ids = proofs.map((proof) => proof['id']).filter((id) => id !== undefined)
  if (new Set(ids).size < ids.length) return null
  const previous = new Map<JsonObject, JsonObject[]>()
  for (const proof of proofs) {
    const names: unknown[] = proof['previousProof'] === undefined ? [] : [proof['previousProof']].flat()
    if (!names.every((name) => typeof name === 'string' && ids.includes(name))) return null
    previous.set(
      proof,
      proofs.filter((one) => names.includes(one['id'])),
    )
  }
  return proofs.some((proof) => reaches(proof, proof, previous, proofs.length)) ? null : previous
}

/** Whether a proof is found again behind another, in at most that many steps. */
function reaches(
  sought: JsonObject,
  from: JsonObject,
  previous: Map<JsonObject, JsonObject[]>,
  steps: number,
): boolean {
  if (steps === 0) return false
  return previous.get(from)!.some((one) => one === sought || reaches(sought, one, previous, steps - 1))
}
