import { randomUUID } from 'node:crypto'
import { connect, createServer, type Socket } from 'node:net'
import { Redis } from 'ioredis'

export const redisUrl = process.env['TEST_REDIS'] ?? 'redis://127.0.0.1:6379'
/** Keys of one's own: suites that run at once on one Redis do not meet. */
export const aPrefix = (): string => `insigne-test:${randomUUID()}`

/** False where there is no Redis on the machine: the tests that need it are then skipped, and said so. */
export const redisIsThere = await answers()

async function answers(): Promise<boolean> {
  const client = new Redis(redisUrl, { lazyConnect: true, retryStrategy: () => null })
  client.on('error', () => {})
  try {
    await client.connect()
    return (await client.ping()) === 'PONG'
  } catch (error) {
    // On the build machine the service must be there: its absence is a failure, not a reason to skip.
    if (process.env['CI'] === 'true') throw new Error('Redis does not answer', { cause: error })
    return false
  } finally {
    client.disconnect()
  }
}

/** What FLUSHALL does, at once, to the keys of one prefix. */
export async function loseEverything(prefix: string): Promise<void> {
  const client = new Redis(redisUrl)
  await client.eval("for _, key in ipairs(redis.call('keys', ARGV[1])) do redis.call('del', key) end", 0, `${prefix}*`)
  await client.quit()
}

/** An address of that Redis which can be cut and given back. */
export async function aFragileRedis() {
  const { hostname, port } = new URL(redisUrl)
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(Number(port) || 6379, hostname)
    near.pipe(far).pipe(near)
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
  })
  const listen = (at: number) => new Promise<void>((resolve) => server.listen(at, '127.0.0.1', resolve))
  await listen(0)
  const { port: own } = server.address() as { port: number }
  const cut = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve))
    for (const socket of sockets) socket.destroy()
    await closed
  }
  return { url: `redis://127.0.0.1:${own}`, cut, giveBack: () => listen(own) }
}
