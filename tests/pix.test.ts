import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { rows } from '../src/db.ts'
import { type Actor, actor, type Json } from './support/actors.ts'
import { addAddress, anAddress } from './support/addresses.ts'
import { test, type TestService } from './support/app.ts'
import {
  anAuthority,
  anEmail,
  anOfficer,
  aRequest,
  aStructure,
  habilitationOf,
  pixRow,
  requestOf,
  trained,
} from './support/habilitation.ts'
import { fingerprintOf } from './support/matrix.ts'

const RESULTS = '/api/v1/habilitations/pix-results'
const CERTIFICATIONS = '/api/v1/habilitations/pix-certifications'
const importRows = (who: Actor, given: unknown) => who.post(RESULTS, given)
const outcomes = (body: Json): string[] => (body['receipts'] as Json[]).map((one) => String(one['outcome']))
const storedResults = ({ db }: TestService) =>
  rows<Json>(db, sql`select person_id, email, email_fingerprint, sent_on::text, score from pix_results order by id`)

/** The result of that address in the list of those that wait. */
async function waitingFor(who: Actor, email: string): Promise<Json> {
  let after = ''
  for (;;) {
    const { body } = await who.get(`${RESULTS}?limit=1000${after}`)
    const found = (body['items'] as Json[]).find((one) => one['email'] === email)
    if (found) return found
    if (body['next'] === null) throw new Error(`rien n’attend pour ${email}`)
    after = `&after=${String(body['next'])}`
  }
}

test('a file of results says line by line what became of it; sent again, nothing changes', async ({ service }) => {
  const [officer, structure] = [await anOfficer(service), await aStructure(service)]
  const asked = await aRequest(service, structure)
  const unknown = anEmail()
  const sent = [
    pixRow(asked.email.toUpperCase(), { résultat: 0.29 }),
    pixRow(unknown),
    pixRow(asked.email, { résultat: 0.29 }),
    pixRow(asked.email, { résultat: 1.01 }),
    pixRow(anEmail(), { "date d'envoi": '2015-12-31' }),
  ]
  const { status, body } = await importRows(officer, sent)
  expect(status).toBe(200)
  expect(body).toMatchObject({ received: 5, matched: 1, unmatched: 1, known: 0, duplicates: 1, refused: 2 })
  expect(body['receipts']).toMatchObject([
    { line: 1, outcome: 'matched' },
    { line: 2, outcome: 'unmatched' },
    {
      line: 3,
      outcome: 'duplicate',
      problem: { code: 'duplicate_result', message: expect.stringContaining('ligne 1') },
    },
    { line: 4, outcome: 'refused', problem: { column: 'résultat', code: 'score_impossible' } },
    { line: 5, outcome: 'refused', problem: { column: "date d'envoi", code: 'date_impossible' } },
  ])
  // The platform computes int(0.29 * 100), which is 28.
  expect(await requestOf(service, asked.id)).toMatchObject({
    pixDoneOn: '2026-04-02',
    pixScore: 28,
    status: 'processing',
  })
  const stored = await storedResults(service)
  const mine = stored.find((one) => one['person_id'] === asked.personId)
  const waiting = stored.find((one) => one['person_id'] === null)
  expect(mine).toMatchObject({ person_id: asked.personId, email: null, email_fingerprint: null, score: 28 })
  expect(waiting).toMatchObject({ person_id: null, score: 62 })
  expect(waiting!['email']).not.toContain('exemple')

  const before = await fingerprintOf(service.db)
  const again = await importRows(officer, sent)
  expect(outcomes(again.body)).toEqual(['known', 'known', 'duplicate', 'refused', 'refused'])
  expect(await fingerprintOf(service.db)).toEqual(before)
})

