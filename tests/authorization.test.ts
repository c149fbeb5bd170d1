import { sql } from 'drizzle-orm'
import * as oauth from 'openid-client'
import { describe, expect } from 'vitest'
import { rows } from '../src/db.ts'
import { applyRetention } from '../src/privacy/retention.ts'
import { actor, signedIn } from './support/actors.ts'
import { BASE_URL, config, test } from './support/app.ts'
import {
  anApplication,
  authorizationUrl,
  browserOf,
  consented,
  granted,
  REDIRECT,
  refusal,
  SCOPE,
} from './support/badge-client.ts'

const READ = `${SCOPE}/credential.readonly`
const HOST = '/ims/ob/v3p0'
const HTML = { accept: 'text/html' }
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

test('says what it does, and nothing that it does not', async ({ service }) => {
  const { body } = await actor(service).get('/.well-known/oauth-authorization-server')
  expect(body).toMatchObject({
    issuer: BASE_URL,
    authorization_endpoint: `${BASE_URL}/oauth2/auth`,
    token_endpoint: `${BASE_URL}/oauth2/token`,
    code_challenge_methods_supported: ['S256'],
    response_types_supported: ['code'],
    authorization_response_iss_parameter_supported: true,
  })
  expect(body).not.toHaveProperty('userinfo_endpoint')
  expect(body).not.toHaveProperty('introspection_endpoint')
  for (const path of ['/oauth2/me', '/oauth2/session/end', '/oauth2/jwks', '/oauth2/token/introspection']) {
    expect((await actor(service).get(path)).status).toBe(404)
  }
})

