import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { rows } from '../src/db.ts'
import {
  HABILITATION_REQUEST_MOVES,
  HABILITATION_REQUEST_STATUSES,
  type HabilitationRequestStatus,
  keysOf,
  ORGANISATION_REQUEST_MOVES,
  ORGANISATION_REQUEST_STATUSES,
} from '../src/habilitation/statuses.ts'
import { actor, type Json, signedIn, type SignedIn } from './support/actors.ts'
import { test, type TestService } from './support/app.ts'
import {
  anAuthority,
  anEmail,
  anOfficer,
  aRequest,
  aSiret,
  aStructure,
  habilitated,
  habilitationOf,
  requestOf,
  trained,
} from './support/habilitation.ts'

const API = '/api/v1/habilitations'
const ORGANISATIONS = `${API}/organisation-requests`
const PEOPLE = `${API}/habilitation-requests`
const ALL = { cgu: true, notFree: true, dpo: true, professionalsOnly: true, withoutElected: true }
const reason = 'Dossier relu'

const anAidant = (given: Json = {}): Json => ({
  email: anEmail(),
  givenName: 'Zoé',
  familyName: 'Exemple',
  profession: 'Secrétaire de mairie',
  standing: 'agent',
  ...given,
})
const aManager = (email = anEmail()): Json => ({
  email,
  givenName: 'Maud',
  familyName: 'Exemple',
  profession: 'Directrice',
})
const aDraft = (given: Json = {}): Json => ({
  structure: { name: 'Médiathèque d’essai', siret: aSiret(), departement: '69' },
  manager: aManager(),
  aidants: [anAidant()],
  declarations: ALL,
  ...given,
})

/** Drafts a request; answers its id. */
async function drafted(issuer: SignedIn, given: Json = {}): Promise<string> {
  const { status, body } = await issuer.post(ORGANISATIONS, aDraft(given))
  if (status !== 201) throw new Error(JSON.stringify(body))
  return String(body['id'])
}
const decide = (who: SignedIn, path: string, id: string, move: string, more: Json = {}) =>
  who.post(`${path}/${id}/decisions`, { move, reason, ...more })

/** A request that waits for an officer. */
async function submitted(issuer: SignedIn, given: Json = {}): Promise<string> {
  const id = await drafted(issuer, given)
  const { status, body } = await decide(issuer, ORGANISATIONS, id, 'submission')
  if (status !== 200) throw new Error(JSON.stringify(body))
  return id
}

const eventsOf = ({ db }: TestService, id: string) =>
  rows<{ move: string; from: string | null; to: string; author: string }>(
    db,
    sql`select move, "from", "to", author from request_events
        where organisation_request_id = ${id} or habilitation_request_id = ${id} order by id`,
  )
const requestsIn = ({ db }: TestService, organisation: string) =>
  rows<{ id: string; status: string; origin: string; person: string }>(
    db,
    sql`select r.id, r.status, r.origin, r.person_id as person from habilitation_requests r
        join organisations o on o.id = r.organisation_id where o.slug = ${organisation} order by r.status, r.id`,
  )

