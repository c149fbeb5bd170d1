import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { expect } from 'vitest'
import { type Db, rows } from '../src/db.ts'
import { brokenConstraint } from '../src/errors.ts'
import { rebuildCounts, refreshCounts } from '../src/statistics/counts.ts'
import { actor, type Json } from './support/actors.ts'
import { test } from './support/app.ts'
import { publishNow } from './support/publishing.ts'
import { aRow, aSession, aTrainer, csvOf, sendCsv } from './support/factories.ts'

const figures = async (db: Db) => ({
  badges: await rows(db, sql`select * from badge_counts order by 1, 2, 3, 4`),
  levels: await rows(db, sql`select * from level_counts order by 1, 2, 3, 4`),
})

/** The same figures counted by hand from the badges themselves. */
const byHand = (db: Db) =>
  rows(
    db,
    sql`select to_char(c.valid_from at time zone 'Europe/Paris', 'YYYY-MM') as month, c.achievement_slug,
          c.achievement_version, coalesce(s.departement, '') as departement,
          count(*)::int as issued, count(c.revoked_at)::int as revoked
        from credentials c left join completions p on p.id = c.completion_id left join sessions s on s.id = p.session_id
        group by 1, 2, 3, 4 order by 1, 2, 3, 4`,
  )

test('in whatever order badges are delivered and revoked and figures refreshed, they are those of a count from scratch', async ({
  service,
}) => {
  const { db } = service
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('issue' as const),
      people: fc.integer({ min: 1, max: 4 }),
      where: fc.constantFrom('69', '75', null),
    }),
    fc.record({ kind: fc.constant('revoke' as const), which: fc.nat() }),
    fc.record({ kind: fc.constantFrom('refresh' as const, 'rebuild' as const, 'both' as const) }),
  )
  let line = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 8 }), async (steps) => {
      const trainer = await aTrainer(service)
      const issued: string[] = []
      for (const one of steps) {
        if (one.kind === 'issue') {
          const place =
            one.where === null ? { modality: 'distance', departement: undefined } : { departement: one.where }
          const session = await aSession(trainer, place)
          const lines = Array.from({ length: one.people }, () => aRow((line += 1), { 'digcomp:4.2': '3' }))
          const { receipts } = await sendCsv(service, trainer, session, csvOf(lines))
          issued.push(...receipts.map((receipt) => String(receipt['credential'])))
        } else if (one.kind === 'revoke' && issued.length > 0) {
          const path = `/api/v1${new URL(issued[one.which % issued.length]!).pathname}/revocation`
          await trainer.post(path, { reason: 'Essai' })
        } else if (one.kind === 'refresh') await refreshCounts(db)
        else if (one.kind === 'rebuild') await rebuildCounts(db)
        else if (one.kind === 'both') await Promise.all([refreshCounts(db), refreshCounts(db)])
      }
      await refreshCounts(db)
      const now = await figures(db)
      expect(now.badges).toEqual(await byHand(db))
      await rebuildCounts(db)
      expect(await figures(db)).toEqual(now)
    }),
    { numRuns: 6 },
  )
})

const API = '/api/v1/statistics'

test('the edition of others is as printed: every indicator, what nobody said left out, what contradicts itself said', async ({
  service,
}) => {
  const anyone = actor(service)
  const edition = (await anyone.get(`${API}/imported/observatoire_2022`)).body
  const indicators: Json[] = edition['indicators']
  const families = new Set(indicators.map((one) => String(one['id']).split('-')[0]))
  expect([...families]).toEqual(Array.from({ length: 16 }, (_, index) => `I${index + 1}`))
  const find = (id: string) => indicators.find((one) => one['id'] === id)!
  const valueOf = (id: string, of: Json) =>
    find(id)['values'].find((one: Json) => JSON.stringify(one['of']) === JSON.stringify(of))?.value
  expect(valueOf('I2', { metier: 'mediateur-numerique' })).toBe(39)
  expect(valueOf('I10', { metier: 'mediateur-numerique' })).toBe(81)
  expect(find('I1')['contradictions'][0].values.map((one: Json) => one['value'])).toEqual([6648, 6448])
  // The source rounds: the parts of I5 make 101, kept as they are.
  expect(find('I5')['contradictions'].at(-1)).toMatchObject({
    what: 'Total des parts',
    values: [{ value: 100 }, { value: 101 }],
  })
  expect(find('I3')['contradictions']).toHaveLength(1)
  for (const { id, values, cautions = [] } of indicators) {
    if (values.length === 0) expect(cautions.length, id).toBeGreaterThan(0)
    for (const { lines, value, words } of values) {
      expect(lines, id).toMatch(/^\d+/)
      if (value === null) expect(words, id).toMatch(/\p{L}/u)
    }
  }
  const csv = (await anyone.get('/statistiques/observatoire_2022.csv')).response.body
  const count = indicators.reduce((sum, one) => sum + one['values'].length, 0)
  expect(csv.trimEnd().split('\r\n')).toHaveLength(count + 1)
  const page = (await anyone.get('/statistiques/observatoire_2022', { accept: 'text/html' })).response.body
  expect(page).toContain('se contredit')
  expect((await anyone.get('/statistiques', { accept: 'text/html' })).response.body).toContain('Observatoire 2022')
})

