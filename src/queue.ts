import { setTimeout as wait } from 'node:timers/promises'

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

/** Jobs in this process, a few at a time, retried with a growing pause. Losing it loses nothing. */
export function createLocalQueue(report: Report, concurrency = 2): Queue {
  const handlers = new Map<string, (ids: never) => Promise<void>>()
  const waiting = new Map<string, { name: string; ids: unknown }>()
  const running = new Set<Promise<void>>()
  const stop = new AbortController()

  const attempt = async (name: string, ids: unknown): Promise<void> => {
    for (let tries = 1; !stop.signal.aborted; tries++) {
      try {
        return await handlers.get(name)?.(ids as never)
      } catch (error) {
        report(name, error, tries)
        if (tries === ATTEMPTS) return
        await wait(100 * 4 ** tries, undefined, { signal: stop.signal, ref: false }).catch(() => {})
      }
    }
  }
  const pump = (): void => {
    for (const [key, { name, ids }] of waiting) {
      if (running.size >= concurrency || stop.signal.aborted) return
      waiting.delete(key)
      const job = attempt(name, ids).finally(() => {
        running.delete(job)
        pump()
      })
      running.add(job)
    }
  }
  return {
    async enqueue(name, ids) {
      waiting.set(`${name} ${Object.values(ids).join(' ')}`, { name, ids })
      pump()
    },
    work(name, handler) {
      handlers.set(name, handler)
    },
    async idle() {
      while (running.size > 0) await Promise.all(running)
    },
    async close() {
      stop.abort()
      await Promise.all(running)
    },
  }
}
