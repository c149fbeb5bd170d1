import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { rows } from '../src/db.ts'
import type { Json } from './support/actors.ts'
import { test, type TestService } from './support/app.ts'
import { aRow, aSession, aTrainer } from './support/factories.ts'

const session = {
  module: 'aidants-connect',
  startsOn: '2026-03-30',
  endsOn: '2026-03-31',
  departement: '69',
  capacity: 12,
  modality: 'presentiel',
}
const count = async ({ db }: TestService, table: string) =>
  (await rows<{ n: number }>(db, sql`select count(*)::int as n from ${sql.raw(table)}`))[0]!.n
const person = (number: number, given: Json = {}) => ({
  email: `personne${number}@exemple.invalid`,
  givenName: 'Zoé',
  familyName: 'Exemple',
  ...given,
})

test('a session of a module is planned under the versions of the day, and listed', async ({ service }) => {
  const trainer = await aTrainer(service)
  const planned = await trainer.post('/api/v1/sessions', { ...session, organisation: trainer.slug, place: 'Salle 2' })
  expect(planned).toMatchObject({
    status: 201,
    body: {
      organisation: trainer.slug,
      module: { slug: 'aidants-connect', version: '1' },
      achievement: { slug: 'aidants-connect', version: '1' },
      startsOn: '2026-03-30',
      endsOn: '2026-03-31',
      departement: '69',
      place: 'Salle 2',
      capacity: 12,
      modality: 'presentiel',
    },
  })
  const { body } = await trainer.get(`/api/v1/sessions?organisation=${trainer.slug}`)
  expect(body).toEqual({ items: [planned.body], next: null })
})

test('a session may be the assessment of a block, which earns the badge of the block', async ({ service }) => {
  const trainer = await aTrainer(service)
  const { status, body } = await trainer.post('/api/v1/sessions', {
    ...session,
    organisation: trainer.slug,
    module: undefined,
    block: 'rncp40695/CCP1',
  })
  expect(status).toBe(201)
  expect(body).toMatchObject({ module: null, achievement: { slug: 'bloc-rncp40695-ccp1' } })
})

test.for(['01', '2A', '971', '988'])('the département %s exists', async (departement, { service }) => {
  const trainer = await aTrainer(service)
  const { status, body } = await trainer.post('/api/v1/sessions', {
    ...session,
    organisation: trainer.slug,
    departement,
  })
  expect({ status, departement: body['departement'] }).toEqual({ status: 201, departement })
})

test.for<[string, Json, number, string, string]>([
  [
    'that ends before it starts',
    { endsOn: '2026-03-29' },
    422,
    'dates_in_order',
    'La session finit avant de commencer.',
  ],
  ['on a day that does not exist', { startsOn: '2026-02-30' }, 422, 'invalid_fields', 'Corps startsOn'],
  ['in the year zero', { startsOn: '0000-01-01' }, 422, 'invalid_fields', 'Corps startsOn'],
  [
    'in a département without its zero',
    { departement: '1' },
    422,
    'departement_unknown',
    'Le code de département « 1 » n’existe pas.',
  ],
  ['in a département that does not exist', { departement: '20' }, 422, 'departement_unknown', '« 20 »'],
  ['face to face, nowhere', { departement: undefined }, 422, 'departement_missing', 'se tient dans un département'],
  ['face to face, in a blank', { departement: ' ' }, 422, 'departement_missing', 'se tient dans un département'],
  [
    'of a module that does not exist',
    { module: 'inconnu' },
    404,
    'not_found',
    'Le module « inconnu » est introuvable.',
  ],
  ['of a module without a name', { module: '' }, 422, 'invalid_fields', 'Corps module'],
  [
    'of a block that earns no badge',
    { module: undefined, block: 'tp-technicien-mediation-services/1' },
    422,
    'no_achievement',
    'Aucun badge n’est associé à « tp-technicien-mediation-services/1 ».',
  ],
  ['of a module and a block', { block: 'rncp40695/CCP1' }, 400, 'session_subject', 'un module ou sur un bloc'],
  ['of nothing', { module: undefined }, 400, 'session_subject', 'un module ou sur un bloc'],
  ['for nobody', { capacity: 0 }, 422, 'invalid_fields', 'Corps capacity'],
  ['for half a person', { capacity: 1.5 }, 422, 'invalid_fields', 'Corps capacity'],
  ['for a whole country', { capacity: 100_001 }, 422, 'invalid_fields', 'Corps capacity'],
  ['by telepathy', { modality: 'telepathie' }, 422, 'invalid_fields', 'Corps modality'],
  ['in a place that holds a NUL', { place: 'Salle\u0000' }, 422, 'value_refused', 'caractère invisible'],
])('a session %s is refused and not planned', async ([, given, status, code, detail], { service }) => {
  const trainer = await aTrainer(service)
  const before = await count(service, 'sessions')
  const refused = await trainer.post('/api/v1/sessions', { ...session, organisation: trainer.slug, ...given })
  expect(refused).toMatchObject({ status, body: { code, mend: expect.stringMatching(/\p{L}/u) } })
  expect(refused.body['detail']).toContain(detail)
  expect(await count(service, 'sessions')).toBe(before)
})

