import { sql } from 'drizzle-orm'
import { describe, expect } from 'vitest'
import { rows } from '../src/db.ts'
import { lastMessages } from '../src/messages/messages.ts'
import { noteAttendance } from '../src/training/attendance.ts'
import type { Json } from './support/actors.ts'
import { test, type TestService } from './support/app.ts'
import { aRow, aSession, aTrainer, csvOf, sendCsv, type Trainer } from './support/factories.ts'

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
      hours: null,
      cancelledAt: null,
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
  ['of a module and a block', { block: 'rncp40695/CCP1' }, 400, 'session_subject', 'un module, sur un bloc'],
  ['of nothing', { module: undefined }, 400, 'session_subject', 'un module, sur un bloc'],
  ['for nobody', { capacity: 0 }, 422, 'invalid_fields', 'Corps capacity'],
  ['for half a person', { capacity: 1.5 }, 422, 'invalid_fields', 'Corps capacity'],
  ['for a whole country', { capacity: 100_001 }, 422, 'invalid_fields', 'Corps capacity'],
  ['of Aidants Connect in 8 hours', { hours: 8 }, 422, 'session_hours', 'dure 7 heures ou 14 heures'],
  ['of Aidants Connect in 21 hours', { hours: 21 }, 422, 'session_hours', 'au moins 7 heures et au plus 14 heures'],
  [
    'longer than the catalogue admits',
    { module: 'numerique-sante', hours: 15 },
    422,
    'session_hours',
    'au moins 7 heures et au plus 14 heures ; vous en indiquez 15',
  ],
  ['of no hour', { hours: 0 }, 422, 'invalid_fields', 'Corps hours'],
  ['of an hour and a half', { hours: 1.5 }, 422, 'invalid_fields', 'Corps hours'],
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
  expect(all.filter((one) => one.status === 201).map((one) => one.body)).toEqual([
    { enrolled: 1, waiting: 0, capacity: 1 },
  ])
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

test.for<[Json, number | null]>([
  [{}, null],
  [{ hours: 7 }, 7],
  [{ hours: 14 }, 14],
  [{ module: 'numerique-sante', hours: 10 }, 10],
  [{ module: 'aidants-connect-referent', hours: 2 }, 2],
  [{ module: undefined, block: 'rncp40695/CCP1', hours: 100 }, 100],
])('a session may say how long it lasts: %j', async ([given, hours], { service }) => {
  const trainer = await aTrainer(service)
  const planned = await trainer.post('/api/v1/sessions', { ...session, organisation: trainer.slug, ...given })
  expect(planned).toMatchObject({ status: 201, body: { hours } })
})

const SESSIONS = '/api/v1/sessions'
const emailOf = (number: number) => person(number).email
/** Who stands where in a session, by the number of the person. */
async function standing(trainer: Trainer, id: string): Promise<Record<string, Json>> {
  const { body } = await trainer.get(`${SESSIONS}/${id}/enrolments`)
  const number = (one: Json) => String(/\d+/.exec(String(one['email'])))
  return Object.fromEntries((body['items'] as Json[]).map((one) => [number(one), one]))
}
const statesIn = async (trainer: Trainer, id: string) =>
  Object.fromEntries(Object.entries(await standing(trainer, id)).map(([number, one]) => [number, one['state']]))
/** A session to come, in a year or so. */
const toCome = (trainer: Trainer, given: Json = {}) => {
  const startsOn = new Date(Date.now() + 400 * 86_400_000).toISOString().slice(0, 10)
  return aSession(trainer, { startsOn, endsOn: startsOn, ...given })
}
const lettersTo = async ({ db, vault }: TestService, email: string) =>
  (await lastMessages(db, vault)).filter((one) => one.to === email).map((one) => one.letter)

