import { randomUUID } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import { describe, expect } from 'vitest'
import { rows } from '../src/db.ts'
import { callOffRegistrations } from '../src/habilitation/formations.ts'
import { registerPerson } from '../src/habilitation/registrations.ts'
import { habilitationRequests } from '../src/habilitation/requests.sql.ts'
import type { HabilitationRequestStatus } from '../src/habilitation/statuses.ts'
import { lastMessages } from '../src/messages/messages.ts'
import { parisDate } from '../src/days.ts'
import { type Actor, actor, type Json, signedIn } from './support/actors.ts'
import { test, type TestService } from './support/app.ts'
import { aSession, aTrainer, csvOf, aRow, sendCsv, type Trainer } from './support/factories.ts'
import {
  anAuthority,
  anEmail,
  anOfficer,
  aRequest,
  aStructure,
  habilitationOf,
  requestOf,
} from './support/habilitation.ts'

const API = '/api/v1/habilitations'
const reason = 'Essai de formation'
const inDays = (days: number): string => parisDate(new Date(Date.now() + days * 86_400_000))
/** A training that many days from today. */
const aFormation = (trainer: Trainer, days: number, given: Json = {}) =>
  aSession(trainer, { startsOn: inDays(days), endsOn: inDays(days), ...given })
const register = (who: Actor, request: string, session: string) =>
  who.post(`${API}/habilitation-requests/${request}/registrations`, { session })
const unregister = (who: Actor, request: string, session: string) =>
  who.post(`${API}/habilitation-requests/${request}/registrations/cancellation`, { session, reason })
const registrationsOf = async (who: Actor, request: string): Promise<Json[]> =>
  (await who.get(`${API}/habilitation-requests/${request}/registrations`)).body['items']
const enrol = (trainer: Trainer, session: string, number: number) =>
  trainer.post(
    `/api/v1/sessions/${session}/enrolments`,
    Array.from({ length: number }, () => ({ email: anEmail(), givenName: 'Zoé', familyName: 'Exemple' })),
  )
const lettersTo = async ({ db, vault }: TestService, email: string) =>
  (await lastMessages(db, vault)).filter((one) => one.to === email).map((one) => one.letter.subject)
const move = ({ db }: TestService, id: string, status: HabilitationRequestStatus) =>
  db.update(habilitationRequests).set({ status }).where(eq(habilitationRequests.id, id))

