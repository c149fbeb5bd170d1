import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readConfig } from '../../src/config.ts'

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'insigne-config-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return made
}
const MASTER_KEY = randomBytes(32).toString('base64url')

test('with nothing but a folder, the service is local, embedded and closed to loopback fetches', () => {
  const dataDir = folder()
  expect(readConfig({ DATA_DIR: dataDir })).toMatchObject({
    host: '127.0.0.1',
    port: 3000,
    baseUrl: 'http://localhost:3000',
    dataDir,
    databaseUrl: null,
    redisUrl: null,
    work: true,
    metricsPort: null,
    allowLoopback: false,
    logLevel: 'info',
  })
})

test('the key made at the first start is found again at the next, and only its owner reads it', () => {
  const dataDir = join(folder(), 'neuf')
  const first = readConfig({ DATA_DIR: dataDir })
  expect(first.masterKey).toHaveLength(32)
  expect(readConfig({ DATA_DIR: dataDir }).masterKey).toEqual(first.masterKey)
  expect(statSync(join(dataDir, 'master.key')).mode & 0o777).toBe(0o600)
})

test('a key given is taken, and nothing is written', () => {
  const dataDir = join(folder(), 'absent')
  expect(readConfig({ DATA_DIR: dataDir, MASTER_KEY }).masterKey.toString('base64url')).toBe(MASTER_KEY)
  expect(() => statSync(dataDir)).toThrow('ENOENT')
})

test('a key file that was cut short is not used', () => {
  const dataDir = folder()
  writeFileSync(join(dataDir, 'master.key'), 'court')
  expect(() => readConfig({ DATA_DIR: dataDir })).toThrow('MASTER_KEY doit compter 32 octets')
})

test.each([
  [{ PORT: 'trois' }, 'PORT doit être un nombre entier entre 0 et 65535.'],
  [{ PORT: '65536' }, 'PORT doit être un nombre entier entre 0 et 65535.'],
  [{ PORT: '-1' }, 'PORT doit être un nombre entier entre 0 et 65535.'],
  [{ RATE_LIMIT: '1.5' }, 'RATE_LIMIT doit être un nombre entier'],
  [{ BASE_URL: 'badges.exemple.fr' }, 'BASE_URL doit être une origine'],
  [{ BASE_URL: 'https://exemple.fr/chemin' }, 'BASE_URL doit être une origine'],
  [{ BASE_URL: 'https://exemple.fr/?a' }, 'BASE_URL doit être une origine'],
  [{ BASE_URL: 'ftp://exemple.fr' }, 'BASE_URL doit être une origine'],
  [{ REDIS_URL: '127.0.0.1:6379' }, 'REDIS_URL doit être une adresse Redis'],
  [{ REDIS_URL: 'http://127.0.0.1:6379' }, 'REDIS_URL doit être une adresse Redis'],
  [{ WORKERS: '0' }, 'WORKERS doit être un nombre entier entre 1 et 64.'],
  [{ WORKERS: '65' }, 'WORKERS doit être un nombre entier entre 1 et 64.'],
  [{ METRICS_PORT: 'neuf' }, 'METRICS_PORT doit être un nombre entier entre 0 et 65535.'],
  [{ WORK: '0' }, 'WORK=0 demande DATABASE_URL'],
  [{ PROCONNECT_ISSUER: 'https://idp.exemple.fr' }, 'se donnent tous les trois.'],
  [{ PROCONNECT_CLIENT_ID: 'a', PROCONNECT_CLIENT_SECRET: 'b' }, 'se donnent tous les trois.'],
  [
    { PROCONNECT_ISSUER: 'idp', PROCONNECT_CLIENT_ID: 'a', PROCONNECT_CLIENT_SECRET: 'b' },
    'PROCONNECT_ISSUER doit être une adresse',
  ],
  [{ MASTER_KEY: 'court' }, 'MASTER_KEY doit compter 32 octets'],
  [{ PREVIOUS_MASTER_KEYS: 'court' }, 'PREVIOUS_MASTER_KEYS doit donner des clés de 32 octets'],
  [{ PREVIOUS_MASTER_KEYS: `${MASTER_KEY},` }, 'PREVIOUS_MASTER_KEYS doit donner des clés de 32 octets'],
])('%o is refused with one plain sentence', (env, sentence) => {
  expect(() => readConfig({ MASTER_KEY, ...env })).toThrow(sentence)
})

test('the public origin loses its final slash, and follows the port when it is not given', () => {
  expect(readConfig({ MASTER_KEY, BASE_URL: 'https://Badges.exemple.fr/' }).baseUrl).toBe('https://badges.exemple.fr')
  expect(readConfig({ MASTER_KEY, PORT: '4001' }).baseUrl).toBe('http://localhost:4001')
})

test('only the exact word lets the service fetch from its own machine', () => {
  expect(readConfig({ MASTER_KEY, ALLOW_LOOPBACK: '1' }).allowLoopback).toBe(true)
  expect(readConfig({ MASTER_KEY, ALLOW_LOOPBACK: 'true' }).allowLoopback).toBe(false)
})

test('Redis, the threads that sign and the port of the metrics are taken as given', () => {
  const env = { MASTER_KEY, REDIS_URL: 'rediss://u:p@redis.exemple.fr:6380/2', WORKERS: '3', METRICS_PORT: '9100' }
  expect(readConfig(env)).toMatchObject({ redisUrl: env.REDIS_URL, workers: 3, metricsPort: 9100 })
})

test('a core is left to the rest of the service, and one thread signs on the smallest machine', () => {
  const { workers } = readConfig({ MASTER_KEY })
  expect(workers).toBe(Math.min(4, Math.max(1, availableParallelism() - 1)))
})

test('a server leaves the jobs to others only when there may be others', () => {
  const env = { MASTER_KEY, DATABASE_URL: 'postgres://127.0.0.1/insigne' }
  expect(readConfig({ ...env, WORK: '0' }).work).toBe(false)
  expect(readConfig({ ...env, WORK: '1' }).work).toBe(true)
  expect(readConfig(env).work).toBe(true)
})

test('trusted proxies are a list of addresses and ranges, and a wrong one stops the start', () => {
  expect(readConfig({ MASTER_KEY }).trustProxy).toEqual([])
  const given = readConfig({ MASTER_KEY, TRUST_PROXY: '10.0.0.0/8, ::1,loopback' }).trustProxy
  expect(given).toEqual(['10.0.0.0/8', '::1', 'loopback'])
  expect(() => readConfig({ MASTER_KEY, TRUST_PROXY: 'mandataire' })).toThrow('TRUST_PROXY doit être')
})

test('the VC-API opens to all on this machine only', () => {
  const open = (BASE_URL?: string) =>
    readConfig({ DATA_DIR: folder(), MASTER_KEY, VC_API_OPEN: '1', ...(BASE_URL && { BASE_URL }) }).vcApiOpen
  expect(readConfig({ DATA_DIR: folder(), MASTER_KEY }).vcApiOpen).toBe(false)
  for (const mine of [undefined, 'http://127.0.0.1:4000', 'http://[::1]:4000', 'http://localhost'])
    expect(open(mine)).toBe(true)
  for (const anyone of [
    'https://badges.exemple.fr',
    'http://localhost.exemple.fr',
    'http://127.0.0.1.exemple.fr',
    'http://10.0.0.1',
  ]) {
    expect(() => open(anyone)).toThrow(/^VC_API_OPEN=1 .*BASE_URL/)
  }
})
