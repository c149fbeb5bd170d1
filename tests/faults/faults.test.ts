import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, expect, test as base } from 'vitest'
import { Redis } from 'ioredis'
import { type Program, serversAreInstalled } from '../support/processes.ts'
import {
  aDeployment,
  bodyOf,
  type Deployment,
  everythingSettled,
  pendingRows,
  registerOrganisation,
  sendCampaign,
} from './deployment.ts'
import { expectWhole, verdictsOf } from './whole.ts'

const KILLS = 32
const test = serversAreInstalled ? base : base.skip
const opened: Deployment[] = []
afterEach(async () => void (await Promise.all(opened.splice(0).map((one) => one.close()))))

async function open(pause?: () => number): Promise<Deployment> {
  const deployment = await aDeployment(pause)
  opened.push(deployment)
  return deployment
}

/** Numbers between two bounds that one seed always gives again (mulberry32). */
function randomFrom(seed: number): (from: number, to: number) => number {
  let state = seed
  return (from, to) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return from + Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * (to - from))
  }
}

/** The ways in which a part of the service may go, each at once and without warning. */
function faultsOf({ database, redis, server, workers }: Deployment, random: (from: number, to: number) => number) {
  const killed = (program: Program) => ({ program, strike: () => program.kill('SIGKILL') })
  return [
    ...workers.map(killed),
    killed(server),
    killed(redis),
    { program: database, strike: () => database.kill('SIGQUIT') }, // an «immediate» stop: the connections are cut
    { program: database, strike: () => killChildOf(database.pid()!, random) },
  ]
}

/** PostgreSQL loses one of its processes: it cuts every connection and recovers by itself. */
function killChildOf(pid: number, random: (from: number, to: number) => number): void {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')
  process.kill(Number(children[random(0, children.length)]) || pid, 'SIGKILL')
}

type Sent = Awaited<ReturnType<typeof sendCampaign>>

/** One large campaign and two small ones of other organisations. */
const sendThree = ({ client }: Deployment) =>
  Promise.all([
    sendCampaign(client, 'grand-organisme', 3000),
    sendCampaign(client, 'petit-organisme', 10),
    sendCampaign(client, 'autre-organisme', 10),
  ])

test(
  `killed ${KILLS} times at random moments, the service loses and doubles nothing`,
  { timeout: 240_000 },
  async () => {
    const seed = Number(process.env['FAULTS_SEED'] ?? Date.now() % 1_000_000)
    const random = randomFrom(seed)
    process.stdout.write(`faults: FAULTS_SEED=${seed}\n`)
    const deployment = await open(() => random(100, 500))
    for (const slug of ['grand-organisme', 'petit-organisme', 'autre-organisme']) {
      await registerOrganisation(deployment.client, slug)
    }

    const sent: Sent[] = []
    let sending: Promise<void> | null = null
    const send = async (): Promise<void> => {
      sent.push(...(await sendThree(deployment)))
      sending = null
    }
    const kills: Record<string, number> = {}
    const faults = faultsOf(deployment, random)
    let deck: typeof faults = []
    for (let count = 0; count < KILLS;) {
      // Each part falls in its turn, the turns in any order: by chance alone, one may be spared all along.
      if (deck.length === 0) deck = [...faults]
      const [{ program, strike }] = deck.splice(random(0, deck.length), 1) as [(typeof faults)[number]]
      await program.ready()
      if (!sending && (await pendingRows(deployment.sql)) === 0) sending = send()
      await wait(random(0, 800))
      if (program.pid() === undefined) continue
      strike()
      kills[program.name] = (kills[program.name] ?? 0) + 1
      count++
    }
    await sending
    await Promise.all(deployment.all.map((one) => one.ready()))
    await everythingSettled(deployment.sql)

    process.stdout.write(`faults: ${JSON.stringify(kills)}, ${sent.length} campaigns\n`)
    expect(Object.keys(kills).toSorted()).toEqual(['postgres', 'redis', 'server', 'worker'])
    await expectWhole(deployment.sql, deployment.client, sent)
    expect(await verdictsOf(deployment.sql, deployment.client, 100)).toEqual({ valid: 100 })
    expect(await verdictOfPng(deployment)).toBe('valid')
    expect([deployment.server, ...deployment.workers].flatMap((one) => one.deaths)).toEqual([])
  },
)

async function verdictOfPng({ sql, client }: Deployment): Promise<unknown> {
  const [{ id } = { id: '' }] = await sql<{ id: string }[]>`select id from credentials limit 1`
  const png = await (await client.get(`/credentials/${id}.png`)).bytes()
  return (await bodyOf(await client.post('/api/v1/verifications', png, 'image/png')))['verdict']
}

test('Redis that loses everything in the middle of a campaign loses nothing', { timeout: 120_000 }, async () => {
  const deployment = await open()
  const { sql, client, redis } = deployment
  await registerOrganisation(client, 'grand-organisme')
  const sent = await sendCampaign(client, 'grand-organisme', 5000)
  expect(await pendingRows(sql)).toBeGreaterThan(0)
  const connection = new Redis(redis.url)
  while ((await sql`select from credentials limit 1`).length === 0) await wait(5)
  await connection.flushall()
  expect(await pendingRows(sql)).toBeGreaterThan(0)
  connection.disconnect()
  await everythingSettled(sql)
  await expectWhole(sql, client, [sent])
})

test(
  'told to stop during a campaign, every process ends in order; started again, they finish it',
  { timeout: 120_000 },
  async () => {
    const { sql, client, server, workers } = await open()
    await registerOrganisation(client, 'grand-organisme')
    const sent = await sendCampaign(client, 'grand-organisme', 5000)
    while ((await sql`select from credentials limit 1`).length === 0) await wait(5)
    const ends = await Promise.all([server, ...workers].map((one) => one.stop('SIGTERM')))
    // 0: by itself; after ten seconds it would have been forced, with 1.
    expect(ends.map(({ code, signal }) => code ?? signal)).toEqual([0, 0, 0])
    expect(await pendingRows(sql)).toBeGreaterThan(0)
    await Promise.all([server, ...workers].map((one) => one.start()))
    await everythingSettled(sql)
    await expectWhole(sql, client, [sent])
  },
)