describe('an application', () => {
  test('registers, is let in by the holder, renews its tokens and gives them back', async ({ service }) => {
    const holder = await signedIn(service)
    const client = await anApplication(service)
    const { tokens, back } = await granted(service, holder, client, { scope: READ })
    expect(back.searchParams.get('iss')).toBe(BASE_URL)
    expect(tokens).toMatchObject({ token_type: 'bearer', scope: `${READ} offline_access`, expires_in: 900 })
    expect(tokens.id_token).toBeUndefined()

    const fresh = await oauth.refreshTokenGrant(client, tokens.refresh_token!)
    expect(fresh.access_token).not.toBe(tokens.access_token)
    expect((await actor(service).get(`${HOST}/credentials`, bearer(fresh.access_token))).status).toBe(200)

    await oauth.tokenRevocation(client, fresh.refresh_token!)
    expect((await actor(service).get(`${HOST}/credentials`, bearer(fresh.access_token))).status).toBe(401)
    expect(await refusal(oauth.refreshTokenGrant(client, fresh.refresh_token!))).toBe('invalid_grant')
  })

  test('cannot give back the token of another', async ({ service }) => {
    const [client, other] = [await anApplication(service), await anApplication(service)]
    const { tokens } = await granted(service, await signedIn(service), client, { scope: READ })
    await oauth.tokenRevocation(other, tokens.refresh_token!)
    await oauth.tokenRevocation(other, tokens.access_token)
    expect((await actor(service).get(`${HOST}/credentials`, bearer(tokens.access_token))).status).toBe(200)
    expect((await oauth.refreshTokenGrant(client, tokens.refresh_token!)).token_type).toBe('bearer')
  })

  test('sees its name told as its own word, and the host where it leads', async ({ service }) => {
    const holder = await signedIn(service)
    const client = await anApplication(service, { client_name: '<b>Banque</b> de confiance' })
    const browser = browserOf(service, holder)
    const { url } = await authorizationUrl(client, { scope: READ })
    const page = await browser.go(String((await browser.go(url.href)).headers['location']))
    expect(page.statusCode).toBe(200)
    expect(page.body).toContain('Banque')
    expect(page.body).not.toContain('<b>Banque')
    expect(page.body).toContain('<strong>client.exemple.fr</strong>')
    expect(page.body).toContain('lire vos badges')
    expect(page.body).not.toContain('ajouter des badges')
    expect(page.headers['cache-control']).toBe('no-store')
  })

  test('that the holder refuses gets no code', async ({ service }) => {
    const holder = await signedIn(service)
    const client = await anApplication(service)
    const { url } = await authorizationUrl(client)
    const back = await consented(service, holder, url, 'refuser')
    expect(back.searchParams.get('error')).toBe('access_denied')
    expect(back.searchParams.has('code')).toBe(false)
  })

  test('sends who is not signed in to the sign-in page, then back', async ({ service }) => {
    const client = await anApplication(service)
    const { url } = await authorizationUrl(client)
    const asked = await actor(service).get(url.pathname + url.search, HTML)
    const page = String(asked.response.headers['location'])
    const { response } = await actor(service).get(page, HTML)
    expect(response.headers['location']).toBe(`/connexion?suite=${encodeURIComponent(page)}`)
  })

  test('cannot have another browser answer for the one that asked', async ({ service }) => {
    const client = await anApplication(service)
    const { url } = await authorizationUrl(client)
    const asked = await browserOf(service, await signedIn(service)).go(url.href)
    const other = await browserOf(service, await signedIn(service)).go(String(asked.headers['location']))
    expect(other.statusCode).toBe(410)
    expect(other.body).toContain('n’est plus ouverte dans ce navigateur')
  })

  test('is seen and removed by the holder, and its tokens end', async ({ service }) => {
    const holder = await signedIn(service)
    const client = await anApplication(service, { client_name: 'Portefeuille à retirer' })
    const { tokens } = await granted(service, holder, client, { scope: READ })
    const { response } = await holder.get('/mon-espace/applications', HTML)
    expect(response.body).toContain('Portefeuille à retirer')
    const id = /applications\/([\w-]{43})\/retrait/.exec(response.body)![1]!

    const stranger = await signedIn(service)
    expect((await stranger.form(`/mon-espace/applications/${id}/retrait`)).status).toBe(404)
    expect((await actor(service).get(`${HOST}/credentials`, bearer(tokens.access_token))).status).toBe(200)
    expect((await holder.form(`/mon-espace/applications/${id}/retrait`)).status).toBe(303)
    expect((await actor(service).get(`${HOST}/credentials`, bearer(tokens.access_token))).status).toBe(401)
    expect(await refusal(oauth.refreshTokenGrant(client, tokens.refresh_token!))).toBe('invalid_grant')
    const told = await rows<{ action: string }>(
      service.db,
      sql`select action from journal where person_id = ${holder.personId} and action like 'application.%' order by position`,
    )
    expect(told.map((one) => one.action)).toEqual(['application.allowed', 'application.ended'])
  })
})

