import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { expect } from 'vitest'
import { rows } from '../src/db.ts'
import { settlePeople, settleWaiting } from '../src/habilitation/validation.ts'
import { actor, type Json } from './support/actors.ts'
import { test, type TestService } from './support/app.ts'
import { aRow, aSession, aTrainer, csvOf, sendCsv } from './support/factories.ts'
import {
  anAuthority,
  anEmail,
  anOfficer,
  aRequest,
  aStructure,
  authority,
  habilitated,
  habilitationOf,
  pixRow,
  requestOf,
  trained,
} from './support/habilitation.ts'

const importRows = async (service: TestService, given: Json[]) => {
  const { status, body } = await actor(service, 'instructeur').post('/api/v1/habilitations/pix-results', given)
  if (status !== 200) throw new Error(JSON.stringify(body))
  return body
}

/** What a person has of each thing that validation gives once. */
async function givenTo({ db }: TestService, email: string, requestIds: string[]) {
  const [found] = await rows<Json>(
    db,
    sql`select
          (select count(*)::int from habilitation_requests where id = any(${sql.param(requestIds)}::uuid[]) and status = 'validated') as validated,
          (select count(*)::int from request_events where habilitation_request_id = any(${sql.param(requestIds)}::uuid[]) and move = 'validation') as moves,
          count(distinct h.id)::int as habilitations, count(distinct e.id)::int as events,
          count(distinct a.id)::int as awards, count(distinct c.id)::int as credentials,
          (select count(*)::int from journal where action = 'habilitation.granted' and subject in (select 'habilitation:' || id from habilitations where request_id = any(${sql.param(requestIds)}::uuid[]))) as lines
        from habilitations h
        left join habilitation_events e on e.habilitation_id = h.id and e.kind = 'granted'
        left join awards a on a.key = 'habilitation:' || h.id
        left join credentials c on c.award_id = a.id
        where h.request_id = any(${sql.param(requestIds)}::uuid[])`,
  )
  return found!
}
const each = (count: number) => ({
  validated: count,
  moves: count,
  habilitations: count,
  events: count,
  awards: count,
  credentials: count,
  lines: count,
})

test('whoever is trained and has passed the Pix test is habilitated, with a badge that verifies', async ({
  service,
}) => {
  const { request, path, structure } = await habilitated(service)
  expect(await requestOf(service, request.id)).toMatchObject({
    status: 'validated',
    formationSource: 'session',
    formationDoneOn: '2026-03-31',
  })
  const badge = (await actor(service).get(`${path}.json`)).body
  expect(badge).toMatchObject({
    name: 'Habilitation Aidants Connect',
    evidence: [{ narrative: expect.stringContaining(`« ${structure.name} » (SIRET ${structure.siret})`) }],
  })
  const { body } = await actor(service).post('/api/v1/verifications', { credential: badge, recipient: request.email })
  expect(body).toMatchObject({ verdict: 'valid' })
})

/** What may happen to one person, in any order and at the same time. */
const STEPS = ['ask', 'ask elsewhere', 'admit', 'train', 'train again', 'pix', 'pix again', 'pix later'] as const
type Step = (typeof STEPS)[number]
/** The steps in an order, cut into groups of what happens at once. */
const histories = fc
  .tuple(
    fc.shuffledSubarray([...STEPS], { minLength: STEPS.length }),
    fc.array(fc.integer({ min: 1, max: 4 }), { minLength: STEPS.length, maxLength: STEPS.length }),
  )
  .map(([steps, sizes]) => {
    const groups: Step[][] = []
    for (let rest = steps; rest.length > 0;) {
      const size = sizes[groups.length]!
      groups.push(rest.slice(0, size))
      rest = rest.slice(size)
    }
    return groups
  })

test(
  'each request is validated once, whatever the order and what happens at once',
  { timeout: 120_000 },
  async ({ service }) => {
    await anAuthority(service)
    const structures = [await aStructure(service), await aStructure(service)] as const
    const trainer = await aTrainer(service)
    const sessions = await Promise.all([aSession(trainer), aSession(trainer)])
    const officer = await anOfficer(service)
    const run = async (groups: Step[][]): Promise<void> => {
      const email = anEmail()
      const asked: string[] = []
      const ask = async (index: 0 | 1) => {
        const { id } = await aRequest(service, structures[index], { email, status: 'waitling_list' })
        asked.push(id)
      }
      const admit = async () => {
        const [id] = asked
        if (!id) return
        const path = `/api/v1/habilitations/habilitation-requests/${id}/decisions`
        const { status } = await officer.post(path, { move: 'admission', reason: 'Éligible' })
        expect([200, 409]).toContain(status) // it may be validated already
      }
      const train = (index: 0 | 1) => sendCsv(service, trainer, sessions[index], csvOf([aRow(1, { email })]))
      const verbs: Record<Step, () => Promise<unknown>> = {
        ask: () => ask(0),
        'ask elsewhere': () => ask(1),
        admit,
        train: () => train(0),
        'train again': () => train(1),
        pix: () => importRows(service, [pixRow(email)]),
        'pix again': () => importRows(service, [pixRow(email)]),
        'pix later': () => importRows(service, [pixRow(email, { "date d'envoi": '2026-05-02', résultat: 0.1 })]),
      }
      for (const group of groups) await Promise.all(group.map((step) => verbs[step]()))
      await service.db.transaction((tx) => settleWaiting(tx, authority))
      await service.queue.enqueue('awards.issue', {})
      await service.queue.idle()
      expect(await givenTo(service, email, asked)).toEqual(each(2))
      for (const id of asked) {
        expect(await requestOf(service, id)).toMatchObject({ pixDoneOn: '2026-05-02', pixScore: 10 })
      }
    }
    await fc.assert(fc.asyncProperty(histories, run), { numRuns: 15 })
    expect(service.failures).toEqual([])
  },
)

