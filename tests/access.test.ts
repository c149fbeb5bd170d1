import { createHmac, randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { buildApp } from '../src/app.ts'
import { signToken } from '../src/auth/access.ts'
import { revokeToken } from '../src/auth/token-revocation.ts'
import { type Role, ROLES } from '../src/auth/tokens.ts'
import { endWebSession } from '../src/auth/web-sessions.ts'
import { rows } from '../src/db.ts'
import { actor, type Json, signedIn } from './support/actors.ts'
import { config, test } from './support/app.ts'
import { aRow, aTrainer } from './support/factories.ts'
import { aPlace, fingerprintOf, type Place, routesOf } from './support/matrix.ts'
import { reason, ROUTES, type Route, session } from './support/routes.ts'

const isApi = (name: string): boolean => name.includes(' /api/')
const isWrite = (name: string): boolean => !name.startsWith('GET ')
const JSON_ONLY = { accept: 'application/json' }
const FORBIDDEN = { status: 403, body: { code: 'forbidden' } }

/** One place and another, for requests that leave no trace. */
let known: Promise<{ place: Place; other: Place }> | null = null
const twoPlaces = (service: Parameters<typeof aPlace>[0]) =>
  (known ??= (async () => ({
    place: await aPlace(service, 'habilitation'),
    other: await aPlace(service, 'habilitation'),
  }))())

test('the rules below are those of every route of the service', async ({ service }) => {
  expect((await routesOf(service)).toSorted()).toEqual(Object.keys(ROUTES).toSorted())
})

const entries = Object.entries(ROUTES)
const guarded = entries.flatMap(([name, route]): [string, Exclude<Route['rule'], 'public'>, Route][] =>
  route.rule === 'public' ? [] : [[name, route.rule, route]],
)
/** Who holds their role for the whole service; the others, for an organisation. */
const WIDE: readonly Role[] = ['exploitant', 'instructeur', 'comite']
const asMember = (role: Role) => (WIDE.includes(role) ? {} : { organisation: true })

test.for(entries.filter(([, { rule }]) => rule === 'public'))(
  '%s answers anyone',
  async ([name, { answers = [200], writes = false }], { service }) => {
    const { place, other } = await twoPlaces(service)
    await service.queue.idle()
    const before = await fingerprintOf(service.db)
    for (const who of [actor(service), actor(service, 'titulaire'), actor(service, 'formateur', other.slug)]) {
      const { status, response } = await place.call(who, name)
      expect(answers, response.body).toContain(status)
      expect(response.body).not.toBe('')
    }
    if (!writes) expect(await fingerprintOf(service.db)).toEqual(before)
  },
)

test.for(guarded)(
  '%s refuses who may not, without an effect',
  async ([name, rule, { scope, isAnywhere }], { service }) => {
    const { place, other } = await twoPlaces(service)
    const people = await Promise.all(
      [place.slug, other.slug, null].map((slug) =>
        signedIn(service, {
          grants: STRANGERS(rule, slug).map((role) => ({
            role,
            ...(asMember(role).organisation && { organisation: slug! }),
          })),
        }),
      ),
    )
    await service.queue.idle()
    const before = await fingerprintOf(service.db)

    expect(await place.call(actor(service), name, JSON_ONLY)).toMatchObject({
      status: 401,
      body: { code: 'unauthenticated' },
      response: { headers: { 'www-authenticate': 'Bearer' } },
    })
    if (!isApi(name) && !isWrite(name)) {
      const { status, response } = await place.call(actor(service), name)
      expect([status, response.headers['location']]).toEqual([
        302,
        `/connexion?suite=${encodeURIComponent(place.urlOf(name))}`,
      ])
    }
    for (const role of ROLES.filter((one) => one !== 'exploitant' && !rule.includes(one))) {
      expect(await place.call(actor(service, role, place.slug), name, JSON_ONLY), role).toMatchObject(FORBIDDEN)
    }
    for (const role of isAnywhere ? [] : rule.filter((one) => one !== 'titulaire' && !WIDE.includes(one))) {
      for (const slug of [other.slug, undefined]) {
        expect(await place.call(actor(service, role, slug), name, JSON_ONLY), `${role} of ${slug}`).toMatchObject(
          FORBIDDEN,
        )
      }
    }
    // Whoever signs in is a titulaire: such a route refuses nobody who did.
    if (!rule.includes('titulaire')) {
      for (const one of people) expect(await place.call(one, name, JSON_ONLY)).toMatchObject(FORBIDDEN)
    }
    const asMachine = (scope: string) => {
      const role = rule.find((one) => one !== 'exploitant') ?? 'formateur'
      const token = signToken(service.app, { sub: 'essai', role, organisation: place.slug, scope }, 1)
      return place.call(actor(service), name, { ...JSON_ONLY, authorization: `Bearer ${token}` })
    }
    expect(await asMachine('autre')).toMatchObject(FORBIDDEN)
    expect(await fingerprintOf(service.db)).toEqual(before)
    if (scope !== undefined && !isWrite(name)) expect(await asMachine(scope)).toMatchObject({ status: 200 })
  },
)

/** Who signs in with every role that the route does not name; elsewhere, with those that it names too. */
const STRANGERS = (rule: readonly Role[], slug: string | null): Exclude<Role, 'titulaire'>[] =>
  ROLES.filter((one): one is Exclude<Role, 'titulaire'> => {
    if (one === 'titulaire' || one === 'exploitant') return false
    if (WIDE.includes(one)) return !rule.includes(one)
    return slug !== null && !rule.includes(one)
  })

const OK = [200, 201, 202, 204, 303]

test.for(guarded)(
  '%s lets through who may, and by a cookie only with its form',
  async ([name, rule, { answers = OK, isAnywhere }], { service }) => {
    const place = isWrite(name) ? await aPlace(service, ROUTES[name]!.on) : (await twoPlaces(service)).place
    const other = (await twoPlaces(service)).other
    const someoneElse = await signedIn(service)
    for (const role of rule) {
      const grant =
        role === 'titulaire' ? [] : [{ role, ...(asMember(role).organisation && { organisation: place.slug }) }]
      const person = await signedIn(service, { grants: grant })
      if (isWrite(name)) {
        await service.queue.idle()
        const before = await fingerprintOf(service.db)
        for (const headers of [
          { cookie: person.cookie },
          { cookie: person.cookie, 'x-jeton': 'autre' },
          { cookie: person.cookie, 'x-jeton': someoneElse.jeton },
          { cookie: person.cookie, 'x-jeton': person.jeton, origin: 'https://ailleurs.exemple' },
        ]) {
          expect(await place.call(actor(service), name, { ...JSON_ONLY, ...headers }), role).toMatchObject(FORBIDDEN)
        }
        expect(await fingerprintOf(service.db)).toEqual(before)
      }
      if (role !== 'titulaire' && !isAnywhere && !WIDE.includes(role)) {
        const elsewhere = await signedIn(service, { grants: [{ role, organisation: other.slug }] })
        expect(await place.call(elsewhere, name, JSON_ONLY), `${role} elsewhere`).toMatchObject(FORBIDDEN)
      }
      const { status, response } = await place.call(person, name)
      expect(answers, `${role}, signed in: ${response.body}`).toContain(status)
      if (role !== 'titulaire') {
        const bearer = await place.call(actor(service, role, WIDE.includes(role) ? undefined : place.slug), name)
        expect(answers, `${role}, bearer: ${bearer.response.body}`).toContain(bearer.status)
      }
    }
    await service.queue.idle()
  },
)

test.for(entries.filter(([, { body, isOpen }]) => body !== undefined && !isOpen))(
  '%s refuses a field that it does not know',
  async ([name, { rule, body }], { service }) => {
    const { place } = await twoPlaces(service)
    // What only an organisation itself may do is refused to who operates the service.
    const grants = [{ role: 'exploitant' as const }, { role: 'administrateur' as const, organisation: place.slug }]
    const person = rule === 'public' ? actor(service) : await signedIn(service, { grants })
    const before = await fingerprintOf(service.db)
    const wide = (given: Json) => ({
      ...given,
      organisationId: randomUUID(),
      id: randomUUID(),
      state: 'approved',
      role: 'exploitant',
    })
    const wider = Array.isArray(body) ? body.map((one) => wide(one as Json)) : wide(body as Json)
    const { status, body: problem } = await place.call(person, name, JSON_ONLY, wider)
    expect([status, problem['code']]).toEqual([422, 'invalid_fields'])
    expect(JSON.stringify(problem)).toContain('organisationId')
    expect(await fingerprintOf(service.db)).toEqual(before)
  },
)

test('ids of another organisation are refused, and its session, campaign and badge stay as they were', async ({
  service,
}) => {
  const [mine, theirs] = [await aPlace(service), await aPlace(service, 'habilitation')]
  const me = actor(service, 'formateur', mine.slug)
  const before = await fingerprintOf(service.db)
  for (const name of guarded.flatMap(([one, , { on }]) => (on && isApi(one) ? one : []))) {
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

test('a token that was withdrawn, and a session that ended, open nothing from then on', async ({ service }) => {
  const { db, app } = service
  const jti = randomUUID()
  const token = signToken(app, { sub: 'essai', role: 'exploitant', jti }, 1)
  const ask = () => actor(service).get('/api/v1/organisations?state=pending', { authorization: `Bearer ${token}` })
  expect((await ask()).status).toBe(200)
  await revokeToken(db, { jti, expiresAt: new Date(Date.now() + 3600_000), author: 'essai' })
  expect(await ask()).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })

  const person = await signedIn(service)
  expect((await person.get('/mon-espace')).status).toBe(200)
  await endWebSession(db, person.secret)
  expect(await person.get('/mon-espace')).toMatchObject({ status: 302 })
  expect(await person.post('/deconnexion', undefined, JSON_ONLY)).toMatchObject({ status: 401 })
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
