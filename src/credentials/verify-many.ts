import { DomainError, malformed } from '../errors.ts'
import type { Piece } from './badge-text.ts'
import type { OpenBadge } from './open-badge.ts'
import type { Verifier } from './verifier.ts'
import type { Question, Verification } from './verify.ts'

/** What was given to verify: a file with its name, a link, or why a file was not taken. */
export type Subject = { name: string; content: Buffer | string | DomainError }

/** One badge, or what could not be read as one. `badge`: what a verified signature covers, the only thing to show as fact. */
export type Row = { source: string; within: string | null } & (
  { verification: Verification; badge: OpenBadge | null } | { error: DomainError }
)

const AT_ONCE = 4
const MAX_BADGES = 200

/**
 * Verifies everything given, a few at a time. What cannot be read is a row and never fails the others; what is not begun at
 * the deadline, or comes after the two-hundredth badge, is a row that says so. Verdicts that ask for attention come first.
 */
export async function verifyAll(
  verifier: Verifier,
  subjects: Subject[],
  question: Question,
  deadline: Date,
): Promise<Row[]> {
  const isLate = () => Date.now() > deadline.getTime()
  const read = await inTurn(subjects, async ({ name, content }) => {
    const refused = content instanceof DomainError ? { within: null, error: content } : isLate() ? tooLate() : null
    const pieces = refused ? [refused] : await verifier.read(content as Buffer | string).catch(asPiece)
    return pieces.map((piece) => ({ source: name, piece }))
  })
  const found = read.flat()
  const rows = await inTurn(found.slice(0, MAX_BADGES), async ({ source, piece }): Promise<Row> => {
    const { within } = piece
    if ('error' in piece) return { source, within, error: piece.error }
    if (isLate()) return { ...tooLate(), source, within }
    const verification = await verifier.credential(piece.given, question)
    return { source, within, verification, badge: verification.badge }
  })
  const beyond = found.slice(MAX_BADGES).map(({ source }): Row => ({ ...tooMany(), source }))
  return [...rows, ...beyond].toSorted((a, b) => ATTENTION.indexOf(verdictOf(a)) - ATTENTION.indexOf(verdictOf(b)))
}

/** The verdict of a row; what could not be read decides nothing. */
export const verdictOf = (row: Row): Verification['verdict'] =>
  'error' in row ? 'indeterminate' : row.verification.verdict

const ATTENTION: Verification['verdict'][] = ['invalid', 'indeterminate', 'valid']

async function inTurn<T, R>(items: T[], each: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  const waiting = items.entries()
  const worker = async () => {
    for (const [index, item] of waiting) results[index] = await each(item)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return results
}

function asPiece(error: unknown): Piece[] {
  if (!(error instanceof DomainError)) throw error
  return [{ within: null, error }]
}

const tooLate = () => ({
  within: null,
  error: malformed(
    'not_in_time',
    'Ce badge n’a pas été examiné : l’envoi demandait trop de temps.',
    'Envoyez-le seul.',
  ),
})
const tooMany = () => ({
  within: null,
  error: malformed(
    'too_many_badges',
    'Ce badge n’a pas été examiné : l’envoi en compte plus de deux cents.',
    'Envoyez-le à part.',
  ),
})