test('a draft is completed, submitted, sent back, corrected and accepted; its history says who, when and why', async ({
  service,
}) => {
  const [issuer, stranger, officer] = [await signedIn(service), await signedIn(service), await anOfficer(service)]
  const { manager: _, ...incomplete } = aDraft({ declarations: { ...ALL, cgu: false, withoutElected: false } })
  const created = await issuer.post(ORGANISATIONS, incomplete)
  expect(created).toMatchObject({
    status: 201,
    body: { status: 'NEW', label: 'Brouillon', number: null, manager: null, isEditable: true, ageInDays: 0 },
  })
  expect(created.body['moves']).toEqual([{ move: 'submission', label: 'soumettre la demande' }])
  const id = String(created.body['id'])

  const refused = await decide(issuer, ORGANISATIONS, id, 'submission')
  expect(refused).toMatchObject({ status: 422, body: { code: 'declarations_missing' } })
  expect(refused.body['missing']).toEqual(['cgu_checked', 'without_elected_checked', 'manager_set'])
  for (const word of ['(cgu)', '(withoutElected)', '(manager)']) expect(refused.body['detail']).toContain(word)

  const path = `${ORGANISATIONS}/${id}`
  for (const call of [
    stranger.get(path),
    stranger.post(path, aDraft()),
    decide(stranger, ORGANISATIONS, id, 'submission'),
  ]) {
    expect(await call).toMatchObject({ status: 404, body: { code: 'not_found' } })
  }
  const aidant = anAidant({ givenName: '  Zoé', courseType: 'peers', conseillerNumerique: true })
  const whole = aDraft({ structure: { ...incomplete['structure'], departement: '2A' }, aidants: [aidant] })
  expect(await issuer.post(path, whole)).toMatchObject({
    status: 200,
    body: {
      structure: { departement: '2A', organisation: null },
      manager: { email: whole['manager'].email, givenName: 'Maud', profession: 'Directrice', isAidant: false },
      aidants: [{ email: aidant['email'], standing: 'agent', conseillerNumerique: true, courseType: 'peers' }],
      declarations: ALL,
    },
  })
  expect(await decide(issuer, ORGANISATIONS, id, 'submission')).toMatchObject({
    status: 200,
    body: { outcome: 'done', status: 'AC_VALIDATION_PROCESSING', number: expect.any(Number), moves: [] },
  })
  expect((await decide(officer, ORGANISATIONS, id, 'changes')).body).toMatchObject({ status: 'CHANGES_REQUIRED' })
  const unsaid = await issuer.post(path, { ...whole, declarations: { ...ALL, dpo: false } })
  expect(unsaid).toMatchObject({ status: 422, body: { code: 'declarations_missing', missing: ['dpo_checked'] } })
  expect((await issuer.post(path, whole)).status).toBe(200)
  await decide(issuer, ORGANISATIONS, id, 'submission')
  const accepted = await decide(officer, ORGANISATIONS, id, 'acceptance', { status: 'AC_VALIDATION_PROCESSING' })
  expect(accepted.body).toMatchObject({ status: 'VALIDATED', label: 'Éligibilité validée', isEditable: false })
  expect(accepted.body['structure'].organisation).toBe(`mediatheque-d-essai-${whole['structure'].siret}`)

  const { body } = await issuer.get(path)
  const [me, they] = [`person:${issuer.personId}`, `person:${officer.personId}`]
  expect(body['history'].map((one: Json) => [one['move'], one['to'], one['author']])).toEqual([
    ['creation', 'NEW', me],
    ['amendment', 'NEW', me],
    ['submission', 'AC_VALIDATION_PROCESSING', me],
    ['changes', 'CHANGES_REQUIRED', they],
    ['amendment', 'CHANGES_REQUIRED', me],
    ['submission', 'AC_VALIDATION_PROCESSING', me],
    ['acceptance', 'VALIDATED', they],
  ])
  expect(body['history'].at(-1)).toMatchObject({ reason, at: expect.stringMatching(/^20/) })
  expect(await issuer.post(path, whole)).toMatchObject({ status: 409, body: { code: 'request_not_editable' } })
  const mine = (await issuer.get(`${ORGANISATIONS}/mine`)).body['items']
  expect(mine).toMatchObject([{ id, status: 'VALIDATED', label: 'Éligibilité validée' }])
  expect((await stranger.get(`${ORGANISATIONS}/mine`)).body['items']).toEqual([])
})

test('whoever is no professional, has no address of her own or is named twice is refused, and nothing is kept', async ({
  service,
}) => {
  const issuer = await signedIn(service)
  const counted = () => rows(service.db, sql`select count(*) as n from organisation_requests`)
  const before = await counted()
  const email = anEmail()
  const wrong: [string, Json][] = [
    ['not_professional', { aidants: [anAidant({ standing: 'elu' })] }],
    ['not_professional', { aidants: [anAidant({ standing: 'benevole' })] }],
    ['not_professional', { aidants: [anAidant({ profession: 'Adjointe au maire' })] }],
    ['email_not_nominative', { aidants: [anAidant({ email: 'accueil.lyon@exemple.invalid' })] }],
    ['aidant_twice', { aidants: [anAidant({ email }), anAidant({ email: email.toUpperCase() })] }],
    ['siret_invalid', { structure: { name: 'Structure', siret: '12345678901234' } }],
    ['departement_unknown', { structure: { name: 'Structure', siret: aSiret(), departement: '99' } }],
    ['invalid_fields', { aidants: [anAidant({ standing: 'stagiaire' })] }],
  ]
  for (const [code, given] of wrong) {
    expect(await issuer.post(ORGANISATIONS, aDraft(given)), code).toMatchObject({ status: 422, body: { code } })
  }
  expect(await counted()).toEqual(before)

  const structure = await aStructure(service)
  const path = `${API}/structures/${structure.slug}/habilitation-requests`
  for (const [code, given] of [
    ['not_professional', { standing: 'benevole' }],
    ['not_professional', { profession: 'Élue municipale' }],
    ['email_not_nominative', { email: 'mairie69@exemple.invalid' }],
  ] as const) {
    expect(await structure.referent.post(path, anAidant(given))).toMatchObject({ status: 422, body: { code } })
  }
  // What the sentences stand before: the database refuses them whoever writes.
  const asked = await aRequest(service, structure)
  const raw = sql`update habilitation_requests set standing = 'elu' where id = ${asked.id}`
  await expect(service.db.execute(raw)).rejects.toMatchObject({
    cause: { constraint: 'habilitation_request_professional' },
  })
})