describe('the trainings to come', () => {
  const listed = async (who: Actor, trainer: Trainer, query = '') => {
    const { body } = await who.get(`${API}/formations?limit=1000${query}`)
    return (body['items'] as Json[]).filter((one) => one['organisation'].slug === trainer.slug)
  }

  test('are those that teach what the habilitation asks for, with places and the last day to register', async ({
    service,
  }) => {
    const { referent } = await aStructure(service)
    const trainer = await aTrainer(service)
    const far = await aFormation(trainer, 90, { capacity: 7, hours: 14, modality: 'distance', departement: undefined })
    const near = await aFormation(trainer, 20, { capacity: 5, place: 'Salle 2' })
    const cancelled = await aFormation(trainer, 60)
    await trainer.post(`/api/v1/sessions/${cancelled}/cancellation`, { reason })
    await aFormation(trainer, -1)
    await aFormation(trainer, 60, { module: 'rgpd-faire-a-la-place' })
    await aFormation(trainer, 60, { module: 'aidants-connect-pair-a-pair' })
    const adapted = await adaptedModule(service, await aFormation(trainer, 70))
    await enrol(trainer, near, 4)

    const organisation = { slug: trainer.slug, name: `Organisme ${trainer.slug}` }
    const [first, second, third, ...others] = await listed(referent, trainer)
    expect(first).toEqual({
      id: near,
      organisation,
      module: { slug: 'aidants-connect', title: 'Habilitation Aidants Connect : formation des aidants' },
      startsOn: inDays(20),
      endsOn: inDays(20),
      hours: null,
      modality: 'presentiel',
      departement: '69',
      place: 'Salle 2',
      capacity: 5,
      remaining: 1,
      waiting: 0,
      opensUntil: inDays(-8),
      open: false,
    })
    expect(second).toMatchObject({ id: adapted, module: { title: 'Formation adaptée' }, open: true })
    expect(third).toMatchObject({ id: far, hours: 14, remaining: 7, opensUntil: inDays(62), open: true })
    expect(others).toEqual([])

    await enrol(trainer, near, 1)
    expect((await listed(referent, trainer))[0]).toMatchObject({ remaining: 0, opensUntil: inDays(6), open: true })
    const idsOf = async (query: string) => (await listed(referent, trainer, query)).map((one) => one['id'])
    expect(await idsOf(`&from=${inDays(80)}`)).toEqual([far])
    expect(await idsOf('&from=2020-01-01&modality=presentiel')).toEqual([near, adapted])
    expect(await idsOf('&departement=69')).toEqual([near, adapted])
    expect(await idsOf('&departement=01')).toEqual([])
    expect(await idsOf(`&after=${adapted}`)).toEqual([far])
    expect((await referent.get(`${API}/formations?limit=1`)).body['next']).toMatch(/^[0-9a-f-]{36}$/)
    expect((await referent.get(`${API}/formations?modality=telepathie`)).status).toBe(422)
  })

  /** Makes a session teach a module of its own, with the same professional competences. */
  async function adaptedModule({ db }: TestService, session: string): Promise<string> {
    const slug = `adaptee-${randomUUID().slice(0, 8)}`
    await db.execute(sql`insert into modules (slug, version, title, about)
      select ${slug}, '1', 'Formation adaptée', about from modules where slug = 'aidants-connect'`)
    await db.execute(sql`insert into module_competences (slug, module_version, framework, version, code)
      select ${slug}, '1', framework, version, code from module_competences
      where slug = 'aidants-connect' and framework = 'mediation'`)
    await db.execute(sql`update sessions set module_slug = ${slug}, module_version = '1' where id = ${session}`)
    return session
  }
})

