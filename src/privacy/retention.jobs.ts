import type { Db } from '../db.ts'
import type { Vault } from '../vault.ts'
import type { Periods } from './periods.ts'
import { applyRetention } from './retention.ts'

const HOUR_MS = 3600_000

type Keeping = { db: Db; vault: Vault; periods: Periods; report: (error: unknown) => void }

/** Forgets at the start, then every hour, what has lasted as long as it may. Answers how to stop. */
export function workRetention({ db, vault, periods, report }: Keeping): () => Promise<void> {
  const stop = new AbortController()
  let running = Promise.resolve()
  const run = () => {
    running = running.then(() => applyRetention(db, vault, periods, new Date(), stop.signal)).catch(report)
  }
  run()
  const timer = setInterval(run, HOUR_MS)
  timer.unref()
  return async () => {
    clearInterval(timer)
    stop.abort() // the batch at work ends, the others wait for the next start
    await running
  }
}
