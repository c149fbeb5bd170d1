import { DomainError, malformed } from '../errors.ts'
import type { Piece } from './badge-text.ts'
import type { Documents, OwnDocuments } from './documents.ts'
import type { GuardedFetch } from './fetch.ts'
import { createFileReader, type FileReader } from './file-reader.ts'
import { readFile, readUrl, type Sources } from './intake.ts'
import { checkProof as checkByLibrary } from './suite.ts'
import { type Question, type Verification, verifyBadge } from './verify.ts'
import type { Context, KnownState } from './verify-status.ts'

export type Verifier = {
  credential(given: unknown, question: Question): Promise<Verification>
  /** The one badge of a file or of an address; `several_badges` when there are more. */
  file(bytes: Buffer, question: Question): Promise<Verification>
  url(url: string, question: Question): Promise<Verification>
  /** The badges of a file or of an address, not verified yet. */
  read(subject: Buffer | string): Promise<Piece[]>
}

/** The versions before 3.0: null for what is none of them. `fetch`: the guarded one. */
export type OlderDialects = (
  given: unknown,
  question: Question,
  context: Context & { fetch: GuardedFetch; own: OwnDocuments },
) => Promise<Verification | null>

type Deps = {
  fetch: GuardedFetch
  documents: Documents
  own: OwnDocuments
  shared?: Sources['shared']
  knownState?: KnownState
  checkProof?: typeof checkByLibrary
  now?: () => Date
  files?: FileReader
  older?: OlderDialects
  /** Told each verification of a badge, and (null) each file or link of one badge in which none was read. */
  answered?: (verification: Verification | null, given?: unknown) => Promise<void>
}

/** The one way to verify a badge, for the API, the pages and the command line. */
export function createVerifier(deps: Deps): Verifier {
  const { documents, knownState, checkProof = checkByLibrary, now = () => new Date() } = deps
  const { fetch, own, shared, files = createFileReader(), older = async () => null, answered = async () => {} } = deps
  const sources = { fetch, own, shared, files }
  const credential = async (given: unknown, question: Question) => {
    const context = { documents, knownState, checkProof, now: now() }
    const verification =
      (await older(given, question, { ...context, fetch, own })) ?? (await verifyBadge(given, question, context))
    await answered(verification, given)
    return verification
  }
  const one = async (reading: Promise<Piece[]>): Promise<unknown> => {
    try {
      return only(await reading)
    } catch (error) {
      if (error instanceof DomainError && error.code !== 'several_badges') await answered(null)
      throw error
    }
  }
  return {
    credential,
    file: async (bytes, question) => credential(await one(readFile(bytes, sources)), question),
    url: async (url, question) => credential(await one(readUrl(url, sources)), question),
    read: (subject) => (typeof subject === 'string' ? readUrl(subject, sources) : readFile(subject, sources)),
  }
}

function only(pieces: Piece[]): unknown {
  const [piece] = pieces
  if (piece === undefined || pieces.length > 1) {
    throw malformed(
      'several_badges',
      `Ce document mène à ${pieces.length} badges : il en faut un seul par demande.`,
      'Envoyez chaque badge à part, ou vérifiez-les ensemble sur la page /verifier.',
      { count: pieces.length },
    )
  }
  if ('error' in piece) throw piece.error
  return piece.given
}