test('an acceptance opens the structure, names its référente and makes one request each; again, it doubles nothing', async ({
  service,
}) => {
  const [issuer, officer] = [await signedIn(service), await anOfficer(service)]
  const manager = await signedIn(service)
  const both = anAidant({ email: manager.email })
  const given = aDraft({ manager: aManager(manager.email), aidants: [both, anAidant({ courseType: 'peers' })] })
  const id = await submitted(issuer, given)
  expect((await issuer.get(`${ORGANISATIONS}/${id}`)).body['manager']).toMatchObject({ isAidant: true })
  const { body } = await decide(officer, ORGANISATIONS, id, 'acceptance')
  const slug = body['structure'].organisation as string
  const first = await requestsIn(service, slug)
  expect(first).toMatchObject([
    { status: 'processing', origin: 'habilitation', person: manager.personId },
    { status: 'processing_p2p', origin: 'habilitation' },
  ])
  expect(await eventsOf(service, first[0]!.id)).toMatchObject([
    { move: 'creation', from: null, to: 'processing', author: `person:${officer.personId}` },
  ])
  const grants = () =>
    rows(
      service.db,
      sql`select g.role, g.person_id as person from grants g join organisations o on o.id = g.organisation_id where o.slug = ${slug}`,
    )
  expect(await grants()).toEqual([{ role: 'referent', person: manager.personId }])
  expect((await manager.get(`${API}/structures/${slug}/habilitation-requests`)).body['items']).toHaveLength(2)
  expect((await actor(service).get(`/api/v1/organisations/${slug}`)).body).toMatchObject({ state: 'known' })

  await decide(officer, ORGANISATIONS, id, 'reopening')
  const again = await decide(officer, ORGANISATIONS, id, 'acceptance', { managerHasTotp: true })
  expect(again.body).toMatchObject({ status: 'CLOSED' })
  expect((await eventsOf(service, id)).slice(-2)).toMatchObject([
    { move: 'acceptance', from: 'AC_VALIDATION_PROCESSING', to: 'VALIDATED', author: `person:${officer.personId}` },
    { move: 'closure', from: 'VALIDATED', to: 'CLOSED', author: 'service' },
  ])
  expect(await requestsIn(service, slug)).toEqual(first)
  expect(await grants()).toHaveLength(1)
  // Sent again it is done, though the service closed the request since.
  const twice = await decide(officer, ORGANISATIONS, id, 'acceptance', { managerHasTotp: true })
  expect(twice).toMatchObject({ status: 200, body: { outcome: 'already', status: 'CLOSED' } })
})

test('a structure that an organisation of that SIRET is already is not registered twice; a closed one is refused', async ({
  service,
}) => {
  const [issuer, officer, structure] = [await signedIn(service), await anOfficer(service), await aStructure(service)]
  const given = { structure: { name: 'Un autre nom', siret: structure.siret } }
  const [known, closed] = [await submitted(issuer, given), await submitted(issuer, given)]
  const accepted = await decide(officer, ORGANISATIONS, known, 'acceptance')
  expect(accepted.body['structure'].organisation).toBe(structure.slug)
  await service.db.execute(sql`update structures set closed_at = now() where organisation_id = ${structure.id}`)
  const refused = await decide(officer, ORGANISATIONS, closed, 'acceptance')
  expect(refused).toMatchObject({ status: 409, body: { code: 'structure_closed' } })
  expect((await officer.get(`${ORGANISATIONS}/${closed}`)).body['status']).toBe('AC_VALIDATION_PROCESSING')
  const asked = await structure.referent.post(`${API}/structures/${structure.slug}/habilitation-requests`, anAidant())
  expect(asked).toMatchObject({ status: 409, body: { code: 'structure_closed' } })
})

