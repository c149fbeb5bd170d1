import { createHash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import postgres from 'postgres'
import { afterEach, expect, test as base } from 'vitest'
import type { Json } from '../support/actors.ts'
import {
  anEntry,
  aPostgres,
  aProgram,
  clearProcesses,
  type Program,
  serversAreInstalled,
} from '../support/processes.ts'
import { aClient, anEnvironment, registerOrganisation } from './deployment.ts'

const test = serversAreInstalled ? base : base.skip
const programs: Program[] = []
afterEach(async () => {
  await clearProcesses(programs.splice(0))
})

test(
  'killed while it prepares an edition, the service publishes it once it is back',
  { timeout: 240_000 },
  async () => {
    const database = await aPostgres()
    programs.push(database)
    await database.start()
    const env = await anEnvironment({ DATABASE_URL: database.url('postgres') })
    const server = aProgram(anEntry('server', env))
    programs.push(server)
    await server.start()
    const client = await aClient(env['BASE_URL']!)
    await registerOrganisation(client, 'signataire')
    const path = '/api/v1/statistics/editions/2024'
    const asked = { fromMonth: '2024-01', toMonth: '2024-12', organisation: 'signataire' }
    const sent = await client.put(path, JSON.stringify(asked))
    expect(sent.status).toBe(202)

    const sql = postgres(database.url('postgres'), { max: 1 })
    const stateOf = async () => (await sql`select state, taken_until is not null as taken from statistics_orders`)[0]!
    while (!(await stateOf())['taken']) await wait(2)
    server.kill('SIGKILL')
    expect(await stateOf()).toEqual({ state: 'preparing', taken: true })
    await server.ready()
    while ((await stateOf())['state'] === 'preparing') await wait(200)

    const { state, files } = (await (await client.get(path)).json()) as Json
    expect([state, files.length]).toEqual(['published', 8])
    for (const { url, sha256 } of files as Json[]) {
      const bytes = Buffer.from(await (await fetch(url)).arrayBuffer())
      expect(createHash('sha256').update(bytes).digest('hex'), url).toBe(sha256)
    }
    const kept = await sql`select count(*)::int as editions from statistics_editions`
    expect(kept[0]).toEqual({ editions: 1 })
    await sql.end()
  },
)
