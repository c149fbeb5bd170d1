import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import ipaddr from 'ipaddr.js'
import { PERIOD_NAMES, type PeriodName, type Periods, PERIODS, periodVariable } from './privacy/periods.ts'
import { isPlainAddress } from './messages/address.ts'
import { readSmtpUrl, type Smtp } from './messages/smtp.ts'

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
  /** Other master keys whose secrets still open: those of before, or the next one, while a rotation lasts. */
  previousMasterKeys: Buffer[]
  /** How long things are kept, in days. */
  retention: Periods
  /** Who publishes the service and answers for personal data, and who hosts it, as the law asks; `null`: not said. */
  operator: Record<'name' | 'contact' | 'address' | 'director' | 'host' | 'hostAddress', string | null>
  /** Development only: lets the guarded fetcher reach this machine. */
  allowLoopback: boolean
  /** Public register of companies (« Recherche d’entreprises »); `null`: nobody is asked, facts are checked by hand. */
  registerUrl: string | null
  /** The organisation (its slug) that signs Aidants Connect habilitations. */
  habilitationIssuer: string
  /** Whether aidantes and aidants who are no longer seen are warned, then suspended. */
  deactivateInactive: boolean
  logLevel: string
  /** Requests a minute for one address. */
  rateLimit: number
  /** Proxies whose word is taken for the caller's address; none: the connection's own. */
  trustProxy: string[]
  /** Sign-in links that one address may ask for in a quarter of an hour: people of one place may share it. */
  signInLimit: number
  /** How e-mails leave; `null`: they stay, to be read on `/messages` in development. */
  mail: { smtp: Smtp; from: string } | null
  /** Conformance runs only: the VC-API asks nobody who they are. Refused unless the service is this machine's own. */
  vcApiOpen: boolean
  /** Sign-in by ProConnect; `null`: by link only. */
  proconnect: { issuer: string; clientId: string; clientSecret: string } | null
}

type Env = Record<string, string | undefined>

/** Reads the environment, the only place that does. Throws one plain sentence for each wrong variable. */
export function readConfig(env: Env = process.env): Config {
  const port = wholeNumber(env, 'PORT', 3000, 65535)
  const dataDir = resolve(env.DATA_DIR ?? 'data')
  const work = env.WORK !== '0'
  const baseUrl = readOrigin('BASE_URL', env.BASE_URL ?? `http://localhost:${port}`, 'https://badges.exemple.fr')
  if (!work && !env.DATABASE_URL) {
    throw new Error('WORK=0 demande DATABASE_URL : sur la base embarquée, aucun autre processus ne peut délivrer.')
  }
  return {
    host: env.HOST ?? '127.0.0.1',
    port,
    baseUrl,
    dataDir,
    databaseUrl: env.DATABASE_URL || null,
    redisUrl: readRedisUrl(env.REDIS_URL),
    work,
    workers: wholeNumber(env, 'WORKERS', defaultWorkers(), 64, 1),
    sweepSeconds: wholeNumber(env, 'SWEEP_SECONDS', 60, 3600, 1),
    metricsPort: env.METRICS_PORT ? wholeNumber(env, 'METRICS_PORT', 0, 65535) : null,
    masterKey: readMasterKey(env.MASTER_KEY, dataDir),
    previousMasterKeys: (env.PREVIOUS_MASTER_KEYS || null)?.split(',').map(readPreviousKey) ?? [],
    retention: readPeriods(env),
    operator: {
      name: env.OPERATOR_NAME || null,
      contact: env.OPERATOR_CONTACT || null,
      address: env.OPERATOR_ADDRESS || null,
      director: env.PUBLICATION_DIRECTOR || null,
      host: env.HOST_NAME || null,
      hostAddress: env.HOST_ADDRESS || null,
    },
    allowLoopback: env.ALLOW_LOOPBACK === '1',
    registerUrl: env.REGISTER_URL
      ? readOrigin('REGISTER_URL', env.REGISTER_URL, 'https://recherche-entreprises.api.gouv.fr')
      : null,
    habilitationIssuer: env.HABILITATION_ISSUER || 'aidants-connect',
    deactivateInactive: env.DEACTIVATE_INACTIVE === '1',
    logLevel: env.LOG_LEVEL ?? 'info',
    rateLimit: wholeNumber(env, 'RATE_LIMIT', 600, 1_000_000),
    trustProxy: readProxies(env.TRUST_PROXY),
    signInLimit: wholeNumber(env, 'SIGN_IN_LIMIT', 60, 1_000_000, 1),
    mail: readMail(env),
    vcApiOpen: readVcApiOpen(env, baseUrl),
    proconnect: readProConnect(env),
  }
}