describe('registering for a training', () => {
  test('gives a place, then a rank; again it changes nothing; the trainer sees it', async ({ service }) => {
    const [structure, trainer] = [await aStructure(service), await aTrainer(service)]
    const session = await aFormation(trainer, 60, { capacity: 1 })
    const [one, two] = [await aRequest(service, structure), await aRequest(service, structure)]
    const first = await register(structure.referent, one.id, session)
    expect(first).toMatchObject({ status: 201, body: { session, state: 'registered', position: null } })
    const second = await register(await anOfficer(service), two.id, session)
    expect(second).toMatchObject({ status: 201, body: { session, state: 'waiting', position: 1 } })
    const before = await rows(service.db, sql`select max(position) from journal`)
    expect((await register(structure.referent, one.id, session)).body).toEqual(first.body)
    expect((await register(structure.referent, two.id, session)).body).toEqual(second.body)
    expect(await rows(service.db, sql`select max(position) from journal`)).toEqual(before)

    expect(await registrationsOf(structure.referent, two.id)).toEqual([
      {
        session,
        organisation: trainer.slug,
        startsOn: inDays(60),
        endsOn: inDays(60),
        hours: null,
        modality: 'presentiel',
        departement: '69',
        place: null,
        cancelledAt: null,
        state: 'waiting',
        attendance: null,
        position: 1,
      },
    ])
    const { body } = await trainer.get(`/api/v1/sessions/${session}/enrolments`)
    const states = (body['items'] as Json[]).map(({ email, state }) => [email, state])
    expect(Object.fromEntries(states)).toEqual({ [one.email]: 'registered', [two.email]: 'waiting' })
  })

  test('of two at once for the last place, one is registered and the other waits', async ({ service }) => {
    const [structure, trainer] = [await aStructure(service), await aTrainer(service)]
    for (let round = 0; round < 3; round++) {
      const session = await aFormation(trainer, 60, { capacity: 1 })
      const requests = [await aRequest(service, structure), await aRequest(service, structure)]
      const answers = await Promise.all(requests.map((one) => register(structure.referent, one.id, session)))
      const told = answers.map(({ body }) => `${body['state']} ${body['position']}`)
      expect(told.toSorted((a, b) => a.localeCompare(b))).toEqual(['registered null', 'waiting 1'])
    }
  })

  test('called off, gives the place to who waited longest, and tells them', async ({ service }) => {
    const [structure, trainer] = [await aStructure(service), await aTrainer(service)]
    const session = await aFormation(trainer, 60, { capacity: 1 })
    const asked = [
      await aRequest(service, structure),
      await aRequest(service, structure),
      await aRequest(service, structure),
    ]
    for (const { id } of asked) await register(structure.referent, id, session)
    const states = () =>
      Promise.all(asked.map(async ({ id }) => (await registrationsOf(structure.referent, id))[0]!['state']))
    expect(await unregister(structure.referent, asked[0]!.id, session)).toMatchObject({
      status: 200,
      body: { items: [{ session, state: 'cancelled' }] },
    })
    expect(await states()).toEqual(['cancelled', 'registered', 'waiting'])
    expect((await unregister(structure.referent, asked[0]!.id, session)).status).toBe(200)
    expect(await states()).toEqual(['cancelled', 'registered', 'waiting'])
    expect(await lettersTo(service, asked[1]!.email)).toEqual(['Une place s’est libérée à votre formation'])
    expect(await lettersTo(service, asked[2]!.email)).toEqual([])
    // Whoever comes back is the last.
    expect((await register(structure.referent, asked[0]!.id, session)).body).toMatchObject({
      state: 'waiting',
      position: 2,
    })
  })

  test.for<[string, HabilitationRequestStatus, Json, string]>([
    ['not yet eligible', 'new', {}, 'request_not_registerable'],
    ['on the waiting list', 'waitling_list', {}, 'request_not_registerable'],
    ['refused', 'refused', {}, 'request_not_registerable'],
    ['cancelled', 'status_cancelled_by_responsable', {}, 'request_not_registerable'],
    ['learnt from peers', 'processing_p2p', {}, 'no_session_for_peers'],
    ['validated, learnt from peers', 'validated', { courseType: 'peers' }, 'no_session_for_peers'],
  ])('a request %s does not register', async ([, status, given, code], { service }) => {
    const [structure, trainer] = [await aStructure(service), await aTrainer(service)]
    const request = await aRequest(service, structure, { status, ...given })
    const session = await aFormation(trainer, 60)
    expect(await register(structure.referent, request.id, session)).toMatchObject({ status: 409, body: { code } })
    expect(await registrationsOf(structure.referent, request.id)).toEqual([])
    await move(service, request.id, 'validated')
    await service.db
      .update(habilitationRequests)
      .set({ courseType: 'classic' })
      .where(eq(habilitationRequests.id, request.id))
    expect((await register(structure.referent, request.id, session)).status).toBe(201)
  })

  test('is refused for what is no training, is called off, or is unknown', async ({ service }) => {
    const [structure, trainer] = [await aStructure(service), await aTrainer(service)]
    const { id } = await aRequest(service, structure)
    const refusal = async (session: string) => {
      const { status, body } = await register(structure.referent, id, session)
      return [status, body['code']]
    }
    expect(await refusal(await aFormation(trainer, 60, { module: 'rgpd-faire-a-la-place' }))).toEqual([
      422,
      'not_a_formation',
    ])
    expect(await refusal(await aFormation(trainer, 60, { module: 'aidants-connect-pair-a-pair' }))).toEqual([
      422,
      'not_a_formation',
    ])
    const cancelled = await aFormation(trainer, 60)
    await trainer.post(`/api/v1/sessions/${cancelled}/cancellation`, { reason })
    expect(await refusal(cancelled)).toEqual([409, 'session_cancelled'])
    expect(await refusal(randomUUID())).toEqual([404, 'not_found'])
    expect(await unregister(structure.referent, id, await aFormation(trainer, 60))).toMatchObject({ status: 404 })
    expect(await register(structure.referent, randomUUID(), cancelled)).toMatchObject({ status: 403 })
    expect(await register(await anOfficer(service), randomUUID(), cancelled)).toMatchObject({ status: 404 })
  })

  test('is for the référente of its structure and for officers', async ({ service }) => {
    const [structure, other, trainer] = [await aStructure(service), await aStructure(service), await aTrainer(service)]
    const { id } = await aRequest(service, structure)
    const session = await aFormation(trainer, 60)
    const stranger = { status: 403, body: { code: 'forbidden', detail: 'Votre accès ne couvre pas cette structure.' } }
    expect(await register(other.referent, id, session)).toMatchObject(stranger)
    expect(await unregister(other.referent, id, session)).toMatchObject(stranger)
    expect(await other.referent.get(`${API}/habilitation-requests/${id}/registrations`)).toMatchObject(stranger)
    expect((await register(actor(service, 'exploitant'), id, session)).status).toBe(201)
  })

  test('ends 28 days before, or 14 when more than four are enrolled', async ({ service }) => {
    const [structure, trainer] = [await aStructure(service), await aTrainer(service)]
    const { id } = await aRequest(service, structure)
    const closed = { status: 409, body: { code: 'registration_closed' } }
    const session = await aFormation(trainer, 20, { capacity: 10 })
    await enrol(trainer, session, 4)
    expect(await register(structure.referent, id, session)).toMatchObject(closed)
    await enrol(trainer, session, 1)
    expect((await register(structure.referent, id, session)).body).toMatchObject({ state: 'registered' })
    const tomorrow = await aFormation(trainer, 1, { capacity: 10 })
    await enrol(trainer, tomorrow, 8)
    expect(await register(structure.referent, id, tomorrow)).toMatchObject(closed)
  })

  test('follows the clock wherever it jumps: each side of midnight in Paris, forward and back', async ({ service }) => {
    const [structure, trainer] = [await aStructure(service), await aTrainer(service)]
    const session = await aSession(trainer, { startsOn: '2031-04-10', endsOn: '2031-04-10' })
    const at = async (now: string) => {
      const { id: requestId } = await aRequest(service, structure)
      const wish = { requestId, sessionId: session, author: 'test', now: new Date(now) }
      return registerPerson(service.db, wish).then(
        ({ state }) => state,
        (error: { code: string }) => error.code,
      )
    }
    expect(await at('2031-03-13T23:00:00Z')).toBe('registration_closed')
    expect(await at('2031-03-13T22:59:59Z')).toBe('registered')
    expect(await at('2040-01-01T00:00:00Z')).toBe('registration_closed')
    expect(await at('1999-01-01T00:00:00Z')).toBe('registered')
    await enrol(trainer, session, 3)
    // Five are enrolled: the day changes an hour earlier in UTC, since summer time began in between.
    expect(await at('2031-03-27T23:00:00Z')).toBe('registration_closed')
    expect(await at('2031-03-27T22:59:59Z')).toBe('registered')
  })

  test('is not called off once the training was followed', async ({ service }) => {
    const [structure, trainer] = [await aStructure(service), await aTrainer(service)]
    const { id, email } = await aRequest(service, structure)
    const session = await aSession(trainer)
    await sendCsv(service, trainer, session, csvOf([aRow(1, { email })]))
    expect(await unregister(structure.referent, id, session)).toMatchObject({
      status: 409,
      body: { code: 'already_attended' },
    })
    expect(await registrationsOf(structure.referent, id)).toMatchObject([
      { state: 'registered', attendance: 'present' },
    ])
  })
})

