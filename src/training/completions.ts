import { setImmediate as nextTurn } from 'node:timers/promises'
import { sql } from '../drizzle.ts'
import { type Db, insertRows } from '../db.ts'
import { tooLarge } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { rememberPeople } from '../people/people.ts'
import type { Vault } from '../vault.ts'
import { admitRows, type Intake, keptCompletions, type Kept } from './admission.ts'
import type { ReadRow } from './completion-rows.ts'
import { countPlaces } from './enrolments.ts'
import { holdSession, requireOpen, type Session } from './sessions.ts'
import { campaigns, completions, enrolments, receipts } from './training.sql.ts'

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

/** Keeps some rows; answers how many are refused. */
async function keepBatch(tx: Db, vault: Vault, intake: Intake, batch: ReadRow[]): Promise<number> {
  if (batch.length === 0) return 0
  const { campaignId } = intake
  const { refused, admitted } = await admitRows(tx, vault, intake, batch)
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
