import { gunzipSync } from 'node:zlib'
import { eq, sql } from 'drizzle-orm'
import { describe, expect } from 'vitest'
import { getCredential } from '../src/credentials/credentials.ts'
import { credentials, statusListCredentials, statusLists } from '../src/credentials/credentials.sql.ts'
import { issueSlice } from '../src/credentials/issue.ts'
import { LIST_LENGTH, reserveSlots } from '../src/credentials/status.ts'
import { organisations } from '../src/organisations/organisations.sql.ts'
import { completions, receipts } from '../src/training/training.sql.ts'
import { actor, type Json } from './support/actors.ts'
import { BASE_URL, issuingFor, test, type TestService } from './support/app.ts'
import { aBadge, aRow, aSession, aTrainer, csvOf, sendCsv, type Trainer } from './support/factories.ts'

const pathOf = (url: unknown): string => new URL(String(url)).pathname
const entryOf = (credential: Json, purpose: string): Json =>
  (credential['credentialStatus'] as Json[]).find((one) => one['statusPurpose'] === purpose)!

/** The bit of a badge in the public list, read by hand. */
async function bitOf(service: TestService, entry: Json): Promise<number> {
  const { body } = await actor(service).get(pathOf(entry['statusListCredential']))
  const bits = gunzipSync(Buffer.from(body['credentialSubject'].encodedList.slice(1), 'base64url'))
  expect(bits.length * 8).toBeGreaterThanOrEqual(131_072)
  const index = Number(entry['statusListIndex'])
  return (bits[Math.floor(index / 8)]! >> (7 - (index % 8))) & 1
}

async function slotsOf(service: TestService, trainer: Trainer): Promise<string[]> {
  const found = await service.db
    .select({ list: credentials.statusListId, index: credentials.statusIndex, id: credentials.id })
    .from(credentials)
    .innerJoin(organisations, eq(organisations.id, credentials.organisationId))
    .where(eq(organisations.slug, trainer.slug))
  const slots: string[] = []
  for (const { list, index, id } of found) {
    const { document } = await getCredential(service.db, id)
    const entry = entryOf(JSON.parse(document) as Json, 'revocation')
    // What the row says is what the badge says.
    expect(entry['statusListIndex']).toBe(String(index))
    expect(entry['statusListCredential']).toBe(`${BASE_URL}/status-lists/${list}-revocation`)
    slots.push(`${list} ${index}`)
  }
  return slots
}