test('requests for structures: each move from each status by each person happens or is refused with the legal ones', async ({
  service,
}) => {
  const [issuer, officer] = [await signedIn(service), await anOfficer(service)]
  const actors = { issuer, officer }
  const moves = Object.entries(ORGANISATION_REQUEST_MOVES)
  for (const status of keysOf(ORGANISATION_REQUEST_STATUSES)) {
    const at = async () => {
      const id = await submitted(issuer)
      const { id: organisationId } = await aStructure(service)
      await service.db.execute(
        sql`update organisation_requests set status = ${status}, organisation_id = ${organisationId} where id = ${id}`,
      )
      // Its last move is of someone else, or the same move would be the same decision sent twice.
      await service.db.execute(sql`update request_events set author = 'test' where organisation_request_id = ${id}`)
      return id
    }
    const still = await at()
    const before = await eventsOf(service, still)
    for (const [who, person] of Object.entries(actors)) {
      const legal = moves.filter(([, one]) => one.from.includes(status) && one.by.includes(who as never))
      for (const [move, { from, to, by }] of moves) {
        if (from.includes(status) && by.includes(who as never)) {
          const id = await at()
          const { body } = await decide(person, ORGANISATIONS, id, move, { status })
          expect(body, `${status} ${move} ${who}`).toMatchObject({ outcome: 'done', status: to })
          expect((await eventsOf(service, id)).at(-1)).toMatchObject({ move, from: status, to })
          continue
        }
        const { status: code, body } = await decide(person, ORGANISATIONS, still, move)
        const isTheirs = by.includes(who as never)
        expect([code, body['code']], `${status} ${move} ${who}`).toEqual(
          isTheirs ? [409, 'request_status'] : [403, 'forbidden'],
        )
        expect(body).toMatchObject({ present: status, legal: legal.map(([name]) => name) })
        for (const [, { label }] of legal) expect(body['mend']).toContain(label)
      }
    }
    expect(await eventsOf(service, still)).toEqual(before)
    expect((await officer.get(`${ORGANISATIONS}/${still}`)).body['status']).toBe(status)
  }
})

test('requests for people: each move from each status by each person happens or is refused with the legal ones', async ({
  service,
}) => {
  const [officer, structure, other] = [await anOfficer(service), await aStructure(service), await aStructure(service)]
  const actors = { officer, referent: structure.referent }
  const moves = Object.entries(HABILITATION_REQUEST_MOVES)
  for (const status of keysOf(HABILITATION_REQUEST_STATUSES)) {
    const still = await aRequest(service, structure, { status })
    const before = await eventsOf(service, still.id)
    for (const [who, person] of Object.entries(actors)) {
      const legal = moves.filter(([, one]) => one.from.includes(status) && one.by.includes(who as never))
      for (const [move, { from, to, by }] of moves) {
        if (from.includes(status) && by.includes(who as never)) {
          for (const courseType of ['classic', 'peers'] as const) {
            const { id } = await aRequest(service, structure, { status, courseType })
            const { body } = await decide(person, PEOPLE, id, move, { status })
            expect(body, `${status} ${move} ${who}`).toMatchObject({ outcome: 'done', status: to[courseType] })
            expect((await eventsOf(service, id)).at(-1)).toMatchObject({ move, from: status, to: to[courseType] })
          }
          continue
        }
        const { status: code, body } = await decide(person, PEOPLE, still.id, move)
        const isTheirs = by.includes(who as never)
        expect([code, body['code']], `${status} ${move} ${who}`).toEqual(
          isTheirs ? [409, 'request_status'] : [403, 'forbidden'],
        )
        expect(body).toMatchObject({ present: status, legal: legal.map(([name]) => name) })
      }
    }
    for (const [move] of moves) {
      expect(await decide(other.referent, PEOPLE, still.id, move)).toMatchObject({ status: 403 })
    }
    expect(await eventsOf(service, still.id)).toEqual(before)
    expect(await requestOf(service, still.id)).toMatchObject({ status })
  }
})

test('the same decision twice is done once; one seen too late is told what became of the request', async ({
  service,
}) => {
  const [issuer, one, two] = [await signedIn(service), await anOfficer(service), await anOfficer(service)]
  const id = await submitted(issuer)
  const seen = { status: 'AC_VALIDATION_PROCESSING' }
  expect((await decide(one, ORGANISATIONS, id, 'refusal', seen)).body).toMatchObject({ outcome: 'done' })
  expect((await decide(one, ORGANISATIONS, id, 'refusal', seen)).body).toMatchObject({ outcome: 'already' })
  expect(await eventsOf(service, id)).toHaveLength(3)
  const late = await decide(two, ORGANISATIONS, id, 'acceptance', seen)
  expect(late).toMatchObject({ status: 409, body: { code: 'request_moved', present: 'REFUSED', legal: ['reopening'] } })
  expect(late.body['detail']).toContain('« Éligibilité Refusée » (REFUSED)')
  // One who saw another status is told so even where the move would be legal.
  expect(await decide(two, ORGANISATIONS, id, 'reopening', seen)).toMatchObject({
    status: 409,
    body: { code: 'request_moved' },
  })
})