describe('a request that ends', () => {
  const callOff = ({ db, vault }: TestService, request: { id: string; personId: string }, organisationId: string) =>
    db.transaction(async (tx) => {
      const status = 'refused'
      await tx.update(habilitationRequests).set({ status }).where(eq(habilitationRequests.id, request.id))
      await callOffRegistrations(tx, vault, { personId: request.personId, organisationId, author: 'test', reason })
    })

  test('calls off the trainings to come, and those who wait come in', async ({ service }) => {
    const [structure, trainer] = [await aStructure(service), await aTrainer(service)]
    const [one, two] = [await aRequest(service, structure), await aRequest(service, structure)]
    const [full, past] = [await aFormation(trainer, 60, { capacity: 1 }), await aFormation(trainer, -40)]
    const other = await aFormation(trainer, 60, { module: 'rgpd-faire-a-la-place' })
    for (const { id } of [one, two]) await register(structure.referent, id, full)
    const learner = { email: one.email, givenName: 'Zoé', familyName: 'Exemple' }
    for (const session of [past, other]) await trainer.post(`/api/v1/sessions/${session}/enrolments`, [learner])
    await callOff(service, one, structure.id)
    const stateIn = async (session: string) => {
      const { body } = await trainer.get(`/api/v1/sessions/${session}/enrolments`)
      return (body['items'] as Json[]).find(({ email }) => email === one.email)!['state']
    }
    expect([await stateIn(full), await stateIn(past), await stateIn(other)]).toEqual([
      'cancelled',
      'registered',
      'registered',
    ])
    expect(await registrationsOf(structure.referent, two.id)).toMatchObject([{ state: 'registered' }])
    expect(await lettersTo(service, two.email)).toEqual(['Une place s’est libérée à votre formation'])
  })

  test('leaves them while a request in another structure still allows them; the last of two calls them off', async ({
    service,
  }) => {
    const [here, there, trainer] = [await aStructure(service), await aStructure(service), await aTrainer(service)]
    const mine = await aRequest(service, here)
    const also = await aRequest(service, there, { email: mine.email })
    const session = await aFormation(trainer, 60)
    await register(here.referent, mine.id, session)
    await callOff(service, mine, here.id)
    expect(await registrationsOf(there.referent, also.id)).toMatchObject([{ state: 'registered' }])
    await callOff(service, also, there.id)
    expect(await registrationsOf(there.referent, also.id)).toMatchObject([{ state: 'cancelled' }])
  })

  test('at the same time as the person’s other one leaves no registration behind', async ({ service }) => {
    const [here, there, trainer] = [await aStructure(service), await aStructure(service), await aTrainer(service)]
    for (let round = 0; round < 4; round++) {
      const mine = await aRequest(service, here)
      const also = await aRequest(service, there, { email: mine.email })
      await register(here.referent, mine.id, await aFormation(trainer, 60))
      await Promise.all([callOff(service, mine, here.id), callOff(service, also, there.id)])
      expect(await registrationsOf(here.referent, mine.id)).toMatchObject([{ state: 'cancelled' }])
    }
  })
})

