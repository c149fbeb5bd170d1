import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import postgres from 'postgres'
import { afterEach, expect, test as base } from 'vitest'
import { anEntry, aPostgres, aProgram, clearProcesses, type Program, runToItsEnd, serversAreInstalled } from '../support/processes.ts'
import { aClient, anEnvironment, bodyOf, registerOrganisation, sendCampaign } from './deployment.ts'

const test = serversAreInstalled ? base : base.skip
const programs: Program[] = []
afterEach(() => clearProcesses(programs.splice(0)))

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

test('a database that cannot be had at the start: one sentence that says how to mend it', { timeout: 120_000 }, async () => {
  const database = await aDatabase()
  const closed = 'postgres://postgres@127.0.0.1:1/insigne'
  const NOT_STARTED = 'Insigne n’a pas pu démarrer. '
  const cases: [entry: 'server' | 'worker', url: string, sentence: string][] = [
    ['server', closed, 'PostgreSQL ne répond pas. Vérifiez DATABASE_URL, ou retirez-la pour utiliser la base embarquée.'],
    ['worker', closed, 'PostgreSQL ne répond pas. Vérifiez DATABASE_URL, ou retirez-la pour utiliser la base embarquée.'],
    ['server', closed.replace('127.0.0.1', 'localhost'), 'PostgreSQL ne répond pas. Vérifiez DATABASE_URL, ou retirez-la pour utiliser la base embarquée.'],
    ['server', 'postgres://postgres@base.invalid/insigne', 'L’adresse de PostgreSQL est inconnue. Vérifiez le nom de la machine dans DATABASE_URL.'],
    ['server', database.url('absente'), 'PostgreSQL refuse l’accès à cette base. Vérifiez dans DATABASE_URL la base, qui doit exister, le compte et le mot de passe.'],
    ['server', database.url('postgres').replace('postgres@', 'absent@'), 'PostgreSQL refuse l’accès à cette base. Vérifiez dans DATABASE_URL la base, qui doit exister, le compte et le mot de passe.'],
  ]
  for (const [entry, DATABASE_URL, sentence] of cases) {
    const { code, err } = await runToItsEnd(anEntry(entry, await anEnvironment({ DATABASE_URL })))
    expect({ code, err }, DATABASE_URL).toEqual({ code: 1, err: `${NOT_STARTED}${sentence}\n` })
  }
})

const CUTS = 5

test('a database that goes away while it serves: not ready, then ready again, in the same process', { timeout: 180_000 }, async () => {
  const database = await aDatabase()
  const env = await anEnvironment({ DATABASE_URL: database.url('postgres') })
  const server = await aServer(env)
  const pid = server.pid()
  const client = await aClient(env['BASE_URL']!)
  const readiness = async (): Promise<number> => (await client.get('/health/ready')).status
  const becomes = async (status: number): Promise<void> => {
    while ((await readiness()) !== status) await wait(50)
  }
  await registerOrganisation(client, 'organisme')
  for (let cut = 1; cut <= CUTS; cut++) {
    const sending = sendCampaign(client, 'organisme', 500)
    await wait(cut * 40)
    await database.stop('SIGQUIT')
    await becomes(503)
    expect(await (await client.get('/health/live')).json()).toEqual({ status: 'live' })
    await database.start()
    await becomes(200)
    const { campaign } = await sending
    for (;;) {
      const { state } = await bodyOf(await client.get(`/api/v1/campaigns/${campaign}`))
      if (state === 'done') break
      await wait(100)
    }
  }
  expect({ pid: server.pid(), deaths: server.deaths }).toEqual({ pid, deaths: [] })
})