test('of officers who decide at once one wins, the others are told, and it happened once', async ({ service }) => {
  const [issuer, structure] = [await signedIn(service), await aStructure(service)]
  const officers = await Promise.all([1, 2, 3, 4].map(() => anOfficer(service)))
  const id = await submitted(issuer)
  const seen = { status: 'AC_VALIDATION_PROCESSING' }
  const moves = ['acceptance', 'refusal', 'changes', 'acceptance']
  const answers = await Promise.all(officers.map((one, index) => decide(one, ORGANISATIONS, id, moves[index]!, seen)))
  expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 409, 409, 409])
  const lost = answers.filter(({ status }) => status === 409).map(({ body }) => body['code'])
  expect(lost).toEqual(['request_moved', 'request_moved', 'request_moved'])
  expect(await eventsOf(service, id)).toHaveLength(3)

  const asked = await aRequest(service, structure, { status: 'waitling_list' })
  const both = await Promise.all(
    officers.map((one, index) => decide(one, PEOPLE, asked.id, index % 2 ? 'refusal' : 'admission')),
  )
  const won = both.filter(({ status }) => status === 200)
  // An admission may still be followed by a refusal; nothing follows a refusal.
  const events = await eventsOf(service, asked.id)
  expect(events).toHaveLength(1 + won.length)
  expect(events.map((one) => one.move).join(' ')).toMatch(/^creation (admission )?refusal$/)
})

test('structures accepted at once get one number each, and one of the same SIRET is one structure', async ({
  service,
}) => {
  const [issuer, officer] = [await signedIn(service), await anOfficer(service)]
  const structure = { name: 'Structure', siret: aSiret() }
  const ids = await Promise.all([1, 2, 3].map(() => drafted(issuer, { structure })))
  const sent = await Promise.all(ids.map((id) => decide(issuer, ORGANISATIONS, id, 'submission')))
  expect(new Set(sent.map(({ body }) => body['number'])).size).toBe(3)
  const accepted = await Promise.all(ids.map((id) => decide(officer, ORGANISATIONS, id, 'acceptance')))
  expect(accepted.map(({ status }) => status)).toEqual([200, 200, 200])
  expect(new Set(accepted.map(({ body }) => body['structure'].organisation)).size).toBe(1)
  expect(await requestsIn(service, accepted[0]!.body['structure'].organisation)).toHaveLength(3)
})

test('a référente asks for one more; once a structure, and in another one too', async ({ service }) => {
  const [one, two] = [await aStructure(service), await aStructure(service)]
  const pathOf = ({ slug }: { slug: string }) => `${API}/structures/${slug}/habilitation-requests`
  const aidant = anAidant({ connexionMode: 'phone' })
  const asked = await one.referent.post(pathOf(one), aidant)
  expect(asked).toMatchObject({
    status: 201,
    body: {
      status: 'waitling_list',
      label: 'Liste d’attente',
      origin: 'responsable',
      connexionMode: 'phone',
      email: aidant['email'],
      structure: { slug: one.slug },
      habilitation: null,
      moves: [{ move: 'cancellation', label: 'annuler la demande' }],
      history: [{ move: 'creation', from: null, to: 'waitling_list', author: `person:${one.referent.personId}` }],
    },
  })
  expect(await one.referent.post(pathOf(one), aidant)).toMatchObject({ status: 409, body: { code: 'request_known' } })
  expect((await two.referent.post(pathOf(two), aidant)).status).toBe(201)
  expect(await two.referent.post(pathOf(one), anAidant())).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  expect(await two.referent.get(pathOf(one))).toMatchObject({ status: 403 })
  expect(await two.referent.get(`${PEOPLE}/${String(asked.body['id'])}`)).toMatchObject({ status: 403 })
  const { body } = await one.referent.get(`${pathOf(one)}?status=waitling_list`)
  expect(body['items']).toMatchObject([{ id: asked.body['id'], email: aidant['email'], ageInDays: 0 }])
  const officer = await anOfficer(service)
  expect(await officer.post(pathOf({ slug: 'aucune' }), aidant)).toMatchObject({ status: 404 })
  await anAuthority(service)
  const none = await officer.post(pathOf({ slug: 'aidants-connect' }), anAidant())
  expect(none).toMatchObject({ status: 409, body: { code: 'structure_not_eligible' } })
})

