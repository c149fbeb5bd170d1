import { Redis } from 'ioredis'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createRedisQueue } from '../../src/queue-redis.ts'
import { createLocalQueue, jobKey, type Queue } from '../../src/queue.ts'
import { aFragileRedis, aPrefix, loseEverything, redisIsThere, redisUrl } from '../support/redis.ts'

type Given = { concurrency?: number; firstPauseMs?: number; url?: string; prefix?: string }
type Make = (handler: (id: string) => Promise<void> | void, given?: Given) => ReturnType<typeof observed>

/** A queue, what its jobs did and what was told of it. */
function observed(handler: Parameters<Make>[0], open: (report: (error: unknown, attempt: number) => void) => Queue) {
  const [ran, failed]: [string[], string[]] = [[], []]
  const queue = open((error, attempt) => failed.push(`${(error as Error).message} ${attempt}`))
  queue.work('credentials.issue', async ({ campaignId }) => {
    ran.push(campaignId)
    await handler(campaignId)
  })
  onTestFinished(() => queue.close())
  const ask = (campaignId: string, priority = 0) =>
    queue.enqueue('credentials.issue', { campaignId, from: 1, to: 500 }, { priority })
  return { queue, ran, failed, ask }
}

const aLocalQueue: Make = (handler, { concurrency = 2, firstPauseMs = 1 } = {}) =>
  observed(handler, (report) =>
    createLocalQueue((_, error, attempt) => report(error, attempt), concurrency, firstPauseMs),
  )

const aRedisQueue = (handler: Parameters<Make>[0], given: Given = {}) => {
  const outages: unknown[] = []
  const prefix = given.prefix ?? aPrefix()
  if (redisIsThere) onTestFinished(() => loseEverything(prefix))
  const queue = observed(handler, (report) =>
    createRedisQueue({
      url: redisUrl,
      prefix,
      firstPauseMs: 1,
      report: (_, error, attempt) => report(error, attempt),
      unreachable: (error) => outages.push(error),
      ...given,
    }),
  )
  return { ...queue, outages }
}

const until = (check: () => void | Promise<void>) => vi.waitFor(check, 20_000)

function gate() {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { opened: promise, open: resolve }
}

