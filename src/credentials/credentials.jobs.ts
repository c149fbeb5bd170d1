import type { Queue } from '../queue.ts'
import { type Issuing, issueSlice } from './issue.ts'
import { enqueueCampaign, unfinishedCampaigns } from './slices.ts'

/** Takes the issuing jobs, and asks again, as often as said, for those that were lost. Answers how to stop asking. */
export async function workCredentials(queue: Queue, issuing: Issuing, sweepSeconds = 60): Promise<() => void> {
  queue.work('credentials.issue', (slice) => issueSlice(issuing, slice))
  const sweep = async (): Promise<void> => {
    for (const campaignId of await unfinishedCampaigns(issuing.db)) await enqueueCampaign(issuing.db, queue, campaignId)
  }
  await sweep()
  // A failed sweep is no news: the database says so itself, and the next one comes soon.
  const timer = setInterval(() => void sweep().catch(() => undefined), sweepSeconds * 1000)
  timer.unref()
  return () => clearInterval(timer)
}
