import { sql } from 'drizzle-orm'
import { describe, expect } from 'vitest'
import { DomainError } from '../src/errors.ts'
import { noSuchMethod, statusInfoOf } from '../src/interop/imsx.ts'
import { actor, type Json, type SignedIn, signedIn } from './support/actors.ts'
import { config, test, type TestService } from './support/app.ts'
import { ALL_SCOPES, anApplication, granted, SCOPE } from './support/badge-client.ts'
import { aBadge } from './support/factories.ts'
import { foreignIssuer } from './support/foreign-issuer.ts'

const HOST = '/ims/ob/v3p0'
const LD = { 'content-type': 'application/vc+ld+json' }

/** A holder with a badge delivered here, and an application that she or he let in. */
async function aLink(service: TestService, scope = ALL_SCOPES) {
  const email = `titulaire-${crypto.randomUUID()}@exemple.invalid`
  const badge = await aBadge(service, { email })
  const holder = await signedIn(service, { email })
  const { tokens } = await granted(service, holder, await anApplication(service), { scope })
  return { badge, holder, headers: { authorization: `Bearer ${tokens.access_token}` } }
}

const code = (body: Json): string => body['imsx_codeMinor'].imsx_codeMinorField[0].imsx_codeMinorFieldValue

test('describes itself as Open Badges 3.0 asks', async ({ service }) => {
  const { status, body } = await actor(service).get(`${HOST}/discovery`)
  expect(status).toBe(200)
  const scheme = body['components'].securitySchemes.OAuth2ACG
  expect(scheme['x-imssf-registrationUrl']).toBe(`${config.baseUrl}/oauth2/reg`)
  expect(scheme.flows.authorizationCode.tokenUrl).toBe(`${config.baseUrl}/oauth2/token`)
  expect(Object.keys(scheme.flows.authorizationCode.scopes)).toContain(`${SCOPE}/credential.upsert`)
  expect(body['info']).toMatchObject({ 'x-imssf-privacyPolicyUrl': `${config.baseUrl}/donnees-personnelles` })
  expect(Object.keys(body['paths'])).toEqual(['/credentials', '/profile', '/discovery'])
})

test('gives the badges of the holder as they were signed, and nobody else’s', async ({ service }) => {
  const { badge, headers } = await aLink(service)
  const { status, body, response } = await actor(service).get(`${HOST}/credentials`, headers)
  expect(status).toBe(200)
  expect(body['credential']).toEqual([badge.credential])
  expect(body).not.toHaveProperty('compactJwsString')
  expect(response.headers).toMatchObject({ 'x-total-count': '1', 'cache-control': 'no-store' })
  const stranger = await aLink(service)
  const theirs = await actor(service).get(`${HOST}/credentials`, stranger.headers)
  expect(theirs.body['credential'].map((one: Json) => one['id'])).toEqual([stranger.badge.credential['id']])
})

describe('with a badge of elsewhere', () => {
  /** The same service, that reaches another issuer. */
  async function reaching(service: TestService, host: string) {
    const issuer = await foreignIssuer(host)
    const { upsertCredential } = await import('../src/interop/badge-connect.ts')
    const { verifier } = issuer
    const deps = { db: service.db, vault: service.vault, verifier, baseUrl: config.baseUrl }
    const keep = (holder: SignedIn, given: unknown) =>
      upsertCredential(deps, { personId: holder.personId, author: 'application:essai' }, given)
    return { issuer, keep }
  }

  test('keeps it once, replaces it by a newer one, and gives pages', async ({ service }) => {
    const { badge, holder, headers } = await aLink(service)
    const { issuer, keep } = await reaching(service, `h${crypto.randomUUID().slice(0, 8)}.example`)
    const first = await issuer.badge()
    expect(await keep(holder, first)).toBe('created')
    expect(await keep(holder, first)).toBe('replaced')
    const newer = await issuer.badge({ validFrom: '2026-02-10T09:00:00Z', name: 'Soudure, niveau 2' })
    expect(await keep(holder, newer)).toBe('replaced')
    const page = (query: string) => actor(service).get(`${HOST}/credentials?${query}`, headers)
    const { body, response } = await page('limit=1')
    expect(body['credential']).toEqual([badge.credential])
    expect(response.headers['x-total-count']).toBe('2')
    expect(response.headers['link']).toBe(
      [
        `<${config.baseUrl}${HOST}/credentials?limit=1&offset=1>; rel="next"`,
        `<${config.baseUrl}${HOST}/credentials?limit=1&offset=1>; rel="last"`,
        `<${config.baseUrl}${HOST}/credentials?limit=1&offset=0>; rel="first"`,
      ].join(', '),
    )
    const second = await page('limit=1&offset=1')
    expect(second.body['credential']).toEqual([newer])
    expect(second.response.headers['link']).toContain('rel="prev"')
    expect((await page('since=2999-01-01T00:00:00Z')).response.headers['x-total-count']).toBe('0')
  })
})

