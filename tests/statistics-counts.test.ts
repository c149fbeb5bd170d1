import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { expect } from 'vitest'
import { readMap } from '../src/cartography/map.ts'
import { addMonths, parisDate } from '../src/days.ts'
import { type Db, rows } from '../src/db.ts'
import { keyOf } from '../src/referential/schema.ts'
import { rebuildCounts, refreshCounts } from '../src/statistics/counts.ts'
import { readCounts } from '../src/statistics/read-counts.ts'
import { test } from './support/app.ts'
import { badgesByHand, sessionsByHand, stocksByHand, type Tally } from './support/counts-by-hand.ts'
import { aRow, aSession, aTrainer, csvOf, sendCsv } from './support/factories.ts'
import { anAuthority } from './support/habilitation.ts'
import { aHistory, EVERYTHING, histories, take } from './support/histories.ts'

const today = parisDate(new Date())
const thisMonth = today.slice(0, 7)
const MONTHS = [12, 8, 3, 2, 1, 0].map((ago) => addMonths(today, -ago).slice(0, 7))
const KINDS = ['sessions', 'sessions-module', 'hours', 'places', 'outcome', 'habilitation']
const nameOf = (one: { kind: string; of: string; departement: string; month: string }): string =>
  [one.kind, one.of, one.departement, one.month].join('|')

/** What is counted of a period and told of it, and what is kept of badges month by month. */
async function counted(db: Db, from: string, to: string): Promise<{ told: Tally; badges: Tally }> {
  const { others } = await readCounts(db, from, to)
  const kept = await rows<Parameters<typeof nameOf>[0] & { count: number }>(
    db,
    sql`select kind, of, departement, month, count from tallies where count <> 0`,
  )
  const told = others.filter((one) => KINDS.includes(one.kind))
  return {
    told: Object.fromEntries(told.map((one) => [nameOf(one), one.count])),
    badges: Object.fromEntries(kept.map((one) => [nameOf(one), one.count])),
  }
}

/** Of each month and département, the badges by class are those by renewal and those by delay. */
async function requirePartitions(db: Db): Promise<void> {
  const sums = (of: ReturnType<typeof sql>) => rows(db, sql`${of} group by 1, 2 having sum(n) <> 0 order by 1, 2`)
  const classes = await sums(
    sql`select month, departement, sum(n)::int as n from (select *, issued as n from badge_counts) b`,
  )
  for (const kind of ['renewal', 'delay'])
    expect(
      await sums(
        sql`select month, departement, sum(n)::int as n from (select *, count as n from tallies where kind = ${kind}) t`,
      ),
    ).toEqual(classes)
}

test(
  'whatever happens and whenever it is counted, the figures are those of the rows, and of a count from scratch',
  { timeout: 180_000 },
  async ({ service }) => {
    const { db } = service
    await anAuthority(service)
    await fc.assert(
      fc.asyncProperty(histories, fc.constantFrom(...MONTHS), fc.constantFrom(...MONTHS), async (taken, one, other) => {
        const history = await aHistory(service)
        for (const step of taken) await take(service, history, step)
        await service.queue.idle()
        await refreshCounts(db)
        const [from, to] = [one, other].toSorted() as [string, string]
        const found = await counted(db, from, to)
        expect(found.badges).toEqual(await badgesByHand(db))
        expect(found.told).toEqual({ ...(await sessionsByHand(db, from, to)), ...(await stocksByHand(db, to)) })
        await requirePartitions(db)
        await rebuildCounts(db)
        expect(await counted(db, from, to)).toEqual(found)
      }),
      { numRuns: 9, endOnFailure: true, examples: [[EVERYTHING, MONTHS[1]!, thisMonth]] },
    )
    const codes = await rows<{ code: string }>(
      db,
      sql`select distinct of as code from tallies union select kind from tallies union select state from structure_moves`,
    )
    for (const code of ['first', 'renewed', 'week', 'month', 'later', 'ending', 'habilites', 'en-cours'])
      expect(codes.map((one) => one.code)).toContain(code)
    expect(service.failures).toEqual([])
  },
)

/** As the version before counts: it knows the class of badges, and nothing else. */
const countAsBefore = (db: Db) =>
  db.execute(sql`with taken as (update credential_events set counted = true where not counted returning credential_id, kind)
    insert into badge_counts as b (month, achievement_slug, achievement_version, departement, issued, revoked)
    select to_char(c.valid_from at time zone 'Europe/Paris', 'YYYY-MM'), c.achievement_slug, c.achievement_version,
      coalesce(s.departement, ''), count(*), 0
    from taken t join credentials c on c.id = t.credential_id left join completions p on p.id = c.completion_id
    left join sessions s on s.id = p.session_id where t.kind = 'issued' group by 1, 2, 3, 4
    on conflict on constraint badge_count_once do update set issued = b.issued + excluded.issued`)

