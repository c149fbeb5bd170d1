import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { expect } from 'vitest'
import { type Db, rows } from '../src/db.ts'
import { refreshCounts } from '../src/statistics/counts.ts'
import { type ExactFigure, type Reading, readProvisional, rounded } from '../src/statistics/provisional.ts'
import { regionOf } from '../src/statistics/territories.ts'
import { actor, type Json } from './support/actors.ts'
import { test, type TestService } from './support/app.ts'
import { aRow, aSession, aTrainer, csvOf, sendCsv } from './support/factories.ts'
import { hearStatements } from './support/statements.ts'

const NOW = new Date('2025-06-15T10:00:00Z')
const API = '/api/v1/statistics/provisional'

type Asked = Partial<Pick<ExactFigure, 'kind' | 'of' | 'territory' | 'month'>>
const countIn = (
  { figures }: Pick<Reading, 'figures'>,
  { kind = 'all', of = '', territory = 'FR', month = '' }: Asked,
) =>
  figures.find((one) => one.kind === kind && one.of === of && one.territory === territory && one.month === month)
    ?.count ?? 0

/** Makes the counts what is given, whatever they were. */
async function given(db: Db, counts: { badges: Json[]; sessions?: Json[] }): Promise<void> {
  for (const table of ['badge_counts', 'session_counts']) await db.execute(sql`delete from ${sql.identifier(table)}`)
  await db.execute(sql`insert into badge_counts (month, achievement_slug, achievement_version, departement, issued, revoked)
    select month, slug, version, departement, issued, 0
    from json_to_recordset(${JSON.stringify(counts.badges)}::json) as t (month text, slug text, version text, departement text, issued int)`)
  await db.execute(sql`insert into session_counts (session_id, ends_on, departement, modality, capacity, held, completed)
    select gen_random_uuid(), ends_on, departement, modality, 100, held, completed
    from json_to_recordset(${JSON.stringify(counts.sessions ?? [])}::json) as t (ends_on date, departement text, modality text, held int, completed int)`)
}

const anEdition = (db: Db, name: string, from: string, to: string) =>
  db.execute(sql`insert into statistics_editions (edition, from_month, to_month, threshold, author, digest)
    values (${name}, ${from}, ${to}, 5, 'essai', 'essai')`)

/** A class of the catalogue with several competences, and one of another. */
const classesOf = (db: Db) =>
  rows<{ slug: string; version: string; competences: Json[] }>(
    db,
    sql`select slug, version, about->'competences' as competences from achievements
        where jsonb_array_length(about->'competences') > 1 order by slug, version limit 6`,
  )

test('rounding: a figure is within its ten, and under ten nothing tells it from zero', () => {
  const figure = { kind: 'all', of: '', territory: 'FR', month: '' } as const
  fc.assert(
    fc.property(fc.nat(100_000), (count) => {
      const [shown, ...others] = rounded([{ ...figure, count }])
      expect(others).toEqual([])
      if (count < 10) {
        expect(shown).toBe(undefined)
        return
      }
      expect(shown!.atLeast).toBeLessThanOrEqual(count)
      expect(shown!.below).toBeGreaterThan(count)
      expect([shown!.atLeast % 10, shown!.below - shown!.atLeast]).toEqual([0, 10])
      // One badge more says something at a step only.
      const [next] = rounded([{ ...figure, count: count + 1 }])
      expect(next!.atLeast !== shown!.atLeast).toBe((count + 1) % 10 === 0)
      expect(shown).not.toHaveProperty('count')
    }),
  )
})

