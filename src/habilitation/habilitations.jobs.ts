import type { Db } from '../db.ts'
import type { Queue } from '../queue.ts'
import type { Vault } from '../vault.ts'
import { applyInactivity } from './inactivity.ts'
import { type Authority, settleWaiting } from './validation.ts'

const HOUR_MS = 3600_000

type Keeping = {
  db: Db
  vault: Vault
  queue: Queue
  authority: Authority
  /** Whether those who are no longer seen are warned, then suspended. */
  deactivateInactive: boolean
  report: (error: unknown) => void
}

/**
 * Settles, as often as said, what waited (a Pix result, the badge of a signer not known yet); and every hour, when told to,
 * follows inactivity. Both at the start too. Answers how to stop.
 */
export function workHabilitations(
  { db, vault, queue, authority, deactivateInactive, report }: Keeping,
  sweepSeconds: number,
): () => Promise<void> {
  const stop = new AbortController()
  let running = Promise.resolve()
  const every = (ms: number, work: () => Promise<void>) => {
    const run = () => {
      running = running.then(() => (stop.signal.aborted ? undefined : work())).catch(report)
    }
    run()
    const timer = setInterval(run, ms)
    timer.unref()
    return timer
  }
  const timers = [
    every(sweepSeconds * 1000, async () => {
      const given = await db.transaction((tx) => settleWaiting(tx, authority))
      if (given > 0) await queue.enqueue('awards.issue', {})
    }),
    ...(deactivateInactive ? [every(HOUR_MS, () => applyInactivity(db, vault, new Date(), stop.signal))] : []),
  ]
  return async () => {
    timers.forEach((timer) => clearInterval(timer))
    stop.abort()
    await running
  }
}
