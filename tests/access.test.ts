import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createHmac, randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { FastifyInstance } from 'fastify'
import { expect } from 'vitest'
import { buildApp } from '../src/app.ts'
import { signToken } from '../src/auth/access.ts'
import { type Role, ROLES } from '../src/auth/tokens.ts'
import { type Db, rows } from '../src/db.ts'
import { type Actor, actor, type Json } from './support/actors.ts'
import { config, test, type TestService } from './support/app.ts'
import { aRow, aSession, aTrainer, csvOf, sendCsv } from './support/factories.ts'

/** Who may call: anyone, or the operator and these roles for an organisation of their own. */
type Rule = 'public' | readonly Role[]
const TRAINERS: Rule = ['administrateur', 'formateur']

type Route = {
  rule: Rule
  on?: 'session' | 'campaign' | 'credential'
  query?: string
  body?: unknown
  /** It answers a file, not JSON. */
  isFile?: boolean
  /** Who may is told that the campaign of the test has ended: the state is looked at after the rule. */
  isOver?: boolean
}
const reason = { reason: 'Essai d’accès' }
const session = {
  module: 'aidants-connect',
  startsOn: '2026-03-31',
  endsOn: '2026-03-31',
  capacity: 5,
  modality: 'distance',
}

/** Every route of the API, its rule, and a request that succeeds for who may: a new route fails until it stands here. */
const ROUTES: Record<string, Route> = {
  'GET /frameworks': { rule: 'public' },
  'GET /frameworks/:id/competences': { rule: 'public' },
  'GET /crosswalks': { rule: 'public' },
  'GET /metiers': { rule: 'public' },
  'GET /certifications': { rule: 'public' },
  'GET /modules': { rule: 'public' },
  'GET /modules/:slug': { rule: 'public' },
  'GET /paths': { rule: 'public' },
  'GET /achievements': { rule: 'public' },
  'GET /openapi.json': { rule: 'public' },
  'GET /organisations/:slug': { rule: 'public' },
  'POST /verifications': { rule: 'public', body: { credential: {} } },
  'POST /organisations': { rule: [], body: { slug: '{new}', name: 'Organisme d’essai' } },
  'POST /organisations/:slug/keys': { rule: ['administrateur'] },
  'POST /sessions': { rule: TRAINERS, body: { ...session, organisation: '{slug}' } },
  'GET /sessions': { rule: TRAINERS, query: '?organisation={slug}' },
  'POST /sessions/:id/enrolments': {
    rule: TRAINERS,
    on: 'session',
    body: [{ email: 'inscrite@exemple.invalid', givenName: 'Zoé', familyName: 'Exemple' }],
  },
  'POST /sessions/:id/completions': { rule: TRAINERS, on: 'session', body: [aRow(2)] },
  'GET /campaigns/:id': { rule: TRAINERS, on: 'campaign' },
  'GET /campaigns/:id/receipts': { rule: TRAINERS, on: 'campaign' },
  'GET /campaigns/:id/receipts.csv': { rule: TRAINERS, on: 'campaign', isFile: true },
  'GET /campaigns/:id/events': { rule: TRAINERS, on: 'campaign', isFile: true },
  'POST /campaigns/:id/pause': { rule: TRAINERS, on: 'campaign', isOver: true },
  'POST /campaigns/:id/resume': { rule: TRAINERS, on: 'campaign', isOver: true },
  'POST /campaigns/:id/cancel': { rule: TRAINERS, on: 'campaign', isOver: true },
  'GET /credentials': { rule: TRAINERS, query: '?organisation={slug}' },
  'POST /credentials/:id/suspension': { rule: TRAINERS, on: 'credential', body: reason },
  'POST /credentials/:id/restoration': { rule: TRAINERS, on: 'credential', body: reason },
  'POST /credentials/:id/revocation': { rule: TRAINERS, on: 'credential', body: reason },
}

/** Every table but the content: a refused call must leave them as they were. */
const fingerprintOf = async (db: Db): Promise<unknown> => {
  const tables = [
    'organisations',
    'issuer_keys',
    'sessions',
    'enrolments',
    'campaigns',
    'completions',
    'receipts',
    'people',
    'credential_events',
  ]
  const counts = tables.map((table) => sql.raw(`select '${table}' as name, count(*)::int as n from ${table}`))
  return rows(db, sql.join(counts, sql` union all `))
}

