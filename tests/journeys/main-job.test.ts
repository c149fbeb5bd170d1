import { expect } from 'vitest'
import { actor } from '../support/actors.ts'
import { test } from '../support/app.ts'
import { aRow, aSession, aTrainer, csvOf, sendCsv } from '../support/factories.ts'

test('a session of twelve becomes twelve badges that anyone verifies; the same file again changes nothing', async ({
  service,
}) => {
  const trainer = await aTrainer(service)
  const session = await aSession(trainer, { capacity: 12 })
  const csv = csvOf(Array.from({ length: 12 }, (_, index) => aRow(index, { 'digcomp:4.2': '5' })))

  const first = await sendCsv(service, trainer, session, csv)
  expect(first.campaign).toMatchObject({
    state: 'done',
    counts: { received: 12, issued: 12, alreadyIssued: 0, refused: 0, pending: 0 },
  })

  const employer = actor(service)
  for (const { credential } of first.receipts) {
    const { body } = await employer.post('/api/v1/verifications', { url: credential })
    expect(body['checks']).toEqual(expect.arrayContaining([expect.objectContaining({ code: 'proof_ok' })]))
    expect(body['verdict']).toBe('valid')
  }

  const again = await sendCsv(service, trainer, session, csv)
  expect(again.campaign).toMatchObject({
    counts: { received: 12, issued: 0, alreadyIssued: 12, refused: 0, pending: 0 },
  })
  expect(again.receipts.map((one) => one['credential'])).toEqual(first.receipts.map((one) => one['credential']))
  const { body } = await trainer.get(`/api/v1/credentials?organisation=${trainer.slug}`)
  expect(body['items']).toHaveLength(12)
  expect(service.failures).toEqual([])
})

test('a badge revoked is refused from then on, and was valid the day before', async ({ service }) => {
  const trainer = await aTrainer(service)
  const { receipts } = await sendCsv(service, trainer, await aSession(trainer), csvOf([aRow(1)]))
  const url = String(receipts[0]!['credential'])
  const path = `/api/v1${new URL(url).pathname}`
  const justIssued = new Date().toISOString()

  expect((await trainer.post(`${path}/revocation`, { reason: '' })).status).toBe(422)
  const revoked = await trainer.post(`${path}/revocation`, { reason: 'Délivré par erreur' })
  expect(revoked.body).toMatchObject({ state: 'revoked' })

  const now = await actor(service).post('/api/v1/verifications', { url })
  expect(now.body['verdict']).toBe('invalid')
  expect(now.body['checks']).toContainEqual(
    expect.objectContaining({ id: 'revocation', outcome: 'failure', code: 'revoked' }),
  )
  const before = await actor(service).post('/api/v1/verifications', { url, at: justIssued })
  expect(before.body['verdict']).toBe('valid')

  const page = await actor(service).get(new URL(url).pathname, { accept: 'text/html' })
  expect(page.response.body).toContain('Badge refusé')
  expect(page.response.body).toContain('Délivré par erreur')

  const restored = await trainer.post(`${path}/restoration`, { reason: 'Changement d’avis' })
  expect(restored).toMatchObject({ status: 409, body: { code: 'already_revoked' } })
})

test('a suspension is seen and lifted; asking twice changes nothing', async ({ service }) => {
  const trainer = await aTrainer(service)
  const { receipts } = await sendCsv(service, trainer, await aSession(trainer), csvOf([aRow(1)]))
  const url = String(receipts[0]!['credential'])
  const path = `/api/v1${new URL(url).pathname}`
  const verdict = async () => (await actor(service).post('/api/v1/verifications', { url })).body['verdict']

  await trainer.post(`${path}/suspension`, { reason: 'Structure fermée' })
  const second = await trainer.post(`${path}/suspension`, { reason: 'Structure fermée' })
  expect(second).toMatchObject({ status: 200, body: { state: 'suspended' } })
  expect(await verdict()).toBe('invalid')
  await trainer.post(`${path}/restoration`, { reason: 'Structure rouverte' })
  expect(await verdict()).toBe('valid')
})

test('after a change of keys, old badges verify and new ones are signed by the new key', async ({ service }) => {
  const trainer = await aTrainer(service)
  const session = await aSession(trainer)
  const before = await sendCsv(service, trainer, session, csvOf([aRow(1)]))
  const administrator = actor(service, 'administrateur', trainer.slug)
  const { body: rotated } = await administrator.post(`/api/v1/organisations/${trainer.slug}/keys`)
  const after = await sendCsv(service, trainer, session, csvOf([aRow(2)]))

  for (const { receipts } of [before, after]) {
    const { body } = await actor(service).post('/api/v1/verifications', { url: receipts[0]!['credential'] })
    expect(body['verdict']).toBe('valid')
  }
  const fresh = await actor(service).get(`${new URL(String(after.receipts[0]!['credential'])).pathname}.json`)
  expect(fresh.body['proof'].verificationMethod).toMatch(new RegExp(`#${rotated['publicKeyMultibase']}$`))
  const did = await actor(service).get(`/organisations/${trainer.slug}/did.json`)
  expect(did.body['assertionMethod']).toHaveLength(2)
})

test('the page of a badge says each level under its framework, even where two frameworks use the same words', async ({
  service,
}) => {
  const trainer = await aTrainer(service)
  const rows = [aRow(1, { 'digcomp:4.2': '6', 'pix:4.2': '3', 'mediation:D5': 'acquis' })]
  const { receipts } = await sendCsv(service, trainer, await aSession(trainer), csvOf(rows))
  const { response } = await actor(service).get(new URL(String(receipts[0]!['credential'])).pathname, {
    accept: 'text/html',
  })
  const items = [...response.body.matchAll(/<small>([^<]*)<\/small><\/span\s*><strong>([^<]*)<\/strong>/g)]
  expect(items.map(([, framework, level]) => [framework!.split(/[\s,]/)[0], level])).toEqual(
    expect.arrayContaining([
      ['DigComp', 'niveau 6 sur 8'],
      ['Référentiel', 'niveau 3 sur 8'],
      ['Compétences', 'acquis'],
    ]),
  )
})
