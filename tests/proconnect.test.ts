import { sql } from 'drizzle-orm'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { afterEach, expect } from 'vitest'
import { buildApp } from '../src/app.ts'
import { localPath } from '../src/auth/local-path.ts'
import { rows } from '../src/db.ts'
import { openIdentity } from '../src/people/people.ts'
import type { Json } from './support/actors.ts'
import { BASE_URL, config, test, type TestService } from './support/app.ts'
import { anAgent, anIdentityProvider, CLIENT, type IdentityProvider } from './support/identity-provider.ts'

const RETURN = '/connexion/proconnect/retour'
const SESSION = '__Host-insigne'
const PENDING = '__Secure-proconnect'

const opened: { close(): unknown }[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()))
})

/** The service, and a provider that it trusts; `given` changes the settings. */
async function aPlace(service: TestService, given: Json = {}) {
  const provider = await anIdentityProvider(`${BASE_URL}${RETURN}`)
  const proconnect = { ...CLIENT, issuer: provider.issuer, ...given }
  const app = await buildApp({ ...service, config: { ...config, allowLoopback: true, proconnect } })
  opened.push(provider, app)
  return { app, provider, browser: () => aBrowser(app) }
}

type Browser = ReturnType<typeof aBrowser>

/** A browser: it keeps the cookies that the service gives it. */
function aBrowser(app: FastifyInstance, cookies: Record<string, string> = {}) {
  const get = async (url: string): Promise<LightMyRequestResponse> => {
    const response = await app.inject({ url, cookies, headers: { accept: 'text/html' } })
    for (const { name, value } of response.cookies) {
      if (value === '') delete cookies[name]
      else cookies[name] = value
    }
    return response
  }
  const copy = () => aBrowser(app, { ...cookies })
  return { cookies, get, copy }
}

const pathOf = (url: URL): string => url.pathname + url.search

/** Goes to the provider and back: answers the address of the return, not yet visited. */
async function goThere(
  browser: Browser,
  provider: IdentityProvider,
  suite = '/mon-espace',
  change?: (url: URL) => void,
) {
  const sent = await browser.get(`/connexion/proconnect?suite=${encodeURIComponent(suite)}`)
  expect(sent.statusCode).toBe(302)
  const there = new URL(String(sent.headers.location))
  change?.(there)
  return pathOf(await provider.browse(there.href))
}

async function signIn(browser: Browser, provider: IdentityProvider, suite?: string) {
  return browser.get(await goThere(browser, provider, suite))
}

const state = async ({ db }: TestService) =>
  rows<Json>(
    db,
    sql`select (select count(*)::int from people) as people, (select count(*)::int from web_sessions) as sessions,
               (select count(*)::int from proconnect_accounts) as accounts`,
  )

const accountOf = async ({ db, vault }: TestService, sub: unknown) => {
  const found = await rows<Json>(
    db,
    sql`select a.person_id, a.siret, p.identity from proconnect_accounts a join people p on p.id = a.person_id where a.sub = ${sub}`,
  )
  return found.map(({ identity, ...one }): Json => ({ ...one, identity: openIdentity(vault, String(identity)) }))
}

/** Nothing was opened: no session, no person, and the page says so and offers the other way in. */
async function expectRefused(service: TestService, browser: Browser, path: string, code = 'proconnect_refused') {
  const before = await state(service)
  const response = await browser.get(path)
  expect(response.statusCode).toBe(code === 'proconnect_down' ? 503 : 403)
  expect(response.headers['content-type']).toContain('text/html')
  expect(response.body).toContain(SENTENCES[code])
  expect(response.body).toContain('Recevoir un lien par e-mail')
  expect(response.body).toMatch(/href="\/connexion(\?suite&#61;[^"]*)?"/)
  expect(browser.cookies).not.toHaveProperty(SESSION)
  expect(await state(service)).toEqual(before)
}
const SENTENCES: Record<string, string> = {
  proconnect_refused: 'La réponse de ProConnect n’a pas pu être vérifiée',
  proconnect_down: 'ProConnect ne répond pas',
  proconnect_given_up: 'La connexion par ProConnect a été abandonnée',
}