describe('a code', () => {
  test('serves once: a second use is refused and ends what the first gave', async ({ service }) => {
    const client = await anApplication(service)
    const { tokens, back, checks } = await granted(service, await signedIn(service), client, { scope: READ })
    expect(await refusal(oauth.authorizationCodeGrant(client, back, checks))).toBe('invalid_grant')
    expect((await actor(service).get(`${HOST}/credentials`, bearer(tokens.access_token))).status).toBe(401)
  })

  test('used twice at the same moment gives tokens once, which then open nothing', async ({ service }) => {
    const client = await anApplication(service)
    const { url, verifier } = await authorizationUrl(client, { scope: READ })
    const back = await consented(service, await signedIn(service), url)
    const checks = { pkceCodeVerifier: verifier, expectedState: 'etat-d-exemple' }
    const both = await Promise.allSettled([1, 2, 3].map(() => oauth.authorizationCodeGrant(client, back, checks)))
    const won = both.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    expect(won.length).toBeLessThanOrEqual(1)
    const kept = await rows(
      service.db,
      sql`select 1 from oauth_states where model = 'AuthorizationCode' and consumed_at is null`,
    )
    expect(kept).toEqual([])
    for (const { access_token: token } of won) {
      expect((await actor(service).get(`${HOST}/credentials`, bearer(token))).status).toBe(401)
    }
  })

  test('needs its own verifier, address and client, and a minute', async ({ service }) => {
    const holder = await signedIn(service)
    const [client, other] = [await anApplication(service), await anApplication(service)]
    const redeem = async (asked: (given: { back: URL; verifier: string }) => Promise<unknown>) => {
      const { url, verifier } = await authorizationUrl(client, { scope: READ })
      return refusal(asked({ back: await consented(service, holder, url), verifier }))
    }
    const state = { expectedState: 'etat-d-exemple' }
    const wrong = oauth.randomPKCECodeVerifier()
    expect(
      await redeem(({ back }) => oauth.authorizationCodeGrant(client, back, { ...state, pkceCodeVerifier: wrong })),
    ).toBe('invalid_grant')
    expect(await redeem(({ back }) => oauth.authorizationCodeGrant(client, back, state))).toBe('invalid_grant')
    expect(
      await redeem(({ back, verifier }) =>
        oauth.authorizationCodeGrant(other, back, { ...state, pkceCodeVerifier: verifier }),
      ),
    ).toBe('invalid_grant')
    expect(
      await redeem(({ back, verifier }) =>
        oauth.authorizationCodeGrant(client, new URL(`https://client.exemple.fr/ailleurs${back.search}`), {
          ...state,
          pkceCodeVerifier: verifier,
        }),
      ),
    ).toBe('invalid_grant')
    expect(
      await redeem(async ({ back, verifier }) => {
        await service.db.execute(sql`update oauth_states set expires_at = now() where model = 'AuthorizationCode'`)
        return oauth.authorizationCodeGrant(client, back, { ...state, pkceCodeVerifier: verifier })
      }),
    ).toBe('invalid_grant')
  })
})

test('a renewal gives no more than was granted, and a refresh token serves once', async ({ service }) => {
  const client = await anApplication(service)
  const { tokens } = await granted(service, await signedIn(service), client, { scope: READ })
  const more = { scope: `${READ} ${SCOPE}/credential.upsert` }
  expect(await refusal(oauth.refreshTokenGrant(client, tokens.refresh_token!, more))).toBe('invalid_scope')
  const fresh = await oauth.refreshTokenGrant(client, tokens.refresh_token!)
  expect(await refusal(oauth.refreshTokenGrant(client, tokens.refresh_token!))).toBe('invalid_grant')
  expect(await refusal(oauth.refreshTokenGrant(client, fresh.refresh_token!))).toBe('invalid_grant')
})

describe('a request of access', () => {
  test.for<[string, Parameters<typeof authorizationUrl>[1], string]>([
    ['without PKCE', { omit: ['code_challenge', 'code_challenge_method'] }, 'invalid_request'],
    ['with PKCE in plain', { more: { code_challenge_method: 'plain' } }, 'invalid_request'],
    ['for an implicit token', { more: { response_type: 'token' } }, 'unsupported_response_type'],
    ['without asking', { more: { prompt: 'none' } }, 'login_required'],
  ])('%s is refused to the application', async ([, asking, error], { service }) => {
    const { url } = await authorizationUrl(await anApplication(service), asking)
    const { response } = await actor(service).get(url.pathname + url.search, HTML)
    const back = new URL(String(response.headers['location']))
    expect(back.origin + back.pathname).toBe(REDIRECT)
    expect(back.searchParams.get('error') ?? new URLSearchParams(back.hash.slice(1)).get('error')).toBe(error)
  })

  test.for<[string, Parameters<typeof authorizationUrl>[1]]>([
    ['to another address', { redirect: 'https://client.exemple.fr/autre' }],
    ['to a longer address', { redirect: `${REDIRECT}/plus` }],
    ['to another host', { redirect: 'https://pirate.exemple.fr/retour' }],
    ['of an unknown client', { more: { client_id: 'inconnu' } }],
    ['that would be answered by a form', { more: { response_mode: 'form_post' } }],
  ])('%s is refused on a page of ours', async ([, asking], { service }) => {
    const { url } = await authorizationUrl(await anApplication(service), asking)
    const { status, response } = await actor(service).get(url.pathname + url.search, HTML)
    expect(status).toBe(400)
    expect(response.headers['location']).toBeUndefined()
    expect(response.body).toContain('<main')
    expect(response.body).toMatch(/Que faire/)
  })
})

