import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { type Db, rows } from '../src/db.ts'
import { brokenConstraint } from '../src/errors.ts'
import { publishOrders } from '../src/statistics/publish-orders.ts'
import { actor, type Json, signedIn } from './support/actors.ts'
import { BASE_URL, test } from './support/app.ts'
import { aTrainer } from './support/factories.ts'
import { deliver, publishNow } from './support/publishing.ts'

const API = '/api/v1/statistics'
const SITE = { baseUrl: BASE_URL, publisher: 'Insigne' }

const ordersOf = (db: Db, edition: string) =>
  rows<Json>(
    db,
    sql`select state, refusal, settled_at, taken_until from statistics_orders where edition = ${edition} order by asked_at`,
  )
const journalOf = async (db: Db, edition: string): Promise<unknown[]> =>
  (await rows<Json>(db, sql`select action from journal where subject = ${`edition:${edition}`} order by position`)).map(
    (one) => one['action'],
  )

test('what cannot be published is refused at once, each fault by its code, and nothing is ordered', async ({
  service,
}) => {
  const trainer = await aTrainer(service)
  const suspended = await aTrainer(service)
  const operator = actor(service, 'exploitant')
  await operator.post(`/api/v1/organisations/${suspended.slug}/suspension`, { reason: 'Essai' })
  const right = { fromMonth: '2019-01', toMonth: '2019-06', organisation: trainer.slug }
  const refusals: [string, Json, number, string][] = [
    ['2019-s1', { ...right, toMonth: '2018-12' }, 422, 'edition_period'],
    ['2019-s1', { ...right, toMonth: '2099-12' }, 422, 'edition_period'],
    ['2019-s1', { ...right, toMonth: new Date().toISOString().slice(0, 7) }, 422, 'edition_period'],
    ['2019-s1', { ...right, organisation: 'personne' }, 422, 'signer_unknown'],
    ['2019-s1', { ...right, organisation: suspended.slug }, 409, 'signer_not_approved'],
    ['publier', right, 422, 'edition_name_reserved'],
    ['2019-s1', { ...right, threshold: 1 }, 422, 'invalid_fields'],
    ['2019-s1', { ...right, fromMonth: '2019-13' }, 422, 'invalid_fields'],
    ['2019-s1', { fromMonth: '2019-01', toMonth: '2019-06' }, 422, 'invalid_fields'],
    ['2019_s1', right, 422, 'invalid_fields'],
  ]
  for (const [edition, body, status, code] of refusals) {
    const answer = (await operator.put(`${API}/editions/${edition}`, body)).body
    expect(answer, JSON.stringify(body)).toMatchObject({ status, code, mend: expect.stringMatching(/\p{L}/u) })
  }
  expect(await ordersOf(service.db, '2019-s1')).toEqual([])
  expect(await operator.get(`${API}/editions/2019-s1`)).toMatchObject({ status: 404 })
})

test('an order that finds badges still being counted waits for them, and is not refused', async ({ service }) => {
  const { db } = service
  const trainer = await aTrainer(service)
  const asked = { fromMonth: '2003-01', toMonth: '2003-12', organisation: trainer.slug }
  expect((await actor(service, 'exploitant').put(`${API}/editions/annee-2003`, asked)).status).toBe(202)
  // What an older version of the service counts beside this one.
  await db.execute(sql`insert into badge_counts values ('2003-05', 'aidants-connect', '1', '69', 7, 0)`)
  await expect(publishNow(service)).rejects.toMatchObject({ cause: { code: 'counts_behind' } })
  expect(await ordersOf(db, 'annee-2003')).toMatchObject([{ state: 'preparing', refusal: null }])
  await db.execute(sql`delete from badge_counts where month = '2003-05'`)
  await db.execute(sql`update statistics_orders set taken_until = null where edition = 'annee-2003'`)
  expect(await publishNow(service)).toBe(1)
  expect(await ordersOf(db, 'annee-2003')).toMatchObject([{ state: 'published' }])
})

test('asked again it is the same order; other content and shared months are refused, with what differs', async ({
  service,
}) => {
  const trainer = await aTrainer(service)
  const other = await aTrainer(service)
  const operator = actor(service, 'exploitant')
  const put = (edition: string, body: Json) => operator.put(`${API}/editions/${edition}`, body)
  const asked = { fromMonth: '2018-01', toMonth: '2018-06', threshold: 5, organisation: trainer.slug }
  const answers = await Promise.all([1, 2, 3].map(() => put('2018-s1', asked)))
  for (const { status, body, response } of answers) {
    expect([status, response.headers['location']]).toEqual([202, `${BASE_URL}${API}/editions/2018-s1`])
    expect(body).toEqual(answers[0]!.body)
  }
  expect(await journalOf(service.db, '2018-s1')).toEqual(['statistics.ordered'])
  expect((await operator.get(`${API}/editions/2018-s1`)).body).toMatchObject({
    state: 'preparing',
    settledAt: null,
    organisation: trainer.slug,
  })
  for (const [change, words] of [
    [{ threshold: 6 }, 'seuil : 5 → 6'],
    [{ toMonth: '2018-05' }, 'dernier mois : 2018-06 → 2018-05'],
    [{ organisation: other.slug }, `signataire : ${trainer.slug} → ${other.slug}`],
  ] as const) {
    const refused = { status: 409, code: 'edition_differs', differences: [words] }
    expect((await put('2018-s1', { ...asked, ...change })).body).toMatchObject(refused)
  }
  expect((await put('2018-t2', { ...asked, fromMonth: '2018-04' })).body).toMatchObject({
    status: 409,
    code: 'edition_overlaps',
    detail: expect.stringContaining('qui se prépare'),
  })
  await publishNow(service)
  expect((await put('2018-t2', { ...asked, fromMonth: '2018-04' })).body).toMatchObject({ code: 'edition_overlaps' })
  expect((await put('2018-s1', { ...asked, threshold: 6 })).body).toMatchObject({ code: 'edition_differs' })
  expect(await put('2018-s1', asked)).toMatchObject({ status: 200, body: { state: 'published' } })
  // The database says it too, whoever writes.
  const clash = sql`insert into statistics_editions (edition, from_month, to_month, threshold, author, digest)
    values ('ailleurs', '2018-06', '2018-07', 5, 'essai', 'x')`
  await expect(service.db.execute(clash)).rejects.toSatisfy(
    (error) => brokenConstraint(error) === 'edition_months_free',
  )
})