test('an older version that counts badges beside this one loses nothing, and no figure is given meanwhile', async ({
  service,
}) => {
  const { db } = service
  const trainer = await aTrainer(service)
  await refreshCounts(db)
  await sendCsv(service, trainer, await aSession(trainer), csvOf([1, 2, 3].map((one) => aRow(one))))
  await countAsBefore(db)
  await expect(readCounts(db, thisMonth, thisMonth)).rejects.toMatchObject({ code: 'counts_behind' })
  await refreshCounts(db)
  await requirePartitions(db)
  const found = await counted(db, '2000-01', '2099-12')
  expect(found.badges).toEqual(await badgesByHand(db))
})

test('what métiers ask is covered by the sessions held and the badges delivered in the period, of what modules teach and badges show', async ({
  service,
}) => {
  const { db } = service
  const coverage = async () => {
    const { others } = await readCounts(db, '2024-05', '2024-06')
    return Object.fromEntries(others.filter((one) => one.kind === 'coverage').map((one) => [one.of, one.count]))
  }
  const { requirements, teaching, badges } = await readMap(db)
  const asked = [...Map.groupBy(requirements, (one) => one.metier)]
  const numberOf = (asks: typeof requirements, covers: (one: (typeof asks)[number]) => boolean): number =>
    asks.filter(covers).length
  const taughtBy = (asks: (typeof requirements)[number], module?: string): boolean =>
    teaching.some(
      (one) =>
        one.competence === asks.competence &&
        (module === undefined || one.module === module) &&
        (one.level ?? 0) >= (asks.level ?? 0),
    )
  const before = await coverage()
  expect(Object.keys(before).filter((one) => /held|delivered/.test(one))).toEqual([])

  const trainer = await aTrainer(service)
  const day = '2024-05-31'
  const session = await aSession(trainer, { startsOn: day, endsOn: day, hours: 7 })
  await sendCsv(service, trainer, session, csvOf([aRow(1, { completed_on: day })]))
  await db.execute(sql`update credentials set valid_from = '2024-06-03T10:00:00Z'
    where id in (select credential_id from credential_events where not counted)`)
  await refreshCounts(db)
  const after = await coverage()
  const [aidants] = badges.filter((one) => one.slug === 'aidants-connect').map((one) => one.competences.map(keyOf))
  let held = 0
  for (const [metier, asks] of asked) {
    const of = (what: string): number => after[`${metier}|${what}`] ?? 0
    expect(of('asked'), metier).toBe(asks.length)
    expect(of('taught'), metier).toBe(numberOf(asks, (one) => taughtBy(one)))
    expect(of('held'), metier).toBe(numberOf(asks, (one) => taughtBy(one, 'aidants-connect')))
    expect(of('delivered'), metier).toBe(numberOf(asks, (one) => aidants!.includes(one.competence)))
    held += of('held')
  }
  expect(held).toBeGreaterThan(0)
})

const WRITTEN = ['badge_counts', 'level_counts', 'tallies', 'structure_moves', 'session_counts', 'credential_events', 'habilitation_events', 'request_events'] // prettier-ignore

/** How many rows of each table were written since a transaction. */
async function writtenSince(db: Db, transaction: string): Promise<Tally> {
  const counts = WRITTEN.map(
    (table) => sql`select ${table} as name, count(*)::int as n from ${sql.identifier(table)}
    where xmin::text::bigint > ${transaction}::bigint`,
  )
  const found = await rows<{ name: string; n: number }>(db, sql.join(counts, sql` union all `))
  return Object.fromEntries(found.filter((one) => one.n > 0).map((one) => [one.name, one.n]))
}

test('a refresh writes what changed since the last, nothing else, and nothing when nothing did', async ({
  service,
}) => {
  const { db } = service
  const trainer = await aTrainer(service)
  for (const departement of ['69', '75', '2A']) {
    const lines = [1, 2, 3, 4].map((one) => aRow(one, { 'digcomp:4.2': '3' }))
    await sendCsv(service, trainer, await aSession(trainer, { departement }), csvOf(lines))
  }
  await refreshCounts(db)
  const session = await aSession(trainer, { departement: '971' })
  await sendCsv(service, trainer, session, csvOf([aRow(1, { 'digcomp:4.2': '3' }), aRow(9, { 'digcomp:4.2': '3' })]))
  await db.execute(sql`update credentials set valid_until = valid_from + interval '1 year'
    where id in (select credential_id from credential_events where not counted)`)
  const now = async () => (await rows<{ id: string }>(db, sql`select txid_current()::text as id`))[0]!.id
  const before = await now()
  await refreshCounts(db)
  // One is a renewal, the other a first delivery; both were late, in one month, and have one end.
  expect(await writtenSince(db, before)).toEqual({
    badge_counts: 1,
    level_counts: 1,
    tallies: 4,
    session_counts: 1,
    credential_events: 2,
  })
  const after = await now()
  expect(await refreshCounts(db)).toBe(0)
  expect(await writtenSince(db, after)).toEqual({})
})
