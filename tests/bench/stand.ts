import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import Fastify from 'fastify'
import { Redis } from 'ioredis'
import { registerTokens, signToken } from '../../src/auth/access.ts'
import { createVault } from '../../src/vault.ts'
import { adminSql, postgresUrl } from '../support/postgres.ts'
import { exampleCsv, ORGANISATION } from './badge.ts'

const REDIS = process.env['TEST_REDIS'] ?? 'redis://127.0.0.1:6379'

const LONGEST_SECONDS = 300

type Json = Record<string, unknown>
export type Backend = 'embedded' | 'postgres' | 'postgresRedis'

/** Processes of the service on storage of their own, and a training organisation that calls them. */
export type Stand = {
  url: string
  /** Null on the embedded database. */
  databaseUrl: string | null
  /** Sends that many rows as a CSV and waits for the last badge: seconds from the first byte sent, and one badge's path. */
  campaign(rows: number): Promise<{ seconds: number; badge: string }>
  /** What who operates the service sends with a request. */
  operator: { authorization: string }
  /** Stops the processes, and starts them again on the same storage. */
  sleep(): Promise<void>
  wake(): Promise<void>
  /** The most memory that each process held since its start, or since this was last asked. */
  peakMemoryMb(): Record<string, number>
  close(): Promise<void>
}

const stands = new Set<() => Promise<void>>()
/** Stops and removes what is still open: for an interrupted run. */
export const closeStands = async (): Promise<void> => void (await Promise.all(Array.from(stands, (close) => close())))