test('an agent signs in by ProConnect: a new person, a session of twelve hours, the page that was asked for', async ({
  service,
}) => {
  const { provider, browser } = await aPlace(service)
  const me = browser()
  const sent = await me.get('/connexion/proconnect?suite=/lots%3Fpage=2')
  const there = new URL(String(sent.headers.location))
  expect(Object.fromEntries(there.searchParams)).toEqual({
    client_id: CLIENT.clientId,
    redirect_uri: `${BASE_URL}${RETURN}`,
    response_type: 'code',
    scope: 'openid uid siret email given_name usual_name',
    state: expect.stringMatching(/^[\w-]{43}$/),
    nonce: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge_method: 'S256',
  })
  const [kept] = sent.cookies
  expect(kept).toMatchObject({ name: PENDING, httpOnly: true, secure: true, sameSite: 'Lax', maxAge: 900 })
  expect(kept!.value).not.toContain(there.searchParams.get('state'))

  const back = await me.get(pathOf(await provider.browse(there.href)))
  expect(back.statusCode).toBe(302)
  expect(back.headers.location).toBe('/lots?page=2')
  expect(back.headers['cache-control']).toBe('no-store')
  expect(back.cookies.find((one) => one.name === SESSION)).toMatchObject({
    httpOnly: true,
    secure: true,
    sameSite: 'Lax',
    maxAge: 12 * 3600,
    path: '/',
  })
  expect(me.cookies).not.toHaveProperty(PENDING)
  const { sub, email, siret } = provider.agent
  const [account] = await accountOf(service, sub)
  expect(account).toMatchObject({ siret, identity: { email, givenName: 'Zoé', familyName: 'Exemple' } })
  const lines = await rows<Json>(
    service.db,
    sql`select author, action, details from journal where person_id = ${account!['person_id']}`,
  )
  expect(lines).toEqual([
    {
      author: `person:${String(account!['person_id'])}`,
      action: 'auth.signed_in',
      details: '{"method":"proconnect"}',
    },
  ])
})

test('an agent stays the same person when the e-mail changes, and is the one who was known by that e-mail', async ({
  service,
}) => {
  const { provider, browser } = await aPlace(service)
  await signIn(browser(), provider)
  const [first] = await accountOf(service, provider.agent['sub'])
  const before = await state(service)
  provider.agent = { ...provider.agent, email: 'nouvelle-adresse@exemple.invalid', siret: '11000201100044' }
  await signIn(browser(), provider)
  const [second] = await accountOf(service, provider.agent['sub'])
  expect(second).toEqual({ ...first, siret: '11000201100044' })
  expect((await state(service))[0]).toEqual({ ...before[0], sessions: Number(before[0]!['sessions']) + 1 })

  const email = String(first!['identity'].email)
  provider.agent = anAgent({ email: email.toUpperCase(), given_name: 'Autre' })
  await signIn(browser(), provider)
  const [third] = await accountOf(service, provider.agent['sub'])
  expect(third).toMatchObject({ person_id: first!['person_id'], identity: { givenName: 'Zoé' } })
})

test('eight first returns of one agent at once make one person', async ({ service }) => {
  const { provider, browser } = await aPlace(service)
  const all = Array.from({ length: 8 }, browser)
  const paths = await Promise.all(all.map((one) => goThere(one, provider)))
  const answers = await Promise.all(all.map((one, index) => one.get(paths[index]!)))
  expect(answers.map((one) => one.statusCode)).toEqual(Array(8).fill(302))
  expect(await accountOf(service, provider.agent['sub'])).toHaveLength(1)
})

test('a session that the browser had before is ended, and its secret is not used again', async ({ service }) => {
  const { provider, browser } = await aPlace(service)
  const me = browser()
  await signIn(me, provider)
  const former = me.cookies[SESSION]!
  provider.agent = anAgent()
  await signIn(me, provider)
  expect(me.cookies[SESSION]).not.toBe(former)
  const [account] = await accountOf(service, provider.agent['sub'])
  const open = await rows<Json>(
    service.db,
    sql`select person_id from web_sessions where ended_at is null and person_id = ${account!['person_id']}`,
  )
  expect(open).toHaveLength(1)
  const old = await rows<Json>(service.db, sql`select 1 from web_sessions where ended_at is not null`)
  expect(old.length).toBeGreaterThan(0)
})

test('a return is good once: played again, with or without its cookie, it opens nothing', async ({ service }) => {
  const { provider, browser } = await aPlace(service)
  const me = browser()
  const path = await goThere(me, provider)
  const kept = me.copy()
  expect((await me.get(path)).statusCode).toBe(302)
  await expectRefused(service, kept, path)
  await expectRefused(service, browser(), path)
})

