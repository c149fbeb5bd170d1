import { randomBytes } from 'node:crypto'
import { getTableName, sql } from 'drizzle-orm'
import { toSnakeCase } from 'drizzle-orm/casing'
import { expect, onTestFinished } from 'vitest'
import { buildApp } from '../src/app.ts'
import { workCredentials } from '../src/credentials/credentials.jobs.ts'
import { assertKeysOpen } from '../src/credentials/keys.ts'
import { permutation } from '../src/credentials/status.ts'
import { rows } from '../src/db.ts'
import { isSealOurs } from '../src/journal/seals.ts'
import { journalSeals } from '../src/journal/journal.sql.ts'
import { findPeople, sealPerson } from '../src/people/people.ts'
import { createLocalQueue } from '../src/queue.ts'
import { rotate } from '../src/rotation.ts'
import { KEEPERS } from '../src/sealed-columns.ts'
import { createVault, type Vault } from '../src/vault.ts'
import { actor, type Json } from './support/actors.ts'
import { config, issuingFor, test, type TestService } from './support/app.ts'
import { aRow, aSession, aTrainer, csvOf, sendCsv, type Trainer } from './support/factories.ts'
import { dumpAll, fillService, KNOWN } from './support/filled.ts'

/** The service as another process holds it, with other keys on the same database. */
async function withKeys(service: TestService, vault: Vault): Promise<TestService> {
  const failures: unknown[] = []
  const queue = createLocalQueue((_, error) => failures.push(error))
  const app = await buildApp({ config, db: service.db, vault, queue })
  const stop = await workCredentials(queue, issuingFor(service.db, vault))
  onTestFinished(async () => {
    stop()
    await app.close()
    await queue.close()
  })
  return { ...service, app, queue, vault, failures }
}
const as = (service: TestService, { slug }: Trainer): Trainer => ({ ...actor(service, 'formateur', slug), slug })
const nameOf = (vault: Vault): string => vault.seal('test', '').split('.')[0]!
const find = async ({ db }: TestService, vault: Vault, email: string) => {
  const found = await findPeople(db, [sealPerson(vault, { email, givenName: '', familyName: '' })])
  return [...found.values()]
}
const countOf = async ({ db }: TestService, table: string): Promise<number> =>
  (await rows<{ n: number }>(db, sql`select count(*)::int as n from ${sql.identifier(table)}`))[0]!.n
const outcomes = (receipts: Json[]) => receipts.map((one) => one['outcome'])

const next = randomBytes(32)

test('every column that holds a sealed value is in the list of the rotation, and the list holds no other', async ({
  service,
}) => {
  await fillService(service)
  const name = `${nameOf(service.vault)}.`
  const sealed = (await dumpAll(service.db))
    .filter(({ values }) => values.some((value) => value.includes(name)))
    .map(({ table, column }) => `${table}.${column}`)
  const listed = KEEPERS.flatMap(({ table, seals }) =>
    seals.map(({ column }) => `${getTableName(table)}.${toSnakeCase(column.name)}`),
  )
  expect(sealed).toEqual(listed.toSorted())
})

test('before, during and after a rotation a person is found by e-mail, a file sent again is recognised, nobody is twice', async ({
  service,
}) => {
  const { trainer, session, csv, badge } = await fillService(service)
  const people = await countOf(service, 'people')
  const both = createVault(next, [config.masterKey])
  const [known] = await find(service, service.vault, KNOWN.email)
  expect(known).toBeDefined()

  const during = await withKeys(service, both)
  const other = await aSession(as(during, trainer))
  for (const vault of [both, createVault(config.masterKey, [next])]) {
    expect(await find(service, vault, KNOWN.email.toUpperCase())).toEqual([known])
  }
  const again = await sendCsv(during, as(during, trainer), session, csv)
  expect(outcomes(again.receipts)).toEqual(['alreadyIssued', 'alreadyIssued'])
  const elsewhere = await sendCsv(during, as(during, trainer), other, csv)
  expect(outcomes(elsewhere.receipts)).toEqual(['issued', 'issued'])
  expect(await countOf(service, 'people')).toBe(people)

  const first = await rotate(service.db, both)
  expect(first).toMatchObject({ left: {}, stillMoving: false })
  expect(first.renewed).toBeGreaterThan(5)
  expect(await rotate(service.db, both)).toEqual({ renewed: 0, left: {}, stillMoving: false })

  const after = await withKeys(service, createVault(next))
  await assertKeysOpen(service.db, after.vault)
  expect(await find(after, after.vault, KNOWN.email)).toEqual([known])
  const last = await sendCsv(after, as(after, trainer), session, csv)
  expect(outcomes(last.receipts)).toEqual(['alreadyIssued', 'alreadyIssued'])
  const third = await sendCsv(after, as(after, trainer), await aSession(as(after, trainer)), csv)
  expect(outcomes(third.receipts)).toEqual(['issued', 'issued'])
  expect(await countOf(service, 'people')).toBe(people)
  const { body } = await actor(after).get(`${badge}.json`)
  const verified = await actor(after).post('/api/v1/verifications', { credential: body, recipient: KNOWN.email })
  expect(verified.body).toMatchObject({ verdict: 'valid' })
  const old = `${nameOf(service.vault)}.`
  const dump = await dumpAll(service.db)
  expect(dump.filter(({ values }) => values.some((value) => value.includes(old)))).toEqual([])
  await expect(assertKeysOpen(service.db, service.vault)).rejects.toThrow(
    'La clé maîtresse n’est pas celle de cette base',
  )
})

