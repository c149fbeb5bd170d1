import type { Db } from '../db.ts'
import type { Queue } from '../queue.ts'
import { hasPendingAwards, issueAwards } from './awards.ts'
import { issueSlice } from './issue.ts'
import type { Issuing } from './sign-orders.ts'
import { enqueueCampaign, unfinishedCampaigns } from './slices.ts'

/** Takes the issuing jobs, and asks again, as often as said, for those that were lost. Answers how to stop asking. */
export async function workCredentials(queue: Queue, issuing: Issuing, sweepSeconds = 60): Promise<() => void> {
  const { db } = issuing
  queue.work('credentials.issue', async (slice) => {
    await issueSlice(issuing, slice)
    await enqueueAwards(db, queue)
  })
  queue.work('awards.issue', async () => {
    await issueAwards(issuing)
    await enqueueAwards(db, queue) // what these badges brought about in their turn
  })
  const sweep = async (): Promise<void> => {
    for (const campaignId of await unfinishedCampaigns(db)) await enqueueCampaign(db, queue, campaignId)
    await enqueueAwards(db, queue)
  }
  await sweep()
  // A failed sweep is no news: the database says so itself, and the next one comes soon.
  const timer = setInterval(() => void sweep().catch(() => undefined), sweepSeconds * 1000)
  timer.unref()
  return () => clearInterval(timer)
}

/** Asks for the awards to be issued, when there are any. */
async function enqueueAwards(db: Db, queue: Queue): Promise<void> {
  if (await hasPendingAwards(db)) await queue.enqueue('awards.issue', {})
}
