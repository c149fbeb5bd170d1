import { Writable } from 'node:stream'
import { sql } from 'drizzle-orm'
import pino from 'pino'
import { expect, onTestFinished } from 'vitest'
import { buildApp } from '../src/app.ts'
import { signToken } from '../src/auth/access.ts'
import { actor } from './support/actors.ts'
import { config, test, type TestService } from './support/app.ts'
import { openTestDatabase } from './support/db.ts'
import { aRow, aSession, aTrainer, csvOf, sendCsv } from './support/factories.ts'

/** The same service, telling everything that it can to a log in memory. */
async function talkative(
  service: TestService,
): Promise<TestService & { log: Record<string, any>[]; text: () => string }> {
  const log: Record<string, any>[] = []
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      log.push(JSON.parse(chunk.toString()))
      done()
    },
  })
  const app = await buildApp({ config, ...service, logger: pino({ level: 'trace' }, stream) })
  onTestFinished(() => app.close())
  return { ...service, app, log, text: () => JSON.stringify(log) }
}

test('a service that runs says that it lives and is ready, to anyone', async ({ service }) => {
  expect(await actor(service).get('/health/live')).toMatchObject({ status: 200, body: { status: 'live' } })
  expect(await actor(service).get('/health/ready')).toMatchObject({ status: 200, body: { status: 'ready' } })
})

test('without its database the service lives, is not ready, and tells nobody why', async ({ service }) => {
  const { db, close } = await openTestDatabase()
  const alone = await talkative({ ...service, db })
  await close()
  expect(await actor(alone).get('/health/live')).toMatchObject({ status: 200, body: { status: 'live' } })
  expect(await actor(alone).get('/health/ready')).toMatchObject({
    status: 503,
    body: { status: 'not ready', reason: 'La base de données ne répond pas.' },
  })
  alone.log.length = 0

  const { status, body, response } = await actor(alone).get('/api/v1/organisations/inconnue?nom=Zoé')
  expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8')
  expect({ ...body, status }).toEqual({
    type: 'urn:insigne:problem:internal',
    title: 'Panne du service',
    status: 500,
    code: 'internal',
    detail: 'Le service a rencontré une panne. Rien de votre demande n’a été enregistré à moitié.',
    mend: 'Réessayez dans quelques minutes ; si cela dure, signalez l’heure de la panne à l’exploitant.',
    instance: '/api/v1/organisations/inconnue',
  })
  expect(alone.log.filter((one) => one['level'] >= 50)).toMatchObject([
    { msg: 'request.failed', err: { stack: expect.stringContaining('organisations.ts') } },
  ])
  const page = await actor(alone).get('/credentials/00000000-0000-0000-0000-000000000000', { accept: 'text/html' })
  expect(page.response.body).toContain('<h1>Panne du service</h1>')
  expect(page.response.body).not.toMatch(/select|closed|CONNECTION|\.ts:/)
})

const SECRET = [
  'camille.secrete@exemple.invalid',
  'Camille',
  'Secrète',
  'récit confidentiel',
  'https://exemple.fr/preuve-secrete',
  'salle-secrete',
]