test('whatever is counted, each figure is the sum of the rows that it speaks of, and eight queries read them all', async ({
  service,
}) => {
  const { db } = service
  const classes = await classesOf(db)
  await anEdition(db, 'essai-2024', '2024-11', '2025-01')
  const covered = (month: string): boolean => month >= '2024-11' && month <= '2025-01'
  const month = fc.constantFrom('2024-09', '2024-11', '2025-01', '2025-02', '2025-06')
  const departement = fc.constantFrom('69', '38', '75', '971', '987', '')
  const badge = fc.record({
    month,
    departement,
    which: fc.nat(classes.length - 1),
    issued: fc.integer({ min: 1, max: 40 }),
  })
  const session = fc.record({
    month,
    day: fc.constantFrom('01', '14', '15', '28'),
    departement,
    modality: fc.constantFrom('presentiel', 'distance', 'hybride'),
    held: fc.nat(30),
    completed: fc.nat(30),
  })
  const keyOf = ({ month, departement, which }: Json): string => [month, departement, which].join()
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(badge, { maxLength: 25, selector: keyOf }),
      fc.array(session, { maxLength: 15 }),
      async (badges, planned) => {
        const sessions = planned.map((one) => ({
          ...one,
          ends_on: `${one.month}-${one.day}`,
          completed: Math.min(one.completed, one.held),
        }))
        const named = badges.map(({ which, ...one }) => ({
          ...one,
          slug: classes[which]!.slug,
          version: classes[which]!.version,
        }))
        await given(db, { badges: named, sessions })
        let queries = 0
        const stop = hearStatements(service, (text) => (queries += /^\s*(select|with)\b/i.test(text) ? 1 : 0))
        const reading = await readProvisional(db, NOW)
        stop()
        expect(queries).toBeLessThanOrEqual(8)

        const open = named.filter((one) => !covered(one.month))
        const sum = (all: { issued: number }[]): number => all.reduce((total, one) => total + one.issued, 0)
        expect(countIn(reading, {})).toBe(sum(open))
        for (const one of ['2024-09', '2024-11', '2025-02'])
          expect(countIn(reading, { month: one })).toBe(covered(one) ? 0 : sum(open.filter((row) => row.month === one)))
        for (const code of ['69', '75', '971', '987']) {
          const territory = regionOf(code)
          const here = open.filter((row) => row.departement !== '' && regionOf(row.departement) === territory)
          expect(countIn(reading, { territory }), code).toBe(sum(here))
        }
        expect(countIn(reading, { territory: 'DEP-' })).toBe(sum(open.filter((row) => row.departement === '')))
        for (const { slug, version, competences } of classes) {
          expect(countIn(reading, { kind: 'badge', of: `${slug}/${version}` })).toBe(
            sum(open.filter((row) => row.slug === slug && row.version === version)),
          )
          const { framework, version: edition, code } = competences[0]!
          const shows = classes.filter((one) =>
            one.competences.some(
              (each) => each['framework'] === framework && each['version'] === edition && each['code'] === code,
            ),
          )
          const showing = open.filter((row) =>
            shows.some((one) => one.slug === row.slug && one.version === row.version),
          )
          expect(countIn(reading, { kind: 'competence', of: `${framework}/${edition}/${code}` })).toBe(sum(showing))
        }
        const over = sessions.filter((one) => !covered(one.month) && one.ends_on < '2025-06-15')
        for (const modality of ['presentiel', 'distance'])
          expect(countIn(reading, { kind: 'sessions', of: modality })).toBe(
            over.filter((one) => one.modality === modality).length,
          )
        const completed = over.reduce((total, one) => total + one.completed, 0)
        expect(countIn(reading, { kind: 'outcome', of: 'completed' })).toBe(completed)
        expect(countIn(reading, { kind: 'outcome', of: 'other' })).toBe(
          over.reduce((total, one) => total + one.held, 0) - completed,
        )
        expect(reading.months).not.toContain('2024-12')
        expect(reading.months.at(-1)).toBe('2025-06')
        expect(reading.figures.some((one) => one.territory.startsWith('DEP-') && one.territory !== 'DEP-')).toBe(false)
      },
    ),
    { numRuns: 25 },
  )
})

test('who steers reads them rounded, as a page and as data, and the journal says so; no one else, and no public page', async ({
  service,
}) => {
  const { db } = service
  const [one] = await classesOf(db)
  const month = new Date().toLocaleDateString('sv-SE', { timeZone: 'Europe/Paris' }).slice(0, 7)
  const row = (departement: string, issued: number) => ({
    month,
    slug: one!.slug,
    version: one!.version,
    departement,
    issued,
  })
  await given(db, { badges: [row('69', 1237), row('75', 7), row('', 10)] })
  const committee = actor(service, 'comite')
  const journal = () =>
    rows<{ author: string }>(db, sql`select author from journal where action = 'statistics.provisional_read'`)
  const before = (await journal()).length
  const { status, body, response } = await committee.get(API)
  expect(status).toBe(200)
  expect(response.headers['cache-control']).toBe('no-store')
  expect(body).toMatchObject({ provisional: true, warning: expect.stringContaining('moins de 10') })
  const tableOf = (kind: string): Json[] => body['tables'].find((each: Json) => each['kind'] === kind)['lines']
  const all = tableOf('all').filter((each) => each['month'] === '')
  expect(all.map((each) => [each['territory'], each['atLeast'], each['below']])).toEqual(
    [
      ['FR', 1250, 1260],
      ['DEP-', 10, 20],
      ['REG-84', 1230, 1240],
    ].toSorted((a, b) => PLACES.indexOf(String(a[0])) - PLACES.indexOf(String(b[0]))),
  )
  expect(tableOf('badge')).toMatchObject([{ of: `${one!.slug}/${one!.version}`, atLeast: 1250, below: 1260 }])
  expect(response.body).not.toMatch(/123[1-9]|125[1-9]|"count"/)

  const page = (await committee.get('/statistiques/provisoire', { accept: 'text/html' })).response
  expect(page.headers['cache-control']).toBe('no-store')
  const textOf = page.body.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ')
  expect(textOf).toContain('France entière 1 250')
  expect(textOf).toMatch(/Île-de-France moins de 10/)
  expect(textOf).toMatch(/Bretagne moins de 10/)
  expect(textOf).toContain('provisoires')
  const readings = (await journal()).slice(before)
  expect(readings).toHaveLength(2)
  expect(new Set(readings.map((each) => each.author)).size).toBe(1)

  for (const path of ['/statistiques', '/api/v1/statistics/editions'])
    expect((await actor(service).get(path, { accept: '*/*' })).response.body).not.toMatch(/1 ?2[35]0/)
})
const PLACES = ['FR', 'DEP-', 'REG-84']

