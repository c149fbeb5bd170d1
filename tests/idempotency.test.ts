import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { signToken } from '../src/auth/access.ts'
import { rows } from '../src/db.ts'
import { applyRetention } from '../src/privacy/retention.ts'
import type { Json } from './support/actors.ts'
import { config, test, type TestService } from './support/app.ts'
import { aRow, aSession, aTrainer, csvOf, type Trainer } from './support/factories.ts'

const session = (trainer: Trainer, given: Json = {}) => ({
  organisation: trainer.slug,
  module: 'aidants-connect',
  startsOn: '2026-03-31',
  endsOn: '2026-03-31',
  capacity: 5,
  modality: 'distance',
  ...given,
})
const plan = (trainer: Trainer, key: string, given: Json = {}, headers: Record<string, string> = {}) =>
  trainer.post('/api/v1/sessions', session(trainer, given), { 'idempotency-key': key, ...headers })
const planned = async ({ db }: TestService, trainer: Trainer) =>
  (
    await rows<{ n: number }>(
      db,
      sql`select count(*)::int as n from sessions s join organisations o on o.id = s.organisation_id where o.slug = ${trainer.slug}`,
    )
  )[0]!.n

test('the same key and request give the same answer again, and one effect', async ({ service }) => {
  const trainer = await aTrainer(service)
  const key = randomUUID()
  const first = await plan(trainer, key)
  const again = await plan(trainer, key)
  expect(again).toMatchObject({ status: 201, body: first.body })
  expect(first.response.headers['idempotent-replayed']).toBeUndefined()
  expect(again.response.headers['idempotent-replayed']).toBe('true')
  expect(await planned(service, trainer)).toBe(1)
  await plan(trainer, randomUUID())
  expect(await planned(service, trainer)).toBe(2)
})

test('a refusal is answered again as the problem that it was', async ({ service }) => {
  const trainer = await aTrainer(service)
  const key = randomUUID()
  const first = await plan(trainer, key, { departement: '1' })
  const again = await plan(trainer, key, { departement: '1' })
  expect(again).toMatchObject({ status: 422, body: first.body })
  expect(again.response.headers['content-type']).toBe(first.response.headers['content-type'])
  expect(again.response.headers['idempotent-replayed']).toBe('true')
})

test('a file sent twice under a key is one campaign', async ({ service }) => {
  const trainer = await aTrainer(service)
  const url = `/api/v1/sessions/${await aSession(trainer)}/completions`
  const headers = { 'content-type': 'text/csv', 'idempotency-key': randomUUID() }
  const first = await trainer.post(url, csvOf([aRow(1)]), headers)
  const again = await trainer.post(url, csvOf([aRow(1)]), headers)
  expect(again.body).toEqual(first.body)
  expect(await trainer.post(url, csvOf([aRow(2)]), headers)).toMatchObject({
    status: 422,
    body: { code: 'idempotency_key_reused' },
  })
  await service.queue.idle()
  const { body } = await trainer.get(`/api/v1/credentials?organisation=${trainer.slug}`)
  expect(body['items']).toHaveLength(1)
})

test('of two that arrive at once, one has its effect; the other is told to wait, or gets the same answer', async ({
  service,
}) => {
  const trainer = await aTrainer(service)
  const key = randomUUID()
  const all = await Promise.all(Array.from({ length: 5 }, () => plan(trainer, key)))
  const done = all.filter((one) => one.status === 201)
  expect(done.length).toBeGreaterThan(0)
  for (const one of done) expect(one.body).toEqual(done[0]!.body)
  for (const one of all.filter((one) => one.status !== 201))
    expect(one).toMatchObject({ status: 409, body: { code: 'in_progress' } })
  expect(await planned(service, trainer)).toBe(1)
  expect(await plan(trainer, key)).toMatchObject({ status: 201, body: done[0]!.body })
})

test('the same key for another request is refused, and does nothing', async ({ service }) => {
  const trainer = await aTrainer(service)
  const key = randomUUID()
  await plan(trainer, key)
  expect(await plan(trainer, key, { capacity: 6 })).toMatchObject({
    status: 422,
    body: { code: 'idempotency_key_reused', detail: 'Cette clé d’idempotence a déjà servi à une autre demande.' },
  })
  expect(await planned(service, trainer)).toBe(1)
})

test('the key of someone else is another key, within an organisation and between two', async ({ service }) => {
  const [mine, theirs] = [await aTrainer(service), await aTrainer(service)]
  const key = randomUUID()
  const first = await plan(mine, key)
  expect((await plan(theirs, key)).body['organisation']).toBe(theirs.slug)
  const colleague = signToken(service.app, { sub: 'collegue', role: 'formateur', organisation: mine.slug }, 1)
  const second = await plan(mine, key, {}, { authorization: `Bearer ${colleague}` })
  expect(second.status).toBe(201)
  expect(second.body['id']).not.toBe(first.body['id'])
})

test('a key is 1 to 200 characters long', async ({ service }) => {
  const trainer = await aTrainer(service)
  expect(await plan(trainer, 'a'.repeat(201))).toMatchObject({ status: 422, body: { code: 'idempotency_key' } })
  expect(await planned(service, trainer)).toBe(0)
})

test('after a fault of the service the same key may be tried again, and then works', async ({ service }) => {
  const trainer = await aTrainer(service)
  const key = randomUUID()
  await service.db.execute(
    sql`create function fail_once() returns trigger language plpgsql as $$ begin raise exception 'panne du disque'; end $$`,
  )
  await service.db.execute(
    sql`create trigger fail_once before insert on sessions for each row execute function fail_once()`,
  )
  expect(await plan(trainer, key)).toMatchObject({ status: 500, body: { code: 'internal' } })
  await service.db.execute(sql`drop trigger fail_once on sessions`)
  expect(await plan(trainer, key)).toMatchObject({ status: 201 })
  expect(await planned(service, trainer)).toBe(1)
})

test('an answer is forgotten after a day, and a request that was cut off after five minutes', async ({ service }) => {
  const trainer = await aTrainer(service)
  const [old, cut] = [randomUUID(), randomUUID()]
  await plan(trainer, old)
  await plan(trainer, cut)
  await service.db.execute(
    sql`update idempotent_answers set created_at = now() - interval '25 hours' where key = ${old}`,
  )
  await service.db.execute(sql`update idempotent_answers set status = null, body = null where key = ${cut}`)
  expect(await plan(trainer, cut)).toMatchObject({ status: 409, body: { code: 'in_progress' } })
  await service.db.execute(
    sql`update idempotent_answers set created_at = now() - interval '6 minutes' where key = ${cut}`,
  )
  expect((await plan(trainer, cut)).response.headers['idempotent-replayed']).toBeUndefined()
  expect(await planned(service, trainer)).toBe(3)

  await applyRetention(service.db, service.vault, config.retention)
  const kept = await rows<{ key: string }>(
    service.db,
    sql`select key from idempotent_answers where key in (${old}, ${cut})`,
  )
  expect(kept).toEqual([{ key: cut }])
})
