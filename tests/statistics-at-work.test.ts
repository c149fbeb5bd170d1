import { type SQL, sql } from 'drizzle-orm'
import postgres from 'postgres'
import { expect } from 'vitest'
import { parisDate } from '../src/days.ts'
import { type Db, rows } from '../src/db.ts'
import { refreshCounts } from '../src/statistics/counts.ts'
import { readCounts } from '../src/statistics/read-counts.ts'
import { test, type TestService } from './support/app.ts'
import { aRow, aSession, aTrainer, csvOf, sendCsv, type Trainer } from './support/factories.ts'
import { fillCredentials } from './support/fill.ts'
import { postgresUrl } from './support/postgres.ts'
import { hearStatements } from './support/statements.ts'

const month = parisDate(new Date()).slice(0, 7)
const campaign = async (service: TestService, trainer: Trainer, people: number): Promise<void> => {
  const lines = Array.from({ length: people }, (_, number) => aRow(number, { 'digcomp:4.2': '3' }))
  await sendCsv(service, trainer, await aSession(trainer), csvOf(lines))
}

/** How many badges of this month each table of the figures tells, and how many sessions were held in March. */
async function totals(db: Db): Promise<Record<string, number>> {
  const { badges, levels, others } = await readCounts(db, '2026-01', month)
  const sum = (counts: number[]): number => counts.reduce((total, one) => total + one, 0)
  const of = (kind: string): number => sum(others.filter((one) => one.kind === kind).map((one) => one.count))
  return {
    badges: sum(badges.map((one) => one.issued)),
    levels: sum(levels.map((one) => one.issued)),
    renewal: of('renewal'),
    delay: of('delay'),
    outcome: of('outcome'),
    sessions: of('sessions'),
  }
}
const told = (people: number, sessions: number) => ({
  badges: people,
  levels: people,
  renewal: people,
  delay: people,
  outcome: people,
  sessions,
})

test('whoever reads while figures are refreshed sees all that a refresh brings, or nothing of it', async ({
  service,
}) => {
  const { db } = service
  const trainer = await aTrainer(service)
  await campaign(service, trainer, 3)
  await refreshCounts(db)
  await campaign(service, trainer, 7)
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  const { promise: held, resolve: hold } = Promise.withResolvers<void>()
  const holding = db.transaction(async (tx) => {
    await tx.execute(sql`select 1 from tallies for update`)
    hold()
    await released
  })
  await held
  const refreshed = refreshCounts(db)
  const waiting = () => rows(db, sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`) // prettier-ignore
  await expect.poll(waiting, { timeout: 20_000 }).toHaveLength(1)
  // Classes and levels are counted, renewals are not: of none of it is anything told.
  expect(await totals(db)).toEqual(told(3, 1))
  release()
  await holding
  await refreshed
  expect(await totals(db)).toEqual(told(10, 2))
})

type Heard = { text: string; params: unknown[] }
type PlanNode = {
  'Relation Name'?: string
  'Rows Removed by Filter'?: number
  'Actual Rows'?: number
  'Actual Loops'?: number
  Plans?: PlanNode[]
}
const UNDONE = new Error('undone')
const undone = (db: Db, work: (tx: Db) => Promise<unknown>): Promise<void> =>
  db
    .transaction(async (tx) => {
      await work(tx)
      throw UNDONE
    })
    .catch((error: unknown) => {
      if (error !== UNDONE) throw error
    })

/** A statement that was heard, to be asked again. */
const again = ({ text, params }: Heard): SQL =>
  sql.join(
    text
      .split(/(\$\d+)/)
      .map((part) => (/^\$\d+$/.test(part) ? sql`${sql.param(params[Number(part.slice(1)) - 1])}` : sql.raw(part))),
  )

const readBy = (node: PlanNode): number => {
  const kept = (node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0)
  const own = node['Relation Name'] ? kept * (node['Actual Loops'] ?? 1) : 0
  return (node.Plans ?? []).reduce((sum, one) => sum + readBy(one), own)
}

test('among 10,000 badges a refresh reads what changed, not what is stored', async ({ service }) => {
  const { db } = service
  const trainer = await aTrainer(service)
  await campaign(service, trainer, 5)
  const [here] = await rows<{ name: string }>(db, sql`select current_database() as name`)
  const client = postgres(postgresUrl(here!.name), { max: 1, onnotice: () => {} })
  await fillCredentials(client, trainer.slug, 10_000, 1000)
  await refreshCounts(db)
  await client`vacuum analyze`
  await client.end()
  const READ_FOR_ONE = 30
  const people = 10
  await campaign(service, trainer, people)

  const heard: Heard[] = []
  const stop = hearStatements(service, (text, params) => {
    if (/^\s*(with|select exists)\b/i.test(text)) heard.push({ text, params })
  })
  await undone(db, (tx) => refreshCounts(tx)).finally(stop)
  expect(heard.length).toBeGreaterThan(5)
  const read = new Map<string, number>()
  for (const one of heard) {
    await undone(db, async (tx) => {
      type Answer = { 'QUERY PLAN': [{ Plan: PlanNode }] }
      const [answer] = await rows<Answer>(tx, sql`explain (analyze, format json) ${again(one)}`)
      read.set(one.text.trim().slice(0, 200), readBy(answer!['QUERY PLAN'][0].Plan))
    })
  }
  for (const [text, count] of read) expect(count, text).toBeLessThan(READ_FOR_ONE * people)
  // The same question of all that is stored is not answered for that price: the measure can fail.
  const whole = await rows<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
    db,
    sql`explain (analyze, format json) select count(*) from credentials where valid_from is not null`,
  )
  expect(readBy(whole[0]!['QUERY PLAN'][0].Plan)).toBeGreaterThan(READ_FOR_ONE * people)
})
