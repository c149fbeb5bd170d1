import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises'

/** Every job, by name. A job carries ids only: the rows say what there is to do. */
type Jobs = {
  /** Lines `from` to `to` of a campaign, both included. */
  'credentials.issue': { campaignId: string; from: number; to: number }
  /** Every award that waits. */
  'awards.issue': Record<string, never>
  'messages.send': { messageId: string }
  /** Every edition of figures that is ordered: it wakes the work up. */
  'statistics.publish': Record<string, never>
}
export type JobName = keyof Jobs

/** Jobs that wait, those that pause after a failure among them, and jobs that run. */
type Depth = { waiting: number; running: number }

export type Queue = {
  /** Asks for a job, lower priority first; asking again while it waits, or pauses after a failure, is the same job. */
  enqueue<N extends JobName>(name: N, ids: Jobs[N], options?: { priority: number }): Promise<void>
  /** Gives the one handler of a job. It must be idempotent: it may run again, or find nothing left to do. */
  work<N extends JobName>(name: N, handler: (ids: Jobs[N]) => Promise<void>): void
  /** What waits and what runs; `null` when the queue does not answer. */
  depth(): Promise<Depth | null>
  /** Resolves when nothing waits or runs: in this process, or in all of them when they share Redis. */
  idle(): Promise<void>
  /** Lets running jobs end; those that wait are found again by the sweep at the next start. */
  close(): Promise<void>
}

/** Told of each attempt that failed; attempts are counted from 1. */
export type Report = (name: string, error: unknown, attempt: number) => void

export const ATTEMPTS = 5
export const FIRST_PAUSE_MS = 400

/** Milliseconds between an attempt that failed and the next one: 0.4, 1.6, 6.4, 25.6 s. */
export const pauseAfter = (attempt: number, firstPauseMs: number): number => firstPauseMs * 4 ** (attempt - 1)

/** The same job has the same key, whatever the order in which its ids are written. */
export const jobKey = (name: string, ids: Record<string, string | number>): string =>
  [
    name,
    ...Object.keys(ids)
      .sort()
      .map((id) => ids[id]),
  ].join(' ')

type Job = { key: string; name: JobName; ids: unknown; priority: number; attempt: number }

/**
 * Jobs in this process, a few at a time, retried with a growing pause. Losing it loses nothing.
 * A job that pauses holds no place, and never runs beside itself: a campaign that fails does not keep the others waiting.
 */
export function createLocalQueue(report: Report, concurrency = 2, firstPauseMs = FIRST_PAUSE_MS): Queue {
  const handlers = new Map<JobName, (ids: never) => Promise<void>>()
  const waiting = orderedJobs()
  const running = new Map<string, Promise<void>>()
  const paused = new Map<string, Promise<void>>()
  const stop = new AbortController()

  const run = async (job: Job): Promise<void> => {
    try {
      await nextTurn() // who asked is answered before the work begins
      await handlers.get(job.name)?.(job.ids as never)
    } catch (error) {
      report(job.name, error, job.attempt)
      if (job.attempt < ATTEMPTS && !stop.signal.aborted) paused.set(job.key, retry(job))
    }
  }
  const retry = async (job: Job): Promise<void> => {
    const pause = pauseAfter(job.attempt, firstPauseMs)
    await wait(pause, undefined, { signal: stop.signal, ref: false }).catch(() => {})
    paused.delete(job.key)
    waiting.add({ ...job, attempt: job.attempt + 1 })
    pump()
  }
  const pump = (): void => {
    while (running.size < concurrency && !stop.signal.aborted) {
      const job = waiting.takeFirst((one) => !running.has(one.key))
      if (!job) return
      const ended = run(job).finally(() => {
        running.delete(job.key)
        pump()
      })
      running.set(job.key, ended)
    }
  }
  return {
    async enqueue(name, ids, { priority } = { priority: 0 }) {
      const key = jobKey(name, ids)
      if (paused.has(key)) return
      waiting.add({ key, name, ids, priority, attempt: 1 })
      pump()
    },
    work(name, handler) {
      handlers.set(name, handler)
    },
    async depth() {
      return { waiting: waiting.size() + paused.size, running: running.size }
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

/** Jobs in the order in which they shall run: by priority, then by arrival. A few thousand at most. */
function orderedJobs() {
  const jobs: Job[] = []
  const keys = new Set<string>()
  return {
    size: (): number => jobs.length,
    add(job: Job): void {
      if (keys.has(job.key)) return
      keys.add(job.key)
      jobs.splice(jobs.findLastIndex((one) => one.priority <= job.priority) + 1, 0, job)
    },
    takeFirst(isFree: (job: Job) => boolean): Job | null {
      const at = jobs.findIndex(isFree)
      if (at < 0) return null
      const [job] = jobs.splice(at, 1)
      keys.delete(job!.key)
      return job!
    },
  }
}