test('a return that another browser began, or of a forged state, opens nothing', async ({ service }) => {
  const { provider, browser } = await aPlace(service)
  const [mine, theirs] = [browser(), browser()]
  const [myPath, theirPath] = [await goThere(mine, provider), await goThere(theirs, provider)]
  await expectRefused(service, mine.copy(), theirPath)
  await expectRefused(service, browser(), myPath)
  await expectRefused(service, mine.copy(), myPath.replace(/state=[^&]+/, 'state=forge'))
  await expectRefused(service, mine.copy(), myPath.replace(/state=[^&]+&?/, ''))
  await expectRefused(service, mine.copy(), `${myPath}&state=deux`)
  await expectRefused(service, mine.copy(), myPath.replace(/iss=[^&]+/, 'iss=https%3A%2F%2Fautre.invalid'))
  await expectRefused(service, mine.copy(), myPath.replace(/code=[^&]+/, 'code=devine'))
  await expectRefused(service, mine.copy(), RETURN)
  const altered = mine.copy()
  altered.cookies[PENDING] = `${altered.cookies[PENDING]!.slice(0, -4)}AAAA`
  await expectRefused(service, altered, myPath)
  const foreign = mine.copy()
  foreign.cookies[PENDING] = service.vault.seal(
    'autre/usage',
    service.vault.open('auth/proconnect', mine.cookies[PENDING]!),
  )
  await expectRefused(service, foreign, myPath)
  const late = mine.copy()
  const kept = JSON.parse(service.vault.open('auth/proconnect', mine.cookies[PENDING]!)) as Json
  late.cookies[PENDING] = service.vault.seal('auth/proconnect', JSON.stringify({ ...kept, until: Date.now() - 1 }))
  await expectRefused(service, late, myPath)
})

test('an ID token for another nonce, or a code for another verifier, opens nothing', async ({ service }) => {
  const { provider, browser } = await aPlace(service)
  for (const name of ['nonce', 'code_challenge']) {
    const me = browser()
    const path = await goThere(me, provider, '/', (url) => url.searchParams.set(name, 'a'.repeat(43)))
    await expectRefused(service, me, path)
  }
})

test.for<[string, (own: Json, provider: IdentityProvider) => [string, string]]>([
  ['signed by another key', (own, { sign }) => ['application/jwt', sign(own, 'stranger')]],
  ['of another agent', (own, { sign }) => ['application/jwt', sign({ ...own, sub: 'autre-agent' })]],
  ['for another client', (own, { sign }) => ['application/jwt', sign({ ...own, aud: 'autre-client' })]],
  ['for nobody', (own, { sign }) => ['application/jwt', sign({ ...own, aud: undefined })]],
  ['of another issuer', (own, { sign }) => ['application/jwt', sign({ ...own, iss: 'https://autre.invalid' })]],
  ['of no issuer', (own, { sign }) => ['application/jwt', sign({ ...own, iss: undefined })]],
  ['that has expired', (own, { sign }) => ['application/jwt', sign({ ...own, exp: 1_600_000_000 })]],
  ['that is not signed', (own) => ['application/json', JSON.stringify(own)]],
  [
    'whose algorithm is none',
    (own, { sign }) => [
      'application/jwt',
      `${Buffer.from('{"alg":"none"}').toString('base64url')}.${sign(own).split('.')[1]}.`,
    ],
  ],
  [
    'changed after signing',
    (own, { sign }) => [
      'application/jwt',
      sign(own).replace(
        /\.[^.]+\./,
        `.${Buffer.from(JSON.stringify({ ...own, email: 'chef@exemple.invalid' })).toString('base64url')}.`,
      ),
    ],
  ],
  ['without an e-mail', (own, { sign }) => ['application/jwt', sign({ ...own, email: undefined })]],
  ['whose e-mail is two', (own, { sign }) => ['application/jwt', sign({ ...own, email: 'a@b.invalid c@d.invalid' })]],
  ['whose e-mail is not verified', (own, { sign }) => ['application/jwt', sign({ ...own, email_verified: false })]],
  ['without a SIRET', (own, { sign }) => ['application/jwt', sign({ ...own, siret: undefined })]],
  ['that is not a token', () => ['application/jwt', 'abc']],
])('a userinfo %s opens nothing', async ([, answer], { service }) => {
  const { provider, browser } = await aPlace(service)
  provider.userinfo = (own) => ['application/jwt', provider.sign(own)]
  expect((await signIn(browser(), provider)).statusCode, 'the test signs as the provider does').toBe(302)
  provider.agent = anAgent()
  provider.userinfo = (own) => answer(own, provider)
  const me = browser()
  await expectRefused(service, me, await goThere(me, provider))
})