describe('a training that an officer notes', () => {
  const note = (who: Actor, id: string, doneOn = '2026-03-31') =>
    who.post(`${API}/habilitation-requests/${id}/formation`, { doneOn, reason })

  test('counts as done: with the Pix test, it validates the request and gives the badge, once', async ({ service }) => {
    await anAuthority(service)
    const [structure, officer] = [await aStructure(service), await anOfficer(service)]
    const request = await aRequest(service, structure, { pixDoneOn: '2026-04-02', pixScore: 62 })
    const noted = {
      status: 200,
      body: { id: request.id, status: 'validated', formationDoneOn: '2026-03-31', formationSource: 'officer' },
    }
    expect(await note(officer, request.id)).toMatchObject(noted)
    expect(await note(officer, request.id)).toMatchObject(noted)
    expect((await habilitationOf(service, request.id)).path).toMatch(/^\/credentials\//)
    const lines = sql`select reason from journal where action = 'habilitation.formation_noted' and person_id = ${request.personId}`
    expect(await rows(service.db, lines)).toEqual([{ reason }])
    expect(await note(officer, request.id, '2026-03-30')).toMatchObject({
      status: 409,
      body: { code: 'formation_done', detail: expect.stringContaining('2026-03-31 (par l’équipe Aidants Connect)') },
    })
  })

  test('may be learnt from peers, and waits for the Pix test', async ({ service }) => {
    const [structure, officer] = [await aStructure(service), await anOfficer(service)]
    const { id } = await aRequest(service, structure, { courseType: 'peers' })
    expect((await note(officer, id)).body).toMatchObject({ status: 'processing_p2p', formationSource: 'officer' })
  })

  test('is refused in the future, and to a référente', async ({ service }) => {
    const [structure, officer] = [await aStructure(service), await anOfficer(service)]
    const { id } = await aRequest(service, structure)
    expect(await note(officer, id, inDays(3))).toMatchObject({ status: 422, body: { code: 'date_in_future' } })
    expect(await note(officer, id, '2026-02-30')).toMatchObject({ status: 422, body: { code: 'invalid_fields' } })
    expect(await note(structure.referent, id)).toMatchObject({ status: 403 })
    expect(await note(officer, randomUUID())).toMatchObject({ status: 404 })
    expect(await requestOf(service, id)).toMatchObject({ formationDoneOn: null, formationSource: null })
  })
})

test('the webinar of a référente: enrolled, seen as a replay, present, or nothing yet', async ({ service }) => {
  const [structure, other, trainer] = [await aStructure(service), await aStructure(service), await aTrainer(service)]
  const { referent, slug } = structure
  const second = await signedIn(service, { grants: [{ role: 'referent', organisation: slug }] })
  const webinarOf = async (email = referent.email) => {
    const { body } = await referent.get(`${API}/structures/${slug}/webinar`)
    const { webinar, webinarDone, givenName } = (body['items'] as Json[]).find((one) => one['email'] === email)!
    return [webinar, webinarDone, givenName]
  }
  expect(await webinarOf()).toEqual(['none', false, 'Zoé'])
  const given = { module: 'aidants-connect-referent', modality: 'distance', departement: undefined }
  const session = await aSession(trainer, given)
  const learner = { email: referent.email, givenName: 'Zoé', familyName: 'Exemple' }
  const off = await aFormation(trainer, 30, given)
  await trainer.post(`/api/v1/sessions/${off}/enrolments`, [learner])
  await trainer.post(`/api/v1/sessions/${off}/cancellation`, { reason })
  expect(await webinarOf()).toEqual(['none', false, 'Zoé'])
  await trainer.post(`/api/v1/sessions/${session}/enrolments`, [learner])
  expect(await webinarOf()).toEqual(['registered', false, 'Zoé'])
  for (const [attendance, seen] of [
    ['absent', ['none', false]],
    ['replay', ['replay', true]],
    ['present', ['present', true]],
  ] as const) {
    await trainer.post(`/api/v1/sessions/${session}/attendance`, [{ email: referent.email, attendance }])
    expect(await webinarOf()).toEqual([...seen, 'Zoé'])
  }
  await sendCsv(service, trainer, session, csvOf([aRow(1, { email: second.email })]))
  expect(await webinarOf(second.email)).toEqual(['present', true, 'Zoé'])
  expect((await other.referent.get(`${API}/structures/${slug}/webinar`)).status).toBe(403)
  expect((await (await anOfficer(service)).get(`${API}/structures/${slug}/webinar`)).body['items']).toHaveLength(2)
})