/** An organisation with a session, a campaign and a badge, and how to call a route about them. */
async function aPlace(service: TestService) {
  const trainer = await aTrainer(service)
  const id = await aSession(trainer)
  const { campaign, receipts } = await sendCsv(service, trainer, id, csvOf([aRow(1)]))
  const ids = {
    session: id,
    campaign: String(campaign!['id']),
    credential: String(receipts[0]!['credential']).split('/').at(-1)!,
  }
  const call = (who: Actor, name: string) => {
    const [method, path] = name.split(' ') as [string, string]
    const { on, query = '', body } = ROUTES[name]!
    const fill = (text: string): string =>
      text.replaceAll('{slug}', trainer.slug).replaceAll('{new}', `organisme-${randomUUID().slice(0, 8)}`)
    const example = path.startsWith('/modules') ? 'aidants-connect' : trainer.slug
    const url = `/api/v1${path.replace(':slug', example).replace(':id', on ? ids[on] : 'digcomp')}${fill(query)}`
    return method === 'GET' ? who.get(url) : who.post(url, body && JSON.parse(fill(JSON.stringify(body))))
  }
  return { slug: trainer.slug, ids, call }
}

test('the rules below are those of every route of the API', async ({ service }) => {
  const found: string[] = []
  const watch = (message: unknown): void => {
    ;(message as { fastify: FastifyInstance }).fastify.addHook('onRoute', ({ method, url }) => {
      const methods = [method].flat().filter((one) => !['HEAD', 'OPTIONS'].includes(one))
      if (url.startsWith('/api/v1/')) found.push(...methods.map((one) => `${one} ${url.slice('/api/v1'.length)}`))
    })
  }
  subscribe('fastify.initialization', watch)
  const app = await buildApp({ config, ...service })
  unsubscribe('fastify.initialization', watch)
  await app.close()
  expect(found.toSorted()).toEqual(Object.keys(ROUTES).toSorted())
})

test.for(Object.entries(ROUTES))(
  '%s answers who may, and refuses the others without an effect',
  async ([name, { rule, isFile = false, isOver = false }], { service }) => {
    const place = await aPlace(service)
    const other = await aTrainer(service)
    const before = await fingerprintOf(service.db)
    const as = (role?: Role, slug?: string) => place.call(actor(service, role, slug), name)

    if (rule === 'public') {
      for (const one of [await as(), await as('titulaire'), await as('formateur', other.slug)]) {
        expect(one.status).toBe(200)
        expect(Object.keys(one.body)).not.toEqual([])
      }
      expect(await fingerprintOf(service.db)).toEqual(before)
      return
    }
    expect(await as()).toMatchObject({
      status: 401,
      body: { code: 'unauthenticated' },
      response: { headers: { 'www-authenticate': 'Bearer' } },
    })
    const strangers = ROLES.filter((role) => role !== 'exploitant' && !rule.includes(role))
    for (const role of strangers) {
      expect(await as(role, place.slug), role).toMatchObject({
        status: 403,
        body: { code: 'forbidden', detail: `Le rôle « ${role} » ne permet pas cette action.` },
      })
    }
    for (const role of rule) {
      const refused = { status: 403, body: { code: 'forbidden', detail: 'Votre accès ne couvre pas cet organisme.' } }
      expect(await as(role, other.slug), `${role}, another organisation`).toMatchObject(refused)
      expect(await as(role), `${role}, no organisation`).toMatchObject(refused)
    }
    expect(await fingerprintOf(service.db)).toEqual(before)

    for (const role of [...rule, 'exploitant'] as const) {
      const allowed = await as(role, role === 'exploitant' ? undefined : place.slug)
      if (isOver) expect(allowed.body, role).toMatchObject({ code: 'campaign_state', state: 'done' })
      else expect(allowed.status, role).toBeLessThan(300)
      if (!isFile) expect(Object.keys(allowed.body)).not.toEqual([])
    }
    await service.queue.idle()
  },
)

test('ids of another organisation are refused, and its session, campaign and badge stay as they were', async ({
  service,
}) => {
  const [mine, theirs] = [await aPlace(service), await aPlace(service)]
  const me = actor(service, 'formateur', mine.slug)
  const before = await fingerprintOf(service.db)
  for (const name of Object.keys(ROUTES).filter((one) => ROUTES[one]!.on)) {
    expect(await theirs.call(me, name), name).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  }
  expect(await fingerprintOf(service.db)).toEqual(before)
  const { body } = await actor(service, 'exploitant').get(`/api/v1/credentials?organisation=${theirs.slug}`)
  expect(body['items']).toMatchObject([{ id: theirs.ids.credential, state: 'valid' }])
})