test('any score passes, the latest result stays, and the training of a peer ends with it', async ({ service }) => {
  const [officer, structure] = [await anOfficer(service), await aStructure(service)]
  const classic = await aRequest(service, structure)
  const peer = await aRequest(service, structure, { courseType: 'peers' })
  await importRows(officer, [
    pixRow(classic.email, { "date d'envoi": '2026-03-01', résultat: 0 }),
    pixRow(peer.email, { "date d'envoi": '2026-03-01T23:30:00Z', résultat: 1 }),
  ])
  expect(await requestOf(service, classic.id)).toMatchObject({
    pixScore: 0,
    formationDoneOn: null,
    status: 'processing',
  })
  // Half past midnight of the next day, in Paris.
  expect(await requestOf(service, peer.id)).toMatchObject({
    pixDoneOn: '2026-03-02',
    pixScore: 100,
    formationDoneOn: '2026-03-02',
    formationSource: 'peers',
    status: 'validated',
  })
  await importRows(officer, [
    pixRow(classic.email, { "date d'envoi": '2026-02-28', résultat: 0.9 }),
    pixRow(classic.email, { "date d'envoi": '2026-03-05', résultat: 0.4 }),
    pixRow(classic.email, { "date d'envoi": '2026-03-05', résultat: 0.5 }),
    pixRow(classic.email, { "date d'envoi": '2026-03-04', résultat: 0.8 }),
  ])
  expect(await requestOf(service, classic.id)).toMatchObject({ pixDoneOn: '2026-03-05', pixScore: 50 })
})

test('the file itself may be sent, with its keys spelt as a Mac spells them', async ({ service }) => {
  const [officer, structure] = [await anOfficer(service), await aStructure(service)]
  const asked = await aRequest(service, structure)
  const row = {
    'date d’envoi': '2026-04-02',
    'email saisi': asked.email,
    ['résultat'.normalize('NFD')]: 0.7,
    'id pix': 12,
  }
  const file = (content: string) => {
    const text = `--limite\r\ncontent-disposition: form-data; name="file"; filename="pix.json"\r\ncontent-type: application/json\r\n\r\n${content}\r\n--limite--\r\n`
    return officer.post(RESULTS, text, { 'content-type': 'multipart/form-data; boundary=limite' })
  }
  expect((await file(`\uFEFF${JSON.stringify([row])}`)).body).toMatchObject({ received: 1, matched: 1 })
  expect((await requestOf(service, asked.id)).pixScore).toBe(70)
  expect(await file('email saisi;résultat\nzoe@exemple.invalid;0.5')).toMatchObject({
    status: 400,
    body: { code: 'pix_shape' },
  })
  const nothing = `--limite\r\ncontent-disposition: form-data; name="autre"\r\n\r\n[]\r\n--limite--\r\n`
  expect(
    await officer.post(RESULTS, nothing, { 'content-type': 'multipart/form-data; boundary=limite' }),
  ).toMatchObject({ status: 400, body: { code: 'pix_shape' } })
})

test('another shape is refused whole, and says which one is expected', async ({ service }) => {
  const officer = await anOfficer(service)
  const before = await fingerprintOf(service.db)
  const right = pixRow(anEmail())
  for (const given of [{}, [], [[]], [right, null], [right, 'zoe'], [right, { email: 'zoe@exemple.invalid' }]]) {
    const { status, body } = await importRows(officer, given)
    expect({ status, code: body['code'] }, JSON.stringify(given)).toEqual({ status: 400, code: 'pix_shape' })
    expect(body['mend']).toContain("« date d'envoi », « email saisi » et « résultat »")
  }
  const csv = await officer.post(RESULTS, 'email saisi;résultat\nzoe@exemple.invalid;0.5', {
    'content-type': 'text/csv',
  })
  expect(csv).toMatchObject({ status: 400, body: { code: 'pix_shape' } })
  const many = Array.from({ length: 20_001 }, () => right)
  expect(await importRows(officer, many)).toMatchObject({ status: 400, body: { code: 'pix_too_many' } })
  expect(await fingerprintOf(service.db)).toEqual(before)
})