test('sessions are read page after page, each one once', async ({ service }) => {
  const trainer = await aTrainer(service)
  const planned = [await aSession(trainer), await aSession(trainer), await aSession(trainer)]
  const seen: string[] = []
  let next: string | null = ''
  while (next !== null) {
    const { body } = await trainer.get(
      `/api/v1/sessions?organisation=${trainer.slug}&limit=2${next && `&after=${next}`}`,
    )
    seen.push(...(body['items'] as Json[]).map((one) => String(one['id'])))
    next = body['next'] as string | null
  }
  expect(seen).toEqual(planned.toSorted())
  const after = 'urn:uuid:00000000-0000-0000-0000-000000000000'
  expect(await trainer.get(`/api/v1/sessions?organisation=${trainer.slug}&after=${after}`)).toMatchObject({
    status: 422,
    body: { code: 'invalid_fields' },
  })
})

test('learners enrol until the session is full; one too many and none of the request is enrolled', async ({
  service,
}) => {
  const trainer = await aTrainer(service)
  const url = `/api/v1/sessions/${await aSession(trainer, { capacity: 2 })}/enrolments`
  const same = [person(1), person(1, { email: 'PERSONNE1@exemple.invalid' })]
  expect(await trainer.post(url, same)).toMatchObject({ status: 201, body: { enrolled: 1, capacity: 2 } })
  expect(await trainer.post(url, same)).toMatchObject({ status: 201, body: { enrolled: 1 } })

  const before = [await count(service, 'enrolments'), await count(service, 'people')]
  expect(await trainer.post(url, [person(1001), person(1002)])).toMatchObject({
    status: 409,
    body: {
      code: 'session_full',
      detail: 'La session compte 2 places ; avec ces inscriptions il y aurait 3 personnes.',
    },
  })
  for (const wrong of [
    [],
    [person(3, { email: 'zoe@' })],
    [person(3, { givenName: '' })],
    [{ email: 'a@exemple.fr' }],
  ]) {
    expect(await trainer.post(url, wrong)).toMatchObject({ status: 422, body: { code: 'invalid_fields' } })
  }
  expect([await count(service, 'enrolments'), await count(service, 'people')]).toEqual(before)
})

test('eight requests at once for the last place enrol one person', async ({ service }) => {
  const trainer = await aTrainer(service)
  const url = `/api/v1/sessions/${await aSession(trainer, { capacity: 1 })}/enrolments`
  const all = await Promise.all(Array.from({ length: 8 }, (_, index) => trainer.post(url, [person(2000 + index)])))
  expect(all.filter((one) => one.status === 201).map((one) => one.body)).toEqual([{ enrolled: 1, capacity: 1 }])
  expect(all.filter((one) => one.body['code'] === 'session_full')).toHaveLength(7)
})

test('eight files at once for the last place give one badge', async ({ service }) => {
  const trainer = await aTrainer(service)
  const session = await aSession(trainer, { capacity: 1 })
  const sent = await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      trainer.post(`/api/v1/sessions/${session}/completions`, [aRow(3000 + index)]),
    ),
  )
  expect(sent.map((one) => one.status)).toEqual(Array(8).fill(202))
  await service.queue.idle()
  const { body } = await trainer.get(`/api/v1/credentials?organisation=${trainer.slug}`)
  expect(body['items']).toHaveLength(1)
})
