import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { workCredentials } from '../src/credentials/credentials.jobs.ts'
import { unfinishedCampaigns } from '../src/credentials/issue.ts'
import { rows } from '../src/db.ts'
import { createLocalQueue } from '../src/queue.ts'
import { actor } from './support/actors.ts'
import { BASE_URL, test, type TestService } from './support/app.ts'
import { aRow, aSession, aTrainer, csvOf, sendCsv } from './support/factories.ts'

const people = (count: number) => csvOf(Array.from({ length: count }, (_, index) => aRow(index)))
const countsOf = async (service: TestService, campaign: string) =>
  (await actor(service, 'exploitant').get(`/api/v1/campaigns/${campaign}`)).body
/** Badges, their events and their places in the lists: all equal to `n`, or something was doubled. */
async function issued({ db }: TestService, slug: string) {
  const [found] = await rows<Record<string, number>>(
    db,
    sql`select count(*)::int as badges, count(distinct c.completion_id)::int as completions, count(distinct (c.status_list_id, c.status_index))::int as places,
      (select count(*)::int from credential_events e join credentials x on x.id = e.credential_id join organisations y on y.id = x.organisation_id where y.slug = ${slug}) as events
      from credentials c join organisations o on o.id = c.organisation_id where o.slug = ${slug}`,
  )
  return found
}

test('a campaign whose job was lost is found by the sweep of another process, and issued', async ({ service }) => {
  const trainer = await aTrainer(service)
  const session = await aSession(trainer)
  const csv = { 'content-type': 'text/csv' }
  service.queue.work('credentials.issue', async () => {}) // the process dies before it issues anything
  const sent = await trainer.post(`/api/v1/sessions/${session}/completions`, people(5), csv)
  await service.queue.idle()
  const campaign = String(sent.body['campaign'])
  expect(await countsOf(service, campaign)).toMatchObject({
    state: 'issuing',
    counts: { received: 5, issued: 0, pending: 5 },
  })
  expect(await unfinishedCampaigns(service.db)).toEqual([campaign])

  const failures: unknown[] = []
  const next = createLocalQueue((_, error) => failures.push(error))
  const stopSweep = await workCredentials(next, { db: service.db, vault: service.vault, baseUrl: BASE_URL })
  await next.idle()
  stopSweep()
  await next.close()
  ;(await workCredentials(service.queue, { db: service.db, vault: service.vault, baseUrl: BASE_URL }))()
  expect(failures).toEqual([])
  expect(await countsOf(service, campaign)).toMatchObject({
    state: 'done',
    counts: { received: 5, issued: 5, pending: 0 },
  })
  expect(await unfinishedCampaigns(service.db)).toEqual([])
  expect(await issued(service, trainer.slug)).toEqual({ badges: 5, completions: 5, places: 5, events: 5 })
})

test('a job that the database fails midway is tried again, and nothing is doubled', async ({ service }) => {
  const trainer = await aTrainer(service)
  const session = await aSession(trainer, { capacity: 300 })
  // The sequence survives the rollback: the second batch of a hundred fails once, after the first was written.
  await service.db.execute(sql`create sequence seen`)
  await service.db.execute(
    sql`create function fail_at_second() returns trigger language plpgsql as $$ begin if nextval('seen') = 2 then raise exception 'panne'; end if; return null; end $$`,
  )
  await service.db.execute(
    sql`create trigger fail_at_second after insert on credentials for each statement execute function fail_at_second()`,
  )
  const { campaign } = await sendCsv(service, trainer, session, people(250))
  await service.db.execute(sql`drop trigger fail_at_second on credentials`)
  expect(service.failures.splice(0)).toHaveLength(1)
  expect(campaign).toMatchObject({ state: 'done', counts: { received: 250, issued: 250, pending: 0 } })
  expect(await issued(service, trainer.slug)).toEqual({ badges: 250, completions: 250, places: 250, events: 250 })
})

test('two processes that work the same campaign give each learner one badge', async ({ service }) => {
  const trainer = await aTrainer(service)
  const session = await aSession(trainer)
  const failures: unknown[] = []
  const other = createLocalQueue((_, error) => failures.push(error))
  const stopSweep = await workCredentials(other, { db: service.db, vault: service.vault, baseUrl: BASE_URL })
  const sent = await trainer.post(`/api/v1/sessions/${session}/completions`, people(30), { 'content-type': 'text/csv' })
  await other.enqueue('credentials.issue', { campaignId: String(sent.body['campaign']) })
  await Promise.all([service.queue.idle(), other.idle()])
  stopSweep()
  await other.close()
  expect([...failures, ...service.failures]).toEqual([])
  expect(await countsOf(service, String(sent.body['campaign']))).toMatchObject({
    state: 'done',
    counts: { issued: 30 },
  })
  expect(await issued(service, trainer.slug)).toEqual({ badges: 30, completions: 30, places: 30, events: 30 })
})

test('a campaign that does not exist is nothing to do, not a failure', async ({ service }) => {
  await service.queue.enqueue('credentials.issue', { campaignId: '00000000-0000-0000-0000-000000000000' })
  await service.queue.idle()
  expect(service.failures).toEqual([])
})
