import { and, asc, count, eq, gt, inArray } from '../drizzle.ts'
import type { Db } from '../db.ts'
import { notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { campaigns, receipts, sessions } from '../training/training.sql.ts'
import { progressOf } from '../training/transitions.ts'
import { CSV_MARK, csvLine } from '../web/csv.ts'
import { credentials } from './credentials.sql.ts'

export type Campaign = Awaited<ReturnType<typeof getCampaign>>

/** A campaign, the slug of its organisation and how many rows have each outcome; `not_found` otherwise. */
export async function getCampaign(db: Db, id: string) {
  const [found] = await db
    .select({
      id: campaigns.id,
      session: campaigns.sessionId,
      organisation: organisations.slug,
      receivedAt: campaigns.receivedAt,
      state: campaigns.state,
    })
    .from(campaigns)
    .innerJoin(sessions, eq(sessions.id, campaigns.sessionId))
    .innerJoin(organisations, eq(organisations.id, sessions.organisationId))
    .where(eq(campaigns.id, id))
  if (!found) throw notFound('Le lot', id)
  const outcomes = await db
    .select({ outcome: receipts.outcome, rows: count() })
    .from(receipts)
    .where(eq(receipts.campaignId, id))
    .groupBy(receipts.outcome)
  const counts = { received: 0, issued: 0, alreadyIssued: 0, refused: 0, pending: 0 }
  for (const { outcome, rows } of outcomes) {
    counts[outcome] = rows
    counts.received += rows
  }
  return { ...found, state: progressOf(found.state, counts.pending), counts }
}

/** The id of the organisation of a campaign that exists. */
export async function organisationOf(db: Db, id: string): Promise<string> {
  const [found] = await db
    .select({ organisationId: sessions.organisationId })
    .from(campaigns)
    .innerJoin(sessions, eq(sessions.id, campaigns.sessionId))
    .where(eq(campaigns.id, id))
  return found!.organisationId
}

/** Keeps in the journal that receipts of a campaign were read, or all of them downloaded. */
export async function recordReceipts(
  db: Db,
  id: string,
  author: string,
  action: 'receipts.read' | 'receipts.downloaded',
): Promise<void> {
  await record(db, { author, action, subject: `campaign:${id}`, organisationId: await organisationOf(db, id) })
}

/** The receipts of a campaign after a line, in the order of the file. */
export async function listReceipts(db: Db, baseUrl: string, campaignId: string, limit: number, after = 0) {
  const found = await db
    .select({
      line: receipts.line,
      outcome: receipts.outcome,
      problem: receipts.problem,
      completionId: receipts.completionId,
    })
    .from(receipts)
    .where(and(eq(receipts.campaignId, campaignId), gt(receipts.line, after)))
    .orderBy(asc(receipts.line))
    .limit(limit + 1)
  const page = found.slice(0, limit)
  const issued = await credentialsOf(
    db,
    page.flatMap((one) => one.completionId ?? []),
  )
  const items = page.map(({ line, outcome, problem, completionId }) => {
    const credential = completionId && issued.get(completionId)
    return {
      line,
      outcome,
      ...(credential && { credential: `${baseUrl}/credentials/${credential}` }),
      ...(problem && { problem }),
    }
  })
  return { items, next: found.length > limit ? items.at(-1)!.line : null }
}

/** The credential of each completion; asked apart, so that the index answers whatever the size of the table. */
export async function credentialsOf(db: Db, completionIds: string[]): Promise<Map<string, string>> {
  if (completionIds.length === 0) return new Map()
  const found = await db
    .select({ id: credentials.id, completionId: credentials.completionId })
    .from(credentials)
    .where(inArray(credentials.completionId, completionIds))
  return new Map(found.map((one) => [one.completionId!, one.id]))
}

const PAGE = 1000

/** The receipts as a CSV that a spreadsheet opens (UTF-8 with its mark), a page of them in memory at a time. */
export async function* receiptsCsv(db: Db, baseUrl: string, campaignId: string): AsyncGenerator<string> {
  yield `${CSV_MARK}line,outcome,credential,column,code,message,mend\r\n`
  let after: number | null = 0
  while (after !== null) {
    const page: Awaited<ReturnType<typeof listReceipts>> = await listReceipts(db, baseUrl, campaignId, PAGE, after)
    yield page.items
      .map(({ line, outcome, credential, problem }) =>
        csvLine([line, outcome, credential, problem?.column, problem?.code, problem?.message, problem?.mend]),
      )
      .join('')
    after = page.next
  }
}
