import type { Queue } from '../queue.ts'
import { publishOrders, type Publishing } from './publish-orders.ts'

type Work = Publishing & { queue: Queue; report: (error: unknown) => void }

/**
 * Publishes what is ordered: at the start, as often as said, and when asked. A job of the queue only wakes this up, for an
 * edition may take minutes and would hold a place of those who wait for their badge. Answers how to stop.
 */
export function workEditions({ queue, report, ...publishing }: Work, sweepSeconds: number): () => Promise<void> {
  const stop = new AbortController()
  let running = Promise.resolve()
  const work = async (): Promise<void> => {
    if (!stop.signal.aborted) await publishOrders(publishing, stop.signal)
  }
  const run = () => {
    running = running.then(work).catch(report)
  }
  queue.work('statistics.publish', async () => run())
  run()
  const timer = setInterval(run, sweepSeconds * 1000)
  timer.unref()
  return async () => {
    clearInterval(timer)
    stop.abort()
    await running
  }
}
