import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Queue } from './queue.ts'

const registry = new Registry()
const registers = [registry]
collectDefaultMetrics({ register: registry })

/** What this process did since it started; the code that does it counts it. */
export const metrics = {
  issued: new Counter({ name: 'insigne_credentials_issued_total', help: 'Badges signed and stored.', registers }),
  parked: new Counter({
    name: 'insigne_rows_parked_total',
    help: 'Rows refused because they cannot be signed.',
    registers,
  }),
  jobsFailed: new Counter({
    name: 'insigne_jobs_failed_total',
    help: 'Attempts of jobs that ended in an error.',
    registers,
  }),
  libraryFallback: new Counter({
    name: 'insigne_library_fallback_total',
    help: 'Badges that the compiled form could not sign or verify, left to the library.',
    labelNames: ['operation'] as const,
    registers,
  }),
  issueBatch: new Histogram({
    name: 'insigne_issue_batch_seconds',
    help: 'Time to read, sign and store one batch of badges.',
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  }),
}
for (const operation of ['sign', 'verify']) metrics.libraryFallback.inc({ operation }, 0)

/** Counts one batch of issuing. */
export function countBatch(batch: { issued: number; parked: number; fallbacks: number; seconds: number }): void {
  metrics.issued.inc(batch.issued)
  metrics.parked.inc(batch.parked)
  metrics.libraryFallback.inc({ operation: 'sign' }, batch.fallbacks)
  metrics.issueBatch.observe(batch.seconds)
}

const queueWaiting = new Gauge({
  name: 'insigne_queue_waiting',
  help: 'Jobs that wait; of all processes when they share Redis, NaN when it does not answer.',
  registers,
})
const queueRunning = new Gauge({
  name: 'insigne_queue_running',
  help: 'Jobs that run; of all processes when they share Redis, NaN when it does not answer.',
  registers,
})

export const metricsContentType: string = registry.contentType

/** Every figure, and the depth of that queue as it is now, in the text format of Prometheus. */
export async function renderMetrics(queue: Queue): Promise<string> {
  const depth = await queue.depth()
  queueWaiting.set(depth?.waiting ?? Number.NaN)
  queueRunning.set(depth?.running ?? Number.NaN)
  return registry.metrics()
}