test('those beyond the capacity wait in order, and each place that is freed goes to the one who waited longest', async ({
  service,
}) => {
  const trainer = await aTrainer(service)
  const id = await toCome(trainer, { capacity: 2 })
  const url = `${SESSIONS}/${id}/enrolments`
  const numbers = [4009, 4001, 4005, 4003, 4007]
  expect(
    await trainer.post(
      `${url}?waiting=true`,
      numbers.map((one) => person(one)),
    ),
  ).toMatchObject({
    status: 201,
    body: { enrolled: 2, waiting: 3, capacity: 2 },
  })
  // Asked again, in another order: nobody loses a rank.
  expect(
    await trainer.post(
      `${url}?waiting=true`,
      numbers.toReversed().map((one) => person(one)),
    ),
  ).toMatchObject({
    body: { enrolled: 2, waiting: 3 },
  })
  expect(await trainer.post(url, [person(4011)])).toMatchObject({ status: 409, body: { code: 'session_full' } })
  expect(await statesIn(trainer, id)).toEqual({
    4009: 'registered',
    4001: 'registered',
    4005: 'waiting',
    4003: 'waiting',
    4007: 'waiting',
  })

  const off = (...them: number[]) =>
    trainer.post(
      `${url}/cancellation`,
      them.map((one) => ({ email: emailOf(one), reason: 'Empêchée' })),
    )
  expect(await off(4009)).toMatchObject({
    status: 200,
    body: { receipts: [{ line: 1, outcome: 'done', problem: null }] },
  })
  expect(await statesIn(trainer, id)).toMatchObject({ 4009: 'cancelled', 4005: 'registered', 4003: 'waiting' })
  expect(await lettersTo(service, emailOf(4005))).toMatchObject([
    {
      subject: 'Une place s’est libérée à votre formation',
      paragraphs: expect.arrayContaining([expect.stringContaining('« Habilitation Aidants Connect')]),
    },
  ])
  expect(await lettersTo(service, emailOf(4003))).toEqual([])

  // One who waits leaves, then both who have a place: the last one comes in, and the session has room.
  await off(4003)
  expect((await off(4001, 4005, 4009, 4999)).body['receipts']).toMatchObject([
    { outcome: 'done' },
    { outcome: 'done' },
    { outcome: 'known' },
    { outcome: 'refused', problem: { code: 'not_enrolled' } },
  ])
  expect(await statesIn(trainer, id)).toEqual({
    4009: 'cancelled',
    4001: 'cancelled',
    4005: 'cancelled',
    4003: 'cancelled',
    4007: 'registered',
  })
  // Whoever was called off may come back.
  expect(await trainer.post(url, [person(4009)])).toMatchObject({ status: 201, body: { enrolled: 2, waiting: 0 } })
  const lines = await rows<{ action: string; n: number }>(
    service.db,
    sql`select action, count(*)::int as n from journal where subject = ${`session:${id}`} group by action order by action`,
  )
  expect(Object.fromEntries(lines.map(({ action, n }) => [action, n]))).toMatchObject({
    'session.enrolment_cancelled': 4,
    'session.place_given': 2,
  })
})

test('of eight at once for the last place, one has it and seven wait, each with a rank of its own', async ({
  service,
}) => {
  const trainer = await aTrainer(service)
  const id = await toCome(trainer, { capacity: 1 })
  const all = await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      trainer.post(`${SESSIONS}/${id}/enrolments?waiting=true`, [person(5000 + index)]),
    ),
  )
  expect(all.map((one) => one.status)).toEqual(Array(8).fill(201))
  const ranks = Object.values(await standing(trainer, id)).map((one) => Number(one['waitingRank'] ?? 0))
  expect(ranks.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
})

test('nobody comes in from the waiting list of a session that is over', async ({ service }) => {
  const trainer = await aTrainer(service)
  const id = await aSession(trainer, { capacity: 1 })
  await trainer.post(`${SESSIONS}/${id}/enrolments?waiting=true`, [person(5101), person(5102)])
  await trainer.post(`${SESSIONS}/${id}/enrolments/cancellation`, [{ email: emailOf(5101), reason: 'Empêchée' }])
  expect(await statesIn(trainer, id)).toEqual({ 5101: 'cancelled', 5102: 'waiting' })
})

test('who is enrolled is read page after page, with the address that each one gave', async ({ service }) => {
  const trainer = await aTrainer(service)
  const id = await aSession(trainer)
  await trainer.post(`${SESSIONS}/${id}/enrolments`, [person(5201), person(5202), person(5203)])
  const first = (await trainer.get(`${SESSIONS}/${id}/enrolments?limit=2`)).body
  const second = (await trainer.get(`${SESSIONS}/${id}/enrolments?limit=2&after=${first['next']}`)).body
  const seen = [...(first['items'] as Json[]), ...(second['items'] as Json[])]
  expect(new Set(seen.map((one) => one['email']))).toEqual(new Set([5201, 5202, 5203].map(emailOf)))
  expect(seen).toHaveLength(3)
  expect(seen[0]).toMatchObject({ givenName: 'Zoé', state: 'registered', attendance: null, waitingRank: null })
  expect(second['next']).toBeNull()
})