test('a validation by hand grants and gives the badge; in two structures, two; its cancellation ends it for good', async ({
  service,
}) => {
  await anAuthority(service)
  const [officer, one, two] = [await anOfficer(service), await aStructure(service), await aStructure(service)]
  const email = anEmail()
  const [here, there] = [await aRequest(service, one, { email }), await aRequest(service, two, { email })]
  const validated = await decide(officer, PEOPLE, here.id, 'validation', { status: 'processing' })
  expect(validated.body).toMatchObject({ status: 'validated', habilitation: expect.any(String) })
  expect(validated.body['formationDoneOn']).toBeNull()
  await decide(officer, PEOPLE, there.id, 'validation')
  const badges = [await habilitationOf(service, here.id), await habilitationOf(service, there.id)]
  const verify = async (path: string) => {
    const { body: credential } = await actor(service).get(`${path}.json`)
    return (await actor(service).post('/api/v1/verifications', { credential })).body['verdict']
  }
  expect(await Promise.all(badges.map(({ path }) => verify(path)))).toEqual(['valid', 'valid'])

  const ended = await decide(one.referent, PEOPLE, here.id, 'cancellation')
  expect(ended.body).toMatchObject({ status: 'status_cancelled_by_responsable', moves: [] })
  expect(await Promise.all(badges.map(({ path }) => verify(path)))).toEqual(['invalid', 'valid'])
  const [event] = await rows<Json>(
    service.db,
    sql`select kind, reason, author from habilitation_events where habilitation_id = ${badges[0]!.habilitation} order by id desc limit 1`,
  )
  expect(event).toEqual({ kind: 'ended', reason, author: `person:${one.referent.personId}` })
})

test('an admission of whoever is trained and has passed the test is followed by the validation at once', async ({
  service,
}) => {
  const { officer, structure } = await habilitated(service)
  const path = `${API}/structures/${structure.slug}/habilitation-requests`
  const asked = await structure.referent.post(path, anAidant())
  const id = String(asked.body['id'])
  await trained(service, asked.body['email'])
  expect(await requestOf(service, id)).toMatchObject({ status: 'waitling_list', pixDoneOn: null })
  await service.db.execute(sql`update habilitation_requests set pix_done_on = '2026-04-02' where id = ${id}`)
  const { body } = await decide(officer, PEOPLE, id, 'admission')
  expect(body).toMatchObject({ outcome: 'done', status: 'validated' })
  expect(body['history'].map((one: Json) => [one['move'], one['author']])).toEqual([
    ['creation', `person:${structure.referent.personId}`],
    ['admission', `person:${officer.personId}`],
    ['validation', 'service'],
  ])
  expect((await decide(officer, PEOPLE, id, 'admission')).body).toMatchObject({ outcome: 'already' })
})

test('a refusal calls off the training to come', async ({ service }) => {
  const [officer, structure] = [await anOfficer(service), await aStructure(service)]
  const { id, personId } = await aRequest(service, structure)
  const slug = `organisme-${randomUUID().slice(0, 8)}`
  await actor(service, 'exploitant').post('/api/v1/organisations', { slug, name: 'Organisme' })
  const planned = await actor(service, 'formateur', slug).post('/api/v1/sessions', {
    organisation: slug,
    module: 'aidants-connect',
    startsOn: '2099-03-31',
    endsOn: '2099-03-31',
    capacity: 5,
    modality: 'distance',
  })
  await service.db.execute(
    sql`insert into enrolments (session_id, person_id) values (${planned.body['id']}, ${personId})`,
  )
  await decide(officer, PEOPLE, id, 'refusal')
  const [enrolled] = await rows<Json>(service.db, sql`select state from enrolments where person_id = ${personId}`)
  expect(enrolled).toEqual({ state: 'cancelled' })
})

test('many decisions at once: each has its receipt, in order, and one refused stops no other', async ({ service }) => {
  const [officer, structure, issuer] = [await anOfficer(service), await aStructure(service), await signedIn(service)]
  const [one, two] = [await aRequest(service, structure, { status: 'new' }), await aRequest(service, structure)]
  const organisation = await submitted(issuer)
  const nobody = randomUUID()
  const person = (request: string, move: string, more: Json = {}) => ({
    request,
    kind: 'habilitation',
    move,
    reason,
    ...more,
  })
  const decisions = [
    person(one.id, 'admission'),
    person(one.id, 'admission'),
    person(two.id, 'admission'),
    person(two.id, 'refusal', { status: 'new' }),
    person(two.id, 'cancellation'),
    { request: organisation, kind: 'organisation', move: 'acceptance', reason },
    person(nobody, 'refusal'),
  ]
  const { status, body } = await officer.post(`${API}/decisions`, decisions)
  expect(status).toBe(200)
  expect(body['items']).toMatchObject([
    { request: one.id, outcome: 'done', status: 'processing' },
    { request: one.id, outcome: 'already', status: 'processing' },
    { request: two.id, outcome: 'refused', status: 'processing', problem: { code: 'request_status' } },
    { request: two.id, outcome: 'refused', status: 'processing', problem: { code: 'request_moved' } },
    { request: two.id, outcome: 'refused', status: 'processing', problem: { code: 'forbidden' } },
    { request: organisation, outcome: 'done', status: 'VALIDATED' },
    { request: nobody, outcome: 'refused', problem: { code: 'not_found' } },
  ])
  const again = await officer.post(`${API}/decisions`, decisions)
  const outcomes = again.body['items'].map((receipt: Json) => receipt['outcome'])
  expect(outcomes.join(' ')).toBe('already already refused refused refused already refused')
  const mixed = [{ request: one.id, kind: 'habilitation', move: 'acceptance', reason }]
  expect(await officer.post(`${API}/decisions`, mixed)).toMatchObject({ status: 422 })
  expect(await structure.referent.post(`${API}/decisions`, decisions)).toMatchObject({ status: 403 })
})

