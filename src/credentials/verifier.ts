import type { Documents, OwnDocuments } from './documents.ts'
import type { GuardedFetch } from './fetch.ts'
import { readBadgeFile, readBadgeUrl } from './intake.ts'
import { type Question, type Verification, verifyBadge } from './verify.ts'
import type { KnownState } from './verify-status.ts'
import { checkProof as checkByLibrary } from './suite.ts'

export type Verifier = {
  credential(given: unknown, question: Question): Promise<Verification>
  file(bytes: Buffer, question: Question): Promise<Verification>
  url(url: string, question: Question): Promise<Verification>
}

type Deps = {
  fetch: GuardedFetch
  documents: Documents
  own: OwnDocuments
  knownState?: KnownState
  checkProof?: typeof checkByLibrary
  now?: () => Date
}

/** The one way to verify a badge, for the API, the pages and the command line. */
export function createVerifier(deps: Deps): Verifier {
  const { fetch, documents, own, knownState, checkProof = checkByLibrary, now = () => new Date() } = deps
  const verify = (given: unknown, question: Question) =>
    verifyBadge(given, question, { documents, knownState, checkProof, now: now() })
  return {
    credential: verify,
    file: async (bytes, question) => verify(readBadgeFile(bytes), question),
    url: async (url, question) => verify(await readBadgeUrl(url, fetch, own), question),
  }
}
