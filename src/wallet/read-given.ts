import type { Piece } from '../credentials/badge-text.ts'
import type { Verifier } from '../credentials/verifier.ts'
import { malformed } from '../errors.ts'

const MAX_PIECES = 20

/** The badges of a file or of a link, not verified yet. Errors: those of reading, `too_many_badges`. */
export async function readPieces(verifier: Verifier, subject: Buffer | string): Promise<Piece[]> {
  const pieces = await verifier.read(subject)
  if (pieces.length <= MAX_PIECES) return pieces
  throw malformed(
    'too_many_badges',
    `Ce document mène à ${pieces.length} badges : ${MAX_PIECES} au plus se gardent en une fois.`,
    'Donnez-les en plusieurs fois.',
  )
}

/** The one badge of a link. Errors: those of reading, `several_badges`. */
export async function readOne(verifier: Verifier, url: string): Promise<unknown> {
  const [piece, second] = await readPieces(verifier, url)
  if (piece === undefined || second !== undefined) {
    throw malformed('several_badges', 'Ce lien mène à plusieurs badges.', 'Envoyez chaque badge à part.')
  }
  if ('error' in piece) throw piece.error
  return piece.given
}
