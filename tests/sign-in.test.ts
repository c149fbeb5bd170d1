import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { InjectOptions } from 'fastify'
import { expect } from 'vitest'
import { buildApp } from '../src/app.ts'
import { askLink, isLinkOpen, LINKS_AT_ONCE, useLink } from '../src/auth/sign-in.ts'
import { rows } from '../src/db.ts'
import { lastMessages } from '../src/messages/messages.ts'
import { signedIn } from './support/actors.ts'
import { BASE_URL, config, test, type TestService } from './support/app.ts'

const anAddress = (): string => `zoe-${randomUUID()}@exemple.invalid`
const FORM = { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' }
const post = ({ app }: Pick<TestService, 'app'>, url: string, fields: Record<string, string>, headers = {}) =>
  app.inject({ method: 'POST', url, headers: { ...FORM, ...headers }, payload: new URLSearchParams(fields).toString() })
const get = ({ app }: TestService, url: string, headers = {}) =>
  app.inject({ method: 'GET', url, headers: { accept: 'text/html', ...headers } })
const count = async ({ db }: TestService, what: ReturnType<typeof sql>) =>
  (await rows<{ n: number }>(db, sql`select count(*)::int as n from ${what}`))[0]!.n

/** The paths of the links that left for an address, the last first. */
async function linksOf({ db, vault }: TestService, email: string): Promise<string[]> {
  const messages = await lastMessages(db, vault)
  return messages.filter(({ to }) => to === email).map(({ letter }) => letter.action!.url.replace(BASE_URL, ''))
}

/** Asks for a link and answers its path. */
async function aLink(service: TestService, email = anAddress(), suite = '/badges'): Promise<string> {
  expect((await post(service, '/connexion', { email, suite })).statusCode).toBe(200)
  return (await linksOf(service, email))[0]!
}

type Answer = Awaited<ReturnType<typeof post>>
const cookieOf = ({ cookies }: Answer): string =>
  cookies.map(({ name, value }) => `${name}=${value}`).find((one) => one.startsWith('__Host-insigne='))!
const jetonOf = ({ body }: Answer): string => /name="_jeton" value="([^"]+)"/.exec(body)![1]!

test('a link opens a session, in a cookie that only this site reads, and leads to the page that was wanted', async ({
  service,
}) => {
  const email = anAddress()
  const link = await aLink(service, email, '/badges?a=b')
  const page = await get(service, link)
  expect(page.statusCode).toBe(200)
  expect(page.headers).toMatchObject({ 'cache-control': 'no-store', 'x-robots-tag': 'noindex' })
  expect(page.body).toContain(`<form method="post" action="${link}">`)

  const entered = await post(service, link, {}, { origin: BASE_URL })
  expect(entered).toMatchObject({ statusCode: 303, headers: { location: '/badges?a=b' } })
  const [cookie] = entered.cookies
  expect(cookie).toMatchObject({ name: '__Host-insigne', httpOnly: true, secure: true, sameSite: 'Lax', path: '/' })
  expect(cookie!.domain).toBeUndefined()

  const again = await get(service, '/connexion', { cookie: cookieOf(entered) })
  expect(again.body).toContain('Votre connexion est ouverte')
})

test('the same person is found again, whatever the case of the address, and names nobody in the journal', async ({
  service,
}) => {
  const known = await signedIn(service)
  expect((await post(service, '/connexion', { email: ` ${known.email.toUpperCase()} ` })).statusCode).toBe(200)
  const [link] = await linksOf(service, known.email)
  const entered = await post(service, link!, {})
  expect(entered.headers.location).toBe('/mon-espace')
  const lines = await rows<Record<string, string>>(
    service.db,
    sql`select author, action, person_id as person, details from journal where person_id = ${known.personId} and action = 'auth.signed_in'`,
  )
  expect(lines).toEqual([
    {
      author: `person:${known.personId}`,
      action: 'auth.signed_in',
      person: known.personId,
      details: '{"method":"lien"}',
    },
  ])
  const [asked] = await rows<Record<string, string>>(
    service.db,
    sql`select author, subject, details from journal where action = 'auth.link_asked' order by position desc limit 1`,
  )
  expect(asked).toEqual({ author: 'service', subject: expect.stringMatching(/^link:.{12}$/), details: null })
  expect(await count(service, sql`journal where journal::text like ${`%${known.email}%`}`)).toBe(0)
})