/** Starts a server, and a worker beside it when there is a Redis; everything is temporary. */
export async function openStand(backend: Backend): Promise<Stand> {
  const storage = await openStorage(backend)
  const masterKey = randomBytes(32)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const env = {
    ...storage.env,
    PATH: process.env['PATH'],
    PORT: String(port),
    BASE_URL: url,
    MASTER_KEY: masterKey.toString('base64url'),
    LOG_LEVEL: 'error',
    RATE_LIMIT: '1000000',
  }
  const server = startProcess('server.ts', env)
  const processes: Record<string, ChildProcess> = { server }
  const close = async (): Promise<void> => {
    stands.delete(close)
    await Promise.all(Object.values(processes).map(stop))
    await storage.close()
  }
  stands.add(close)
  try {
    await ready(url, server)
    if (backend === 'postgresRedis') processes['worker'] = startProcess('worker.ts', env)
    const caller = await callerOf(url, masterKey)
    await caller.post('/organisations', JSON.stringify(ORGANISATION), 'exploitant')
    return {
      url,
      databaseUrl: storage.env.DATABASE_URL ?? null,
      operator: caller.operator,
      sleep: async () => void (await Promise.all(Object.values(processes).map(stop))),
      wake: async () => {
        for (const name of Object.keys(processes)) processes[name] = startProcess(`${name}.ts`, env)
        await ready(url, processes['server']!)
      },
      campaign: (rows) => runCampaign(caller, rows, () => Object.values(processes).every(isRunning)),
      peakMemoryMb: () => Object.fromEntries(Object.entries(processes).map(([name, one]) => [name, peakOf(one)])),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function runCampaign({ get, post }: Caller, rows: number, allRun: () => boolean) {
  const session = await post(
    '/sessions',
    JSON.stringify({
      organisation: ORGANISATION.slug,
      module: 'aidants-connect',
      startsOn: '2026-03-31',
      endsOn: '2026-03-31',
      capacity: 100_000,
      modality: 'distance',
    }),
  )
  const csv = exampleCsv(rows, `${randomUUID()}-`)
  const start = performance.now()
  const { campaign } = await post(`/sessions/${String(session['id'])}/completions`, csv, 'formateur', 'text/csv')
  let counts: Json
  do {
    const waited = (performance.now() - start) / 1000
    if (waited > LONGEST_SECONDS || !allRun()) throw new Error(`Le lot n’a pas abouti en ${Math.round(waited)} s.`)
    await wait(rows > 5000 ? 100 : 10)
    counts = (await get(`/campaigns/${String(campaign)}`))['counts'] as Json
  } while (counts['pending'] !== 0 || counts['received'] !== rows)
  const seconds = (performance.now() - start) / 1000
  if (counts['issued'] !== rows) throw new Error(`Badges délivrés : ${JSON.stringify(counts)}, attendus : ${rows}.`)
  const { items } = (await get(`/campaigns/${String(campaign)}/receipts?limit=1`)) as { items: Json[] }
  return { seconds, badge: new URL(String(items[0]!['credential'])).pathname }
}

type Caller = Awaited<ReturnType<typeof callerOf>>

async function callerOf(url: string, masterKey: Buffer) {
  const app = Fastify()
  await registerTokens(app, createVault(masterKey))
  await app.ready()
  const tokens = {
    exploitant: signToken(app, { sub: 'bench', role: 'exploitant' }, 1),
    formateur: signToken(app, { sub: 'bench', role: 'formateur', organisation: ORGANISATION.slug }, 1),
  }
  const call = async (path: string, role: keyof typeof tokens, body?: string, type = ''): Promise<Json> => {
    const headers = { authorization: `Bearer ${tokens[role]}`, ...(body !== undefined && { 'content-type': type }) }
    const response = await fetch(`${url}/api/v1${path}`, {
      headers,
      ...(body !== undefined && { method: 'POST', body }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${path} : ${response.status} ${text}`)
    return JSON.parse(text) as Json
  }
  return {
    operator: { authorization: `Bearer ${tokens.exploitant}` },
    get: (path: string) => call(path, 'formateur'),
    post: (path: string, body: string, role: keyof typeof tokens = 'formateur', type = 'application/json') =>
      call(path, role, body, type),
  }
}

/** A folder of its own, and where the backend asks for them a database and an empty Redis base. */
async function openStorage(backend: Backend) {
  const folder = mkdtempSync(join(tmpdir(), 'insigne-bench-'))
  const env: { DATA_DIR: string; DATABASE_URL?: string; REDIS_URL?: string } = { DATA_DIR: folder }
  if (backend === 'embedded') return { env, close: async () => rmSync(folder, { recursive: true, force: true }) }
  const name = `insigne_bench_${randomUUID().replaceAll('-', '')}`
  const admin = adminSql()
  await admin.unsafe(`create database ${name}`)
  env.DATABASE_URL = postgresUrl(name)
  const redis = backend === 'postgresRedis' ? await emptyRedis() : null
  if (redis) env.REDIS_URL = redis.url
  return {
    env,
    close: async () => {
      await redis?.close()
      await admin.unsafe(`drop database ${name} with (force)`)
      await admin.end()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A numbered base of Redis that holds nothing, emptied again at the end. */
async function emptyRedis() {
  for (let number = 15; number > 0; number--) {
    const redis = new Redis(`${REDIS}/${number}`)
    if ((await redis.dbsize()) === 0) {
      const close = async (): Promise<void> => {
        await redis.flushdb()
        await redis.quit()
      }
      return { url: `${REDIS}/${number}`, close }
    }
    await redis.quit()
  }
  throw new Error('Aucune base Redis libre (1 à 15) : videz-en une, ou donnez TEST_REDIS.')
}

/** A process of the project; `file` is relative to `src`. */
export function startProcess(file: string, env: NodeJS.ProcessEnv, args: string[] = []): ChildProcess {
  const path = fileURLToPath(new URL(`../../src/${file}`, import.meta.url))
  return spawn(process.execPath, [path, ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] })
}

const isRunning = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode === null && signalCode === null

export async function stop(child: ChildProcess): Promise<void> {
  if (!isRunning(child)) return
  const closed = new Promise((resolve) => child.once('close', resolve))
  child.kill('SIGTERM')
  await closed
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

export async function ready(url: string, child: ChildProcess): Promise<void> {
  while (!(await fetch(`${url}/health/ready`).catch(() => null))?.ok) {
    if (!isRunning(child)) throw new Error('Le service n’a pas démarré.')
    await wait(50)
  }
}

/** The high-water mark of a process's memory, as Linux keeps it; begun anew. */
function peakOf({ pid }: ChildProcess): number {
  const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  writeFileSync(`/proc/${pid}/clear_refs`, '5') // proc(5): resets the peak
  return Math.round(Number(kilobytes) / 1024)
}
