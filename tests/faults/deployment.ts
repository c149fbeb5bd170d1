import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import Fastify from 'fastify'
import postgres, { type Sql } from 'postgres'
import { registerTokens, signToken } from '../../src/auth/access.ts'
import { createVault } from '../../src/vault.ts'
import type { Json } from '../support/actors.ts'
import { aRow, csvOf } from '../support/factories.ts'
import {
  aFolder,
  anEntry,
  aPostgres,
  aProgram,
  aRedis,
  clearProcesses,
  freePort,
  type Program,
} from '../support/processes.ts'

const masterKey = randomBytes(32)
const PATIENCE_MS = 120_000

/** The environment of a process of the service on its own port; it sweeps each second. */
export async function anEnvironment(given: Record<string, string>): Promise<Record<string, string>> {
  const port = String(await freePort())
  return {
    PORT: port,
    BASE_URL: `http://127.0.0.1:${port}`,
    DATA_DIR: aFolder(),
    MASTER_KEY: masterKey.toString('base64url'),
    RATE_LIMIT: '1000000',
    SWEEP_SECONDS: '1',
    WORKERS: '1',
    ...given,
  }
}

export type Client = {
  get(path: string): Promise<Response>
  /** Asks again until there is an answer that is not a fault, for two minutes at most. */
  post(path: string, body: string | Uint8Array, type?: string): Promise<Response>
  put(path: string, body: string): Promise<Response>
}

/** Someone of the whole service, who calls that origin and is patient with its outages. */
export async function aClient(origin: string, answerMs = 10_000): Promise<Client> {
  const app = Fastify()
  await registerTokens(app, createVault(masterKey))
  await app.ready()
  const authorization = `Bearer ${signToken(app, { sub: 'faults', role: 'exploitant' }, 1)}`
  return {
    get: (path) => fetch(origin + path, { headers: { authorization } }),
    put: (path, body) =>
      fetch(origin + path, { method: 'PUT', headers: { authorization, 'content-type': 'application/json' }, body }),
    async post(path, body, type = 'application/json') {
      for (const start = Date.now(); ; await wait(50)) {
        const headers = { authorization, 'content-type': type }
        const signal = AbortSignal.timeout(answerMs)
        const answer = await fetch(origin + path, { method: 'POST', headers, body, signal }).catch(
          (error: unknown) => error,
        )
        if (answer instanceof Response && answer.status < 500) return answer
        if (Date.now() - start > PATIENCE_MS) throw new Error(`POST ${path} has no answer`, { cause: answer })
      }
    },
  }
}

/** The body of an answer that must be a success. */
export async function bodyOf(answer: Response): Promise<Json> {
  const body = (await answer.json()) as Json
  if (!answer.ok) throw new Error(JSON.stringify(body))
  return body
}

/** Registers an organisation. */
export const registerOrganisation = async (client: Client, slug: string): Promise<unknown> =>
  bodyOf(await client.post('/api/v1/organisations', JSON.stringify({ slug, name: `Organisme ${slug}` })))

/** Plans a session of an organisation and sends it so many rows; answers the session and the campaign. */
export async function sendCampaign(client: Client, organisation: string, rows: number) {
  const planned = { startsOn: '2026-03-31', endsOn: '2026-03-31', capacity: 100_000, modality: 'distance' }
  const session = JSON.stringify({ organisation, module: 'aidants-connect', ...planned })
  const { id } = await bodyOf(await client.post('/api/v1/sessions', session))
  const csv = csvOf(Array.from({ length: rows }, (_, index) => aRow(index + 1)))
  const sent = await bodyOf(await client.post(`/api/v1/sessions/${id}/completions`, csv, 'text/csv'))
  return { session: String(id), campaign: String(sent['campaign']), rows }
}

export type Deployment = {
  database: Awaited<ReturnType<typeof aPostgres>>
  redis: Awaited<ReturnType<typeof aRedis>>
  server: Program
  workers: Program[]
  sql: Sql
  client: Client
  /** Everything that it is made of. */
  all: Program[]
  close(): Promise<void>
}

/** PostgreSQL, Redis, a server that leaves the jobs to two workers: six processes, all up. */
export async function aDeployment(pause?: () => number): Promise<Deployment> {
  const [database, redis] = await Promise.all([aPostgres(pause), aRedis(pause)])
  await Promise.all([database.start(), redis.start()])
  const env = await anEnvironment({ DATABASE_URL: database.url('postgres'), REDIS_URL: redis.url })
  const server = aProgram(anEntry('server', { ...env, WORK: '0' }), pause)
  const workers = [1, 2].map(() => aProgram(anEntry('worker', env), pause))
  await Promise.all([server, ...workers].map((one) => one.start()))
  const sql = postgres(database.url('postgres'), { max: 1, connect_timeout: 3, onnotice: () => {} })
  const all = [database, redis, server, ...workers]
  return {
    database,
    redis,
    server,
    workers,
    sql,
    client: await aClient(env['BASE_URL']!),
    all,
    async close() {
      await sql.end({ timeout: 1 })
      await clearProcesses(all)
    },
  }
}

/** Rows that still wait for their badge; null while the database is away. */
export const pendingRows = (sql: Sql): Promise<number | null> =>
  sql<{ pending: number }[]>`select count(*)::int as pending from receipts where outcome = 'pending'`.then(
    ([found]) => found!.pending,
    () => null,
  )

/** Resolves once nothing is pending; throws how many rows are left after two minutes. */
export async function everythingSettled(sql: Sql): Promise<void> {
  for (const start = Date.now(); ; await wait(100)) {
    const pending = await pendingRows(sql)
    if (pending === 0) return
    if (Date.now() - start > PATIENCE_MS) throw new Error(`${pending} rows are still pending`)
  }
}
