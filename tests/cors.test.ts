import { describe, expect } from 'vitest'
import { OPEN_TO_SCRIPTS } from '../src/web/cors.ts'
import { actor, signedIn } from './support/actors.ts'
import { test } from './support/app.ts'
import { aPlace, type Place } from './support/matrix.ts'
import { ROUTES } from './support/routes.ts'

const ORIGIN = 'https://portefeuille.exemple.fr'
const EXPOSED = 'Link, X-Total-Count, Retry-After, WWW-Authenticate'

let known: Promise<Place> | null = null
const thePlace = (service: Parameters<typeof aPlace>[0]) => (known ??= aPlace(service))

const isOpen = (name: string): boolean => {
  const [method, url] = name.split(' ') as [string, string]
  return OPEN_TO_SCRIPTS[url]?.split(', ').includes(method) ?? false
}
const rows = Object.entries(OPEN_TO_SCRIPTS).flatMap(([url, methods]) =>
  methods.split(', ').map((method) => `${method} ${url}`),
)

test('what scripts may call is public: nobody is known there by a cookie', () => {
  expect(rows.filter((name) => ROUTES[name]?.rule !== 'public')).toEqual([])
})

describe('a script of another site', () => {
  test.for(rows)('may ask for and read %s', async (name, { service }) => {
    const place = await thePlace(service)
    const [method, path] = [name.split(' ')[0]!, place.urlOf(name)]
    const preflight = await service.app.inject({
      method: 'OPTIONS',
      url: `${path}?a=b`,
      headers: {
        origin: ORIGIN,
        'access-control-request-method': method,
        'access-control-request-headers': 'authorization, content-type',
      },
    })
    expect(preflight.statusCode).toBe(204)
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'Authorization, Content-Type',
      'access-control-max-age': '3600',
    })
    expect(String(preflight.headers['access-control-allow-methods']).split(', ')).toContain(method)

    const { cookie } = await signedIn(service)
    for (const headers of [{ accept: 'application/json' }, { accept: 'application/json', cookie }, { accept: '*/*' }]) {
      const { status, response } = await place.call(actor(service), name, { origin: ORIGIN, ...headers })
      expect(ROUTES[name]!.answers ?? [200]).toContain(status)
      // Where a page is at the address of a document, who names no type is shown the page.
      if (headers.accept === '*/*' && status === 200 && String(response.headers['content-type']).includes('html'))
        continue
      expect(response.headers).toMatchObject({
        'access-control-allow-origin': '*',
        'access-control-expose-headers': EXPOSED,
      })
      expect(response.headers).not.toHaveProperty('access-control-allow-credentials')
      expect(response.headers).not.toHaveProperty('set-cookie')
      expect(String(response.headers['content-type'])).toContain('json')
    }
  })

  test('may not ask anything else of any route', async ({ service }) => {
    const place = await thePlace(service)
    const closed = Object.keys(ROUTES).filter((name) => !isOpen(name))
    expect(closed.length).toBeGreaterThan(200)
    for (const name of closed) {
      const [method] = name.split(' ') as [string]
      const { statusCode, headers } = await service.app.inject({
        method: 'OPTIONS',
        url: place.urlOf(name),
        headers: { origin: ORIGIN, 'access-control-request-method': method },
      })
      const isAllowed = statusCode === 204 && String(headers['access-control-allow-methods']).includes(method)
      expect([name, isAllowed]).toEqual([name, false])
    }
  })

  test.for([
    '/',
    '/connexion',
    '/verifier',
    '/organisations',
    '/credentials/{credential}',
    '/credentials/inconnu',
    '/achievements/aidants-connect',
    '/achievements/aidants-connect/1',
    '/autorisation/inconnue',
    '/oauth2/auth',
    '/oauth2/auth/inconnue',
    '/mon-espace',
  ])('may not read the page %s', async (path, { service }) => {
    const place = await thePlace(service)
    const url = path.replace('{credential}', place.urlOf('GET /credentials/:id/refresh').split('/')[2]!)
    const holder = await signedIn(service)
    for (const headers of [{}, { cookie: holder.cookie }]) {
      const { response } = await actor(service).get(url, { origin: ORIGIN, accept: 'text/html', ...headers })
      expect(response.headers).not.toHaveProperty('access-control-allow-origin')
    }
  })

  test.for<[string, string, number]>([
    ['a document that is not there', '/credentials/00000000-0000-4000-8000-000000000000.json', 404],
    ['a missing token', '/ims/ob/v3p0/credentials', 401],
    ['a list that is not there', '/status-lists/00000000-0000-4000-8000-000000000000', 404],
    ['keys of nobody', '/organisations/inconnu/jwks.json', 404],
  ])('reads why it is refused: %s', async ([, path, status], { service }) => {
    for (const accept of ['application/json', '*/*']) {
      const { status: told, response } = await actor(service).get(path, { origin: ORIGIN, accept })
      expect([accept, told]).toEqual([accept, status])
      expect(response.headers['access-control-allow-origin']).toBe('*')
      expect(String(response.headers['content-type'])).toContain('json')
    }
  })

  test('reads when to come back, having asked too much', async ({ service }) => {
    const ask = () =>
      service.app.inject({
        method: 'POST',
        url: '/oauth2/reg',
        remoteAddress: '10.200.0.1',
        headers: { origin: ORIGIN, accept: '*/*', 'content-type': 'application/json' },
        payload: '{}',
      })
    let answer = await ask()
    for (let asked = 1; asked < 30 && answer.statusCode !== 429; asked++) answer = await ask()
    expect([answer.statusCode, answer.json().code]).toEqual([429, 'too_many'])
    expect(answer.headers['access-control-allow-origin']).toBe('*')
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
  })

  test('asks no more than the methods of a route', async ({ service }) => {
    const { statusCode, headers } = await service.app.inject({
      method: 'OPTIONS',
      url: '/ims/ob/v3p0/profile',
      headers: { origin: ORIGIN, 'access-control-request-method': 'DELETE' },
    })
    expect([statusCode, headers['access-control-allow-methods']]).toEqual([204, 'GET, PUT'])
  })
})