describe('attendance', () => {
  const note = (trainer: Trainer, id: string, lines: Json[]) => trainer.post(`${SESSIONS}/${id}/attendance`, lines)
  const line = (number: number, attendance: string) => ({ email: emailOf(number), attendance })

  test('is noted for those who have a place, may be corrected, and sent again changes nothing', async ({ service }) => {
    const trainer = await aTrainer(service)
    const id = await aSession(trainer, { capacity: 2 })
    await trainer.post(`${SESSIONS}/${id}/enrolments?waiting=true`, [person(6001), person(6002), person(6003)])
    const lines = [line(6001, 'present'), line(6002, 'absent'), line(6003, 'present'), line(6999, 'present')]
    const twice = { ...line(6001, 'absent'), email: emailOf(6001).toUpperCase() }
    expect((await note(trainer, id, [...lines, twice])).body['receipts']).toMatchObject([
      { line: 1, outcome: 'done' },
      { line: 2, outcome: 'done' },
      { line: 3, outcome: 'refused', problem: { code: 'not_registered' } },
      { line: 4, outcome: 'refused', problem: { code: 'not_enrolled', column: 'email' } },
      { line: 5, outcome: 'refused', problem: { code: 'duplicate_learner' } },
    ])
    const before = await count(service, 'journal')
    expect((await note(trainer, id, lines)).body['receipts']).toMatchObject([
      { outcome: 'known' },
      { outcome: 'known' },
      {},
      {},
    ])
    expect(await count(service, 'journal')).toBe(before)
    expect((await note(trainer, id, [line(6002, 'present')])).body['receipts']).toMatchObject([{ outcome: 'done' }])
    expect(await standing(trainer, id)).toMatchObject({
      6001: { attendance: 'present' },
      6002: { attendance: 'present' },
      6003: { attendance: null },
    })
    expect(
      (await trainer.post(`${SESSIONS}/${id}/enrolments/cancellation`, [{ email: emailOf(6001), reason: 'Empêchée' }]))
        .body,
    ).toMatchObject({ receipts: [{ outcome: 'refused', problem: { code: 'already_attended' } }] })
  })

  test('waits for the first day; a replay is watched at a distance', async ({ service }) => {
    const trainer = await aTrainer(service)
    const later = await toCome(trainer)
    await trainer.post(`${SESSIONS}/${later}/enrolments`, [person(6101)])
    expect(await note(trainer, later, [line(6101, 'present')])).toMatchObject({
      status: 409,
      body: { code: 'session_not_started' },
    })
    for (const [modality, receipt] of [
      ['presentiel', { outcome: 'refused', problem: { code: 'replay_at_distance_only' } }],
      ['distance', { outcome: 'done', problem: null }],
    ] as const) {
      const id = await aSession(trainer, { modality })
      await trainer.post(`${SESSIONS}/${id}/enrolments`, [person(6101)])
      expect((await note(trainer, id, [line(6101, 'replay')])).body).toMatchObject({ receipts: [receipt] })
    }
    expect(await note(trainer, later, [line(6101, 'asleep')])).toMatchObject({ status: 422 })
  })

  test('begins with the day, wherever on earth it begins', async ({ service }) => {
    const { db, vault } = service
    const trainer = await aTrainer(service)
    const id = await aSession(trainer, { startsOn: '2031-05-10', endsOn: '2031-05-10' })
    await trainer.post(`${SESSIONS}/${id}/enrolments`, [person(6151)])
    const noted = [{ email: emailOf(6151), attendance: 'present' as const }]
    const at = (now: string) => noteAttendance(db, vault, id, noted, { author: 'test', now: new Date(now) })
    await expect(at('2031-05-09T09:59:59Z')).rejects.toMatchObject({ code: 'session_not_started' })
    expect(await at('2031-05-09T10:00:00Z')).toMatchObject([{ outcome: 'done' }])
  })

  test('follows from a completion, which gives a place to who waited or was called off, while there is one', async ({
    service,
  }) => {
    const trainer = await aTrainer(service)
    const id = await aSession(trainer, { capacity: 3 })
    const url = `${SESSIONS}/${id}/enrolments`
    await trainer.post(
      `${url}?waiting=true`,
      [6201, 6202, 6203, 6204, 6205].map((one) => person(one)),
    )
    await trainer.post(`${url}/cancellation`, [{ email: emailOf(6203), reason: 'Empêchée' }])
    const { receipts } = await sendCsv(service, trainer, id, csvOf([6201, 6203, 6204].map((one) => aRow(one))))
    expect(receipts.map((one) => one['outcome'] ?? one['problem'])).toEqual(['issued', 'issued', 'refused'])
    expect(await standing(trainer, id)).toMatchObject({
      6201: { state: 'registered', attendance: 'present' },
      6202: { state: 'registered', attendance: null },
      6203: { state: 'registered', attendance: 'present' },
      6204: { state: 'waiting', attendance: null, waitingRank: 1 },
      6205: { state: 'waiting', waitingRank: 2 },
    })
    expect((await note(trainer, id, [line(6201, 'absent')])).body).toMatchObject({
      receipts: [{ outcome: 'refused', problem: { code: 'has_completion' } }],
    })
  })

  test('of a row sent again is not written again', async ({ service }) => {
    const trainer = await aTrainer(service)
    const id = await aSession(trainer, { modality: 'distance' })
    await trainer.post(`${SESSIONS}/${id}/enrolments`, [person(6301)])
    await note(trainer, id, [line(6301, 'replay')])
    const written = () => rows(service.db, sql`select xmin::text, attendance from enrolments where session_id = ${id}`)
    const before = await written()
    await sendCsv(service, trainer, id, csvOf([aRow(6301)]))
    expect(await written()).toEqual(before)
  })
})