test.for([
  'https://autre.invalid/',
  '//autre.invalid/',
  '/\\autre.invalid',
  '/\t/autre.invalid',
  '/a/..//autre.invalid',
  'javascript:alert(1)',
  'mon-espace',
  '',
  `/${'a'.repeat(2000)}`,
])('the page to go on to is never of another site: %j', async (suite, { service }) => {
  expect(localPath(suite)).toBe('/mon-espace')
  const { provider, browser } = await aPlace(service)
  expect((await signIn(browser(), provider, suite)).headers.location).toBe('/mon-espace')
})

test('someone who gives up is told so, and may sign in otherwise', async ({ service }) => {
  const { provider, browser } = await aPlace(service)
  const me = browser()
  const sent = new URL(String((await me.get('/connexion/proconnect?suite=/lots')).headers.location))
  const path = `${RETURN}?error=access_denied&state=${sent.searchParams.get('state')}&iss=${encodeURIComponent(provider.issuer)}`
  await expectRefused(service, me.copy(), path, 'proconnect_given_up')
  const words = '<script>alert(1)</script>'
  const strange = me.copy()
  await expectRefused(
    service,
    strange,
    `${path.replace('access_denied', 'server_error')}&error_description=${encodeURIComponent(words)}`,
  )
})

test('a provider that is down, at first or midway, or that names another machine: a clear page, and it heals', async ({
  service,
}) => {
  const { provider, browser } = await aPlace(service)
  provider.isDown = true
  await expectRefused(service, browser(), '/connexion/proconnect?suite=/lots', 'proconnect_down')
  provider.isDown = false
  const me = browser()
  const path = await goThere(me, provider)
  provider.isDown = true
  await expectRefused(service, me, path, 'proconnect_down')
  provider.isDown = false
  expect((await signIn(browser(), provider)).statusCode).toBe(302)

  const nowhere = await aPlace(service, { issuer: 'http://127.0.0.1:9' })
  await expectRefused(service, nowhere.browser(), '/connexion/proconnect', 'proconnect_down')
})

test.for(['token_endpoint', 'userinfo_endpoint', 'jwks_uri'])(
  'no request leaves for a host that is not the provider’s: %s',
  async (endpoint, { service }) => {
    const { provider, browser } = await aPlace(service)
    const other = await anIdentityProvider(`${BASE_URL}${RETURN}`)
    opened.push(other)
    provider.discovery = { [endpoint]: `${other.issuer}/ailleurs` }
    const me = browser()
    await expectRefused(service, me, await goThere(me, provider), 'proconnect_down')
    expect(other.asked).toEqual([])
    expect(provider.asked.filter((one) => !one.startsWith('/interaction') && !one.startsWith('/auth'))).toContain(
      '/.well-known/openid-configuration',
    )
  },
)

test('a provider without TLS is not used, but on this machine in development', async ({ service }) => {
  const provider = await anIdentityProvider(`${BASE_URL}${RETURN}`)
  const proconnect = { ...CLIENT, issuer: provider.issuer }
  const app = await buildApp({ ...service, config: { ...config, allowLoopback: false, proconnect } })
  opened.push(provider, app)
  await expectRefused(service, aBrowser(app), '/connexion/proconnect', 'proconnect_down')
  expect(provider.asked).toEqual([])
})

test('leaving here leads to leaving there, once; without a session there, home', async ({ service }) => {
  const { provider, browser } = await aPlace(service)
  const me = browser()
  expect((await me.get('/connexion/proconnect/fin')).headers.location).toBe('/')
  await signIn(me, provider)
  const page = await me.get('/connexion/proconnect/fin')
  const url = new URL(/^0; url=(.*)$/.exec(String(page.headers['refresh']))![1]!)
  expect(url.origin + url.pathname).toBe(`${provider.issuer}/session/end`)
  expect(url.searchParams.get('post_logout_redirect_uri')).toBe(`${BASE_URL}/`)
  const [, claims] = url.searchParams.get('id_token_hint')!.split('.')
  expect(JSON.parse(Buffer.from(claims!, 'base64url').toString())).toMatchObject({ sub: provider.agent['sub'] })
  expect(page.body).toContain('Fermer ma session ProConnect')
  expect((await me.get('/connexion/proconnect/fin')).headers.location).toBe('/')
})

test('without settings there is no sign-in by ProConnect', async ({ service }) => {
  const response = await service.app.inject({ url: '/connexion/proconnect', headers: { accept: 'text/html' } })
  expect([404, 410]).toContain(response.statusCode)
})