test('a result waits for the request of its person, and matches by itself when there is one', async ({ service }) => {
  const [officer, structure] = [await anOfficer(service), await aStructure(service)]
  const email = anEmail()
  await trained(service, email) // known here, without any request
  expect((await importRows(officer, [pixRow(email)])).body).toMatchObject({ matched: 0, unmatched: 1 })
  const { state, score, sentOn } = await waitingFor(officer, email)
  expect({ state, score, sentOn }).toEqual({ state: 'unmatched', score: 62, sentOn: '2026-04-02' })
  const asked = await aRequest(service, structure, { email })
  expect(await requestOf(service, asked.id)).toMatchObject({
    status: 'validated',
    pixScore: 62,
    formationSource: 'session',
  })
  await expect(waitingFor(officer, email)).rejects.toThrow()
  expect(outcomes((await importRows(officer, [pixRow(email)])).body)).toEqual(['known'])
})

test('a result under another address of the person is hers, and the same under both', async ({ service }) => {
  const [officer, structure] = [await anOfficer(service), await aStructure(service)]
  const { referent } = structure
  const second = anAddress()
  await addAddress(service, referent, second)
  const asked = await aRequest(service, structure, { email: referent.email })
  const { body } = await importRows(officer, [pixRow(second), pixRow(referent.email)])
  expect(outcomes(body)).toEqual(['matched', 'duplicate'])
  expect((await requestOf(service, asked.id)).pixScore).toBe(62)
  expect(outcomes((await importRows(officer, [pixRow(referent.email), pixRow(second)])).body)).toEqual([
    'known',
    'duplicate',
  ])
})

test('a person resolves by hand what was typed otherwise, once', async ({ service }) => {
  await anAuthority(service)
  const [officer, structure] = [await anOfficer(service), await aStructure(service)]
  const [asked, other] = [await aRequest(service, structure), await aRequest(service, structure)]
  await trained(service, asked.email)
  const typed = anEmail()
  await importRows(officer, [pixRow(typed)])
  const { id } = await waitingFor(officer, typed)
  const match = (request: string) =>
    officer.post(`${RESULTS}/${String(id)}/match`, { request, reason: 'Adresse personnelle, vue au téléphone' })
  expect(await match(randomUUID())).toMatchObject({ status: 404, body: { code: 'not_found' } })
  expect(await match(asked.id)).toMatchObject({ status: 200, body: { id, state: 'matched', request: asked.id } })
  expect(await requestOf(service, asked.id)).toMatchObject({ status: 'validated', pixScore: 62 })
  const { path } = await habilitationOf(service, asked.id)
  expect((await actor(service).get(`${path}.json`)).body).toMatchObject({ name: 'Habilitation Aidants Connect' })

  const before = await fingerprintOf(service.db)
  expect((await match(asked.id)).status).toBe(200)
  expect(await match(other.id)).toMatchObject({ status: 409, body: { code: 'pix_result_decided' } })
  const dismissal = await officer.post(`${RESULTS}/${String(id)}/dismissal`, { reason: 'Essai' })
  expect(dismissal).toMatchObject({ status: 409, body: { code: 'pix_result_decided' } })
  expect(outcomes((await importRows(officer, [pixRow(typed)])).body)).toEqual(['known'])
  expect(await fingerprintOf(service.db)).toEqual(before)
})

