import { expect, test, vi } from 'vitest'
import { createLocalQueue } from '../../src/queue.ts'

/** A queue, and what its jobs did. */
function aQueue(handler: (campaignId: string) => Promise<void> | void, concurrency = 2, firstPauseMs = 1) {
  const [ran, failed]: [string[], string[]] = [[], []]
  const queue = createLocalQueue(
    (_, error, attempt) => failed.push(`${(error as Error).message} ${attempt}`),
    concurrency,
    firstPauseMs,
  )
  queue.work('credentials.issue', async ({ campaignId }) => {
    ran.push(campaignId)
    await handler(campaignId)
  })
  return { queue, ran, failed, ask: (campaignId: string) => queue.enqueue('credentials.issue', { campaignId }) }
}

function gate() {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { opened: promise, open: resolve }
}

test('a job asked for twice while it waits runs once; asked again while it runs, it runs once more, after', async () => {
  const first = gate()
  let at = 0
  let together = 0
  const { queue, ran, ask } = aQueue(async () => {
    together = Math.max(together, ++at)
    if (ran.length === 1) await first.opened
    at--
  })
  await Promise.all([ask('a'), ask('a')])
  await vi.waitFor(() => expect(ran).toEqual(['a']))
  await Promise.all([ask('a'), ask('a')])
  first.open()
  await queue.idle()
  expect(ran).toEqual(['a', 'a'])
  expect(together).toBe(1)
})

test('a job that fails is tried again and ends', async () => {
  const { queue, ran, failed, ask } = aQueue(() => {
    if (ran.length === 1) throw new Error('panne')
  })
  await ask('a')
  await queue.idle()
  expect(ran).toEqual(['a', 'a'])
  expect(failed).toEqual(['panne 1'])
})

test('a job that always fails is tried five times, then left to the sweep, which may ask for it again', async () => {
  const { queue, failed, ask } = aQueue(() => {
    throw new Error('panne')
  })
  await ask('a')
  await queue.idle()
  expect(failed).toEqual([1, 2, 3, 4, 5].map((attempt) => `panne ${attempt}`))
  await ask('a')
  await queue.idle()
  expect(failed).toHaveLength(10)
})

test('a job that pauses after a failure keeps no other one waiting, and is not asked for twice', async () => {
  const { queue, ran, failed, ask } = aQueue(
    (id) => {
      if (id === 'malade') throw new Error('panne')
    },
    1,
    3_600_000,
  )
  await ask('malade')
  await vi.waitFor(() => expect(failed).toEqual(['panne 1']))
  await ask('malade')
  await ask('sain')
  await vi.waitFor(() => expect(ran).toContain('sain'))
  expect(ran).toEqual(['malade', 'sain'])
  await queue.close()
})

test('closing lets the running job end and starts no other', async () => {
  const first = gate()
  const ended: string[] = []
  const { queue, ran, ask } = aQueue(async (id) => {
    await first.opened
    ended.push(id)
  }, 1)
  await ask('a')
  await ask('b')
  await vi.waitFor(() => expect(ran).toEqual(['a']))
  const closed = queue.close()
  first.open()
  await closed
  expect(ended).toEqual(['a'])
  expect(ran).toEqual(['a'])
})

test('no more jobs run at once than told', async () => {
  let at = 0
  let most = 0
  const { queue, ran, ask } = aQueue(async () => {
    most = Math.max(most, ++at)
    await new Promise((resolve) => setImmediate(resolve))
    at--
  }, 3)
  await Promise.all(Array.from({ length: 10 }, (_, index) => ask(String(index))))
  await queue.idle()
  expect(ran).toHaveLength(10)
  expect(most).toBe(3)
})
