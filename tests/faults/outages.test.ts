import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import postgres from 'postgres'
import { afterEach, expect, test as base } from 'vitest'
import {
  aFolder,
  anEntry,
  aPostgres,
  aProgram,
  clearProcesses,
  type Program,
  runToItsEnd,
  serversAreInstalled,
} from '../support/processes.ts'
import { aClient, type Client, anEnvironment, bodyOf, registerOrganisation, sendCampaign } from './deployment.ts'

const test = serversAreInstalled ? base : base.skip
const programs: Program[] = []
const disks: string[] = []
afterEach(async () => {
  await Promise.all(programs.map((one) => one.stop('SIGKILL')))
  for (const disk of disks.splice(0)) execFileSync('umount', ['--lazy', disk])
  await clearProcesses(programs.splice(0))
})

async function aDatabase() {
  const database = await aPostgres()
  programs.push(database)
  await database.start()
  return database
}

async function aServer(env: Record<string, string>): Promise<Program> {
  const server = aProgram(anEntry('server', env))
  programs.push(server)
  await server.start()
  return server
}

test('two servers started at once on an empty database migrate it once', { timeout: 120_000 }, async () => {
  const database = await aDatabase()
  const DATABASE_URL = database.url('postgres')
  const envs = await Promise.all([1, 2].map(() => anEnvironment({ DATABASE_URL })))
  const servers = await Promise.all(envs.map(aServer))
  expect(servers.map((one) => one.deaths)).toEqual([[], []])
  for (const { BASE_URL } of envs) expect((await fetch(`${BASE_URL}/health/ready`)).status).toBe(200)

  const sql = postgres(DATABASE_URL, { max: 1 })
  const journal = readFileSync(new URL('../../migrations/meta/_journal.json', import.meta.url), 'utf8')
  const { entries } = JSON.parse(journal) as { entries: { when: number }[] }
  const done = await sql`select created_at::float8 as when from drizzle.__drizzle_migrations order by id`
  expect(done.map((one) => one['when'])).toEqual(entries.map((one) => one.when))
  await sql.end()
})

test(
  'a database that cannot be had at the start: one sentence that says how to mend it',
  { timeout: 120_000 },
  async () => {
    const database = await aDatabase()
    const closed = 'postgres://postgres@127.0.0.1:1/insigne'
    const NOT_STARTED = 'Insigne n’a pas pu démarrer. '
    const cases: [entry: 'server' | 'worker', url: string, sentence: string][] = [
      [
        'server',
        closed,
        'PostgreSQL ne répond pas. Vérifiez DATABASE_URL, ou retirez-la pour utiliser la base embarquée.',
      ],
      [
        'worker',
        closed,
        'PostgreSQL ne répond pas. Vérifiez DATABASE_URL, ou retirez-la pour utiliser la base embarquée.',
      ],
      [
        'server',
        closed.replace('127.0.0.1', 'localhost'),
        'PostgreSQL ne répond pas. Vérifiez DATABASE_URL, ou retirez-la pour utiliser la base embarquée.',
      ],
      [
        'server',
        'postgres://postgres@base.invalid/insigne',
        'L’adresse de PostgreSQL est inconnue. Vérifiez le nom de la machine dans DATABASE_URL.',
      ],
      [
        'server',
        database.url('absente'),
        'PostgreSQL refuse l’accès à cette base. Vérifiez dans DATABASE_URL la base, qui doit exister, le compte et le mot de passe.',
      ],
      [
        'server',
        database.url('postgres').replace('postgres@', 'absent@'),
        'PostgreSQL refuse l’accès à cette base. Vérifiez dans DATABASE_URL la base, qui doit exister, le compte et le mot de passe.',
      ],
    ]
    for (const [entry, DATABASE_URL, sentence] of cases) {
      const { code, err } = await runToItsEnd(anEntry(entry, await anEnvironment({ DATABASE_URL })))
      expect({ code, err }, DATABASE_URL).toEqual({ code: 1, err: `${NOT_STARTED}${sentence}\n` })
    }
  },
)

