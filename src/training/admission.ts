import { and, eq, inArray } from '../drizzle.ts'
import { type Db, isAnyOf } from '../db.ts'
import { findPeople, type Sealed, sealPerson } from '../people/people.ts'
import type { Vault } from '../vault.ts'
import type { CompletionRow, ReadRow, RowProblem } from './completion-rows.ts'
import { countPlaces } from './enrolments.ts'
import type { Session } from './sessions.ts'
import { completions, enrolments, receipts } from './training.sql.ts'
import { HOLDING } from './transitions.ts'

/** A row that can be read, with what is kept of it: sealed once, however many tables keep it. */
export type Kept = { line: number; row: CompletionRow; person: Sealed; fingerprints: string[] }
type Refused = { line: number; problem: RowProblem }

/** Where rows are received: how many places are left; no campaign when they are only checked. */
export type Intake = { sessionId: string; campaignId: string | null; room: number }

/** Tells the rows that may be kept from those that are refused, and why; `joining`: those whose learner is not enrolled. */
export async function admitRows(tx: Db, vault: Vault, intake: Intake, batch: ReadRow[]) {
  const refused: Refused[] = []
  const joining: number[] = []
  const readable = batch.flatMap((one) => {
    if ('row' in one) {
      const { line, row } = one
      return [{ line, row, person: sealPerson(vault, row), fingerprints: rowFingerprints(vault, row) }]
    }
    refused.push(one)
    return []
  })
  const seen = new Map<string, number>()
  const distinct = refuse(readable, refused, (one) => duplicateIn(seen, one))
  const known = await knownLearners(tx, intake, distinct)
  const firstLines = new Map<string, number>()
  const admitted = refuse(distinct, refused, ({ line, person, fingerprints }) => {
    const learner = known.get(person.emailFingerprint)
    // The same person may stand twice in a file, under two of her or his addresses.
    const first = learner && (learner.line ?? firstLines.get(learner.id))
    if (first) return duplicateOf(first)
    if (learner) firstLines.set(learner.id, line)
    if (learner?.fingerprint && !fingerprints.includes(learner.fingerprint)) return DIFFERENT
    if (learner?.enrolled) return null
    if (intake.room-- <= 0) return FULL
    joining.push(line)
    return null
  })
  return { refused, admitted, joining }
}

/**
 * What would become of rows if they were sent to a session now: nothing is written. `joining`: lines of people who would
 * be enrolled by it.
 */
export async function checkRows(
  db: Db,
  vault: Vault,
  { id: sessionId, capacity }: Session,
  batch: ReadRow[],
): Promise<{ problems: Map<number, RowProblem>; joining: Set<number> }> {
  const room = capacity - (await countPlaces(db, sessionId))
  const { refused, joining } = await admitRows(db, vault, { sessionId, campaignId: null, room }, batch)
  return { problems: new Map(refused.map(({ line, problem }) => [line, problem])), joining: new Set(joining) }
}

function refuse<T extends { line: number }>(
  rows: T[],
  refused: { line: number; problem: RowProblem }[],
  reason: (row: T) => RowProblem | null,
): T[] {
  return rows.filter((row) => {
    const problem = reason(row)
    if (problem) refused.push({ line: row.line, problem })
    return !problem
  })
}

function duplicateIn(seen: Map<string, number>, { line, row }: Kept): RowProblem | null {
  const first = seen.get(row.email)
  if (first !== undefined) return duplicateOf(first)
  seen.set(row.email, line)
  return null
}

const duplicateOf = (line: number): RowProblem => ({
  column: 'email',
  code: 'duplicate_learner',
  message: `Cette personne figure déjà à la ligne ${line}.`,
  mend: 'Gardez une seule ligne par personne.',
})

const DIFFERENT: RowProblem = {
  column: null,
  code: 'already_recorded',
  message: 'Un résultat différent est déjà enregistré pour cette personne dans cette session.',
  mend: 'Pour corriger un badge délivré, révoquez-le en donnant la raison, puis envoyez la ligne à une nouvelle session.',
}

const FULL: RowProblem = {
  column: 'email',
  code: 'session_full',
  message: 'La personne n’est pas inscrite et la session est complète.',
  mend: 'Vérifiez la session, ou inscrivez cette personne à une autre.',
}

/**
 * The fingerprints, under each key, of everything that makes the row what it is: sent again unchanged, it has the same.
 * The order of the fields is written out, since rows read back from the database come in another one.
 */
export function rowFingerprints(vault: Vault, row: CompletionRow): string[] {
  const { email, givenName, familyName, completedOn, evidenceUrl, narrative } = row
  const levels = row.levels
    .map(({ framework, version, code, level }) => JSON.stringify({ framework, version, code, level }))
    .toSorted()
  const content = { email, givenName, familyName, completedOn, evidenceUrl, narrative, levels }
  return vault.fingerprints('training/completion', JSON.stringify(content))
}

/** What is known of a learner of the session; `line`: where an earlier batch of this same campaign has them. */
type Learner = { id: string; enrolled: boolean; fingerprint: string | null; line: number | null }

async function knownLearners(tx: Db, intake: Intake, rows: Kept[]): Promise<Map<string, Learner>> {
  const ids = await findPeople(
    tx,
    rows.map(({ person }) => person),
  )
  if (ids.size === 0) return new Map()
  const people = [...ids.values()]
  const enrolled = await tx
    .select({ personId: enrolments.personId })
    .from(enrolments)
    .where(
      and(
        eq(enrolments.sessionId, intake.sessionId),
        isAnyOf(enrolments.personId, people),
        inArray(enrolments.state, HOLDING),
      ),
    )
  const isEnrolled = new Set(enrolled.map((one) => one.personId))
  const kept = await keptCompletions(tx, intake, people)
  return new Map(
    [...ids].map(([emailFingerprint, id]) => {
      const { fingerprint = null, line = null } = kept.get(id) ?? {}
      return [emailFingerprint, { id, enrolled: isEnrolled.has(id), fingerprint, line }]
    }),
  )
}

/** The completions that people already have in the session, each with its line in this campaign, if it has one. */
export async function keptCompletions(tx: Db, { sessionId, campaignId }: Intake, people: string[]) {
  const kept = await tx
    .select({ personId: completions.personId, id: completions.id, fingerprint: completions.fingerprint })
    .from(completions)
    .where(and(eq(completions.sessionId, sessionId), isAnyOf(completions.personId, people)))
  const ids = kept.map((one) => one.id)
  if (campaignId === null) return new Map(kept.map((one) => [one.personId, { ...one, line: null }]))
  const received = await tx
    .select({ id: receipts.completionId, line: receipts.line })
    .from(receipts)
    .where(and(eq(receipts.campaignId, campaignId), isAnyOf(receipts.completionId, ids)))
  const lines = new Map(received.map((one) => [one.id, one.line]))
  return new Map(kept.map((one) => [one.personId, { ...one, line: lines.get(one.id) ?? null }]))
}