test('recognises a badge that was delivered here, and keeps it once', async ({ service }) => {
  const { badge, headers } = await aLink(service)
  const sent = await actor(service).post(`${HOST}/credentials`, badge.credential, { ...headers, ...LD })
  expect(sent.status).toBe(200)
  expect(sent.body).toEqual(badge.credential)
  const { response } = await actor(service).get(`${HOST}/credentials`, headers)
  expect(response.headers['x-total-count']).toBe('1')
  const other = await aBadge(service)
  const theirs = await actor(service).post(`${HOST}/credentials`, other.credential, { ...headers, ...LD })
  expect(theirs.status).toBe(400)
  expect(theirs.body['imsx_description']).toContain('aucune de vos adresses')
})

describe('what it does not take', () => {
  test('a badge that was altered, told in French', async ({ service }) => {
    const { badge, headers } = await aLink(service)
    const forged = { ...badge.credential, name: 'Un autre nom' }
    const { status, body } = await actor(service).post(`${HOST}/credentials`, forged, { ...headers, ...LD })
    expect(status).toBe(400)
    expect(body).toMatchObject({ imsx_codeMajor: 'failure', imsx_severity: 'error' })
    expect(body['imsx_description']).toMatch(/n’est pas gardé|signature/)
    expect(code(body)).toBe('invalid_data')
  })

  test.for<[string, unknown, Record<string, string>, number, string]>([
    ['text that is no token', 'bonjour', { 'content-type': 'text/plain' }, 400, 'unknown'],
    ['a token signed by nobody', 'e30.e30.AA', { 'content-type': 'text/plain' }, 400, 'invalid_data'],
    ['cut JSON', '{"id":', LD, 400, 'unknown'],
    ['no badge', { bonjour: true }, LD, 400, 'invalid_data'],
    ['a form', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'unknown'],
    ['more than 1 MB', `"${'a'.repeat(1024 * 1024)}"`, LD, 413, 'unknown'],
  ])('%s', async ([, payload, type, expected, minor], { service }) => {
    const { headers } = await aLink(service)
    const { status, body } = await actor(service).post(`${HOST}/credentials`, payload, { ...headers, ...type })
    expect([status, code(body)]).toEqual([expected, minor])
    expect(body['imsx_codeMajor']).toBe('failure')
    expect(body['imsx_description'].length).toBeGreaterThan(20)
  })

  test.for(['limit=0', 'limit=deux', 'offset=-1', 'since=hier'])('a page by %s', async (query, { service }) => {
    const { headers } = await aLink(service)
    const { status, body } = await actor(service).get(`${HOST}/credentials?${query}`, headers)
    expect(status).toBe(400)
    expect(code(body)).toBe('invalid_query_parameter')
  })
})

test('opens to the scopes that were granted, and to no others', async ({ service }) => {
  const { badge, headers } = await aLink(service, `${SCOPE}/credential.readonly`)
  const { status, body, response } = await actor(service).post(`${HOST}/credentials`, badge.credential, {
    ...headers,
    ...LD,
  })
  expect(status).toBe(403)
  expect(code(body)).toBe('forbidden')
  expect(response.headers['www-authenticate']).toBe(
    `Bearer realm="insigne", error="insufficient_scope", scope="${SCOPE}/credential.upsert"`,
  )
  expect((await actor(service).get(`${HOST}/profile`, headers)).status).toBe(403)
  const unknown = await actor(service).get(`${HOST}/credentials`, { authorization: 'Bearer inconnu' })
  expect([unknown.status, code(unknown.body)]).toEqual([401, 'unauthorizedrequest'])
  expect(unknown.response.headers['www-authenticate']).toBe('Bearer realm="insigne", error="invalid_token"')
  expect((await actor(service).get(`${HOST}/credentials`)).response.headers['www-authenticate']).toBe(
    'Bearer realm="insigne"',
  )
  const noMethod = await actor(service).delete(`${HOST}/credentials`)
  expect([noMethod.status, code(noMethod.body)]).toEqual([405, 'not_allowed'])
  expect(noMethod.response.headers['allow']).toBe('GET, HEAD, POST')
})