function readPeriods(env: Env): Periods {
  const period = (name: PeriodName) => wholeNumber(env, periodVariable(name), PERIODS[name].days, 36_500, 1)
  return Object.fromEntries(PERIOD_NAMES.map((name) => [name, period(name)])) as Periods
}

function wholeNumber(env: Env, name: string, fallback: number, max: number, min = 0): number {
  const value = Number(env[name] ?? fallback)
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new Error(`${name} doit être un nombre entier entre ${min} et ${max}.`)
  }
  return value
}

function readProxies(value = ''): string[] {
  const proxies = value.split(',').flatMap((one) => one.trim() || [])
  const wrong = proxies.find((one) => one !== 'loopback' && !ipaddr.isValid(one) && !ipaddr.isValidCIDR(one))
  if (wrong === undefined) return proxies
  throw new Error('TRUST_PROXY doit être une liste d’adresses IP ou de plages, par exemple 10.0.0.0/8,loopback.')
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

function readMail({ SMTP_URL, MAIL_FROM }: Env): Config['mail'] {
  if (!SMTP_URL) return null
  const smtp = readSmtpUrl(SMTP_URL)
  if (!smtp)
    throw new Error('SMTP_URL doit être une adresse SMTP, par exemple smtp://compte:secret@smtp.exemple.fr:587.')
  if (!MAIL_FROM || !isPlainAddress(MAIL_FROM)) {
    throw new Error('SMTP_URL demande MAIL_FROM : l’adresse qui envoie, par exemple ne-pas-repondre@exemple.fr.')
  }
  return { smtp, from: MAIL_FROM }
}

function readProConnect(env: Env): Config['proconnect'] {
  const { PROCONNECT_ISSUER: issuer, PROCONNECT_CLIENT_ID: clientId, PROCONNECT_CLIENT_SECRET: clientSecret } = env
  if (!issuer && !clientId && !clientSecret) return null
  if (!issuer || !clientId || !clientSecret) {
    throw new Error('PROCONNECT_ISSUER, PROCONNECT_CLIENT_ID et PROCONNECT_CLIENT_SECRET se donnent tous les trois.')
  }
  if (!URL.canParse(issuer) || !/^https?:$/.test(new URL(issuer).protocol)) {
    throw new Error('PROCONNECT_ISSUER doit être une adresse, par exemple https://proconnect.exemple.fr/api/v2.')
  }
  return { issuer, clientId, clientSecret }
}

function readVcApiOpen({ VC_API_OPEN }: Env, baseUrl: string): boolean {
  if (VC_API_OPEN !== '1') return false
  if (/^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(baseUrl).hostname)) return true
  throw new Error(
    'VC_API_OPEN=1 laisse n’importe qui signer : il n’est admis que si BASE_URL est sur cette machine, par exemple http://localhost:3000.',
  )
}

function readOrigin(name: string, value: string, example: string): string {
  const url = URL.canParse(value) ? new URL(value) : null
  if (!url || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search || url.hash) {
    throw new Error(`${name} doit être une origine, par exemple ${example} (sans chemin).`)
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

function readPreviousKey(given: string): Buffer {
  const key = Buffer.from(given.trim(), 'base64url')
  if (key.length === 32) return key
  throw new Error('PREVIOUS_MASTER_KEYS doit donner des clés de 32 octets en base64url, séparées par des virgules.')
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
