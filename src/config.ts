import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'

export type Config = {
  host: string
  port: number
  /** Public origin, without a final slash: every URL in a badge starts with it. */
  baseUrl: string
  dataDir: string
  /** `null`: PGlite in `dataDir`. */
  databaseUrl: string | null
  /** `null`: jobs in this process. */
  redisUrl: string | null
  /** False: this server enqueues and leaves the jobs to `npm run worker`. */
  work: boolean
  /** Threads that sign, in each process that works. */
  workers: number
  /** How often each working process looks for what was lost. */
  sweepSeconds: number
  /** Where `npm run worker` shows its metrics; `null`: nowhere. A server shows them on its own port. */
  metricsPort: number | null
  /** 32 bytes from which every secret of the service is derived. */
  masterKey: Buffer
  /** Development only: lets the guarded fetcher reach this machine. */
  allowLoopback: boolean
  logLevel: string
  /** Requests a minute for one address. */
  rateLimit: number
}

type Env = Record<string, string | undefined>

/** Reads the environment, the only place that does. Throws one plain sentence for each wrong variable. */
export function readConfig(env: Env = process.env): Config {
  const port = wholeNumber(env, 'PORT', 3000, 65535)
  const dataDir = resolve(env.DATA_DIR ?? 'data')
  const work = env.WORK !== '0'
  if (!work && !env.DATABASE_URL) {
    throw new Error('WORK=0 demande DATABASE_URL : sur la base embarquée, aucun autre processus ne peut délivrer.')
  }
  return {
    host: env.HOST ?? '127.0.0.1',
    port,
    baseUrl: readBaseUrl(env.BASE_URL ?? `http://localhost:${port}`),
    dataDir,
    databaseUrl: env.DATABASE_URL || null,
    redisUrl: readRedisUrl(env.REDIS_URL),
    work,
    workers: wholeNumber(env, 'WORKERS', defaultWorkers(), 64, 1),
    sweepSeconds: wholeNumber(env, 'SWEEP_SECONDS', 60, 3600, 1),
    metricsPort: env.METRICS_PORT ? wholeNumber(env, 'METRICS_PORT', 0, 65535) : null,
    masterKey: readMasterKey(env.MASTER_KEY, dataDir),
    allowLoopback: env.ALLOW_LOOPBACK === '1',
    logLevel: env.LOG_LEVEL ?? 'info',
    rateLimit: wholeNumber(env, 'RATE_LIMIT', 600, 1_000_000),
  }
}

function wholeNumber(env: Env, name: string, fallback: number, max: number, min = 0): number {
  const value = Number(env[name] ?? fallback)
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new Error(`${name} doit être un nombre entier entre ${min} et ${max}.`)
  }
  return value
}

/** A core is left to requests, SQL and PostgreSQL; four threads already sign faster than one process can store. */
const defaultWorkers = (): number => Math.min(Math.max(availableParallelism() - 1, 1), 4)

function readRedisUrl(value: string | undefined): string | null {
  if (!value) return null
  if (!URL.canParse(value) || !/^rediss?:$/.test(new URL(value).protocol)) {
    throw new Error('REDIS_URL doit être une adresse Redis, par exemple redis://127.0.0.1:6379.')
  }
  return value
}

function readBaseUrl(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : null
  if (!url || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search || url.hash) {
    throw new Error('BASE_URL doit être une origine, par exemple https://badges.exemple.fr (sans chemin).')
  }
  return url.origin
}

/** The key given, else the one kept in the data folder, made at the first start and readable by its owner only. */
function readMasterKey(given: string | undefined, dataDir: string): Buffer {
  const key = Buffer.from(given ?? keptKey(dataDir), 'base64url')
  if (key.length !== 32) {
    throw new Error('MASTER_KEY doit compter 32 octets en base64url : `openssl rand -base64 32 | tr "+/" "-_"`.')
  }
  return key
}

function keptKey(dataDir: string): string {
  const file = join(dataDir, 'master.key')
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  try {
    writeFileSync(file, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return readFileSync(file, 'utf8').trim()
}