describe('the public list of an issuer', () => {
  test('tells a revocation and a suspension apart, at the very next reading, and no other badge moves', async ({
    service,
  }) => {
    const trainer = await aTrainer(service)
    const { receipts: rows } = await sendCsv(
      service,
      trainer,
      await aSession(trainer),
      csvOf([1, 2, 3].map((n) => aRow(n))),
    )
    const paths = rows.map((one) => pathOf(one['credential']))
    const badges = await Promise.all(paths.map(async (path) => (await actor(service).get(`${path}.json`)).body))
    const bits = async (purpose: string) => Promise.all(badges.map((badge) => bitOf(service, entryOf(badge, purpose))))

    expect(await bits('revocation')).toEqual([0, 0, 0])
    await trainer.post(`/api/v1${paths[0]}/revocation`, { reason: 'Délivré par erreur' })
    await trainer.post(`/api/v1${paths[1]}/suspension`, { reason: 'Structure fermée' })
    expect(await bits('revocation')).toEqual([1, 0, 0])
    expect(await bits('suspension')).toEqual([0, 1, 0])
    await trainer.post(`/api/v1${paths[1]}/restoration`, { reason: 'Structure rouverte' })
    expect(await bits('suspension')).toEqual([0, 0, 0])
    await trainer.post(`/api/v1${paths[1]}/suspension`, { reason: 'De nouveau' })
    await trainer.post(`/api/v1${paths[1]}/revocation`, { reason: 'Pour de bon' })
    expect(await bits('revocation')).toEqual([1, 1, 0])
    expect(await bits('suspension')).toEqual([0, 0, 0])
  })

  test('is a credential signed by the issuer, that says its purpose and how long it holds', async ({ service }) => {
    const { trainer, credential } = await aBadge(service)
    const url = String(entryOf(credential, 'suspension')['statusListCredential'])
    const { body, response } = await actor(service).get(pathOf(url))
    expect(body).toMatchObject({
      id: url,
      type: ['VerifiableCredential', 'BitstringStatusListCredential'],
      issuer: `did:web:insigne.test:organisations:${trainer.slug}`,
      credentialSubject: {
        type: 'BitstringStatusList',
        statusPurpose: 'suspension',
        encodedList: expect.stringMatching(/^u/),
      },
      proof: { cryptosuite: 'eddsa-rdfc-2022' },
    })
    expect(Date.parse(body['validUntil']) - Date.parse(body['validFrom'])).toBe(24 * 3600_000)
    expect(response.headers).toMatchObject({
      'cache-control': 'public, max-age=300',
      'access-control-allow-origin': '*',
    })
  })

  test('is not sent again to who has it, and is after a change', async ({ service }) => {
    const { trainer, id, credential } = await aBadge(service)
    const path = pathOf(entryOf(credential, 'revocation')['statusListCredential'])
    const first = await actor(service).get(path)
    const etag = String(first.response.headers['etag'])
    const second = await actor(service).get(path, { 'if-none-match': etag })
    expect([second.status, second.response.body]).toEqual([304, ''])
    expect((await actor(service).get(path)).body).toEqual(first.body)
    await trainer.post(`/api/v1/credentials/${id}/revocation`, { reason: 'Délivré par erreur' })
    const third = await actor(service).get(path, { 'if-none-match': etag })
    expect(third.status).toBe(200)
    expect(third.response.headers['etag']).not.toBe(etag)
  })

  test('is signed anew an hour before it would end, not sooner', async ({ service }) => {
    const { credential } = await aBadge(service)
    const entry = entryOf(credential, 'revocation')
    const path = pathOf(entry['statusListCredential'])
    const read = async (): Promise<string> => (await actor(service).get(path)).body['validFrom']
    const signedHoursAgo = (hours: number) =>
      service.db
        .update(statusListCredentials)
        .set({ signedAt: new Date(Date.now() - hours * 3600_000) })
        .where(eq(statusListCredentials.listId, path.split('/')[2]!.slice(0, 36)))
    const first = await read()
    await signedHoursAgo(22.9)
    expect(await read()).toBe(first)
    await signedHoursAgo(23.1)
    const renewed = await read()
    expect(Date.parse(renewed)).toBeGreaterThan(Date.parse(first))
    expect(await read()).toBe(renewed)
  })

  test.for([
    'inconnue',
    '00000000-0000-4000-8000-000000000000-revocation',
    '00000000-0000-4000-8000-000000000000-autre',
  ])('does not exist at /status-lists/%s', async (name, { service }) => {
    const asked = await actor(service).get(`/status-lists/${name}`, { accept: 'application/json' })
    expect(asked).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    })
  })
})

