import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { expect } from 'vitest'
import { type Answered, createVerificationCounter, verificationCounts } from '../src/credentials/verification-counts.ts'
import { buildApp } from '../src/app.ts'
import { type Db, rows } from '../src/db.ts'
import { actor } from './support/actors.ts'
import { config, test, type TestService } from './support/app.ts'
import { aBadge } from './support/factories.ts'
import { aForeignBadge } from './support/foreign-issuer.ts'

const ASK = '/api/v1/verifications'
const AS_FILE = { 'content-type': 'application/octet-stream' }
const month = (): string => new Date().toLocaleDateString('sv-SE', { timeZone: 'Europe/Paris' }).slice(0, 7)

/** What the figures say now, by verdict and means. */
async function countsOf(db: Db): Promise<Record<string, number>> {
  const all = await verificationCounts(db, '2000-01', '2100-12')
  for (const one of all) expect(one).toMatchObject({ kind: 'verification', departement: '', month: month() })
  return Object.fromEntries(all.map(({ of, count }) => [of, count]))
}

const plus = (counts: Record<string, number>, added: string[]): Record<string, number> => {
  const sum = { ...counts }
  for (const one of added) sum[one] = (sum[one] ?? 0) + 1
  return sum
}

const form = (files: string[]) =>
  `${files.map((text, index) => `--x\r\ncontent-disposition: form-data; name="file"; filename="${index}.json"\r\n\r\n${text}\r\n`).join('')}--x--\r\n`
const AS_FORM = { 'content-type': 'multipart/form-data; boundary=x', accept: 'text/html' }

/** Each way to have something verified, with what it adds. */
async function waysOf(service: TestService): Promise<[string, () => Promise<{ status: number }>, string[]][]> {
  const { path, credential } = await aBadge(service)
  const anyone = actor(service)
  const json = JSON.stringify(credential)
  const forged = json.replace('Formation', 'Deformation')
  const other = aForeignBadge('did:web:ailleurs.example')
  return [
    ['a badge of here', () => anyone.post(ASK, credential), ['valid|own']],
    ['its address', () => anyone.post(ASK, { url: credential['id'] }), ['valid|own']],
    ['before it was', () => anyone.post(`${ASK}?at=2020-01-01`, credential), ['invalid|own']],
    ['a forged one', () => anyone.post(ASK, forged, AS_FILE), ['invalid|own']],
    ['one from elsewhere', () => anyone.post(ASK, other), ['invalid|other']],
    ['not a badge', () => anyone.post(ASK, { '@context': [] }), ['invalid|unreadable']],
    ['a file cut short', () => anyone.post(ASK, '{', AS_FILE), ['indeterminate|unreadable']],
    ['nothing', () => anyone.post(ASK, { recipient: 'Zoé' }), []],
    ['an impossible day', () => anyone.post(`${ASK}?at=2026-02-30`, credential), []],
    ['its page', () => anyone.get(path, { accept: 'text/html' }), ['valid|own']],
    ['its document', () => anyone.get(`${path}.json`), []],
    [
      'several files on the page',
      () => anyone.post('/verifier', form([json, '{', '', forged]), AS_FORM),
      ['valid|own', 'indeterminate|unreadable', 'indeterminate|unreadable', 'invalid|own'],
    ],
    ['an empty form', () => anyone.post('/verifier', form([]), AS_FORM), []],
  ]
}

test('each verification answered counts once, by its verdict and what was shown', async ({ service }) => {
  for (const [name, ask, added] of await waysOf(service)) {
    const before = await countsOf(service.db)
    expect((await ask()).status, name).not.toBe(500)
    const expected = plus(before, added)
    expect(await settled(service.db, expected), name).toEqual(expected)
  }
})