test(
  'figures are read while badges arrive and are counted: each reading is a whole one',
  { timeout: 240_000 },
  async ({ service }) => {
    const { db } = service
    await refreshCounts(db)
    await given(db, { badges: [] })
    const counted = sql`select count(*)::int as count from credential_events where counted and kind = 'issued'`
    const [start] = await rows<{ count: number }>(db, counted)
    const over = new AbortController()
    const arriving = (async () => {
      for (let campaign = 0; campaign < 4; campaign++) {
        const trainer = await aTrainer(service)
        const session = await aSession(trainer, { departement: ['69', '75', '35', '971'][campaign]!, capacity: 1000 })
        const lines = Array.from({ length: 500 }, (_, index) =>
          aRow(index, { email: `p${campaign}-${index}@exemple.invalid` }),
        )
        await sendCsv(service, trainer, session, csvOf(lines))
        await refreshCounts(db)
      }
    })().finally(() => over.abort())
    const refreshing = (async () => {
      while (!over.signal.aborted) await refreshCounts(db).then(pause)
    })()
    const seen: number[] = []
    while (!over.signal.aborted) {
      const [reading, marked] = await db.transaction(
        async (tx) => [await readProvisional(tx), (await rows<{ count: number }>(tx, counted))[0]!.count] as const,
        { isolationLevel: 'repeatable read' },
      )
      requireWhole(reading, marked - start!.count)
      seen.push(countIn(reading, {}))
      await pause()
    }
    await Promise.all([arriving, refreshing])
    expect(countIn(await readProvisional(db), {})).toBe(2000)
    expect(seen.length).toBeGreaterThan(4)
    expect(new Set(seen).size, 'readings saw the counts grow').toBeGreaterThan(2)
  },
)

const pause = () => new Promise((resolve) => setTimeout(resolve, 5))

/** What is told by territory, by month, by class is the same badges, all those that are marked as counted. */
function requireWhole(reading: Reading, marked: number): void {
  const { figures } = reading
  const total = countIn(reading, {})
  const sumOf = (chosen: ExactFigure[]): number => chosen.reduce((sum, one) => sum + one.count, 0)
  expect(total).toBe(marked)
  expect(sumOf(figures.filter((one) => one.kind === 'all' && one.territory !== 'FR'))).toBe(total)
  expect(sumOf(figures.filter((one) => one.kind === 'all' && one.month !== ''))).toBe(total)
  expect(sumOf(figures.filter((one) => one.kind === 'badge'))).toBe(total)
}

test('a refresh in the middle of a reading does not show: badges and sessions are of one moment', async ({
  service,
}) => {
  const { db } = service
  const [one] = await classesOf(db)
  await given(db, {
    badges: [{ month: '2025-03', slug: one!.slug, version: one!.version, departement: '69', issued: 1 }],
    sessions: [{ ends_on: '2025-03-10', departement: '69', modality: 'presentiel', held: 1, completed: 1 }],
  })
  const over = new AbortController()
  const writing = (async () => {
    while (!over.signal.aborted) {
      await db.transaction(async (tx) => {
        await tx.execute(sql`update badge_counts set issued = issued + 1`)
        await pause()
        await tx.execute(sql`update session_counts set held = held + 1, completed = completed + 1`)
      })
      await pause()
    }
  })()
  const totals = new Set<number>()
  try {
    for (let turn = 0; turn < 60; turn++) {
      const reading = await readProvisional(db, NOW)
      const badges = countIn(reading, {})
      expect(countIn(reading, { kind: 'outcome', of: 'completed' })).toBe(badges)
      totals.add(badges)
      await pause()
    }
  } finally {
    over.abort()
    await writing
  }
  expect(totals.size).toBeGreaterThan(5)
})

test('with nothing counted, the page says so and shows this month', async ({ service }) => {
  await given(service.db, { badges: [] })
  const { months } = await readProvisional(service.db, NOW)
  expect(months).toEqual(['2025-06'])
  expect(
    (await provisional(service)).tables.every((one) => one['lines'].length === 0 || one['kind'] === 'habilitation'),
  ).toBe(true)
})
const provisional = async (service: TestService): Promise<{ tables: Json[] }> =>
  (await actor(service, 'exploitant').get(API)).body as { tables: Json[] }