test('at its most talkative the log holds nobody’s name, address, story or token', async ({ service }) => {
  const loud = await talkative(service)
  const [email, given_name, family_name, narrative, evidence_url, place] = SECRET as [
    string,
    string,
    string,
    string,
    string,
    string,
  ]
  const trainer = await aTrainer(loud)
  const session = await aSession(trainer, { place })
  const row = aRow(1, { email, given_name, family_name, narrative, evidence_url })
  const { campaign } = await sendCsv(loud, trainer, session, csvOf([row, { ...row, result: 'peut-être' }]))
  expect(campaign).toMatchObject({ counts: { issued: 1, refused: 1 } })
  const token = signToken(loud.app, { sub: 'jeton-secret', role: 'formateur' }, 1)
  const asked = `?email=${encodeURIComponent(email)}&nom=${encodeURIComponent(family_name)}&token=${token}`
  for (const path of [
    '/inconnue',
    '/api/v1/inconnue',
    '/api/v1/campaigns/1',
    '/api/v1/credentials',
    '/%zz',
    '/credentials/1',
    '/health/live',
  ]) {
    await actor(loud).get(path + asked, { authorization: `Bearer ${token}` })
  }
  const enrolment = [{ email, givenName: given_name, familyName: family_name }]
  await trainer.post(`/api/v1/sessions/${session}/enrolments`, enrolment)
  await trainer.post(`/api/v1/sessions/${session}/enrolments`, [{ ...enrolment[0], age: 1 }, { email }])
  await actor(loud).post(`/api/v1/verifications?recipient=${encodeURIComponent(email)}`, {
    credential: { name: family_name },
  })

  const requests = loud.log.filter((one) => one['msg'] === 'request.done')
  expect(requests.length).toBeGreaterThan(10)
  expect(requests).toContainEqual(
    expect.objectContaining({ method: 'POST', route: '/api/v1/sessions/:id/completions', status: 202 }),
  )
  for (const secret of [
    ...SECRET,
    encodeURIComponent(email),
    encodeURIComponent(family_name),
    token,
    token.split('.')[2]!,
  ]) {
    expect(loud.text()).not.toContain(secret)
  }
})

test('a fault of the database is logged once, with where and what, without the values', async ({ service }) => {
  const loud = await talkative(service)
  const [email, given_name, family_name, narrative, evidence_url, place] = SECRET as [
    string,
    string,
    string,
    string,
    string,
    string,
  ]
  const trainer = await aTrainer(loud)
  const session = await aSession(trainer, { place })
  await loud.db.execute(sql`alter table completions add constraint no_story check (narrative is null) not valid`)
  onTestFinished(async () => void (await loud.db.execute(sql`alter table completions drop constraint no_story`)))
  const { sent } = await sendCsv(
    loud,
    trainer,
    session,
    csvOf([aRow(1, { email, given_name, family_name, narrative, evidence_url })]),
  )
  expect(sent).toMatchObject({ status: 500, body: { code: 'internal' } })
  expect(sent.response.body).not.toMatch(/no_story|completions_|insert|at /)

  const faults = loud.log.filter((one) => one['level'] >= 50)
  expect(faults).toMatchObject([
    {
      msg: 'request.failed',
      err: {
        code: '23514',
        constraint: 'no_story',
        query: expect.stringContaining('insert into "completions"'),
        stack: expect.stringContaining('completions.ts'),
      },
    },
  ])
  for (const secret of SECRET) expect(loud.text()).not.toContain(secret)
})

test('a write that finds no room says so, and how to mend it', async ({ service }) => {
  const full = Object.assign(new Error('could not extend file'), { code: '53100' })
  const db = new Proxy(service.db, {
    get: (target, name) =>
      name === 'transaction'
        ? () => {
            throw full
          }
        : Reflect.get(target, name),
  })
  const alone = await talkative({ ...service, db })
  const answer = await actor(alone, 'exploitant').post('/api/v1/organisations', { slug: 'plein', name: 'Plein' })
  expect(answer).toMatchObject({ status: 503, body: { code: 'disk_full', title: 'Service indisponible' } })
  expect(answer.body['mend']).toContain('Prévenez l’exploitant')
})

test('behind a proxy that is trusted each caller has a limit; nobody else may say another address than theirs', async ({
  service,
}) => {
  const app = await buildApp({ config: { ...config, rateLimit: 1, trustProxy: ['10.0.0.0/8'] }, ...service })
  onTestFinished(() => app.close())
  const from = async (remoteAddress: string, caller: string): Promise<number> =>
    (await app.inject({ url: '/health/live', remoteAddress, headers: { 'x-forwarded-for': caller } })).statusCode
  expect(await from('10.0.0.1', '198.51.100.1')).toBe(200)
  expect(await from('10.0.0.1', '198.51.100.1')).toBe(429)
  expect(await from('10.0.0.1', '198.51.100.2')).toBe(200)
  expect(await from('203.0.113.9', '198.51.100.3')).toBe(200)
  expect(await from('203.0.113.9', '198.51.100.4')).toBe(429)
})
