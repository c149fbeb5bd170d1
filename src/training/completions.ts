import { setImmediate as nextTurn } from 'node:timers/promises'
import { and, eq, inArray } from 'drizzle-orm'
import type { Db } from '../db.ts'
import { tooLarge } from '../errors.ts'
import { findPeople, rememberPeople, sealIdentity } from '../people/people.ts'
import type { Vault } from '../vault.ts'
import { type CompletionRow, type ReadRow, type RowProblem } from './completion-rows.ts'
import { holdSession } from './sessions.ts'
import { campaigns, completions, enrolments, receipts } from './training.sql.ts'

type Kept = { line: number; row: CompletionRow }

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
  sessionId: string,
  rows: AsyncIterable<ReadRow>,
): Promise<string> {
  return db.transaction(async (tx) => {
    const capacity = await holdSession(tx, sessionId)
    const [campaign] = await tx.insert(campaigns).values({ sessionId }).returning({ id: campaigns.id })
    const intake = {
      sessionId,
      campaignId: campaign!.id,
      room: capacity - (await tx.$count(enrolments, eq(enrolments.sessionId, sessionId))),
    }
    let batch: ReadRow[] = []
    let count = 0
    for await (const row of rows) {
      if (++count > MAX_ROWS) {
        throw tooLarge(
          `Un envoi compte au plus ${MAX_ROWS} lignes.`,
          'Découpez le fichier et envoyez les parties l’une après l’autre.',
        )
      }
      if (batch.push(row) === BATCH) {
        await keepBatch(tx, vault, intake, batch)
        await nextTurn() // PGlite never leaves the event loop by itself: other requests would wait for the whole file
        batch = []
      }
    }
    await keepBatch(tx, vault, intake, batch)
    return intake.campaignId
  })
}

type Intake = { sessionId: string; campaignId: string; room: number }

async function keepBatch(tx: Db, vault: Vault, intake: Intake, batch: ReadRow[]): Promise<void> {
  if (batch.length === 0) return
  const { campaignId } = intake
  const refused: { line: number; problem: RowProblem }[] = []
  const readable = refuse(batch, refused, (one) => ('problem' in one ? one.problem : null)) as Kept[]
  const seen = new Map<string, number>()
  const distinct = refuse(readable, refused, (one) => duplicateIn(seen, one))
  const known = await knownLearners(tx, vault, intake, distinct)
  const admitted = refuse(distinct, refused, ({ row }) => {
    const learner = known.get(row.email)
    if (learner?.line) return duplicateOf(learner.line)
    if (learner?.fingerprint && learner.fingerprint !== fingerprintOf(vault, row)) return DIFFERENT
    if (learner?.enrolled || intake.room-- > 0) return null
    return FULL
  })

  const people = await rememberPeople(
    tx,
    vault,
    admitted.map(({ row }) => row),
  )
  const learners = admitted.map(({ row }) => people.get(row.email)!)
  const completionIds = await insertCompletions(tx, vault, intake, admitted, learners)
  await tx.insert(receipts).values([
    ...refused.map(({ line, problem }) => ({ campaignId, line, outcome: 'refused' as const, problem })),
    ...admitted.map(({ line }, index) => ({
      campaignId,
      line,
      outcome: 'pending' as const,
      completionId: completionIds.get(learners[index]!)!,
    })),
  ])
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

/** Everything that makes the row what it is: sent again unchanged, it has the same fingerprint. */
const fingerprintOf = (vault: Vault, row: CompletionRow): string =>
  vault.fingerprint(
    'training/completion',
    JSON.stringify({ ...row, levels: row.levels.map((one) => JSON.stringify(one)).toSorted() }),
  )

/** What is known of a learner of the session; `line`: where an earlier batch of this same campaign has them. */
type Learner = { enrolled: boolean; fingerprint: string | null; line: number | null }

async function knownLearners(tx: Db, vault: Vault, intake: Intake, rows: Kept[]): Promise<Map<string, Learner>> {
  const { sessionId, campaignId } = intake
  const ids = await findPeople(
    tx,
    vault,
    rows.map(({ row }) => row.email),
  )
  if (ids.size === 0) return new Map()
  const found = await tx
    .select({ personId: enrolments.personId, fingerprint: completions.fingerprint, line: receipts.line })
    .from(enrolments)
    .leftJoin(
      completions,
      and(eq(completions.sessionId, enrolments.sessionId), eq(completions.personId, enrolments.personId)),
    )
    .leftJoin(receipts, and(eq(receipts.completionId, completions.id), eq(receipts.campaignId, campaignId)))
    .where(and(eq(enrolments.sessionId, sessionId), inArray(enrolments.personId, [...ids.values()])))
  const byPerson = new Map(found.map((one) => [one.personId, one]))
  return new Map(
    [...ids].map(([email, id]) => {
      const { fingerprint = null, line = null } = byPerson.get(id) ?? {}
      return [email, { enrolled: byPerson.has(id), fingerprint, line }]
    }),
  )
}

async function insertCompletions(
  tx: Db,
  vault: Vault,
  { sessionId, campaignId }: Intake,
  rows: Kept[],
  learners: string[],
): Promise<Map<string, string>> {
  if (rows.length === 0) return new Map()
  await tx
    .insert(enrolments)
    .values(learners.map((personId) => ({ sessionId, personId })))
    .onConflictDoNothing()
  const fresh = await tx
    .insert(completions)
    .values(
      rows.map(({ row }, index) => ({
        sessionId,
        campaignId,
        personId: learners[index]!,
        identity: sealIdentity(vault, row),
        completedOn: row.completedOn,
        levels: row.levels,
        evidenceUrl: row.evidenceUrl,
        narrative: row.narrative,
        fingerprint: fingerprintOf(vault, row),
      })),
    )
    .onConflictDoNothing()
    .returning({ id: completions.id, personId: completions.personId })
  const ids = new Map(fresh.map((one) => [one.personId, one.id]))
  const sentAgain = learners.filter((personId) => !ids.has(personId))
  if (sentAgain.length === 0) return ids
  const kept = await tx
    .select({ id: completions.id, personId: completions.personId })
    .from(completions)
    .where(and(eq(completions.sessionId, sessionId), inArray(completions.personId, sentAgain)))
  for (const one of kept) ids.set(one.personId, one.id)
  return ids
}
