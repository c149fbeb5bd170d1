import { type Bundle, bundledDocuments, type KeySource, spokenFor } from './bundle.ts'
import type { Documents } from './documents.ts'
import { Unreachable } from './suite.ts'
import type { Verifier } from './verifier.ts'
import type { Question, Verification } from './verify.ts'

/** A verdict, the day that the documents joined speak for, and where the issuer's key was read. */
export type BundledVerification = { verification: Verification; speaksFor: Date | null; keyFrom: KeySource | null }

type Asked = {
  bundle: Bundle
  /** What issuers answer today: their keys are asked of them first. */
  live: Documents
  trusted: string[]
  question: Question
  /** `now`: the day to judge from; today when null. */
  verifierOf: (documents: Documents, now: Date | null) => Verifier
}

/**
 * Verifies a badge with the documents joined to it: as of the day that they speak for, whether or not the issuer and the
 * network still answer. Of a later day they say nothing: the verdict is then «indeterminate».
 */
export async function verifyBundled(asked: Asked, content: Buffer): Promise<BundledVerification> {
  const { bundle, live, trusted, question, verifierOf } = asked
  let keyFrom: KeySource | null = null
  const documents = bundledDocuments({ bundle, live, trusted, read: (source) => (keyFrom = source) })
  const [piece] = await verifierOf(documents, null).read(content)
  const speaksFor = piece && 'given' in piece ? spokenFor(piece.given, bundle) : null
  const isLater = speaksFor !== null && question.at !== undefined && question.at > speaksFor
  const verifier = isLater ? verifierOf({ ...documents, json: noLaterList }, null) : verifierOf(documents, speaksFor)
  const verification = await verifier.file(content, { ...question, at: question.at ?? speaksFor ?? undefined })
  return { verification, speaksFor, keyFrom }
}

const noLaterList = async (url: string): Promise<never> => {
  throw new Unreachable(`Not of that day: ${url}`)
}
