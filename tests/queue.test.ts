import { sql } from 'drizzle-orm'
import { expect, onTestFinished } from 'vitest'
import { workCredentials } from '../src/credentials/credentials.jobs.ts'
import { enqueueCampaign, unfinishedCampaigns } from '../src/credentials/slices.ts'
import { rows } from '../src/db.ts'
import { createRedisQueue } from '../src/queue-redis.ts'
import { createLocalQueue, type Queue } from '../src/queue.ts'
import { actor } from './support/actors.ts'
import { issuingFor, test, type TestService } from './support/app.ts'
import { aRow, aSession, aTrainer, csvOf, sendCsv } from './support/factories.ts'
import { aPrefix, loseEverything, redisIsThere, redisUrl } from './support/redis.ts'

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
  const stopSweep = await workCredentials(next, issuingFor(service.db, service.vault))
  await next.idle()
  stopSweep()
  await next.close()
  ;(await workCredentials(service.queue, issuingFor(service.db, service.vault)))()
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
  const session = await aSession(trainer, { capacity: 600 })
  // The sequence survives the rollback: the second slice fails once, beside the first.
  await service.db.execute(sql`create sequence seen`)
  await service.db.execute(
    sql`create function fail_at_second() returns trigger language plpgsql as $$ begin if nextval('seen') = 2 then raise exception 'panne'; end if; return null; end $$`,
  )
  await service.db.execute(
    sql`create trigger fail_at_second after insert on credentials for each statement execute function fail_at_second()`,
  )
  const { campaign } = await sendCsv(service, trainer, session, people(600))
  await service.db.execute(sql`drop trigger fail_at_second on credentials`)
  expect(service.failures.splice(0)).toHaveLength(1)
  expect(campaign).toMatchObject({ state: 'done', counts: { received: 600, issued: 600, pending: 0 } })
  expect(await issued(service, trainer.slug)).toEqual({ badges: 600, completions: 600, places: 600, events: 600 })
})

test('two processes that work the same campaign give each learner one badge', async ({ service }) => {
  const trainer = await aTrainer(service)
  const session = await aSession(trainer)
  const failures: unknown[] = []
  const other = createLocalQueue((_, error) => failures.push(error))
  const stopSweep = await workCredentials(other, issuingFor(service.db, service.vault))
  const sent = await trainer.post(`/api/v1/sessions/${session}/completions`, people(30), { 'content-type': 'text/csv' })
  await enqueueCampaign(service.db, other, String(sent.body['campaign']))
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
  await service.queue.enqueue('credentials.issue', {
    campaignId: '00000000-0000-0000-0000-000000000000',
    from: 1,
    to: 500,
  })
  await service.queue.idle()
  expect(service.failures).toEqual([])
})

/** A campaign received while no process works: its rows wait. */
async function aWaitingCampaign(service: TestService, count: number) {
  const trainer = await aTrainer(service)
  const session = await aSession(trainer, { capacity: count })
  service.queue.work('credentials.issue', async () => {})
  const csv = { 'content-type': 'text/csv' }
  const sent = await trainer.post(`/api/v1/sessions/${session}/completions`, people(count), csv)
  await service.queue.idle()
  return { slug: trainer.slug, campaign: String(sent.body['campaign']) }
}

test('a campaign of ten rows does not wait for the end of a large one', async ({ service }) => {
  const [large, small] = [await aWaitingCampaign(service, 1_600), await aWaitingCampaign(service, 10)]
  const started = Promise.withResolvers<void>()
  const ran: string[] = []
  const queue = createLocalQueue(() => {}, 1)
  queue.work('credentials.issue', async ({ campaignId }) => {
    ran.push(campaignId === small.campaign ? 'small' : 'large')
    await started.promise
  })
  await enqueueCampaign(service.db, queue, large.campaign)
  await enqueueCampaign(service.db, queue, small.campaign)
  started.resolve()
  await queue.idle()
  await queue.close()
  expect(ran).toEqual(['large', 'small', 'large', 'large', 'large'])
})

function aProcess(prefix: string): { queue: Queue; failures: unknown[] } {
  const failures: unknown[] = []
  const report = (_: string, error: unknown): void => void failures.push(error)
  const queue = createRedisQueue({ url: redisUrl, prefix, report, unreachable: (error) => failures.push(error) })
  onTestFinished(() => loseEverything(prefix))
  onTestFinished(() => queue.close())
  return { queue, failures }
}

test.skipIf(!redisIsThere)(
  'on Redis, the process that receives a campaign signs nothing, and the workers issue it once',
  async ({ service }) => {
    const { slug, campaign } = await aWaitingCampaign(service, 1_200)
    const prefix = aPrefix()
    const [receiver, ...workers] = [aProcess(prefix), aProcess(prefix), aProcess(prefix)]
    await enqueueCampaign(service.db, receiver.queue, campaign)
    expect(await receiver.queue.depth()).toEqual({ waiting: 3, running: 0 })
    expect(await countsOf(service, campaign)).toMatchObject({ counts: { issued: 0, pending: 1_200 } })
    for (const { queue } of workers) (await workCredentials(queue, issuingFor(service.db, service.vault)))()
    await receiver.queue.idle()
    expect(workers.flatMap((worker) => worker.failures)).toEqual([])
    expect(await countsOf(service, campaign)).toMatchObject({ state: 'done', counts: { issued: 1_200, pending: 0 } })
    expect(await issued(service, slug)).toEqual({ badges: 1_200, completions: 1_200, places: 1_200, events: 1_200 })
  },
)

test.skipIf(!redisIsThere)('a Redis that loses everything mid-campaign loses nothing of it', async ({ service }) => {
  const { slug, campaign } = await aWaitingCampaign(service, 1_200)
  const prefix = aPrefix()
  const { queue } = aProcess(prefix)
  await enqueueCampaign(service.db, queue, campaign)
  await loseEverything(prefix)
  expect(await queue.depth()).toEqual({ waiting: 0, running: 0 })
  const worker = aProcess(prefix) // its sweep at the start is the one of every minute
  ;(await workCredentials(worker.queue, issuingFor(service.db, service.vault)))()
  await worker.queue.idle()
  expect(await countsOf(service, campaign)).toMatchObject({ state: 'done', counts: { issued: 1_200, pending: 0 } })
  expect(await issued(service, slug)).toEqual({ badges: 1_200, completions: 1_200, places: 1_200, events: 1_200 })
})