describe.each<[kind: string, make: Make, isThere: boolean]>([
  ['in this process', aLocalQueue, true],
  ['on Redis', aRedisQueue, redisIsThere],
])('jobs %s', (_, aQueue, isThere) => {
  const it = isThere ? test : test.skip
  it('a job asked for twice while it waits runs once; asked again while it runs, it runs once more, after', async () => {
    const first = gate()
    let at = 0
    let together = 0
    const { queue, ran, ask } = aQueue(async () => {
      together = Math.max(together, ++at)
      if (ran.length === 1) await first.opened
      at--
    })
    await Promise.all([ask('a'), ask('a')])
    await until(() => expect(ran).toEqual(['a']))
    await Promise.all([ask('a'), ask('a')])
    first.open()
    await queue.idle()
    expect(ran).toEqual(['a', 'a'])
    expect(together).toBe(1)
  })

  it('the lowest priority runs first, and the first asked among equals: a small campaign passes a large one', async () => {
    const first = gate()
    const { queue, ran, ask } = aQueue(() => (ran.length === 1 ? first.opened : undefined), { concurrency: 1 })
    await ask('running')
    await until(() => expect(ran).toEqual(['running']))
    for (const turn of [1, 2, 3, 4]) await ask(`large ${turn}`, turn)
    await ask('small', 1)
    await ask('urgent')
    await ask('large 4', 0) // already waiting: it keeps its place
    await ask('beyond any bound', 2 ** 40)
    expect(await queue.depth()).toEqual({ waiting: 7, running: 1 })
    first.open()
    await queue.idle()
    const order = ['urgent', 'large 1', 'small', 'large 2', 'large 3', 'large 4', 'beyond any bound']
    expect(ran).toEqual(['running', ...order])
    expect(await queue.depth()).toEqual({ waiting: 0, running: 0 })
  })

  it('a job that fails is tried again and ends', async () => {
    const { queue, ran, failed, ask } = aQueue(() => {
      if (ran.length === 1) throw new Error('panne')
    })
    await ask('a')
    await queue.idle()
    expect(ran).toEqual(['a', 'a'])
    expect(failed).toEqual(['panne 1'])
  })

  it('a job that always fails is tried five times, then left to the sweep, which may ask for it again', async () => {
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

  it('a job that pauses after a failure keeps no other one waiting, and is not asked for twice', async () => {
    const { queue, ran, failed, ask } = aQueue(
      (id) => {
        if (id === 'malade') throw new Error('panne')
      },
      { concurrency: 1, firstPauseMs: 3_600_000 },
    )
    await ask('malade')
    await until(() => expect(failed).toEqual(['panne 1']))
    await until(async () => expect(await queue.depth()).toEqual({ waiting: 1, running: 0 }))
    await ask('malade')
    await ask('sain')
    await until(() => expect(ran).toContain('sain'))
    await until(async () => expect(await queue.depth()).toEqual({ waiting: 1, running: 0 }))
    expect(ran).toEqual(['malade', 'sain'])
  })

  it('closing lets the running job end and starts no other', async () => {
    const first = gate()
    const ended: string[] = []
    const { queue, ran, ask } = aQueue(
      async (id) => {
        await first.opened
        ended.push(id)
      },
      { concurrency: 1 },
    )
    await ask('a')
    await ask('b')
    await until(() => expect(ran).toEqual(['a']))
    const closed = queue.close()
    first.open()
    await closed
    expect(ended).toEqual(['a'])
    expect(ran).toEqual(['a'])
  })

  it('no more jobs run at once than told', async () => {
    let at = 0
    let most = 0
    const { queue, ran, ask } = aQueue(
      async () => {
        most = Math.max(most, ++at)
        await until(() => expect(most).toBe(3)) // so many do run at once
        await new Promise((resolve) => setImmediate(resolve))
        at--
      },
      { concurrency: 3 },
    )
    await Promise.all(Array.from({ length: 10 }, (_, index) => ask(String(index))))
    await queue.idle()
    expect(ran).toHaveLength(10)
    expect(most).toBe(3)
  })
})

describe.skipIf(!redisIsThere)('on Redis only', () => {
  test('two processes share the work, and each job runs once', async () => {
    const both = gate()
    const prefix = aPrefix()
    const wait = () => both.opened
    const [one, other] = [aRedisQueue(wait, { prefix, concurrency: 1 }), aRedisQueue(wait, { prefix, concurrency: 1 })]
    const ids = Array.from({ length: 12 }, (_, index) => String(index))
    await Promise.all(ids.map((id) => one.ask(id)))
    await until(() => expect([one.ran.length, other.ran.length]).toEqual([1, 1]))
    both.open()
    await one.queue.idle()
    expect([...one.ran, ...other.ran].sort()).toEqual(ids.sort())
  })

  test('services that share a Redis under two prefixes never meet', async () => {
    const [one, other] = [aRedisQueue(() => {}), aRedisQueue(() => {})]
    await Promise.all([one.ask('a'), other.ask('b')])
    await Promise.all([one.queue.idle(), other.queue.idle()])
    expect([one.ran, other.ran]).toEqual([['a'], ['b']])
  })

  test('a Redis that loses everything loses jobs, no more: what runs ends, and what is asked again runs', async () => {
    const first = gate()
    const prefix = aPrefix()
    const handler = () => (ran.length === 1 ? first.opened : undefined)
    const { queue, ran, failed, ask } = aRedisQueue(handler, { prefix, concurrency: 1 })
    await ask('a')
    await until(() => expect(ran).toEqual(['a']))
    await Promise.all([ask('b'), ask('c')])
    await loseEverything(prefix)
    expect(await queue.depth()).toEqual({ waiting: 0, running: 0 })
    first.open()
    await queue.idle()
    expect(ran).toEqual(['a'])
    await Promise.all([ask('b'), ask('c')])
    await queue.idle()
    expect(ran).toEqual(['a', 'b', 'c'])
    expect(failed).toEqual([])
  })

  test('nothing of an error stays in Redis: it may quote a row', async () => {
    const prefix = aPrefix()
    const { queue, failed, ask } = aRedisQueue(
      () => {
        throw new Error('camille.secrete@exemple.invalid')
      },
      { prefix, firstPauseMs: 3_600_000 },
    )
    await ask('a')
    await until(() => expect(failed).toHaveLength(1))
    await until(async () => expect(await queue.depth()).toEqual({ waiting: 1, running: 0 }))
    const client = new Redis(redisUrl)
    onTestFinished(() => client.disconnect())
    const kept = await client.eval(
      "local all = {} for _, key in ipairs(redis.call('keys', ARGV[1])) do if redis.call('type', key).ok == 'hash' then for _, value in ipairs(redis.call('hgetall', key)) do all[#all + 1] = value end end end return all",
      0,
      `${prefix}*`,
    )
    expect(kept).toContain('credentials.issue')
    expect(JSON.stringify(kept)).not.toContain('secrete')
  })

  test('when Redis goes and comes back, the jobs that it kept run by themselves; those asked meanwhile do not block', async () => {
    const first = gate()
    const redis = await aFragileRedis()
    const handler = () => (ran.length === 1 ? first.opened : undefined)
    const { queue, ran, outages, ask } = aRedisQueue(handler, { url: redis.url, concurrency: 1 })
    await ask('a')
    await until(() => expect(ran).toEqual(['a']))
    await ask('b')
    await redis.cut()
    for (const id of ['c', 'd', 'e']) await ask(id)
    expect(await queue.depth()).toBeNull()
    first.open()
    await redis.giveBack()
    await until(() => expect(ran).toContain('b'))
    await ask('c')
    await queue.idle()
    expect(ran).toContain('c')
    expect(outages).toHaveLength(1)
  })
})

test(
  'without Redis, asking answers all the same, says it once, and closing does not wait for it',
  { timeout: 20_000 },
  async () => {
    const { queue, ran, failed, outages, ask } = aRedisQueue(() => {}, { url: 'redis://127.0.0.1:1' })
    for (let index = 0; index < 50; index++) await ask(String(index))
    expect(await queue.depth()).toBeNull()
    expect(outages).toEqual([expect.objectContaining({ code: 'ECONNREFUSED' })])
    expect([ran, failed]).toEqual([[], []])
    await queue.close()
    await ask('after the end')
    expect(outages).toHaveLength(1)
  },
)

test('the same ids make the same job, in whatever order they are written', () => {
  expect(jobKey('credentials.issue', { to: 500, campaignId: 'a', from: 1 })).toBe('credentials.issue a 1 500')
  expect(jobKey('credentials.issue', { campaignId: 'a', from: 1, to: 500 })).toBe('credentials.issue a 1 500')
})