describe('an index is given once', () => {
  test('to 50 badges of one organisation asked for at once', async ({ service }) => {
    const trainer = await aTrainer(service)
    const sessions = await Promise.all(Array.from({ length: 50 }, () => aSession(trainer)))
    const sent = await Promise.all(sessions.map((session, n) => sendCsv(service, trainer, session, csvOf([aRow(n)]))))
    expect(sent.map(({ campaign }) => campaign?.['counts'].issued)).toEqual(Array.from({ length: 50 }, () => 1))
    expect(new Set(await slotsOf(service, trainer)).size).toBe(50)
    expect(service.failures).toEqual([])
  })

  test('to 50 badges of ten organisations asked for at once', async ({ service }) => {
    const trainers = await Promise.all(Array.from({ length: 10 }, () => aTrainer(service)))
    const all = await Promise.all(
      trainers.flatMap((trainer) =>
        Array.from({ length: 5 }, async (_, n) => sendCsv(service, trainer, await aSession(trainer), csvOf([aRow(n)]))),
      ),
    )
    expect(all.every(({ campaign }) => campaign?.['counts'].issued === 1)).toBe(true)
    const slots = (await Promise.all(trainers.map((trainer) => slotsOf(service, trainer)))).flat()
    expect(new Set(slots).size).toBe(50)
    // One list each, and one key each, though their first badges were asked for together.
    expect(new Set(slots.map((one) => one.split(' ')[0])).size).toBe(10)
    expect(service.failures).toEqual([])
  })

  test('to 50 reservations that truly meet', async ({ service }) => {
    const trainer = await aTrainer(service)
    const [row] = await service.db
      .select({ id: organisations.id })
      .from(organisations)
      .where(eq(organisations.slug, trainer.slug))
    const taken = (
      await Promise.all(Array.from({ length: 50 }, () => reserveSlots(service.db, service.vault, row!.id, 7)))
    ).flat()
    expect(new Set(taken.map(({ listId, index }) => `${listId} ${index}`)).size).toBe(350)
    expect(taken.every(({ index }) => Number.isInteger(index) && index >= 0 && index < LIST_LENGTH)).toBe(true)
  })

  test('to each completion of a campaign that two workers take at once: one credential each, one outcome each', async ({
    service,
  }) => {
    const trainer = await aTrainer(service)
    const issuing = issuingFor(service.db, service.vault)
    const rows = Array.from({ length: 40 }, (_, n) => aRow(n))
    const { campaign } = await sendCsv(service, trainer, await aSession(trainer), csvOf(rows))
    const campaignId = String(campaign!['id'])
    // As after a crash: the completions are there, their badges are not.
    const mine = sql`completion_id in (select id from completions where campaign_id = ${campaignId})`
    await service.db.execute(
      sql`delete from credential_events where credential_id in (select id from credentials where ${mine})`,
    )
    await service.db.execute(sql`delete from credentials where ${mine}`)
    await service.db.update(receipts).set({ outcome: 'pending' }).where(eq(receipts.campaignId, campaignId))

    await Promise.all([1, 2, 3].map(() => issueSlice(issuing, { campaignId, from: 1, to: 500 })))
    const issued = await service.db
      .select({ completion: completions.id })
      .from(credentials)
      .innerJoin(completions, eq(completions.id, credentials.completionId))
      .where(eq(completions.campaignId, campaignId))
    expect(issued).toHaveLength(40)
    expect(new Set(issued.map((one) => one.completion)).size).toBe(40)
    expect(new Set(await slotsOf(service, trainer)).size).toBe(40)
    const { body } = await trainer.get(`/api/v1/campaigns/${campaignId}`)
    expect(body).toMatchObject({ state: 'done', counts: { received: 40, issued: 40, pending: 0 } })
    const events = await service.db.execute(
      sql`select count(*)::int as n from credential_events e join credentials c on c.id = e.credential_id where c.${mine}`,
    )
    expect(JSON.stringify(events)).toContain('"n":40')
  })
})

test('a full list is followed by a next one, and the badges of both verify', async ({ service }) => {
  const { trainer, credential } = await aBadge(service)
  const first = pathOf(entryOf(credential, 'revocation')['statusListCredential']).split('/')[2]!.slice(0, 36)
  await service.db
    .update(statusLists)
    .set({ allocated: LIST_LENGTH - 2 })
    .where(eq(statusLists.id, first))
  const { receipts: rows } = await sendCsv(
    service,
    trainer,
    await aSession(trainer),
    csvOf([1, 2, 3, 4, 5].map((n) => aRow(n))),
  )
  const lists = (await slotsOf(service, trainer)).map((one) => one.split(' ')[0])
  expect(lists.filter((list) => list === first)).toHaveLength(3)
  expect(new Set(lists).size).toBe(2)
  for (const { credential: url } of rows) {
    expect((await actor(service).post('/api/v1/verifications', { url })).body).toMatchObject({ verdict: 'valid' })
  }
  const found = await service.db
    .select()
    .from(statusLists)
    .where(sql`${statusLists.organisationId} = (select organisation_id from status_lists where id = ${first})`)
    .orderBy(statusLists.sequence)
  expect(found.map(({ sequence, allocated }) => [sequence, allocated])).toEqual([
    [1, LIST_LENGTH],
    [2, 3],
  ])
})