test('a period that is over is published once, what is small withheld, and never changes', async ({ service }) => {
  const { db } = service
  const trainer = await aTrainer(service)
  const issue = async (departement: string, people: number) => {
    const session = await aSession(trainer, { departement })
    const lines = Array.from({ length: people }, (_, index) =>
      aRow(9000 + index, { email: `${departement}-${index}@exemple.invalid`, 'digcomp:4.2': '3' }),
    )
    await sendCsv(service, trainer, session, csvOf(lines))
  }
  await issue('38', 2)
  await issue('73', 9)
  await issue('74', 14)
  // Their badges are signed today: months of the past, for the editions.
  await db.execute(
    sql`update credentials set valid_from = '2025-03-10T10:00:00Z' where organisation_id = (select id from organisations where slug = ${trainer.slug})`,
  )
  // Some are of a badge that an organisation wrote: its own version says what it shows.
  await db.execute(sql`insert into achievements (slug, version, kind, subject, digest, about)
    select 'essai--badge', '1', kind, 'own:essai--badge', 'essai', about || '{"slug": "essai--badge", "name": "Badge d’essai"}'
    from achievements where slug = 'aidants-connect' and version = '1'`)
  await db.execute(sql`update credentials c set achievement_slug = 'essai--badge' from completions p, sessions s
    where p.id = c.completion_id and s.id = p.session_id and s.departement = '74' and c.valid_from < '2026-01-01'`)
  await rebuildCounts(db)
  const operator = actor(service, 'exploitant')
  const put = (edition: string, body: Json) => operator.put(`${API}/editions/${edition}`, body)
  const period = { fromMonth: '2025-01', toMonth: '2025-06', threshold: 5, organisation: trainer.slug }

  expect((await put('trop-tot', { ...period, toMonth: '2099-12' })).body).toMatchObject({
    status: 422,
    code: 'edition_period',
  })
  const together = await Promise.all([1, 2, 3].map(() => put('2025-s1', period)))
  const [first] = together as [(typeof together)[0]]
  for (const one of together) expect(one.body).toEqual(first.body)
  expect(first).toMatchObject({ status: 202, body: { edition: '2025-s1', threshold: 5, state: 'preparing' } })
  // Two at work at once make one edition.
  await Promise.all([publishNow(service), publishNow(service)])
  const published = (await operator.get(`${API}/editions/2025-s1`)).body
  expect(published).toMatchObject({ edition: '2025-s1', threshold: 5, state: 'published', signedBy: trainer.slug })
  expect(await put('2025-s1', period)).toMatchObject({ status: 200, body: published })
  expect((await put('2025-s1', { ...period, threshold: 6 })).body).toMatchObject({
    status: 409,
    code: 'edition_differs',
  })
  expect((await put('2025-t2', { ...period, fromMonth: '2025-04' })).body).toMatchObject({
    status: 409,
    code: 'edition_overlaps',
  })

  const { items } = (await operator.get(`${API}/editions/2025-s1/figures?kind=all`)).body
  const countIn = (territory: string) =>
    (items as Json[]).find((one) => one['territory'] === territory && one['month'] === '')?.['count']
  expect(countIn('FR')).toBe(25)
  expect(countIn('DEP-38')).toBe(null)
  // The région is published: one département beside the small one is withheld too, or a subtraction would give it.
  expect(countIn('REG-84')).toBe(25)
  expect([countIn('DEP-73'), countIn('DEP-74')].filter((one) => one === null)).toHaveLength(1)
  const page = (await operator.get('/statistiques/2025-s1', { accept: 'text/html' })).response.body
  expect(page).toContain('secret')
  expect(page).toContain('mars 2025')
  expect(page).toMatch(/Badge d’essai, version 1[^]*?<td>14<\/td>/)
  const levels = (await operator.get(`${API}/editions/2025-s1/figures?kind=level&territory=FR`)).body['items'] as Json[]
  expect(levels.map((one) => [one['of'], one['count']])).toContainEqual(['digcomp/3.0/4.2|3', 25])
  for (const path of ['/statistiques', '/statistiques/2025-s1', '/statistiques/observatoire_2022']) {
    const { body } = (await operator.get(path, { accept: 'text/html' })).response
    const links = [...new Set(Array.from(body.matchAll(/href="(\/(?:statistiques|api)[^"#]*)"/g), ([, link]) => link!))]
    expect(links.length).toBeGreaterThan(1)
    for (const link of links) expect((await operator.get(link)).status, `${path} → ${link}`).toBe(200)
  }
  expect((await operator.get('/statistiques/2025-s1.csv')).response.body).toMatch(
    /^2025-s1,2025-01,2025-06,all,.*,DEP-38,38 Isère,.*,,oui,\r$/m,
  )

  await issue('01', 30)
  await db.execute(
    sql`update credentials set valid_from = '2025-02-10T10:00:00Z' where valid_from > '2026-01-01' and organisation_id = (select id from organisations where slug = ${trainer.slug})`,
  )
  await rebuildCounts(db)
  // Badges counted late change nothing of what is published: the same request has the same answer.
  expect((await put('2025-s1', period)).body).toEqual(published)
  expect((await operator.get(`${API}/editions/2025-s1/figures?kind=all`)).body['items']).toEqual(items)
  for (const change of [sql`update statistics_figures set count = 1`, sql`delete from statistics_editions`]) {
    await expect(db.execute(change)).rejects.toSatisfy((error) => brokenConstraint(error) === 'edition_immutable')
  }
  const late = sql`insert into statistics_figures values ('2025-s1', 'all', 'x', 'FR', '', 9)`
  await expect(db.execute(late)).rejects.toSatisfy((error) => brokenConstraint(error) === 'edition_closed')
})