test('the queue is read by age, page after page, though what was decided meanwhile has moved', async ({ service }) => {
  const [officer, structure] = [await anOfficer(service), await aStructure(service)]
  const asked = []
  for (const days of [5, 40, 90, 1, 90]) {
    const since = new Date(Date.now() - days * 24 * 3600_000 - 60_000)
    asked.push(await aRequest(service, structure, { status: 'new', since }))
  }
  const base = `${PEOPLE}?organisation=${structure.slug}&status=new`
  const { body } = await officer.get(`${base}&limit=2`)
  expect(body['items'].map((one: Json) => one['ageInDays'])).toEqual([90, 90])
  expect(body['items'][0]).toMatchObject({ label: 'Nouvelle', givenName: 'Zoé', siret: structure.siret })
  // The last one of the page is decided before the next page is asked.
  await decide(officer, PEOPLE, body['items'][1].id, 'refusal')
  const next = await officer.get(`${base}&limit=2&after=${String(body['next'])}`)
  expect(next.body['items'].map((one: Json) => one['ageInDays'])).toEqual([40, 5])
  const last = await officer.get(`${base}&limit=2&after=${String(next.body['next'])}`)
  expect(last.body).toMatchObject({ items: [{ id: asked[3]!.id, ageInDays: 1 }], next: null })
  const old = await officer.get(`${base}&olderThan=40`)
  expect(old.body['items'].map((one: Json) => one['ageInDays'])).toEqual([90, 40])
  expect(await officer.get(`${base}&after=abc`)).toMatchObject({ status: 422 })
  expect(await structure.referent.get(base)).toMatchObject({ status: 403 })
})

test('the queue of structures by status and département, and that of people through their structure', async ({
  service,
}) => {
  const [issuer, officer] = [await signedIn(service), await anOfficer(service)]
  const structure = { name: 'Structure de Guyane', siret: aSiret(), departement: '973' }
  const id = await submitted(issuer, { structure })
  const waiting = await officer.get(`${ORGANISATIONS}?status=AC_VALIDATION_PROCESSING&departement=973`)
  expect(waiting.body['items']).toMatchObject([{ id, name: 'Structure de Guyane', departement: '973', ageInDays: 0 }])
  expect((await officer.get(`${ORGANISATIONS}?status=REFUSED&departement=973`)).body['items']).toEqual([])
  const { body } = await decide(officer, ORGANISATIONS, id, 'acceptance')
  const { organisation } = body['structure']
  expect((await officer.get(`${ORGANISATIONS}?organisation=${organisation}`)).body['items']).toHaveLength(1)
  const people = await officer.get(`${PEOPLE}?departement=973`)
  expect(people.body['items']).toMatchObject([{ status: 'processing', organisation }])
})

test('exports are CSV that no spreadsheet runs, with the same filters, and the journal knows', async ({ service }) => {
  const [officer, issuer, structure] = [await anOfficer(service), await signedIn(service), await aStructure(service)]
  const path = `${API}/structures/${structure.slug}/habilitation-requests`
  const asked = await structure.referent.post(path, anAidant({ familyName: '=1+1', profession: 'Agent "polyvalent"' }))
  const { response } = await officer.get(`${PEOPLE}.csv?organisation=${structure.slug}`)
  expect(response.headers['content-type']).toBe('text/csv; charset=utf-8')
  const [header, line, end] = response.body.split('\r\n')
  expect(header).toMatch(/^\uFEFFid,status,label,since,age_in_days,structure,siret/)
  expect(line).toContain(`${asked.body['id']},waitling_list,Liste d’attente,`)
  expect(line).toContain(`,"'=1+1","Agent ""polyvalent""",`)
  expect(end).toBe('')
  await drafted(issuer, { structure: { name: '@cmd', siret: aSiret(), departement: '974' } })
  const other = await officer.get(`${ORGANISATIONS}.csv?departement=974&status=NEW`)
  expect(other.response.body).toContain(`,"'@cmd",`)
  expect(other.response.body.trim().split('\r\n')).toHaveLength(2)
  const journal = await rows<{ action: string }>(
    service.db,
    sql`select action from journal where author = ${`person:${officer.personId}`} order by position`,
  )
  expect(journal.map((one) => one.action)).toEqual(['habilitation_requests.exported', 'organisation_requests.exported'])
})