test('ids that belong to nobody are not found', async ({ service }) => {
  const operator = actor(service, 'exploitant')
  const nobody = randomUUID()
  for (const path of [`/campaigns/${nobody}`, `/campaigns/${nobody}/receipts`]) {
    expect(await operator.get(`/api/v1${path}`)).toMatchObject({ status: 404, body: { code: 'not_found' } })
  }
  for (const [path, body] of [
    [`/sessions/${nobody}/completions`, [aRow(1)]],
    [`/credentials/${nobody}/revocation`, reason],
  ] as const) {
    expect(await operator.post(`/api/v1${path}`, body)).toMatchObject({ status: 404, body: { code: 'not_found' } })
  }
  expect(await operator.get('/api/v1/campaigns/1')).toMatchObject({ status: 422, body: { code: 'invalid_fields' } })
})

const segment = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A token made by hand, as an attacker would. */
function forge(header: Json, claims: Json, secret: string): string {
  const signed = `${segment(header)}.${segment(claims)}`
  const hash = header['alg'] === 'HS512' ? 'sha512' : 'sha256'
  const signature = header['alg'] === 'none' ? '' : createHmac(hash, secret).update(signed).digest('base64url')
  return `${signed}.${signature}`
}

test('a token that is not whole, ours and in time opens nothing', async ({ service }) => {
  const { app, vault } = service
  const secret = vault.derive('auth/jwt').toString('base64url')
  const now = Math.floor(Date.now() / 1000)
  const header = { alg: 'HS256', typ: 'JWT' }
  const claims = { sub: 'test', role: 'exploitant', iss: 'insigne', iat: now, exp: now + 3600 }
  const ask = (authorization: string) =>
    actor(service).post(
      '/api/v1/organisations',
      { slug: `organisme-${randomUUID().slice(0, 8)}`, name: 'Organisme' },
      { authorization },
    )
  const before = await fingerprintOf(service.db)
  const { sub: _, ...nobody } = claims
  const { iss: __, ...unsaid } = claims
  const { exp: ___, ...endless } = claims
  const wrong: Record<string, string> = {
    'another secret': forge(header, claims, 'autre'),
    'no signature': forge({ ...header, alg: 'none' }, claims, ''),
    'another algorithm': forge({ ...header, alg: 'HS512' }, claims, secret),
    'another issuer': forge(header, { ...claims, iss: 'autre' }, secret),
    'no issuer': forge(header, unsaid, secret),
    'out of time': forge(header, { ...claims, exp: now - 1 }, secret),
    'no end': forge(header, endless, secret),
    'not yet': forge(header, { ...claims, nbf: now + 3600 }, secret),
    'an unknown role': forge(header, { ...claims, role: 'root' }, secret),
    'no subject': forge(header, nobody, secret),
    'an empty subject': forge(header, { ...claims, sub: '' }, secret),
    'an organisation that is a list': forge(header, { ...claims, role: 'formateur', organisation: ['a'] }, secret),
    'claims changed after signing': signToken(app, { sub: 'test', role: 'formateur' }, 1).replace(
      /\.[^.]+\./,
      `.${segment(claims)}.`,
    ),
    nonsense: 'abc',
  }
  for (const [what, token] of Object.entries(wrong)) {
    expect(await ask(`Bearer ${token}`), what).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
  }
  expect(await ask(`Basic ${Buffer.from('a:b').toString('base64')}`)).toMatchObject({ status: 401 })
  expect(await fingerprintOf(service.db)).toEqual(before)
  expect((await ask(`Bearer ${forge(header, claims, secret)}`)).status).toBe(201)
})

test('a route without a rule stops the start', async ({ service }) => {
  const app = await buildApp({ config, ...service })
  expect(() => app.get('/api/v1/oubliee', async () => ({}))).toThrow(
    'La route GET /api/v1/oubliee n’a pas de règle d’accès.',
  )
  await app.close()
})

test('fields that a request may not set change nothing', async ({ service }) => {
  const mine = await aTrainer(service)
  const theirs = await aPlace(service)
  const [other] = await rows<{ id: string }>(service.db, sql`select id from organisations where slug = ${theirs.slug}`)
  const id = randomUUID()
  await mine.post('/api/v1/sessions', {
    ...session,
    organisation: mine.slug,
    id,
    organisationId: other!.id,
    achievementSlug: 'habilitation-aidants-connect',
  })
  const planned = await rows<{ slug: string }>(
    service.db,
    sql`select o.slug from sessions s join organisations o on o.id = s.organisation_id where s.id = ${id} or s.achievement_slug = 'habilitation-aidants-connect' or (o.id = ${other!.id} and s.id <> ${theirs.ids.session})`,
  )
  expect(planned).toEqual([])
})