test('a process with a heap of 96 MB takes in 100,000 rows', { timeout: 180_000 }, async () => {
  const database = await aDatabase()
  const env = await anEnvironment({ DATABASE_URL: database.url('postgres'), WORK: '0', SWEEP_SECONDS: '3600' })
  const server = await aServer({ ...env, NODE_OPTIONS: '--max-old-space-size=96' })
  const client = await aClient(env['BASE_URL']!, 150_000)
  await registerOrganisation(client, 'organisme')
  const { campaign } = await sendCampaign(client, 'organisme', 100_000)
  const { counts } = await bodyOf(await client.get(`/api/v1/campaigns/${campaign}`))
  expect(counts).toMatchObject({ received: 100_000, pending: 100_000, refused: 0 })
  expect(server.deaths).toEqual([])
})

/** A folder that is a disk of its own, of so many megabytes. */
function aDisk(megabytes: number): string {
  const disk = aFolder()
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', disk])
  disks.push(disk)
  return disk
}
const mayMount = (): boolean => {
  const disk = aFolder()
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]).status === 0
  if (isMounted) execFileSync('umount', ['--lazy', disk])
  return isMounted
}
const testDisk = mayMount() ? base : base.skip

testDisk(
  'a disk too small for the embedded database: one sentence; once enlarged, it starts',
  { timeout: 120_000 },
  async () => {
    const disk = aDisk(8)
    const env = await anEnvironment({ DATA_DIR: disk })
    const { code, err } = await runToItsEnd(anEntry('server', env))
    expect({ code, err }).toEqual({
      code: 1,
      err: 'Insigne n’a pas pu démarrer. Le disque est plein. Libérez de la place, puis relancez : rien n’a été perdu.\n',
    })
    execFileSync('mount', ['-o', 'remount,size=200m', disk])
    await aServer(env)
    expect((await fetch(`${env['BASE_URL']}/health/ready`)).status).toBe(200)
  },
)

testDisk(
  'a disk that fills up while it serves: not ready, and said so; the same process goes on once there is room',
  { timeout: 120_000 },
  async () => {
    const disk = aDisk(200)
    const env = await anEnvironment({ DATA_DIR: disk })
    const server = await aServer(env)
    const pid = server.pid()
    const client = await aClient(env['BASE_URL']!)
    await registerOrganisation(client, 'organisme')
    expect(() => writeFileSync(join(disk, 'filling'), Buffer.alloc(200 * 2 ** 20))).toThrow('ENOSPC')
    const full = await client.get('/health/ready')
    expect([full.status, await full.json()]).toEqual([
      503,
      { status: 'not ready', reason: 'Le disque est plein : libérez de la place.' },
    ])
    const sending = sendCampaign(client, 'organisme', 2000)
    await wait(1000)
    rmSync(join(disk, 'filling'))
    const { campaign } = await sending
    await campaignDone(client, campaign)
    expect((await client.get('/health/ready')).status).toBe(200)
    const { counts } = await bodyOf(await client.get(`/api/v1/campaigns/${campaign}`))
    expect(counts).toEqual({ received: 2000, issued: 2000, alreadyIssued: 0, refused: 0, pending: 0 })
    expect({ pid: server.pid(), deaths: server.deaths }).toEqual({ pid, deaths: [] })
  },
)

async function campaignDone(client: Client, campaign: string): Promise<void> {
  for (;;) {
    const { state } = await bodyOf(await client.get(`/api/v1/campaigns/${campaign}`))
    if (state === 'done') return
    await wait(100)
  }
}

const CUTS = 5

test(
  'a database that goes away while it serves: not ready, then ready again, in the same process',
  { timeout: 180_000 },
  async () => {
    const database = await aDatabase()
    const env = await anEnvironment({ DATABASE_URL: database.url('postgres') })
    const server = await aServer(env)
    const pid = server.pid()
    const client = await aClient(env['BASE_URL']!)
    const readiness = (): Promise<number> =>
      client.get('/health/ready').then(
        (answer) => answer.status,
        () => 0,
      )
    const becomes = async (status: number): Promise<void> => {
      while ((await readiness()) !== status && server.deaths.length === 0) await wait(50)
    }
    await registerOrganisation(client, 'organisme')
    for (let cut = 1; cut <= CUTS && server.deaths.length === 0; cut++) {
      const sending = sendCampaign(client, 'organisme', 500)
      await wait(cut * 40)
      await database.stop('SIGQUIT')
      await becomes(503)
      await database.start()
      await becomes(200)
      const { campaign } = await sending
      await campaignDone(client, campaign)
    }
    expect({ pid: server.pid(), deaths: server.deaths }).toEqual({ pid, deaths: [] })
  },
)