const anImport = (given: Json = {}): Json => ({
  ...anAidant(),
  origin: 'datapass',
  status: 'processing',
  siret: aSiret(),
  structure: 'Structure reprise',
  ...given,
})

test('an import takes each status as it is, refuses a wrong line alone, and changes nothing when it is sent again', async ({
  service,
}) => {
  await anAuthority(service)
  const [officer, structure, closed] = [await anOfficer(service), await aStructure(service), await aStructure(service)]
  await service.db.execute(sql`update structures set closed_at = now() where organisation_id = ${closed.id}`)
  const email = anEmail()
  const here = { siret: structure.siret, structure: undefined }
  const statuses: HabilitationRequestStatus[] = keysOf(HABILITATION_REQUEST_STATUSES)
  const lines = [
    ...statuses.map((status) => anImport({ ...here, status, since: '2025-03-12' })),
    anImport({ email }), // a person in two structures
    anImport({ ...here, email, courseType: 'peers', status: 'processing_p2p' }),
    anImport({ ...here, formationDoneOn: '2025-05-01', pixDoneOn: '2025-05-02', pixScore: 61, since: '2025-04-01' }),
  ]
  const wrong: [string, unknown][] = [
    ['duplicate_line', anImport({ ...here, email })],
    ['structure_unknown', anImport({ structure: undefined })],
    ['structure_closed', anImport({ siret: closed.siret })],
    ['not_professional', anImport({ standing: 'elu' })],
    ['email_not_nominative', anImport({ email: 'contact@exemple.invalid' })],
    ['siret_invalid', anImport({ siret: '12345678901234' })],
    ['row_invalid', anImport({ status: 'accepted' })],
    ['row_invalid', anImport({ formationDoneOn: '2025-02-30' })],
    ['row_invalid', anImport({ pixScore: 101, pixDoneOn: '2025-05-02' })],
    ['row_invalid', anImport({ surprise: 1 })],
    ['row_invalid', 'ligne'],
    ['pix_without_day', anImport({ pixScore: 50 })],
    ['day_in_future', anImport({ pixDoneOn: '2099-01-01' })],
  ]
  const sent = await officer.post(`${API}/imports`, [...lines, ...wrong.map(([, line]) => line)])
  expect(sent.status).toBe(200)
  const items = sent.body['items'] as Json[]
  expect(items.map((one) => one['line'])).toEqual(items.map((_, index) => index + 1))
  expect(items.slice(0, lines.length).map((one) => one['outcome'])).toEqual(lines.map(() => 'created'))
  expect(items.slice(lines.length).map((one) => one['problem']?.code)).toEqual(wrong.map(([code]) => code))
  expect(items.find((one) => one['problem']?.code === 'row_invalid')!['problem'].message).toContain('« status »')

  const kept = await Promise.all(items.slice(0, lines.length).map((one) => requestOf(service, one['request'])))
  expect(kept.slice(0, 8).map((one) => one.status)).toEqual(statuses)
  expect(kept[10]).toMatchObject({ status: 'validated', formationSource: 'import', pixScore: 61 })
  expect(await eventsOf(service, kept[10]!.id)).toMatchObject([
    { move: 'import', from: null, to: 'processing' },
    { move: 'validation', author: 'service' },
  ])
  // Who was habilitated elsewhere is so here, since that day.
  const validated = kept[statuses.indexOf('validated')]!
  const { habilitation } = await habilitationOf(service, validated.id)
  const [event] = await rows<Json>(
    service.db,
    sql`select e.kind, (e.at at time zone 'utc')::date::text as on, a.awarded_on::text as awarded
        from habilitation_events e join habilitations h on h.id = e.habilitation_id join awards a on a.id = h.award_id
        where h.id = ${habilitation}`,
  )
  expect(event).toEqual({ kind: 'granted', on: '2025-03-12', awarded: '2025-03-12' })

  const again = await officer.post(`${API}/imports`, [...lines, ...wrong.map(([, line]) => line)])
  expect(again.body['items'].slice(0, lines.length).map((one: Json) => one['outcome'])).toEqual(
    lines.map(() => 'known'),
  )
  for (const one of kept) expect(await requestOf(service, one.id)).toEqual(one)
  expect(await officer.post(`${API}/imports`, {})).toMatchObject({ status: 422 })
})

test('the journal of requests names nobody', async ({ service }) => {
  const lines = await rows<{ line: string }>(service.db, sql`select to_json(journal)::text as line from journal`)
  const text = lines.map(({ line }) => line).join('\n')
  expect(text).toContain('organisation_request.decided')
  expect(text).not.toMatch(/@exemple\.invalid|Maud|Zoé/)
})