test('a result that is nobody’s is set aside, stays so, and is listed apart', async ({ service }) => {
  const [officer, structure] = [await anOfficer(service), await aStructure(service)]
  const email = anEmail()
  await importRows(officer, [pixRow(email)])
  const { id } = await waitingFor(officer, email)
  const dismiss = () => officer.post(`${RESULTS}/${String(id)}/dismissal`, { reason: 'Personne d’un autre programme' })
  expect(await dismiss()).toMatchObject({ status: 200, body: { id, state: 'dismissed' } })
  const before = await fingerprintOf(service.db)
  expect((await dismiss()).status).toBe(200)
  expect(outcomes((await importRows(officer, [pixRow(email)])).body)).toEqual(['known'])
  expect(await fingerprintOf(service.db)).toEqual(before)
  const { body } = await officer.get(`${RESULTS}?state=dismissed&limit=1000`)
  expect(body['items']).toContainEqual(
    expect.objectContaining({ id, email, state: 'dismissed', reason: 'Personne d’un autre programme' }),
  )
  const asked = await aRequest(service, structure, { email })
  expect((await requestOf(service, asked.id)).pixDoneOn).toBeNull()
  const match = await officer.post(`${RESULTS}/${String(id)}/match`, { request: asked.id, reason: 'Essai' })
  expect(match).toMatchObject({ status: 409, body: { code: 'pix_result_decided' } })
})

test('of two officers who decide at once, one wins and the other is told', async ({ service }) => {
  const [officer, second, structure] = [await anOfficer(service), await anOfficer(service), await aStructure(service)]
  const asked = [await aRequest(service, structure), await aRequest(service, structure)]
  for (let round = 0; round < 10; round++) {
    const email = anEmail()
    await importRows(officer, [pixRow(email)])
    const url = `${RESULTS}/${String((await waitingFor(officer, email))['id'])}`
    const reason = 'Essai à deux'
    const answers = await Promise.all([
      officer.post(`${url}/match`, { request: asked[0]!.id, reason }),
      second.post(`${url}/match`, { request: asked[1]!.id, reason }),
      second.post(`${url}/dismissal`, { reason }),
    ])
    expect(answers.map((one) => one.status).toSorted((a, b) => a - b)).toEqual([200, 409, 409])
  }
})

test('the list goes page by page, and each reading is in the journal', async ({ service }) => {
  const officer = await anOfficer(service)
  const emails = [1, 2, 3].map(() => anEmail())
  for (const email of emails) await importRows(officer, [pixRow(email)])
  const read: string[] = []
  for (let after = ''; ;) {
    const { body } = await officer.get(`${RESULTS}?limit=2${after}`)
    expect(body['items'].length).toBeLessThanOrEqual(2)
    read.push(...(body['items'] as Json[]).map((one) => String(one['email'])))
    if (body['next'] === null) break
    after = `&after=${String(body['next'])}`
  }
  expect(read.slice(-3)).toEqual(emails)
  const [line] = await rows<Json>(
    service.db,
    sql`select author, action, details from journal order by position desc limit 1`,
  )
  expect(line).toMatchObject({ author: `person:${officer.personId}`, action: 'pix.results_listed' })
  expect(JSON.stringify(line)).not.toContain('exemple.invalid')
})

test('20,000 results are imported in one call', async ({ service }) => {
  const [officer, structure] = [await anOfficer(service), await aStructure(service)]
  const asked = await aRequest(service, structure)
  const sent = Array.from({ length: 20_000 }, (_, index) => pixRow(index === 12_345 ? asked.email : anEmail()))
  const { status, body } = await importRows(officer, sent)
  expect({ status, matched: body['matched'], unmatched: body['unmatched'] }).toEqual({
    status: 200,
    matched: 1,
    unmatched: 19_999,
  })
  expect(body['receipts'][12_345]).toEqual({ line: 12_346, outcome: 'matched' })
  expect((await importRows(officer, sent)).body).toMatchObject({ known: 20_000, matched: 0, unmatched: 0 })
})

const certification = (email: string, given: Json = {}): Json => ({
  email,
  verificationCode: `P-${randomUUID().slice(0, 8).toUpperCase()}`,
  pixScore: 512,
  certifiedOn: '2026-03-31',
  marks: [
    { competence_code: '1.2', area_code: '1', level: 4, score: 33 },
    { code: '5.2', level: -1 },
    { competenceId: 'recsvLz0W2ShyfD63', level: 0 },
  ],
  ...given,
})

