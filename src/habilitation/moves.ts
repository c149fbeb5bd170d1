import { and, asc, desc, eq, ne, notInArray } from '../drizzle.ts'
import type { Db } from '../db.ts'
import { DomainError } from '../errors.ts'
import { requestEvents } from './requests.sql.ts'
import type { By, Transition } from './statuses.ts'

type Moves<Move extends string, Status extends string> = Record<Move, Transition<Status, unknown>>
type Workflow<Move extends string, Status extends string> = {
  moves: Moves<Move, Status>
  labels: Record<Status, string>
}
type Wish<Move, Status> = { move: Move; status?: Status | undefined }

/** The moves that a status admits, of those that someone may make. */
export const legalMoves = <M extends string, S extends string>(moves: Moves<M, S>, status: S, by: readonly By[]) =>
  (Object.keys(moves) as M[]).filter((move) => admits(moves[move], status) && isBy(moves[move], by))

const admits = <S>({ from }: Transition<S, unknown>, status: S): boolean => from.includes(status)
const isBy = ({ by }: { by: readonly By[] }, mine: readonly By[]): boolean => by.some((one) => mine.includes(one))

/**
 * Lets a move through. Errors, each with the moves that are legal now: `forbidden` when someone else decides of it,
 * `request_moved` when the status is no longer the one that was seen, `request_status` when it does not admit the move.
 */
export function requireMove<M extends string, S extends string>(
  { moves, labels }: Workflow<M, S>,
  { move, status: seen }: Wish<M, S>,
  status: S,
  by: readonly By[],
): void {
  const legal = legalMoves(moves, status, by)
  const words = legal.map((one) => moves[one].label).join(', ')
  const mend = words ? `Dans l’état présent, vous pouvez : ${words}.` : 'Dans l’état présent, rien ne reste à décider.'
  const refuse = (kind: 'forbidden' | 'conflict', code: string, message: string) =>
    new DomainError(kind, code, message, mend, { present: status, legal })
  const present = `« ${labels[status]} » (${status})`
  if (!isBy(moves[move], by)) {
    const who = moves[move].by.map((one) => BY_WORDS[one]).join(' ou ')
    throw refuse('forbidden', 'forbidden', `« ${moves[move].label} » ne vous revient pas : c’est à ${who} de le faire.`)
  }
  if (seen !== undefined && seen !== status) {
    throw refuse(
      'conflict',
      'request_moved',
      `Cette demande a changé entre-temps : elle est maintenant ${present}. Votre décision n’a pas été prise.`,
    )
  }
  if (!admits(moves[move], status)) {
    throw refuse(
      'conflict',
      'request_status',
      `Cette demande est ${present} : on ne peut pas la faire passer par « ${moves[move].label} ».`,
    )
  }
}

const BY_WORDS: Record<By, string> = {
  issuer: 'la personne qui a rempli la demande',
  officer: 'l’équipe Aidants Connect',
  referent: 'la référente ou au référent de la structure',
  service: 'ce service lui-même',
}

type Of = { organisationRequestId: string } | { habilitationRequestId: string }

const isOf = (of: Of) =>
  'organisationRequestId' in of
    ? eq(requestEvents.organisationRequestId, of.organisationRequestId)
    : eq(requestEvents.habilitationRequestId, of.habilitationRequestId)

/** What happened to a request, the first first: who (never a name), when and why. */
export const listHistory = (db: Db, of: Of) =>
  db
    .select({
      move: requestEvents.move,
      from: requestEvents.from,
      to: requestEvents.to,
      at: requestEvents.at,
      author: requestEvents.author,
      reason: requestEvents.reason,
    })
    .from(requestEvents)
    .where(isOf(of))
    .orderBy(asc(requestEvents.id))

/** Events that are nobody’s decision. */
const BESIDES = ['amendment', 'creation']

/** Whether this very decision is the last that anyone took: sent twice, it is done. */
export async function isRepeated(tx: Db, of: Of, { move, author }: { move: string; author: string }): Promise<boolean> {
  const [last] = await tx
    .select({ move: requestEvents.move, author: requestEvents.author })
    .from(requestEvents)
    .where(and(isOf(of), ne(requestEvents.author, 'service'), notInArray(requestEvents.move, BESIDES)))
    .orderBy(desc(requestEvents.id))
    .limit(1)
  return last?.move === move && last.author === author
}

const DAY_MS = 24 * 3600_000

/** Whole days since a request has its status. */
export const ageInDays = (since: Date, now: Date): number =>
  Math.max(0, Math.floor((now.getTime() - since.getTime()) / DAY_MS))
