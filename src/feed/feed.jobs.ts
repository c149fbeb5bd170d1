import { collectEvents } from './collect.ts'
import { deliver, type Delivering } from './deliver.ts'
import { dueWebhooks } from './holds.ts'

/** Tools follow what happens within seconds. */
const OFTEN_SECONDS = 3
/** Subscriptions served at once: one that answers slowly, or not at all, holds a place and nothing else. */
const PLACES = 32

type Feeding = Delivering & { report: (error: unknown) => void }

/**
 * Every few seconds, puts in the feed what happened, then sends to subscriptions what they wait for, each on its own.
 * Answers how to stop: attempts under way are cut, and made again at the next start.
 */
export function workFeed(feeding: Feeding, sweepSeconds: number): () => Promise<void> {
  const { db, report } = feeding
  const stop = new AbortController()
  const running = new Map<string, Promise<void>>()
  let sweep: Promise<void> | null = null

  const serve = async (id: string): Promise<void> => {
    let hasMore = false
    try {
      hasMore = await deliver(feeding, id, stop.signal)
    } catch (error) {
      report(error)
    }
    running.delete(id)
    if (hasMore) tick()
  }
  const once = async (): Promise<void> => {
    await collectEvents(db, stop.signal)
    const free = PLACES - running.size
    if (free === 0 || stop.signal.aborted) return
    for (const id of await dueWebhooks(db, free, [...running.keys()], new Date())) running.set(id, serve(id))
  }
  const tick = (): void => {
    if (sweep || stop.signal.aborted) return
    sweep = once()
      .catch(report)
      .finally(() => {
        sweep = null
      })
  }
  tick()
  const timer = setInterval(tick, Math.min(sweepSeconds, OFTEN_SECONDS) * 1000)
  timer.unref()
  return async () => {
    clearInterval(timer)
    stop.abort()
    await sweep
    await Promise.all(running.values())
  }
}