test('eight imports and four settlements at once give each thing once', async ({ service }) => {
  await anAuthority(service)
  const structures = [await aStructure(service), await aStructure(service)]
  const people = await Promise.all(
    Array.from({ length: 10 }, async () => {
      const email = anEmail()
      const asked = []
      for (const one of structures) asked.push(await aRequest(service, one, { email }))
      return { email, personId: asked[0]!.personId, requestIds: asked.map((one) => one.id) }
    }),
  )
  const trainer = await aTrainer(service)
  const csv = csvOf(people.map(({ email }, index) => aRow(index, { email })))
  await sendCsv(service, trainer, await aSession(trainer), csv)
  const ids = people.map((one) => one.personId)
  const sent = people.map(({ email }) => pixRow(email))
  const bodies = await Promise.all([
    ...Array.from({ length: 8 }, (_, index) => importRows(service, index % 2 ? sent : sent.toReversed())),
    ...Array.from({ length: 4 }, (_, index) =>
      service.db.transaction((tx) => settlePeople(tx, authority, index % 2 ? ids : ids.toReversed())),
    ),
  ])
  const counts = bodies.slice(0, 8).map((body) => ({ matched: body!['matched'], known: body!['known'] }))
  expect(counts.toSorted((a, b) => b.matched - a.matched)).toEqual([
    { matched: 10, known: 0 },
    ...Array.from({ length: 7 }, () => ({ matched: 0, known: 10 })),
  ])
  await service.queue.idle()
  for (const { email, requestIds } of people) expect(await givenTo(service, email, requestIds)).toEqual(each(2))
  expect(service.failures).toEqual([])
})

test('the training counts before the Pix test and after it, and neither alone', async ({ service }) => {
  const structure = await aStructure(service)
  const [one, two] = [await aRequest(service, structure), await aRequest(service, structure)]
  await trained(service, one.email)
  expect(await requestOf(service, one.id)).toMatchObject({ status: 'processing', formationDoneOn: '2026-03-31' })
  await importRows(service, [pixRow(one.email), pixRow(two.email)])
  expect((await requestOf(service, one.id)).status).toBe('validated')
  expect((await requestOf(service, two.id)).status).toBe('processing')
  await trained(service, two.email)
  expect((await requestOf(service, two.id)).status).toBe('validated')
})

test('a training whose badge was revoked does not count for a later request', async ({ service }) => {
  const structure = await aStructure(service)
  const email = anEmail()
  await trained(service, email)
  const [badge] = await rows<{ id: string }>(
    service.db,
    sql`select c.id from credentials c order by c.valid_from desc, c.id desc limit 1`,
  )
  const path = `/api/v1/credentials/${badge!.id}/revocation`
  expect((await actor(service, 'exploitant').post(path, { reason: 'Session tenue par erreur' })).status).toBe(200)
  const asked = await aRequest(service, structure, { email })
  expect((await requestOf(service, asked.id)).formationDoneOn).toBeNull()
  await trained(service, email)
  expect((await requestOf(service, asked.id)).formationDoneOn).toBe('2026-03-31')
})

test('trainings adapted to a métier count when together they teach what is asked', async ({ service }) => {
  const structure = await aStructure(service)
  const asked = await aRequest(service, structure)
  await trained(service, asked.email, {}, { module: 'rgpd-faire-a-la-place' })
  expect((await requestOf(service, asked.id)).formationDoneOn).toBeNull()
  const later = { completed_on: '2026-04-15' }
  await trained(service, asked.email, later, { module: 'cnfpt-outils-numeriques-accueil' })
  expect(await requestOf(service, asked.id)).toMatchObject({
    formationDoneOn: '2026-04-15',
    formationSource: 'session',
  })
})

test('a structure that closes while its aidants train holds them back until it opens again', async ({ service }) => {
  await anAuthority(service)
  const [closed, open, officer] = [await aStructure(service), await aStructure(service), await anOfficer(service)]
  const email = anEmail()
  const [held, free] = [await aRequest(service, closed, { email }), await aRequest(service, open, { email })]
  const decide = (what: string) =>
    officer.post(`/api/v1/habilitations/structures/${closed.slug}/${what}`, { reason: 'Déménagement' })
  expect((await decide('closure')).status).toBeLessThan(300)
  await trained(service, email)
  await importRows(service, [pixRow(email)])
  expect(await requestOf(service, held.id)).toMatchObject({
    status: 'processing',
    formationDoneOn: '2026-03-31',
    pixScore: 62,
  })
  expect((await requestOf(service, free.id)).status).toBe('validated')
  expect((await decide('reopening')).status).toBeLessThan(300)
  expect((await requestOf(service, held.id)).status).toBe('validated')
  expect((await habilitationOf(service, held.id)).path).not.toBe((await habilitationOf(service, free.id)).path)
})

test('a request that was refused or called off is not validated by itself', async ({ service }) => {
  const structure = await aStructure(service)
  for (const status of ['refused', 'cancelled', 'status_cancelled_by_responsable'] as const) {
    const asked = await aRequest(service, structure, { status })
    await trained(service, asked.email)
    await importRows(service, [pixRow(asked.email)])
    expect(await requestOf(service, asked.id), status).toMatchObject({ status, pixScore: 62 })
  }
})
