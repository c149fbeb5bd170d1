import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { rows } from '../src/db.ts'
import { applyRetention } from '../src/privacy/retention.ts'
import { type Actor, actor, type Json } from './support/actors.ts'
import { config, test, type TestService } from './support/app.ts'
import { aRow, aSession, aTrainer } from './support/factories.ts'

const FORM = 'application/x-www-form-urlencoded'
const SCOPES = ['sessions', 'completions', 'credentials', 'credentials:write']
const form = (fields: Record<string, string>): string => new URLSearchParams(fields).toString()
const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`,
})
let address = 0

/** A machine that sends forms, from an address of its own. */
function machine({ app }: TestService, remoteAddress = `10.0.0.${++address % 250}`) {
  const send = async (url: string, fields: Record<string, string> | string, headers: Record<string, string> = {}) => {
    const payload = typeof fields === 'string' ? fields : form(fields)
    const response = await app.inject({
      method: 'POST',
      url,
      payload,
      headers: { 'content-type': FORM, ...headers },
      remoteAddress,
    })
    return {
      status: response.statusCode,
      headers: response.headers,
      body: response.body ? (response.json() as Json) : {},
    }
  }
  return {
    token: (fields: Record<string, string> | string, headers = {}) => send('/oauth/token', fields, headers),
    revoke: (fields: Record<string, string>, headers = {}) => send('/oauth/revoke', fields, headers),
  }
}

/** An organisation, who administers it, and a client of it. */
async function aClient(service: TestService, scopes = SCOPES) {
  const trainer = await aTrainer(service)
  const admin = actor(service, 'administrateur', trainer.slug)
  const url = `/api/v1/organisations/${trainer.slug}/clients`
  const { status, body } = await admin.post(url, { name: 'Logiciel d’exemple', scopes })
  if (status !== 201) throw new Error(JSON.stringify(body))
  const id = String(body['clientId'])
  return { trainer, admin, url, id, secret: String(body['clientSecret']), created: body }
}

const grantOf = ({ id, secret }: { id: string; secret: string }, given: Record<string, string> = {}) => ({
  grant_type: 'client_credentials',
  client_id: id,
  client_secret: secret,
  ...given,
})

/** A call as the bearer of that token. */
const bearer = (service: TestService, token: unknown): Actor => {
  const headers = { authorization: `Bearer ${String(token)}` }
  const nobody = actor(service)
  return {
    get: (path) => nobody.get(path, headers),
    post: (path, payload) => nobody.post(path, payload, headers),
    put: (path, payload) => nobody.put(path, payload, headers),
    patch: (path, payload) => nobody.patch(path, payload, headers),
    delete: (path) => nobody.delete(path, headers),
  }
}
const tokenOf = async (service: TestService, client: { id: string; secret: string }, scope?: string) =>
  bearer(service, (await machine(service).token(grantOf(client, scope ? { scope } : {}))).body['access_token'])

test('a machine exchanges its secret for a token of fifteen minutes, and works with it for its organisation only', async ({
  service,
}) => {
  const client = await aClient(service)
  const sent = machine(service)
  const { status, headers, body } = await sent.token(grantOf(client))
  expect({ status, ...body }).toEqual({
    status: 200,
    access_token: expect.any(String),
    token_type: 'Bearer',
    expires_in: 900,
    scope: SCOPES.join(' '),
  })
  expect(headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' })
  const claims = JSON.parse(Buffer.from(String(body['access_token']).split('.')[1]!, 'base64url').toString()) as Json
  expect(claims).toMatchObject({ sub: `client:${client.id}`, role: 'formateur', organisation: client.trainer.slug })
  expect(claims['exp'] - claims['iat']).toBe(900)
  expect(claims['jti']).toMatch(/^[0-9a-f-]{36}$/)

  const me = bearer(service, body['access_token'])
  const session = await aSession({ ...me, slug: client.trainer.slug })
  expect(await me.post(`/api/v1/sessions/${session}/completions`, [aRow(1)])).toMatchObject({ status: 202 })
  await service.queue.idle()
  const list = await me.get(`/api/v1/credentials?organisation=${client.trainer.slug}`)
  expect(list.body['items']).toHaveLength(1)

  const other = await aTrainer(service)
  expect(await me.get(`/api/v1/credentials?organisation=${other.slug}`)).toMatchObject({ status: 403 })
  expect(await me.get(client.url), 'a machine does not administer').toMatchObject({ status: 403 })
  expect((await sent.token({ grant_type: 'client_credentials' }, basic(client.id, client.secret))).status).toBe(200)
})

test('a token carries what was asked of what the client may, and no more', async ({ service }) => {
  const client = await aClient(service, ['credentials', 'sessions'])
  const sent = machine(service)
  expect((await sent.token(grantOf(client))).body['scope']).toBe('sessions credentials')
  expect((await sent.token(grantOf(client, { scope: 'credentials  credentials' }))).body['scope']).toBe('credentials')
  for (const scope of ['completions', 'credentials completions', 'credentials:write', 'exploitant', ' ']) {
    const { status, body } = await sent.token(grantOf(client, { scope }))
    expect({ status, error: body['error'] }, scope).toEqual({ status: 400, error: 'invalid_scope' })
    expect(body).not.toHaveProperty('access_token')
  }
  const reader = await tokenOf(service, client, 'credentials')
  const { slug } = client.trainer
  expect((await reader.get(`/api/v1/credentials?organisation=${slug}`)).status).toBe(200)
  expect(await reader.get(`/api/v1/sessions?organisation=${slug}`)).toMatchObject({
    status: 403,
    body: { detail: 'Cet accès de machine ne couvre pas cette action (il faut « sessions »).' },
  })
  const writing = await reader.post(`/api/v1/credentials/${randomUUID()}/revocation`, { reason: 'Essai' })
  expect(writing.body['detail']).toContain('« credentials:write »')
})

test('an unknown client, a wrong secret, an ended secret and a revoked client get the same answer', async ({
  service,
}) => {
  const client = await aClient(service)
  const ended = await aClient(service)
  await ended.admin.post(`${ended.url}/${ended.id}/secrets`, { graceHours: 0 })
  const revoked = await aClient(service)
  await revoked.admin.delete(`${revoked.url}/${revoked.id}`)
  const sent = machine(service)
  const wrong = {
    'an unknown client': { id: randomUUID(), secret: client.secret },
    'not even an id': { id: "x' or 1=1 --", secret: client.secret },
    'a wrong secret': { id: client.id, secret: 'faux' },
    'the secret of another': { id: client.id, secret: revoked.secret },
    'an ended secret': ended,
    'a revoked client': revoked,
    nothing: { id: '', secret: '' },
  }
  for (const [what, credentials] of Object.entries(wrong)) {
    for (const answer of [
      await sent.token(grantOf(credentials)),
      await sent.token({ grant_type: 'client_credentials' }, basic(credentials.id, credentials.secret)),
      await sent.revoke({ client_id: credentials.id, client_secret: credentials.secret, token: 'x' }),
    ]) {
      expect({ status: answer.status, body: answer.body }, what).toEqual({
        status: 401,
        body: {
          error: 'invalid_client',
          error_description: 'Client inconnu, secret faux, ou client sans droit.',
        },
      })
      expect(answer.headers).toMatchObject({
        'www-authenticate': 'Basic realm="insigne"',
        'cache-control': 'no-store',
        'content-type': 'application/json; charset=utf-8',
      })
    }
  }
})

test('a request that is not well made is refused in the words of the RFC', async ({ service }) => {
  const client = await aClient(service)
  const sent = machine(service)
  const whole = form(grantOf(client))
  const wrong: [string, Record<string, string> | string, string, Record<string, string>?][] = [
    ['no grant', { client_id: client.id, client_secret: client.secret }, 'invalid_request'],
    ['another grant', grantOf(client, { grant_type: 'password' }), 'unsupported_grant_type'],
    ['a parameter twice', `${whole}&scope=credentials&scope=sessions`, 'invalid_request'],
    ['the secret twice', `${whole}&client_secret=autre`, 'invalid_request'],
    ['proven twice', whole, 'invalid_request', basic(client.id, client.secret)],
    ['JSON', JSON.stringify(grantOf(client)), 'invalid_request', { 'content-type': 'application/json' }],
    ['text', whole, 'invalid_request', { 'content-type': 'text/plain' }],
  ]
  for (const [what, fields, error, headers = {}] of wrong) {
    const { status, body } = await sent.token(fields, headers)
    expect({ status, error: body['error'] }, what).toEqual({ status: 400, error })
    // RFC 6749 §5.2
    expect(body['error_description'], what).toMatch(/^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/)
  }
  const inTheAddress = await service.app.inject({
    method: 'POST',
    url: `/oauth/token?${whole}`,
    remoteAddress: '10.9.9.9',
  })
  expect(inTheAddress.statusCode).toBe(400)
  expect(await sent.token(`${whole}&inconnu=1`), 'what is unknown is ignored').toMatchObject({ status: 200 })
  expect(await sent.token({ grant_type: 'client_credentials' }, { authorization: 'Basic %%%' })).toMatchObject({
    status: 401,
    body: { error: 'invalid_client' },
  })
})

test('a secret is replaced without a stop: two work at most, and the one before no longer than told', async ({
  service,
}) => {
  const { admin, url, id, secret: first } = await aClient(service)
  const sent = machine(service)
  const works = async (secret: string) => (await sent.token(grantOf({ id, secret }))).status === 200
  const rotate = async (payload?: Json) => (await admin.post(`${url}/${id}/secrets`, payload)).body
  const rotated = await rotate()
  const second = String(rotated['clientSecret'])
  expect([await works(first), await works(second)]).toEqual([true, true])
  const [old, current] = rotated['secrets'] as Json[]
  expect(new Date(old!['expiresAt']).getTime() - Date.now()).toBeGreaterThan(23.9 * 3600_000)
  expect(new Date(old!['expiresAt']).getTime() - Date.now()).toBeLessThanOrEqual(24 * 3600_000)
  expect(current!['expiresAt']).toBeNull()

  const third = String((await rotate({}))['clientSecret'])
  expect([await works(first), await works(second), await works(third)]).toEqual([false, true, true])
  await service.db.execute(
    sql`update api_secrets set expires_at = now() - interval '1 second' where client_id = ${id} and expires_at > now()`,
  )
  expect([await works(second), await works(third)], 'after its end').toEqual([false, true])
  const fourth = String((await rotate({ graceHours: 0 }))['clientSecret'])
  expect([await works(third), await works(fourth)], 'leaked').toEqual([false, true])
  for (const graceHours of [25, -1, 0.5]) {
    expect(await admin.post(`${url}/${id}/secrets`, { graceHours })).toMatchObject({ status: 422 })
  }
  expect(await works(fourth)).toBe(true)
})

test('a revoked client loses its tokens at once, and it alone', async ({ service }) => {
  const client = await aClient(service)
  const neighbour = String(
    (await client.admin.post(client.url, { name: 'Voisin', scopes: ['sessions'] })).body['clientSecret'],
  )
  const { items } = (await client.admin.get(client.url)).body
  const other = {
    id: String((items as Json[]).find((one) => one['name'] === 'Voisin')!['clientId']),
    secret: neighbour,
  }
  const [mine, theirs] = [await tokenOf(service, client), await tokenOf(service, other)]
  const sessions = `/api/v1/sessions?organisation=${client.trainer.slug}`
  expect([(await mine.get(sessions)).status, (await theirs.get(sessions)).status]).toEqual([200, 200])

  const ended = await client.admin.delete(`${client.url}/${client.id}`)
  expect(ended).toMatchObject({
    status: 200,
    body: { clientId: client.id, revokedAt: expect.any(String), secrets: [] },
  })
  expect(await mine.get(sessions)).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
  expect((await theirs.get(sessions)).status).toBe(200)
  expect(await client.admin.delete(`${client.url}/${client.id}`)).toMatchObject({ body: ended.body })
  expect(await client.admin.post(`${client.url}/${client.id}/secrets`)).toMatchObject({
    status: 409,
    body: { code: 'client_revoked' },
  })
})

test('a machine withdraws its token, not the one of another; what is not a token is as good as withdrawn', async ({
  service,
}) => {
  const [client, other] = [await aClient(service), await aClient(service)]
  const sent = machine(service)
  const { body } = await sent.token(grantOf(client))
  const token = String(body['access_token'])
  const me = bearer(service, token)
  const sessions = `/api/v1/sessions?organisation=${client.trainer.slug}`
  const proof = { client_id: client.id, client_secret: client.secret }

  const stolen = await sent.revoke({ client_id: other.id, client_secret: other.secret, token })
  expect(stolen).toMatchObject({ status: 400, body: { error: 'unauthorized_client' } })
  expect((await sent.revoke({ token })).status, 'without proof').toBe(401)
  expect((await sent.revoke(proof)).body['error']).toBe('invalid_request')
  for (const nothing of ['abc', `${token}x`, `${token.slice(0, -3)}AAA`]) {
    expect(await sent.revoke({ ...proof, token: nothing })).toMatchObject({ status: 200, body: {} })
  }
  expect((await me.get(sessions)).status).toBe(200)

  for (const hint of ['access_token', 'refresh_token']) {
    expect(await sent.revoke({ ...proof, token, token_type_hint: hint })).toMatchObject({ status: 200, body: {} })
    expect((await me.get(sessions)).status).toBe(401)
  }
  const again = await tokenOf(service, client)
  expect((await again.get(sessions)).status).toBe(200)
})

test('what has ended by itself is forgotten, what has not is kept', async ({ service }) => {
  const client = await aClient(service)
  const sent = machine(service)
  const token = String((await sent.token(grantOf(client))).body['access_token'])
  await sent.revoke({ client_id: client.id, client_secret: client.secret, token })
  const { jti } = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as Json
  await client.admin.post(`${client.url}/${client.id}/secrets`)
  const left = async () =>
    rows<{ tokens: number; secrets: number }>(
      service.db,
      sql`select (select count(*)::int from revoked_tokens where jti = ${jti}) as tokens,
                 (select count(*)::int from api_secrets where client_id = ${client.id}) as secrets`,
    )
  const sweep = (minutes: number) =>
    applyRetention(service.db, service.vault, config.retention, new Date(Date.now() + (24 * 60 + minutes) * 60_000))
  await sweep(14)
  expect(await left()).toEqual([{ tokens: 1, secrets: 2 }])
  await sweep(17)
  expect(await left()).toEqual([{ tokens: 0, secrets: 2 }])
  await sweep(24 * 60 + 2)
  expect(await left()).toEqual([{ tokens: 0, secrets: 1 }])
})

test('no secret is kept where it could be read, not even in the answer kept for a repeated request', async ({
  service,
}) => {
  const { trainer, admin, url, id, secret, created } = await aClient(service)
  const rotated = await admin.post(`${url}/${id}/secrets`, {}, { 'idempotency-key': `cle-${id}` })
  const secrets = [secret, String(rotated.body['clientSecret'])]
  expect(created).toMatchObject({ name: 'Logiciel d’exemple', scopes: SCOPES, revokedAt: null })
  expect(secret).toMatch(/^[\w-]{43}$/)
  expect(rotated.response.headers['cache-control']).toBe('no-store')
  const list = await admin.get(url)
  expect(list.body['items']).toMatchObject([{ clientId: id, secrets: [{}, { expiresAt: null }] }])
  expect(JSON.stringify(list.body)).not.toContain('clientSecret')
  for (const table of ['api_clients', 'api_secrets', 'journal', 'idempotent_answers']) {
    const dump = JSON.stringify(await rows(service.db, sql`select * from ${sql.raw(table)}`))
    for (const one of secrets) expect(dump, table).not.toContain(one)
  }
  expect(trainer.slug).toBeTruthy()
})

test('who administers another organisation neither sees nor changes a client by its id', async ({ service }) => {
  const [client, other] = [await aClient(service), await aClient(service)]
  const sent = machine(service)
  for (const call of [
    other.admin.get(client.url),
    other.admin.post(client.url, { name: 'Intrus', scopes: ['sessions'] }),
    other.admin.post(`${client.url}/${client.id}/secrets`, { graceHours: 0 }),
    other.admin.delete(`${client.url}/${client.id}`),
    client.trainer.get(client.url),
  ]) {
    expect(await call).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  }
  for (const call of [
    other.admin.post(`${other.url}/${client.id}/secrets`, { graceHours: 0 }),
    other.admin.delete(`${other.url}/${client.id}`),
  ]) {
    expect(await call).toMatchObject({ status: 404, body: { code: 'not_found' } })
  }
  expect((await client.admin.get(client.url)).body['items']).toHaveLength(1)
  expect((await sent.token(grantOf(client))).status).toBe(200)
})

test.for<[string, Json]>([
  ['without a name', { scopes: ['sessions'] }],
  ['without a scope', { name: 'Logiciel', scopes: [] }],
  ['with a scope that does not exist', { name: 'Logiciel', scopes: ['tout'] }],
  ['with the same scope twice', { name: 'Logiciel', scopes: ['sessions', 'sessions'] }],
  ['with an id of its choice', { name: 'Logiciel', scopes: ['sessions'], id: randomUUID() }],
  ['for another organisation', { name: 'Logiciel', scopes: ['sessions'], organisationId: randomUUID() }],
])('a client %s is not made', async ([, payload], { service }) => {
  const { admin, url } = await aClient(service)
  expect(await admin.post(url, payload)).toMatchObject({ status: 422, body: { code: 'invalid_fields' } })
  expect((await admin.get(url)).body['items']).toHaveLength(1)
})

test('the journal tells who made, rotated and revoked a client, and which token was withdrawn', async ({ service }) => {
  const client = await aClient(service, ['sessions'])
  const sent = machine(service)
  const token = String((await sent.token(grantOf(client))).body['access_token'])
  await sent.revoke({ client_id: client.id, client_secret: client.secret, token })
  await client.admin.post(`${client.url}/${client.id}/secrets`)
  await client.admin.delete(`${client.url}/${client.id}`)
  const lines = await rows<Json>(
    service.db,
    sql`select j.author, j.action, j.subject, j.details from journal j join organisations o on o.id = j.organisation_id
        where o.slug = ${client.trainer.slug} and (j.action like 'client.%' or j.action like 'token.%') order by j.position`,
  )
  const subject = `client:${client.id}`
  expect(lines).toEqual([
    { author: 'test-administrateur', action: 'client.created', subject, details: '{"scopes":["sessions"]}' },
    { author: subject, action: 'token.revoked', subject: expect.stringMatching(/^token:/), details: null },
    { author: 'test-administrateur', action: 'client.rotated', subject, details: '{"graceHours":24}' },
    { author: 'test-administrateur', action: 'client.revoked', subject, details: null },
  ])
})

test('a flood of guesses from one address is stopped, and does not stop the others', async ({ service }) => {
  const client = await aClient(service)
  const attacker = machine(service, '203.0.113.7')
  const guesses = []
  for (let n = 0; n < 80; n++) guesses.push(await attacker.token(grantOf({ id: client.id, secret: `essai-${n}` })))
  expect(guesses.filter((one) => one.status === 401)).toHaveLength(60)
  const stopped = guesses.filter((one) => one.status === 429)
  expect(stopped).toHaveLength(20)
  expect(stopped[0]!.headers).toHaveProperty('retry-after')
  expect(stopped[0]!.body).toEqual({ error: 'temporarily_unavailable' })
  expect((await attacker.token(grantOf(client))).status, 'even with the right secret').toBe(429)
  expect((await machine(service, '203.0.113.8').token(grantOf(client))).status).toBe(200)
})
