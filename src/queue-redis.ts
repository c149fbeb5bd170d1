import { setTimeout as wait } from 'node:timers/promises'
import { randomUUID } from 'node:crypto'
import { type Job, Queue as BullQueue, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { ATTEMPTS, FIRST_PAUSE_MS, jobKey, type JobName, pauseAfter, type Queue, type Report } from './queue.ts'

type Options = {
  url: string
  report: Report
  /** Told once an outage that Redis fails, and why; jobs asked for meanwhile are left to the sweep. */
  unreachable: (error: unknown) => void
  /** Services that share one Redis each have theirs. */
  prefix?: string
  /** Jobs that this process runs at once. */
  concurrency?: number
  firstPauseMs?: number
}

/** How long an answer of Redis is awaited, and how long it is then left alone; the next `ready` ends it sooner. */
const PATIENCE_MS = 2_000
const SILENCE_MS = 10_000
const IDLE_POLL_MS = 20
const LOWEST = 2 ** 21 - 1
/** A process that dies holds its jobs until their lock ends; the others look for such jobs at each check. */
const LOCK_MS = 10_000
const STALLED_CHECK_MS = 5_000

/**
 * Jobs on Redis through BullMQ, shared by every process that gives the same URL and prefix.
 * Redis may be away, come back, or lose everything: asking never throws nor waits long, and the rows remain the truth.
 */
export function createRedisQueue(options: Options): Queue {
  const { url, report, prefix = 'insigne', concurrency = 2, firstPauseMs = FIRST_PAUSE_MS } = options
  const queues = new Map<JobName, BullQueue>()
  const workers = new Map<JobName, Worker>()
  const handlers = new Map<JobName, (ids: never) => Promise<void>>()
  const running = new Set<Promise<void>>()
  const link = openLink(url, options.unreachable)

  const queueOf = (name: JobName): BullQueue => {
    const known = queues.get(name)
    if (known) return known
    const queue = new BullQueue(name, { connection: link.client, prefix, streams: { events: { maxLen: 100 } } })
    queue.on('error', link.failed)
    queues.set(name, queue)
    return queue
  }
  const run = async (job: Job): Promise<void> => {
    try {
      await handlers.get(job.name as JobName)?.(job.data as never)
    } catch (error) {
      report(job.name, error, job.attemptsMade + 1)
      throw new Error('failed', { cause: error }) // Redis keeps message and stack: the cause may quote a row
    }
  }
  const startWorker = (name: JobName): Worker => {
    const worker = new Worker(name, (job) => tracked(running, run(job)), {
      connection: link.client,
      prefix,
      concurrency,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_CHECK_MS,
      maxStalledCount: ATTEMPTS,
      settings: { backoffStrategy: (attempt) => pauseAfter(attempt, firstPauseMs) },
    })
    worker.on('error', link.failed)
    return worker
  }
  const depth: Queue['depth'] = async () => {
    const total = { waiting: 0, running: 0 }
    for (const name of ['credentials.issue', 'messages.send'] satisfies JobName[]) {
      const counts = await link.ask(() => queueOf(name).getJobCounts('wait', 'prioritized', 'delayed', 'active'))
      if (!counts) return null
      const { active = 0, ...others } = counts
      total.running += active
      total.waiting += Object.values(others).reduce((sum, count) => sum + count, 0)
    }
    return total
  }
  return {
    async enqueue(name, ids, { priority } = { priority: 0 }) {
      await link.ask(() =>
        queueOf(name).add(name, ids, {
          // Not a job id of our own: that would forget what is asked again while the job runs.
          deduplication: { id: jobKey(name, ids), keepLastIfActive: true },
          jobId: randomUUID(), // counted ids start again when Redis loses all, beside jobs that still run
          priority: Math.min(priority + 1, LOWEST), // 0 would be «no priority», and pass before all others
          attempts: ATTEMPTS,
          backoff: { type: 'custom' },
          removeOnComplete: true,
          removeOnFail: true,
        }),
      )
    },
    work(name, handler) {
      handlers.set(name, handler)
      if (!workers.has(name)) workers.set(name, startWorker(name))
    },
    depth,
    async idle() {
      for (;;) {
        const found = await depth()
        if (found && found.waiting + found.running + running.size === 0) return
        await wait(IDLE_POLL_MS)
      }
    },
    async close() {
      const closed = Array.from(workers.values(), (worker) => worker.close())
      await Promise.allSettled(running)
      await link.close([...closed, ...Array.from(queues.values(), (queue) => queue.close())])
    },
  }
}

/** The connection, and what to do when it does not answer. */
function openLink(url: string, unreachable: (error: unknown) => void) {
  let isClosed = false
  let isDown = false
  let silentUntil = 0
  const client = new Redis(url, {
    maxRetriesPerRequest: null, // a worker waits for Redis to come back
    retryStrategy: (times) => (isClosed ? null : Math.min(times * 100, 2_000)),
  })
  const failed = (error: unknown): void => {
    if (isDown || isClosed) return
    isDown = true
    unreachable(error)
  }
  client.on('error', failed)
  client.on('ready', () => {
    isDown = false
    silentUntil = 0
  })
  return {
    client,
    failed,
    /** The answer; `null` without delay while Redis is known to be away, and after a bounded wait when it goes. */
    async ask<T>(command: () => Promise<T>): Promise<T | null> {
      if (isClosed || Date.now() < silentUntil) return null
      try {
        const answer = await withinPatience(command())
        isDown = false
        return answer
      } catch (error) {
        silentUntil = Date.now() + SILENCE_MS
        failed(error)
        return null
      }
    },
    /** Waits for what still speaks to Redis, not for a Redis that is away. */
    async close(last: Promise<unknown>[]): Promise<void> {
      isClosed = true
      await withinPatience(Promise.allSettled(last)).catch(() => {})
      client.disconnect()
    },
  }
}

async function withinPatience<T>(answer: Promise<T>): Promise<T> {
  const stop = new AbortController()
  const late = wait(PATIENCE_MS, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`Redis does not answer within ${PATIENCE_MS} ms`)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    stop.abort()
    late.catch(() => {})
  }
}

function tracked(running: Set<Promise<void>>, job: Promise<void>): Promise<void> {
  running.add(job)
  return job.finally(() => running.delete(job))
}