test('neither the address nor the token can be read in the database', async ({ service }) => {
  const email = anAddress()
  const token = (await aLink(service, email, '/invitations/secret-d-un-autre-lien')).split('/').at(-1)!
  for (const table of ['sign_in_links', 'messages', 'people', 'journal', 'web_sessions']) {
    for (const secret of [email, token, 'secret-d-un-autre-lien']) {
      expect(await count(service, sql`${sql.raw(table)} t where t::text like ${`%${secret}%`}`), table).toBe(0)
    }
  }
})

test('a link serves once, even pressed twice at the same time', async ({ service }) => {
  const link = await aLink(service)
  const answers = await Promise.all([post(service, link, {}), post(service, link, {}), post(service, link, {})])
  expect(answers.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b)).toEqual([303, 410, 410])
  const replayed = await post(service, link, {})
  expect(replayed).toMatchObject({ statusCode: 410, cookies: [] })
  expect(replayed.body).toContain('Ce lien ne sert plus')
  expect(replayed.body).toContain('<a href="/connexion">Demandez un autre lien</a>')
  expect((await get(service, link)).statusCode).toBe(410)
})

test('following a link opens nothing: programs that read messages may do it', async ({ service }) => {
  const link = await aLink(service)
  const sessions = await count(service, sql`web_sessions`)
  for (let time = 0; time < 3; time++) expect((await get(service, link)).cookies).toEqual([])
  expect(await count(service, sql`web_sessions`)).toBe(sessions)
  expect((await post(service, link, {})).statusCode).toBe(303)
})

test('a link of more than 15 minutes, a forged one and a shortened one open nothing', async ({ service }) => {
  const { db, vault } = service
  const deps = { db, vault, baseUrl: BASE_URL }
  const [early, late] = [anAddress(), anAddress()]
  const minutes = (ago: number): Date => new Date(Date.now() - ago * 60_000)
  await askLink(deps, { email: late, suite: '/' }, minutes(15.1))
  await askLink(deps, { email: early, suite: '/' }, minutes(14.9))
  const [expired] = await linksOf(service, late)
  const [good] = await linksOf(service, early)
  const sessions = await count(service, sql`web_sessions`)
  const forged = `/connexion/${'A'.repeat(43)}`
  for (const link of [expired!, forged, good!.slice(0, -1), `${good!}A`, '/connexion/%00', '/connexion/a%27--']) {
    expect(await post(service, link, {}), link).toMatchObject({ statusCode: 410, cookies: [] })
    expect((await get(service, link)).statusCode, link).toBe(410)
  }
  expect(await count(service, sql`web_sessions`)).toBe(sessions)
  expect((await post(service, good!, {})).statusCode).toBe(303)

  const token = expired!.split('/').at(-1)!
  expect(await isLinkOpen(db, token, minutes(1))).toBe(true)
  expect(await useLink(deps, { token, former: null })).toBeNull()
})

test.for([
  'https://ailleurs.example/',
  '//ailleurs.example',
  '/\\ailleurs.example',
  '\\/ailleurs.example',
  '/\t/ailleurs.example',
  '/a/..//ailleurs.example',
  'javascript:alert(1)',
  'ailleurs',
  '',
])('a link never leads to another site: %j', async (suite, { service }) => {
  const form = await get(service, `/connexion?suite=${encodeURIComponent(suite)}`)
  expect(form.body).toContain('<input type="hidden" name="suite" value="/mon-espace" />')
  const entered = await post(service, await aLink(service, anAddress(), suite), {})
  expect(entered.headers.location).toBe('/mon-espace')
})

test('a page asked for without a session leads to the form, which keeps where to go', async ({ service }) => {
  const form = await get(service, `/connexion?suite=${encodeURIComponent('/badges?a="><script>')}`)
  expect(form.body).not.toContain('<script>')
  expect(form.body).toContain('name="suite" value="/badges?a&#61;%22%3E%3Cscript%3E"')
})