describe('a registration', () => {
  const good = { client_name: 'Essai', redirect_uris: [REDIRECT] }
  test.for<[string, object]>([
    ['an address in http', { redirect_uris: ['http://client.exemple.fr/retour'] }],
    ['a wildcard', { redirect_uris: ['https://*.exemple.fr/retour'] }],
    ['credentials in the address', { redirect_uris: ['https://moi:secret@client.exemple.fr/'] }],
    ['a fragment', { redirect_uris: ['https://client.exemple.fr/#la'] }],
    ['a script', { redirect_uris: ['javascript:alert(1)'], application_type: 'native' }],
    ['no address', { redirect_uris: [] }],
    ['too many addresses', { redirect_uris: Array.from({ length: 11 }, (_, i) => `https://client.exemple.fr/${i}`) }],
    ['a name without end', { client_name: 'a'.repeat(201) }],
    ['a document to fetch', { sector_identifier_uri: 'https://client.exemple.fr/uris.json' }],
    ['keys to fetch', { jwks_uri: 'https://client.exemple.fr/jwks.json' }],
    ['an unknown scope', { scope: 'tout' }],
    ['the implicit flow', { response_types: ['token'], grant_types: ['implicit'] }],
  ])('with %s is refused', async ([, given], { service }) => {
    const { status, body } = await actor(service).post('/oauth2/reg', { ...good, ...given })
    expect(status).toBe(400)
    expect(body['error']).toMatch(/^invalid_(client_metadata|redirect_uri)$/)
  })

  test('of a native application may lead to its own machine', async ({ service }) => {
    const asked = {
      ...good,
      application_type: 'native',
      redirect_uris: ['http://127.0.0.1/retour'],
      token_endpoint_auth_method: 'none',
    }
    const { status, body } = await actor(service).post('/oauth2/reg', asked)
    expect(status).toBe(201)
    expect(body).not.toHaveProperty('client_secret')
    expect(body).not.toHaveProperty('registration_access_token')
  })

  test('that weighs too much is not read', async ({ service }) => {
    const { status } = await actor(service).post('/oauth2/reg', {
      ...good,
      tos_uri: `https://a.fr/${'a'.repeat(40_000)}`,
    })
    expect(status).toBe(413)
  })

  test('that nobody used is forgotten; one that was let in stays', async ({ service }) => {
    const [unused, used] = [await anApplication(service), await anApplication(service)]
    const { tokens } = await granted(service, await signedIn(service), used, { scope: READ })
    const later = new Date(Date.now() + 40 * 24 * 3600_000)
    await applyRetention(service.db, service.vault, config.retention, later)
    const kept = async (client: oauth.Configuration) => refusal(oauth.refreshTokenGrant(client, tokens.refresh_token!))
    expect(await kept(unused)).toBe('invalid_client')
    expect(await kept(used)).toBe('accepted')
  })
})

test('a client proves itself by its secret', async ({ service }) => {
  const client = await anApplication(service)
  const { tokens } = await granted(service, await signedIn(service), client, { scope: READ })
  const { client_id: id } = client.clientMetadata()
  const form = (headers: Record<string, string>) =>
    actor(service).post(
      '/oauth2/token',
      new URLSearchParams({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token! }).toString(),
      { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    )
  const wrong = Buffer.from(`${id}:faux`).toString('base64')
  expect(await form({ authorization: `Basic ${wrong}` })).toMatchObject({
    status: 401,
    body: { error: 'invalid_client' },
  })
  expect((await form({})).status).toBe(400)
})
