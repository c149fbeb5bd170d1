import Fastify from 'fastify'
import { expect, onTestFinished } from 'vitest'
import { countBatch, metrics } from '../src/metrics.ts'
import { metricsPages } from '../src/metrics.pages.ts'
import { createRedisQueue } from '../src/queue-redis.ts'
import { createLocalQueue, type Queue } from '../src/queue.ts'
import { test, type TestService } from './support/app.ts'

/** What Prometheus reads: the value of each series. */
async function scraped(app: TestService['app']): Promise<Record<string, number>> {
  const { statusCode, headers, body } = await app.inject('/metrics')
  expect({ statusCode, type: headers['content-type'] }).toEqual({
    statusCode: 200,
    type: 'text/plain; version=0.0.4; charset=utf-8',
  })
  const lines = body.split('\n').filter((line) => line && !line.startsWith('#'))
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]))
}
async function appOf(queue: Queue): Promise<TestService['app']> {
  const app = Fastify()
  await app.register(metricsPages({ queue }))
  onTestFinished(() => app.close())
  return app
}

test('anyone on the network of the service reads its figures, none of which names anybody', async ({ service }) => {
  const found = await scraped(service.app)
  expect(found).toMatchObject({ insigne_queue_waiting: 0, insigne_queue_running: 0 })
  expect(found['process_resident_memory_bytes']).toBeGreaterThan(0)
  const names = new Set(Object.keys(found).map((series) => series.replace(/\{.*|_bucket|_sum|_count/g, '')))
  expect([...names].filter((name) => name.startsWith('insigne_')).sort()).toEqual([
    'insigne_credentials_issued_total',
    'insigne_issue_batch_seconds',
    'insigne_jobs_failed_total',
    'insigne_library_fallback_total',
    'insigne_queue_running',
    'insigne_queue_waiting',
    'insigne_rows_parked_total',
  ])
})

test('a batch, a failed attempt and a verification left to the library are counted', async () => {
  const app = await appOf(createLocalQueue(() => {}))
  const before = await scraped(app)
  countBatch({ issued: 497, parked: 3, fallbacks: 2, seconds: 0.2 })
  metrics.jobsFailed.inc()
  metrics.libraryFallback.inc({ operation: 'verify' })
  const after = await scraped(app)
  const added = (series: string): number => after[series]! - before[series]!
  expect(added('insigne_credentials_issued_total')).toBe(497)
  expect(added('insigne_rows_parked_total')).toBe(3)
  expect(added('insigne_library_fallback_total{operation="sign"}')).toBe(2)
  expect(added('insigne_library_fallback_total{operation="verify"}')).toBe(1)
  expect(added('insigne_jobs_failed_total')).toBe(1)
  expect(added('insigne_issue_batch_seconds_count')).toBe(1)
  expect(added('insigne_issue_batch_seconds_bucket{le="0.1"}')).toBe(0)
  expect(added('insigne_issue_batch_seconds_bucket{le="0.25"}')).toBe(1)
})

test('the depth of the queue is the one of the moment', async () => {
  const { promise: opened, resolve: open } = Promise.withResolvers<void>()
  const queue = createLocalQueue(() => {}, 1)
  queue.work('credentials.issue', () => opened)
  const app = await appOf(queue)
  for (const from of [1, 501, 1001]) {
    await queue.enqueue('credentials.issue', { campaignId: 'a', from, to: from + 499 }, { priority: 1 })
  }
  expect(await scraped(app)).toMatchObject({ insigne_queue_waiting: 2, insigne_queue_running: 1 })
  open()
  await queue.idle()
  expect(await scraped(app)).toMatchObject({ insigne_queue_waiting: 0, insigne_queue_running: 0 })
})

test('a queue that does not answer is not an empty one, and the other figures are there', async () => {
  const queue = createRedisQueue({ url: 'redis://127.0.0.1:1', report: () => {}, unreachable: () => {} })
  onTestFinished(() => queue.close())
  const found = await scraped(await appOf(queue))
  expect(found).toMatchObject({ insigne_queue_waiting: Number.NaN, insigne_queue_running: Number.NaN })
  expect(found).toHaveProperty('insigne_credentials_issued_total')
})