test('a form of another site asks for nothing, opens nothing and ends nothing', async ({ service }) => {
  const email = anAddress()
  const link = await aLink(service)
  const me = await signedIn(service)
  const state = () =>
    Promise.all([
      count(service, sql`sign_in_links where used_at is null`),
      count(service, sql`web_sessions where ended_at is null`),
    ])
  const before = await state()
  for (const origin of [
    'https://ailleurs.example',
    'null',
    'http://insigne.test',
    'https://insigne.test.ailleurs.example',
  ]) {
    for (const [path, fields] of [
      ['/connexion', { email }],
      [link, {}],
      ['/deconnexion', { _jeton: me.jeton }],
    ] as const) {
      const refused = await post(service, path, fields, { origin, cookie: me.cookie })
      expect(refused.statusCode, `${origin} ${path}`).toBe(403)
      expect(refused.body).toContain('Ce formulaire ne vient pas de ce site.')
    }
  }
  for (const fields of [{}, { _jeton: '' }, { _jeton: (await signedIn(service)).jeton }]) {
    const refused = await post(service, '/deconnexion', fields, {
      origin: BASE_URL,
      cookie: me.cookie,
    })
    expect(refused.statusCode).toBe(403)
    expect(refused.body).toContain('Ce formulaire a expiré ou ne vient pas de ce site.')
  }
  const [links, sessions] = await state()
  expect([links, sessions]).toEqual([before[0], before[1] + 1])
})

test('who leaves takes the session back: its cookie opens nothing more', async ({ service }) => {
  const entered = await post(service, await aLink(service), {})
  const cookie = cookieOf(entered)
  const page = await get(service, '/connexion', { cookie })
  const left = await post(service, '/deconnexion', { _jeton: jetonOf(page) }, { cookie, origin: BASE_URL })
  expect(left).toMatchObject({ statusCode: 303, headers: { location: '/' } })
  expect(left.cookies[0]).toMatchObject({ name: '__Host-insigne', value: '' })
  expect((await get(service, '/connexion', { cookie })).body).toContain('Recevoir un lien')
  expect(await post(service, '/deconnexion', { _jeton: jetonOf(page) }, { cookie })).toMatchObject({ statusCode: 401 })
  const [line] = await rows<{ author: string; person: string }>(
    service.db,
    sql`select author, person_id as person from journal where action = 'auth.signed_out' order by position desc limit 1`,
  )
  expect(line!.author).toBe(`person:${line!.person}`)
})

test('a session chosen by another is never taken: who signs in gets a new one, and the former ends', async ({
  service,
}) => {
  const other = await signedIn(service)
  const planted = await post(service, await aLink(service), {}, { cookie: '__Host-insigne=choisi-par-un-autre' })
  expect(cookieOf(planted)).not.toContain('choisi')
  expect((await get(service, '/connexion', { cookie: '__Host-insigne=choisi-par-un-autre' })).body).toContain(
    'Recevoir',
  )

  const entered = await post(service, await aLink(service), {}, { cookie: other.cookie })
  expect(cookieOf(entered)).not.toBe(other.cookie)
  expect((await get(service, '/connexion', { cookie: other.cookie })).body).toContain('Recevoir un lien')
  expect((await get(service, '/connexion', { cookie: cookieOf(entered) })).body).toContain('est ouverte')
})

test.for([
  'zoe',
  'zoe@exemple',
  'zoe@exemple.fr,autre@exemple.fr',
  'zoe@exemple.fr;autre@exemple.fr',
  'Zoé <zoe@exemple.fr>',
  '"zoe autre"@exemple.fr',
  'zoe@exemple.fr\r\nBcc: autre@exemple.fr',
  'zoe\nBcc:autre@exemple.fr',
  'zoe@exemple.fr\u0000',
  'zoe@autre@exemple.fr',
  `${'z'.repeat(250)}@exemple.fr`,
  '<script>@exemple.fr',
])('what is not one plain address gets no link, and is told how to mend it: %j', async (email, { service }) => {
  const state = () =>
    Promise.all(['sign_in_links', 'messages', 'journal'].map((one) => count(service, sql.raw(one) as never)))
  const before = await state()
  const { statusCode, body } = await post(service, '/connexion', { email })
  expect(statusCode).toBe(422)
  expect(body).toContain('écrivez-la comme prenom@exemple.fr')
  expect(body).not.toContain('<script>')
  expect(await state()).toEqual(before)
})

