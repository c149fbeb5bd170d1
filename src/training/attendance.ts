import { and, eq, sql } from '../drizzle.ts'
import type { Db } from '../db.ts'
import { conflict } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { findPeople, soughtBy } from '../people/people.ts'
import type { Vault } from '../vault.ts'
import type { RowProblem } from './completion-rows.ts'
import { lastDayAnywhere } from '../days.ts'
import { cancelEnrolments, statesOf, whoAttended, whoCompleted } from './enrolments.ts'
import { holdSession, requireOpen, type Session } from './sessions.ts'
import { enrolments } from './training.sql.ts'
import { type Attendance, type EnrolmentState, HOLDING } from './transitions.ts'

type Line = { email: string }
/** What became of a line: `known` when it was so already. */
export type LineReceipt = { line: number; outcome: 'done' | 'known' | 'refused'; problem: RowProblem | null }
type Given<T> = T & { line: number; personId: string; state: EnrolmentState }

const problem = (code: string, message: string, mend: string): RowProblem => ({ column: 'email', code, message, mend })
const NOT_ENROLLED = problem(
  'not_enrolled',
  'Personne n’est inscrit à cette session avec cette adresse.',
  'Vérifiez l’adresse, ou inscrivez d’abord cette personne.',
)
const NO_PLACE = problem(
  'not_registered',
  'Cette personne n’a pas de place à cette session : elle attend, ou son inscription est annulée.',
  'Inscrivez-la d’abord, s’il reste une place.',
)
const ATTENDED = problem(
  'already_attended',
  'Cette personne a suivi la session : son inscription ne peut plus être annulée.',
  'Si sa présence est notée par erreur, corrigez-la d’abord.',
)
const COMPLETED = problem(
  'has_completion',
  'Cette personne a des acquis de cette session : elle ne peut pas en être absente.',
  'Si le badge est délivré par erreur, révoquez-le.',
)
const NO_REPLAY = problem(
  'replay_at_distance_only',
  'La rediffusion ne vaut que pour une session à distance.',
  'Indiquez « present » ou « absent ».',
)
const twice = (line: number): RowProblem =>
  problem('duplicate_learner', `Cette personne figure déjà à la ligne ${line}.`, 'Gardez une seule ligne par personne.')

/**
 * Notes who attended a session; a receipt for each line, in order. Errors: `session_cancelled`, and `session_not_started`
 * before its first day, wherever on earth it is that day.
 */
export async function noteAttendance(
  db: Db,
  vault: Vault,
  id: string,
  given: { email: string; attendance: Attendance }[],
  { author, now = new Date() }: { author: string; now?: Date },
): Promise<LineReceipt[]> {
  return db.transaction(async (tx) => {
    const session = await holdSession(tx, id)
    requireOpen(session)
    refuseEarly(session, now)
    const { found, refused } = await enrolledLines(tx, vault, id, given)
    const ids = found.map((one) => one.personId)
    const completed = await whoCompleted(tx, id, ids)
    const [admitted, problems] = split(found, ({ state, attendance, personId }) => {
      if (!HOLDING.includes(state)) return NO_PLACE
      if (attendance === 'replay' && session.modality !== 'distance') return NO_REPLAY
      return attendance === 'absent' && completed.has(personId) ? COMPLETED : null
    })
    const seen = JSON.stringify(admitted.map(({ personId, attendance }) => ({ id: personId, attendance })))
    const changed = await tx
      .update(enrolments)
      .set({ attendance: sql`given.attendance` })
      .from(sql`json_to_recordset(${seen}::json) as given (id uuid, attendance text)`)
      .where(
        and(
          eq(enrolments.sessionId, id),
          sql`${enrolments.personId} = given.id and ${enrolments.attendance} is distinct from given.attendance`,
        ),
      )
      .returning({ personId: enrolments.personId })
    const isChanged = new Set(changed.map((one) => one.personId))
    const receipts = inOrder([...refused, ...problems, ...settled(admitted, isChanged)])
    if (changed.length === 0) return receipts
    const details = { noted: changed.length }
    const { organisationId } = session
    await record(tx, { author, action: 'session.attendance_noted', subject: `session:${id}`, organisationId, details })
    return receipts
  })
}

/**
 * Calls off the enrolments of these people; those who wait take the places. A receipt for each line, in order. Errors:
 * `not_found`.
 */
export async function cancelLearners(
  db: Db,
  vault: Vault,
  id: string,
  given: { email: string; reason: string }[],
  { author, now = new Date() }: { author: string; now?: Date },
): Promise<LineReceipt[]> {
  return db.transaction(async (tx) => {
    const session = await holdSession(tx, id)
    const { found, refused } = await enrolledLines(tx, vault, id, given)
    const ids = found.map((one) => one.personId)
    const attended = await whoAttended(tx, id, ids)
    const [admitted, problems] = split(found, ({ personId }) => (attended.has(personId) ? ATTENDED : null))
    const fresh = admitted.filter((one) => one.state !== 'cancelled')
    const reasons = new Map(fresh.map(({ personId, reason }) => [personId, reason]))
    await cancelEnrolments(tx, vault, [session], { reasons, author, now })
    return inOrder([...refused, ...problems, ...settled(admitted, new Set(reasons.keys()))])
  })
}

function refuseEarly({ startsOn }: Session, now: Date): void {
  if (startsOn <= lastDayAnywhere(now)) return
  throw conflict(
    'session_not_started',
    `Cette session commence le ${startsOn} : personne n’a encore pu la suivre.`,
    'Envoyez les présences à partir de ce jour.',
  )
}

/** The lines whose person is enrolled in a session, whatever the state; the others with their receipt. */
async function enrolledLines<T extends Line>(tx: Db, vault: Vault, sessionId: string, given: T[]) {
  const sought = given.map(({ email }) => soughtBy(vault, email))
  const ids = await findPeople(tx, sought)
  const states = await statesOf(tx, sessionId, [...ids.values()])
  const firstLines = new Map<string, number>()
  const refused: LineReceipt[] = []
  const found = given.flatMap((one, index): Given<T>[] => {
    const line = index + 1
    const personId = ids.get(sought[index]!.emailFingerprint)
    const state = personId && states.get(personId)
    const first = personId && firstLines.get(personId)
    if (state && !first) {
      firstLines.set(personId, line)
      return [{ ...one, line, personId, state }]
    }
    refused.push({ line, outcome: 'refused', problem: first ? twice(first) : NOT_ENROLLED })
    return []
  })
  return { found, refused }
}

function split<T extends { line: number }>(lines: T[], reason: (one: T) => RowProblem | null): [T[], LineReceipt[]] {
  const refused: LineReceipt[] = []
  const admitted = lines.filter((one) => {
    const problem = reason(one)
    if (problem) refused.push({ line: one.line, outcome: 'refused', problem })
    return !problem
  })
  return [admitted, refused]
}

const settled = (lines: { line: number; personId: string }[], changed: Set<string>): LineReceipt[] =>
  lines.map(({ line, personId }) => ({ line, outcome: changed.has(personId) ? 'done' : 'known', problem: null }))

const inOrder = (receipts: LineReceipt[]): LineReceipt[] => receipts.toSorted((a, b) => a.line - b.line)
