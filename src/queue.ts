import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises'

/** Every job, by name. A job carries ids only: the rows say what there is to do. */
export type Jobs = {
  'credentials.issue': { campaignId: string }
}

export type Queue = {
  /** Asks for a job; asking again while it waits is the same job. */
  enqueue<N extends keyof Jobs>(name: N, ids: Jobs[N]): Promise<void>
  /** Gives the one handler of a job. It must be idempotent: it may run again, or find nothing left to do. */
  work<N extends keyof Jobs>(name: N, handler: (ids: Jobs[N]) => Promise<void>): void
  /** Resolves when nothing waits or runs in this process. */
  idle(): Promise<void>
  /** Lets running jobs end; those that wait are found again by the sweep at the next start. */
  close(): Promise<void>
}

const ATTEMPTS = 5

type Report = (name: string, error: unknown, attempt: number) => void

type Job = { name: string; ids: unknown; tries: number }

/**
 * Jobs in this process, a few at a time, retried with a growing pause. Losing it loses nothing.
 * A job that pauses holds no place, and never runs beside itself: a campaign that fails does not keep the others waiting.
 */
export function createLocalQueue(report: Report, concurrency = 2, firstPauseMs = 400): Queue {
  const handlers = new Map<string, (ids: never) => Promise<void>>()
  const waiting = new Map<string, Job>()
  const running = new Map<string, Promise<void>>()
  const paused = new Map<string, Promise<void>>()
  const stop = new AbortController()

  const attempt = async (key: string, { name, ids, tries }: Job): Promise<void> => {
    try {
      await nextTurn() // who asked is answered before the work begins
      await handlers.get(name)?.(ids as never)
    } catch (error) {
      report(name, error, tries)
      if (tries < ATTEMPTS && !stop.signal.aborted) paused.set(key, retry(key, { name, ids, tries: tries + 1 }))
    }
  }
  const retry = async (key: string, job: Job): Promise<void> => {
    await wait(firstPauseMs * 4 ** (job.tries - 2), undefined, { signal: stop.signal, ref: false }).catch(() => {})
    paused.delete(key)
    if (!waiting.has(key)) waiting.set(key, job)
    pump()
  }
  const pump = (): void => {
    for (const [key, job] of waiting) {
      if (running.size >= concurrency || stop.signal.aborted) return
      if (running.has(key)) continue
      waiting.delete(key)
      const ended = attempt(key, job).finally(() => {
        running.delete(key)
        pump()
      })
      running.set(key, ended)
    }
  }
  return {
    async enqueue(name, ids) {
      const key = `${name} ${Object.values(ids).join(' ')}`
      if (paused.has(key)) return
      waiting.set(key, { name, ids, tries: 1 })
      pump()
    },
    work(name, handler) {
      handlers.set(name, handler)
    },
    async idle() {
      while (running.size + paused.size > 0) await Promise.all([...running.values(), ...paused.values()])
    },
    async close() {
      stop.abort()
      await Promise.all([...running.values(), ...paused.values()])
    },
  }
}
