import { setImmediate as nextTurn } from 'node:timers/promises'
import { and, eq, inArray, sql } from 'drizzle-orm'
import { type Db, insertRows, isAnyOf } from '../db.ts'
import { tooLarge } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { findPeople, rememberPeople, type Sealed, sealPerson } from '../people/people.ts'
import type { Vault } from '../vault.ts'
import { type CompletionRow, type ReadRow, type RowProblem } from './completion-rows.ts'
import { countPlaces } from './enrolments.ts'
import { holdSession, requireOpen, type Session } from './sessions.ts'
import { campaigns, completions, enrolments, receipts } from './training.sql.ts'
import { HOLDING } from './transitions.ts'

/** A row that can be read, with what is kept of it: sealed once, however many tables keep it. */
type Kept = { line: number; row: CompletionRow; person: Sealed; fingerprints: string[] }

const MAX_ROWS = 100_000

/** Rows written at once: far below the 65,535 parameters of a PostgreSQL statement. */
const BATCH = 1000

/**
 * Keeps the completions of a session and a receipt for every row, all or nothing; answers the campaign's id.
 * A learner not yet enrolled is enrolled while there is room. A row already kept as it is stays pending until its
 * credential is found; a different one is refused.
 */
export async function receiveCompletions(
  db: Db,
  vault: Vault,
  { id: sessionId, organisationId }: Session,
  rows: AsyncIterable<ReadRow>,
  author: string,
): Promise<string> {
  return db.transaction(async (tx) => {
    const session = await holdSession(tx, sessionId)
    requireOpen(session)
    const [campaign] = await tx.insert(campaigns).values({ sessionId }).returning({ id: campaigns.id })
    const intake = {
      sessionId,
      campaignId: campaign!.id,
      room: session.capacity - (await countPlaces(tx, sessionId)),
    }
    let batch: ReadRow[] = []
    let count = 0
    let refused = 0
    for await (const row of rows) {
      if (++count > MAX_ROWS) {
        throw tooLarge(
          `Un envoi compte au plus ${MAX_ROWS} lignes.`,
          'Découpez le fichier et envoyez les parties l’une après l’autre.',
        )
      }
      if (batch.push(row) === BATCH) {
        refused += await keepBatch(tx, vault, intake, batch)
        await nextTurn() // PGlite never leaves the event loop by itself: other requests would wait for the whole file
        batch = []
      }
    }
    refused += await keepBatch(tx, vault, intake, batch)
    const { campaignId } = intake
    await record(tx, {
      author,
      action: 'campaign.received',
      subject: `campaign:${campaignId}`,
      organisationId,
      details: { session: sessionId, received: count, refused },
    })
    return campaignId
  })
}

type Intake = { sessionId: string; campaignId: string; room: number }

/** Keeps some rows; answers how many are refused. */
async function keepBatch(tx: Db, vault: Vault, intake: Intake, batch: ReadRow[]): Promise<number> {
  if (batch.length === 0) return 0
  const { campaignId } = intake
  const refused: { line: number; problem: RowProblem }[] = []
  const readable = batch.flatMap((one) => {
    if ('row' in one)
      return [{ ...one, person: sealPerson(vault, one.row), fingerprints: rowFingerprints(vault, one.row) }]
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
    if (learner?.enrolled || intake.room-- > 0) return null
    return FULL
  })
  const completionIds = await insertCompletions(tx, intake, admitted)
  await insertRows(tx, receipts, [
    ...refused.map(({ line, problem }) => ({ campaignId, line, outcome: 'refused', problem, completionId: null })),
    ...admitted.map(({ line }, index) => ({
      campaignId,
      line,
      outcome: 'pending',
      problem: null,
      completionId: completionIds[index]!,
    })),
  ])
  return refused.length
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
async function keptCompletions(tx: Db, { sessionId, campaignId }: Intake, people: string[]) {
  const kept = await tx
    .select({ personId: completions.personId, id: completions.id, fingerprint: completions.fingerprint })
    .from(completions)
    .where(and(eq(completions.sessionId, sessionId), isAnyOf(completions.personId, people)))
  const ids = kept.map((one) => one.id)
  const received = await tx
    .select({ id: receipts.completionId, line: receipts.line })
    .from(receipts)
    .where(and(eq(receipts.campaignId, campaignId), isAnyOf(receipts.completionId, ids)))
  const lines = new Map(received.map((one) => [one.id, one.line]))
  return new Map(kept.map((one) => [one.personId, { ...one, line: lines.get(one.id) ?? null }]))
}

/** Whoever has a completion was there; rows that say so already are not written again. */
const ATTENDED = sql`on conflict (session_id, person_id) do update
  set state = 'registered', waiting_rank = null, attendance = 'present'
  where enrolments.state <> 'registered' or enrolments.attendance is null or enrolments.attendance = 'absent'`

/** Keeps what is new; answers the ids of the completions of these rows, in order. */
async function insertCompletions(tx: Db, intake: Intake, rows: Kept[]): Promise<string[]> {
  const { sessionId, campaignId } = intake
  const ids = await rememberPeople(
    tx,
    rows.map(({ person }) => person),
  )
  const people = rows.map(({ person }) => ids.get(person.emailFingerprint)!)
  await insertRows(
    tx,
    enrolments,
    people.map((personId) => ({ sessionId, personId, attendance: 'present' })),
    ATTENDED,
  )
  const given = rows.map(({ row, person, fingerprints }, index) => ({
    sessionId,
    campaignId,
    personId: people[index]!,
    identity: person.identity,
    completedOn: row.completedOn,
    levels: row.levels,
    evidenceUrl: row.evidenceUrl,
    narrative: row.narrative,
    fingerprint: fingerprints[0]!,
  }))
  type Fresh = { id: string; personId: string }
  const fresh = await insertRows<Fresh>(
    tx,
    completions,
    given,
    sql`on conflict do nothing returning id, person_id as "personId"`,
  )
  const completionIds = new Map(fresh.map((one) => [one.personId, one.id]))
  const sentAgain = people.filter((personId) => !completionIds.has(personId))
  for (const [personId, { id }] of await keptCompletions(tx, intake, sentAgain)) completionIds.set(personId, id)
  return people.map((personId) => completionIds.get(personId)!)
}