test('a signer who lost its right or its key meanwhile: refused with the reason, asked anew once mended', async ({
  service,
}) => {
  const { db } = service
  const operator = actor(service, 'exploitant')
  for (const [month, harm, mend, code] of [
    [
      '2017-01',
      sql`update organisations set state = 'suspended' where slug = `,
      sql`update organisations set state = 'approved' where slug = `,
      'signer_not_approved',
    ],
    [
      '2017-02',
      sql`update issuer_keys set sealed_secret_key = reverse(sealed_secret_key) where organisation_id = (select id from organisations where slug = `,
      sql`update issuer_keys set sealed_secret_key = reverse(sealed_secret_key) where organisation_id = (select id from organisations where slug = `,
      'signer_key_unusable',
    ],
  ] as const) {
    const trainer = await aTrainer(service)
    const end = code === 'signer_key_unusable' ? sql`)` : sql``
    const asked = { fromMonth: month, toMonth: month, organisation: trainer.slug }
    const path = `${API}/editions/refus-${month}`
    expect((await operator.put(path, asked)).status).toBe(202)
    await db.execute(sql`${harm}${trainer.slug}${end}`)
    await publishNow(service)
    expect((await operator.get(path)).body).toMatchObject({
      state: 'refused',
      reason: { code, mend: expect.stringMatching(/\p{L}/u) },
    })
    expect((await operator.put(path, asked)).body).toMatchObject({ status: 409, code })
    await db.execute(sql`${mend}${trainer.slug}${end}`)
    expect((await operator.put(path, asked)).status).toBe(202)
    await publishNow(service)
    expect((await operator.get(path)).body).toMatchObject({ state: 'published' })
    expect((await ordersOf(db, `refus-${month}`)).map((one) => one['state'])).toEqual(['refused', 'published'])
  }
})

test('given up in the middle it leaves nothing but the order, which the next start finishes', async ({ service }) => {
  const { db, vault } = service
  const trainer = await aTrainer(service)
  await deliver(service, trainer, '2016-03', { '38': 9, '73': 12 })
  const asked = { fromMonth: '2016-01', toMonth: '2016-12', organisation: trainer.slug }
  await actor(service, 'exploitant').put(`${API}/editions/2016`, asked)
  const stop = new AbortController()
  const working = publishOrders({ db, vault, site: SITE }, stop.signal)
  // Stopped as soon as it has taken the order.
  while ((await ordersOf(db, '2016'))[0]!['taken_until'] === null) await new Promise((next) => setImmediate(next))
  stop.abort()
  expect(await working).toBe(0)
  expect(await ordersOf(db, '2016')).toMatchObject([{ state: 'preparing', taken_until: null }])
  const kept = sql`select (select count(*) from statistics_editions where edition = '2016')::int as editions,
    (select count(*) from statistics_figures where edition = '2016')::int as figures,
    (select count(*) from statistics_files where edition = '2016')::int as files`
  expect(await rows(db, kept)).toEqual([{ editions: 0, figures: 0, files: 0 }])
  // One that died without a word holds the order for a while at most: another then takes it, and only one makes it.
  await db.execute(sql`update statistics_orders set taken_until = now() + interval '1 minute' where edition = '2016'`)
  expect(await publishNow(service)).toBe(0)
  await db.execute(sql`update statistics_orders set taken_until = now() - interval '1 second' where edition = '2016'`)
  expect((await Promise.all([publishNow(service), publishNow(service)])).toSorted()).toEqual([0, 1])
  expect(await rows(db, kept)).toMatchObject([{ editions: 1, files: 8 }])
  expect(await journalOf(db, '2016')).toEqual(['statistics.ordered', 'statistics.published'])
})

test('the operator orders it from a page, and sees where it stands; a refusal shows what was typed', async ({
  service,
}) => {
  const trainer = await aTrainer(service)
  const operator = await signedIn(service, { grants: [{ role: 'exploitant' }] })
  const html = { accept: 'text/html' }
  const asked = { edition: 'par-page', fromMonth: '2015-01', toMonth: '2015-12', threshold: '5', organisation: trainer.slug } // prettier-ignore
  const wrong = await operator.form('/statistiques/publier', { ...asked, toMonth: '2014-12' }, html)
  expect(wrong.status).toBe(422)
  expect(wrong.response.body).toContain('La période n’est pas finie, ou finit avant de commencer.')
  expect(wrong.response.body).toContain('value="2014-12"')
  const sent = await operator.form('/statistiques/publier', asked, html)
  expect([sent.status, sent.response.headers['location']]).toEqual([303, '/statistiques/publier?fait=demandee'])
  const stateIn = async () => {
    const { body } = (await operator.get('/statistiques/publier?fait=demandee', html)).response
    return /par-page[^]*?<span class="tag"[^>]*>([^<]+)</.exec(body)?.[1]
  }
  expect(await stateIn()).toBe('En préparation')
  await publishNow(service)
  expect(await stateIn()).toBe('Publiée')
})