describe('a session that is called off', () => {
  const reason = 'Formatrice souffrante'
  const callOff = (trainer: Trainer, id: string) => trainer.post(`${SESSIONS}/${id}/cancellation`, { reason })

  test('tells those who are enrolled or wait, once, and takes nothing more', async ({ service }) => {
    const trainer = await aTrainer(service)
    const id = await toCome(trainer, { capacity: 1, place: 'Salle 2' })
    const url = `${SESSIONS}/${id}/enrolments`
    await trainer.post(`${url}?waiting=true`, [person(7001), person(7002), person(7003)])
    await trainer.post(`${url}/cancellation`, [{ email: emailOf(7003), reason: 'Empêchée' }])
    const first = await callOff(trainer, id)
    expect(first).toMatchObject({ status: 200, body: { id, cancelledAt: expect.stringMatching(/^20.*Z$/) } })
    expect(await callOff(trainer, id)).toMatchObject({ status: 200, body: first.body })
    for (const [number, letters] of [
      [7001, 1],
      [7002, 1],
      [7003, 0],
    ] as const) {
      const told = await lettersTo(service, emailOf(number))
      expect(told.map((one) => one.subject)).toEqual(
        Array(letters).fill('Une formation où vous étiez inscrite ou inscrit est annulée'),
      )
      if (letters) expect(told[0]!.paragraphs.join(' ')).toMatch(/Raison donnée : Formatrice souffrante .*Salle 2/)
    }
    const refused = { status: 409, body: { code: 'session_cancelled', mend: expect.any(String) } }
    expect(await trainer.post(url, [person(7004)])).toMatchObject(refused)
    expect(
      await trainer.post(`${SESSIONS}/${id}/attendance`, [{ email: emailOf(7001), attendance: 'present' }]),
    ).toMatchObject(refused)
    expect(await trainer.post(`${SESSIONS}/${id}/completions`, [aRow(7001)])).toMatchObject(refused)
    expect(await statesIn(trainer, id)).toMatchObject({ 7001: 'registered', 7002: 'waiting' })
  })

  test('was attended by nobody: otherwise it is refused, and stands', async ({ service }) => {
    const trainer = await aTrainer(service)
    const attended = { status: 409, body: { code: 'session_attended' } }
    const id = await aSession(trainer, { modality: 'distance' })
    await trainer.post(`${SESSIONS}/${id}/enrolments`, [person(7101)])
    const note = (attendance: string) =>
      trainer.post(`${SESSIONS}/${id}/attendance`, [{ email: emailOf(7101), attendance }])
    for (const one of ['present', 'replay']) {
      await note(one)
      expect(await callOff(trainer, id)).toMatchObject(attended)
    }
    const completed = await aSession(trainer)
    await sendCsv(service, trainer, completed, csvOf([aRow(7102)]))
    expect(await callOff(trainer, completed)).toMatchObject(attended)
    const { body } = await trainer.get(`${SESSIONS}?organisation=${trainer.slug}`)
    expect((body['items'] as Json[]).map((one) => one['cancelledAt'])).toEqual([null, null])
    // A presence noted by mistake is corrected first.
    await note('absent')
    expect((await callOff(trainer, id)).status).toBe(200)
  })

  test('while completions arrive is either called off without them, or stands with them', async ({ service }) => {
    const trainer = await aTrainer(service)
    for (let round = 0; round < 4; round++) {
      const id = await aSession(trainer)
      const [off, sent] = await Promise.all([
        callOff(trainer, id),
        trainer.post(`${SESSIONS}/${id}/completions`, [aRow(7200 + round)]),
      ])
      expect([`${off.status} ${sent.status}`]).toEqual([expect.stringMatching(/^(200 409|409 202)$/)])
      const kept = await rows(service.db, sql`select 1 from completions where session_id = ${id}`)
      expect(kept).toHaveLength(sent.status === 202 ? 1 : 0)
    }
    await service.queue.idle()
  })
})
