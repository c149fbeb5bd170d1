import type { Queue } from '../queue.ts'
import { type Issuing, issueCampaign, unfinishedCampaigns } from './issue.ts'

const SWEEP_MS = 60_000

/** Takes the issuing jobs, and asks again every minute for those that were lost. Answers how to stop asking. */
export async function workCredentials(queue: Queue, issuing: Issuing): Promise<() => void> {
  queue.work('credentials.issue', ({ campaignId }) => issueCampaign(issuing, campaignId))
  const sweep = async (): Promise<void> => {
    for (const campaignId of await unfinishedCampaigns(issuing.db)) {
      await queue.enqueue('credentials.issue', { campaignId })
    }
  }
  await sweep()
  // A failed sweep is no news: the database says so itself, and the next one comes in a minute.
  const timer = setInterval(() => void sweep().catch(() => undefined), SWEEP_MS)
  timer.unref()
  return () => clearInterval(timer)
}
