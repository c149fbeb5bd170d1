import { and, count, eq, ne, sql } from '../drizzle.ts'
import type { Db } from '../db.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import type { Queue } from '../queue.ts'
import { campaigns, receipts, sessions } from '../training/training.sql.ts'

/** Lines that one job issues: some tenths of a second of work, so that campaigns take turns often. */
export const SLICE = 500

export type Slice = { campaignId: string; from: number; to: number }

/**
 * Asks for the jobs of a campaign: one for each range of lines that still has a pending receipt. The first slices of
 * every campaign come before the second ones, and an organisation that already waits for much comes after the others.
 */
export async function enqueueCampaign(db: Db, queue: Queue, campaignId: string): Promise<void> {
  const numbers = await pendingSlices(db, campaignId)
  const ahead = await slicesAhead(db, campaignId)
  for (const [turn, number] of numbers.entries()) {
    const slice = { campaignId, from: number * SLICE + 1, to: (number + 1) * SLICE }
    await queue.enqueue('credentials.issue', slice, { priority: 1 + ahead + turn })
  }
}

/** The campaigns that something stopped: open, of an approved organisation, and still with a pending receipt. */
export async function unfinishedCampaigns(db: Db): Promise<string[]> {
  const found = await db
    .selectDistinct({ id: receipts.campaignId })
    .from(receipts)
    .innerJoin(campaigns, eq(campaigns.id, receipts.campaignId))
    .innerJoin(sessions, eq(sessions.id, campaigns.sessionId))
    .innerJoin(organisations, eq(organisations.id, sessions.organisationId))
    .where(and(eq(receipts.outcome, 'pending'), eq(campaigns.state, 'open'), eq(organisations.state, 'approved')))
  return found.map((row) => row.id)
}

async function pendingSlices(db: Db, campaignId: string): Promise<number[]> {
  const number = sql<number>`(${receipts.line} - 1) / ${sql.raw(String(SLICE))}`.mapWith(Number)
  const found = await db
    .selectDistinct({ number })
    .from(receipts)
    .where(and(eq(receipts.campaignId, campaignId), eq(receipts.outcome, 'pending')))
  return found.map((row) => row.number).toSorted((a, b) => a - b)
}

/** How many slices the organisation of a campaign already waits for in its other campaigns. */
async function slicesAhead(db: Db, campaignId: string): Promise<number> {
  const mine = db
    .select({ organisationId: sessions.organisationId })
    .from(campaigns)
    .innerJoin(sessions, eq(sessions.id, campaigns.sessionId))
    .where(eq(campaigns.id, campaignId))
  const [found] = await db
    .select({ rows: count() })
    .from(receipts)
    .innerJoin(campaigns, eq(campaigns.id, receipts.campaignId))
    .innerJoin(sessions, eq(sessions.id, campaigns.sessionId))
    .where(
      and(eq(receipts.outcome, 'pending'), ne(campaigns.id, campaignId), sql`${sessions.organisationId} = (${mine})`),
    )
  return Math.ceil((found?.rows ?? 0) / SLICE)
}