// Open Badges 3.0, appendix B.3.6: the status, the severity and the minor code that go together.
test.for<[string, unknown, number, string, string]>([
  ['what is malformed', new DomainError('malformed', 'x', 'Non.', 'Non.'), 400, 'error', 'unknown'],
  ['a query', new DomainError('malformed', 'query', 'Non.', 'Non.'), 400, 'error', 'invalid_query_parameter'],
  ['what is missing', new DomainError('not_found', 'x', 'Non.', 'Non.'), 404, 'status', 'not_found'],
  ['a method', noSuchMethod(), 405, 'error', 'not_allowed'],
  ['a form of answer', new DomainError('not_acceptable', 'x', 'Non.', 'Non.'), 406, 'error', 'not_acceptable'],
  ['a conflict', new DomainError('conflict', 'x', 'Non.', 'Non.'), 400, 'error', 'invalid_data'],
  ['what is wrong', new DomainError('invalid', 'x', 'Non.', 'Non.'), 400, 'error', 'invalid_data'],
  ['too much', new DomainError('too_many', 'x', 'Non.', 'Non.'), 429, 'error', 'server_busy'],
  ['what is closed', new DomainError('unavailable', 'x', 'Non.', 'Non.'), 503, 'error', 'unknown'],
  ['what nobody expected', new Error('secret'), 500, 'error', 'internal_server_error'],
])('%s is refused in the words of 1EdTech', ([, error, status, severity, minor]) => {
  const told = statusInfoOf(error)
  expect(told.status).toBe(status)
  expect(told.info).toEqual({
    imsx_codeMajor: 'failure',
    imsx_severity: severity,
    imsx_description: expect.not.stringContaining('secret'),
    imsx_codeMinor: {
      imsx_codeMinorField: [{ imsx_codeMinorFieldName: 'TargetEndSystem', imsx_codeMinorFieldValue: minor }],
    },
  })
})

test('shows of the holder what she or he wrote, and nothing else', async ({ service }) => {
  const { holder, headers } = await aLink(service)
  const before = await actor(service).get(`${HOST}/profile`, headers)
  expect(Object.keys(before.body).toSorted()).toEqual(['@context', 'id', 'type'])
  expect(before.response.body).not.toContain(holder.personId)
  const profile = {
    type: ['Profile'],
    id: 'https://ailleurs.example/moi',
    name: 'Zoé E.',
    email: holder.email,
    phone: '01',
  }
  const { status, body } = await actor(service).put(`${HOST}/profile`, profile, {
    ...headers,
    'content-type': 'application/json',
  })
  expect(status).toBe(200)
  expect(body).toEqual({ ...before.body, name: 'Zoé E.' })
  expect((await actor(service).get(`${HOST}/profile`, headers)).body).toEqual(body)
  expect((await holder.get('/mon-espace/applications', { accept: 'text/html' })).response.body).toContain('Zoé E.')
  const wrong = { type: ['Profile'], url: 'javascript:alert(1)' }
  const refused = await actor(service).put(`${HOST}/profile`, wrong, {
    ...headers,
    'content-type': 'application/json',
  })
  expect([refused.status, code(refused.body)]).toEqual([400, 'invalid_data'])
})

test('stops at a thousand writes a day for one person', async ({ service }) => {
  const { badge, holder, headers } = await aLink(service)
  await service.db.execute(sql`
    insert into journal (position, at, author, action, subject, person_id, hash)
    select 1000000 + n, now(), 'application:essai', 'wallet.checked', 'imported:x', ${holder.personId}, 'x' from generate_series(1, 1000) n`)
  const { status, body } = await actor(service).post(`${HOST}/credentials`, badge.credential, { ...headers, ...LD })
  expect(status).toBe(429)
  expect(code(body)).toBe('server_busy')
})

test('an erased holder’s accesses end', async ({ service }) => {
  const { holder, headers } = await aLink(service)
  const { erasePerson } = await import('../src/holders/erasure.ts')
  await erasePerson(service.db, service.vault, { personId: holder.personId, author: `person:${holder.personId}` })
  expect((await actor(service).get(`${HOST}/credentials`, headers)).status).toBe(401)
  const { rows } = await import('../src/db.ts')
  expect(await rows(service.db, sql`select 1 from oauth_states where person_id = ${holder.personId}`)).toEqual([])
})