test('indexes of a list half filled before the rotation are never given again after it', async ({ service }) => {
  const [one, two, three] = [randomBytes(32), randomBytes(32), randomBytes(32)]
  await rotate(service.db, createVault(one, [config.masterKey, next]))
  const before = await withKeys(service, createVault(one))
  const trainer = await aTrainer(before)
  const forty = csvOf(Array.from({ length: 40 }, (_, index) => aRow(index)))
  const send = async (held: TestService) =>
    sendCsv(held, as(held, trainer), await aSession(as(held, trainer), { capacity: 40 }), forty)
  await send(before)
  await send(await withKeys(service, createVault(two, [one])))
  await rotate(service.db, createVault(two, [one]))
  await send(await withKeys(service, createVault(two)))
  await rotate(service.db, createVault(three, [two]))
  const last = await withKeys(service, createVault(three))
  expect(outcomes((await send(last)).receipts)).toEqual(Array(40).fill('issued'))
  expect(last.failures).toEqual([])
  const lists = await rows<{ lists: number; places: number; badges: number }>(
    service.db,
    sql`select count(distinct status_list_id)::int as lists, count(distinct (status_list_id, status_index))::int as places,
        count(*)::int as badges from credentials c join organisations o on o.id = c.organisation_id
        where o.slug = ${trainer.slug}`,
  )
  expect(lists).toEqual([{ lists: 1, places: 160, badges: 160 }])
  // The seed is what makes it so: another key alone would scatter the same positions elsewhere.
  expect(permutation(one)(3)).not.toBe(permutation(two)(3))
  await rotate(service.db, createVault(config.masterKey, [three]))
})

test('stopped midway it goes on where it was; what no key opens is counted, and left as it is', async ({ service }) => {
  await fillService(service)
  const both = createVault(next, [config.masterKey])
  let batches = 0
  const stop = () => {
    if (++batches === 3) throw new Error('killed')
  }
  await expect(rotate(service.db, both, stop)).rejects.toThrow('killed')
  const foreign = createVault(randomBytes(32)).seal('people/identity', '{}')
  const [broken] = await rows<{ id: string }>(
    service.db,
    sql`insert into people (email_fingerprint, identity) values ('empreinte', ${foreign}) returning id`,
  )
  expect(await rotate(service.db, both)).toMatchObject({ left: { people: 1 }, stillMoving: false })
  expect(await rows(service.db, sql`select identity from people where id = ${broken!.id}`)).toEqual([
    { identity: foreign },
  ])
  await service.db.execute(sql`delete from people where id = ${broken!.id}`)
  await service.db.execute(
    sql`insert into journal_seals (position, hash, at, mac) values (1, 'empreinte', now(), 'sceau forgé')`,
  )
  expect(await rotate(service.db, both)).toMatchObject({ left: { journal_seals: 1 } })
  const seals = await service.db.select().from(journalSeals).orderBy(journalSeals.position)
  expect(seals.length).toBeGreaterThan(1)
  expect(seals.map((one) => isSealOurs(createVault(next), one))).toEqual(seals.map((one) => one.position !== 1))
  await service.db.execute(sql`alter table journal_seals disable trigger user`)
  await service.db.execute(sql`delete from journal_seals where position = 1`)
  await service.db.execute(sql`alter table journal_seals enable trigger user`)
  expect(await rotate(service.db, both)).toEqual({ renewed: 0, left: {}, stillMoving: false })
  await rotate(service.db, createVault(config.masterKey, [next]))
})

test('requests sent while it runs lose nothing, and the same person sent under either order of the keys is one', async ({
  service,
}) => {
  const [one, other] = await Promise.all([
    withKeys(service, createVault(next, [config.masterKey])),
    withKeys(service, createVault(config.masterKey, [next])),
  ])
  const trainer = await aTrainer(service)
  const rowsOf = (from: number) => csvOf(Array.from({ length: 30 }, (_, index) => aRow(5000 + from + index)))
  const sessions = await Promise.all([0, 1, 2, 3].map(() => aSession(trainer)))
  const before = await countOf(service, 'people')
  const send = async (held: TestService, session: string, csv: string) =>
    (await as(held, trainer).post(`/api/v1/sessions/${session}/completions`, csv, { 'content-type': 'text/csv' }))
      .status
  const [statuses] = await Promise.all([
    Promise.all(sessions.map((session, index) => send(index % 2 ? one : other, session, rowsOf(10 * index)))),
    rotate(service.db, one.vault),
  ])
  expect(statuses).toEqual([202, 202, 202, 202])
  await Promise.all([one.queue.idle(), other.queue.idle()])
  expect(await countOf(service, 'people')).toBe(before + 60)
  expect([...one.failures, ...other.failures]).toEqual([])
  expect(await rotate(service.db, one.vault)).toMatchObject({ left: {}, stillMoving: false })
  const after = await withKeys(service, createVault(next))
  for (const [index, session] of sessions.entries()) {
    const sent = await sendCsv(after, as(after, trainer), session, rowsOf(10 * index))
    expect(outcomes(sent.receipts)).toEqual(Array(30).fill('alreadyIssued'))
  }
})