test('however many come at once, by several processes, the figures are their number', async ({ service }) => {
  const { db } = service
  const ways = await waysOf(service)
  const failures: unknown[] = []
  const processes = [1, 2, 3].map(() => createVerificationCounter(db, (error) => failures.push(error)))
  const verdict = fc.constantFrom('valid' as const, 'invalid' as const, 'indeterminate' as const)
  const means = fc.constantFrom('own' as const, 'other' as const, 'unreadable' as const)
  const direct = fc.record({ by: fc.nat(2), answered: fc.array(fc.record({ verdict, means }), { maxLength: 5 }) })
  const asked = fc.array(fc.oneof(fc.nat(ways.length - 1), direct), { minLength: 10, maxLength: 80 })
  await fc.assert(
    fc.asyncProperty(asked, async (all) => {
      const before = await countsOf(db)
      const added = await Promise.all(
        all.map(async (one): Promise<string[]> => {
          if (typeof one === 'number') {
            const [, ask, adds] = ways[one]!
            await ask()
            return adds
          }
          await processes[one.by]!.count(one.answered)
          return one.answered.map((each: Answered) => `${each.verdict}|${each.means}`)
        }),
      )
      await Promise.all(processes.map((one) => one.close()))
      expect(await settled(db, plus(before, added.flat()))).toEqual(plus(before, added.flat()))
    }),
    { numRuns: 15 },
  )
  expect(failures).toEqual([])
  const [kept] = await rows<{ shards: number }>(
    db,
    sql`select count(distinct shard)::int as shards from verification_counts`,
  )
  expect(kept!.shards).toBeGreaterThan(3)
})

/** The figures, once those that an answer did not wait for are kept too. */
async function settled(db: Db, expected: Record<string, number>): Promise<Record<string, number>> {
  const sumOf = (counts: Record<string, number>) => Object.values(counts).reduce((sum, one) => sum + one, 0)
  for (let turn = 0; turn < 100; turn++) {
    const found = await countsOf(db)
    if (sumOf(found) >= sumOf(expected)) return found
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return countsOf(db)
}

test('a count that cannot be kept changes nothing in the answer, and is told', async ({ service }) => {
  const { db } = service
  const { credential } = await aBadge(service)
  const ask = async () => {
    const app = await buildApp({ config, ...service })
    const { statusCode, body } = await app.inject({ method: 'POST', url: ASK, payload: credential })
    await app.close() // what it still had to count is settled
    return { statusCode, body }
  }
  const start = await countsOf(db)
  const whole = await ask()
  expect(await countsOf(db)).toEqual(plus(start, ['valid|own']))
  await db.execute(sql`alter table verification_counts add constraint nothing_more check (false) not valid`)
  const told: unknown[] = []
  const counter = createVerificationCounter(db, (error) => told.push(error))
  await counter.count([{ verdict: 'valid', means: 'own' }])
  await counter.close()
  expect(await ask()).toEqual(whole)
  await db.execute(sql`alter table verification_counts drop constraint nothing_more`)
  expect(whole.statusCode).toBe(200)
  expect(told).toHaveLength(1)
  expect(await countsOf(db)).toEqual(plus(start, ['valid|own']))
  await counter.count([{ verdict: 'valid', means: 'own' }])
  await counter.close()
  expect(await countsOf(db)).toEqual(plus(start, ['valid|own', 'valid|own']))
})

test('months are those of Paris, and a period adds the shards of its own months', async ({ service }) => {
  const { db } = service
  const at = (moment: string) =>
    createVerificationCounter(
      db,
      () => {},
      () => new Date(moment),
    )
  for (let turn = 0; turn < 30; turn++) {
    const before = at('2019-12-31T22:30:00Z')
    await before.count([{ verdict: 'valid', means: 'other' }])
    await before.close()
    const after = at('2019-12-31T23:30:00Z')
    await after.count([
      { verdict: 'invalid', means: 'other' },
      { verdict: 'valid', means: 'other' },
    ])
    await after.close()
  }
  const line = (of: string, month: string) => ({ kind: 'verification', of, departement: '', month, count: 30 })
  expect(await verificationCounts(db, '2019-12', '2019-12')).toEqual([line('valid|other', '2019-12')])
  expect(await verificationCounts(db, '2019-01', '2020-01')).toEqual([
    line('valid|other', '2019-12'),
    line('invalid|other', '2020-01'),
    line('valid|other', '2020-01'),
  ])
})