test('a Pix certification is recorded once, whatever the shape of its marks', async ({ service }) => {
  const [officer, structure] = [await anOfficer(service), await aStructure(service)]
  const asked = await aRequest(service, structure)
  const given = certification(asked.email)
  const created = await officer.post(CERTIFICATIONS, given)
  expect(created).toMatchObject({ status: 201, body: { outcome: 'created' } })
  const { id } = created.body
  const read = await officer.get(`${CERTIFICATIONS}?request=${asked.id}`)
  expect(read.body['items']).toEqual([
    {
      id,
      verificationCode: given['verificationCode'],
      pixScore: 512,
      certifiedOn: '2026-03-31',
      marks: [
        { code: '1.1', level: 0, score: null },
        { code: '1.2', level: 4, score: 33 },
        { code: '5.2', level: -1, score: null },
      ],
      globalLevel: null,
      recordedAt: expect.any(String),
    },
  ])
  const same = { ...given, verificationCode: String(given['verificationCode']).toLowerCase().replace('p-', 'P-') }
  expect(await officer.post(CERTIFICATIONS, same)).toMatchObject({ status: 200, body: { id, outcome: 'known' } })
  const reversed = { ...given, marks: (given['marks'] as Json[]).toReversed() }
  expect(await officer.post(CERTIFICATIONS, reversed)).toMatchObject({ status: 200, body: { id } })
  for (const other of [
    { pixScore: 513 },
    { certifiedOn: '2026-03-30' },
    { marks: [] },
    { email: structure.referent.email },
  ]) {
    expect(await officer.post(CERTIFICATIONS, { ...given, ...other })).toMatchObject({
      status: 409,
      body: { code: 'pix_certification_different' },
    })
  }
  const [stored] = await rows<Json>(service.db, sql`select verification_code from pix_certifications where id = ${id}`)
  expect(stored!['verification_code']).not.toContain(String(given['verificationCode']).slice(2))
})

test('a certification that cannot be is refused, and says what is wrong', async ({ service }) => {
  const [officer, structure] = [await anOfficer(service), await aStructure(service)]
  const { email } = structure.referent
  const before = await fingerprintOf(service.db)
  const wrong: [Json, string][] = [
    [{ verificationCode: 'P-123' }, 'invalid_fields'],
    [{ verificationCode: 'X-12345678' }, 'invalid_fields'],
    [{ pixScore: 1025 }, 'invalid_fields'],
    [{ pixScore: -1 }, 'invalid_fields'],
    [{ marks: [{ code: '1.1', level: 9 }] }, 'invalid_fields'],
    [{ marks: [{ code: '1.1', level: -2 }] }, 'invalid_fields'],
    [{ marks: [{ code: '1.1', level: 2, name: 'Zoé' }] }, 'invalid_fields'],
    [{ marks: [{ code: '6.1', level: 2 }] }, 'competence_unknown'],
    [{ marks: [{ competenceId: 'recInconnu', level: 2 }] }, 'competence_unknown'],
    [{ marks: [{ competence_code: '1.2', area_code: '2', level: 2 }] }, 'mark_area'],
    [
      {
        marks: [
          { code: '1.1', level: 2 },
          { competenceId: 'recsvLz0W2ShyfD63', level: 3 },
        ],
      },
      'mark_twice',
    ],
    [{ certifiedOn: '2099-01-01' }, 'date_impossible'],
    [{ certifiedOn: '2012-01-01' }, 'date_impossible'],
    [{ email: anEmail() }, 'person_unknown'],
  ]
  for (const [given, code] of wrong) {
    const { status, body } = await officer.post(CERTIFICATIONS, certification(email, given))
    expect({ status, code: body['code'] }, JSON.stringify(given)).toEqual({ status: 422, code })
  }
  expect(await officer.get(`${CERTIFICATIONS}?request=${randomUUID()}`)).toMatchObject({ status: 404 })
  expect(await fingerprintOf(service.db)).toEqual(before)
})