test('fields that the form does not have are refused', async ({ service }) => {
  const { statusCode } = await post(service, '/connexion', { email: anAddress(), personId: randomUUID() })
  expect(statusCode).toBe(422)
})

test('known, unknown or asked for too often: the answer, the work and what is written are the same', async ({
  service,
}) => {
  const known = await signedIn(service)
  const often = anAddress()
  for (let time = 0; time < LINKS_AT_ONCE; time++) await aLink(service, often)
  const work = async (email: string) => {
    const tables = ['sign_in_links', 'messages', 'journal', 'people', 'web_sessions']
    const state = () => Promise.all(tables.map((one) => count(service, sql.raw(one) as never)))
    const before = await state()
    const { statusCode, body, headers } = await post(service, '/connexion', { email })
    const after = await state()
    const {
      'content-length': _,
      'x-ratelimit-remaining': __,
      'x-ratelimit-reset': ___,
      date: ____,
      ...others
    } = headers
    return {
      statusCode,
      body: body.replaceAll(email, '…'),
      others,
      written: after.map((n, index) => n - before[index]!),
    }
  }
  const answers = [await work(known.email), await work(anAddress()), await work(often)]
  expect(answers[0]).toMatchObject({ statusCode: 200, written: [1, 1, 1, 0, 0] })
  expect(answers[1]).toEqual(answers[0])
  expect(answers[2]).toEqual(answers[0])
  expect(await linksOf(service, often)).toHaveLength(LINKS_AT_ONCE)
})

test('however many ask at once for one address, five links leave in a quarter of an hour, and more later', async ({
  service,
}) => {
  const { db, vault } = service
  const email = anAddress()
  const ask = (ago: number) =>
    askLink({ db, vault, baseUrl: BASE_URL }, { email, suite: '/' }, new Date(Date.now() - ago * 60_000))
  await Promise.all(Array.from({ length: 12 }, () => ask(20)))
  expect(await linksOf(service, email)).toHaveLength(LINKS_AT_ONCE)
  await ask(4)
  expect(await linksOf(service, email)).toHaveLength(LINKS_AT_ONCE + 1)
})

test('a flood from one address of the network is bounded, and the rest of the service still answers', async ({
  service,
}) => {
  const app = await buildApp({ ...service, config: { ...config, signInLimit: 10 } })
  const from = (remoteAddress: string, options: InjectOptions) => app.inject({ ...options, remoteAddress })
  const ask = (remoteAddress: string) =>
    from(remoteAddress, {
      method: 'POST',
      url: '/connexion',
      headers: FORM,
      payload: `email=${encodeURIComponent(anAddress())}`,
    })
  const before = await count(service, sql`sign_in_links`)
  const codes: number[] = []
  for (let time = 0; time < 100; time++) codes.push((await ask('192.0.2.1')).statusCode)
  expect(codes).toEqual([...Array(10).fill(200), ...Array(90).fill(429)])
  expect((await ask('192.0.2.1')).body).toContain('Trop de demandes en peu de temps.')
  expect(await count(service, sql`sign_in_links`)).toBe(before + 10)
  expect((await ask('192.0.2.2')).statusCode).toBe(200)
  expect((await from('192.0.2.1', { url: '/badges' })).statusCode).toBe(200)

  const guesses: number[] = []
  for (let time = 0; time < 50; time++) {
    const guess = { method: 'POST', url: `/connexion/${randomUUID()}`, headers: FORM } as const
    guesses.push((await from('192.0.2.3', guess)).statusCode)
  }
  expect(guesses).toEqual([...Array(10).fill(410), ...Array(40).fill(429)])
  await app.close()
})
