import * as oauth from 'openid-client'
import { describe, expect } from 'vitest'
import { actor, type SignedIn, signedIn } from './support/actors.ts'
import { test, type TestService } from './support/app.ts'
import {
  ALL_SCOPES,
  anApplication,
  authorizationUrl,
  browserOf,
  consented,
  granted,
  REDIRECT,
  refusal,
  register,
  SCOPE,
} from './support/badge-client.ts'
import { aBadge } from './support/factories.ts'

const HTML = { accept: 'text/html' }
const READ = `${SCOPE}/credential.readonly`
const OWN = 'com.exemple.portefeuille:/retour'
const native = (...uris: string[]) => ({
  client_name: 'Portefeuille de poche',
  application_type: 'native',
  redirect_uris: uris,
  token_endpoint_auth_method: 'none',
})

/** The page where the holder answers the request of an application, as her or his browser shows it. */
async function consentPage(service: TestService, holder: SignedIn, redirect: string, scope = ALL_SCOPES) {
  const client = await anApplication(service, { ...native(redirect), client_name: undefined })
  const browser = browserOf(service, holder)
  const { url } = await authorizationUrl(client, { redirect, scope })
  const at = String((await browser.go(url.href)).headers['location'])
  return { browser, at, page: await browser.go(at) }
}

describe('a native application', () => {
  test.for([
    OWN,
    'com.exemple.portefeuille://retour',
    'fr.exemple.mon-badge+2:/oauth/retour?depuis=insigne',
    'http://127.0.0.1/retour',
    'http://127.0.0.1:51234/retour',
    'http://[::1]/retour',
    'http://localhost:8080/retour',
    REDIRECT,
  ])('may come back to %s, without a secret', async (uri, { service }) => {
    const { status, body } = await register(service, native(uri))
    expect([status, body['redirect_uris'], body['token_endpoint_auth_method']]).toEqual([201, [uri], 'none'])
    expect(body).not.toHaveProperty('client_secret')
  })

  test.for<[string, string]>([
    ['a scheme that no domain name makes its own', 'portefeuille:/retour'],
    ['the scheme of offers', 'openid-credential-offer://retour'],
    ['a script', 'javascript:alert(1)'],
    ['a script with a dot', 'javascript:a.b/retour'],
    ['another script', 'vbscript:/msgbox'],
    ['data', 'data:text/html,bonjour'],
    ['a file', 'file:///etc/passwd'],
    ['a blob', 'blob:https://client.exemple.fr/1'],
    ['an intent', 'intent://retour#Intent;scheme=https;end'],
    ['a site in http', 'http://client.exemple.fr/retour'],
    ['a name that begins as this machine does', 'http://127.0.0.1.exemple.fr/retour'],
    ['this machine in https', 'https://localhost/retour'],
    ['a fragment', `${OWN}#la`],
    ['an empty fragment', `${OWN}#`],
    ['a wildcard', 'com.exemple.*:/retour'],
    ['credentials', 'com.exemple.portefeuille://moi:secret@retour'],
    ['a scheme without a path', 'com.exemple.portefeuille:retour'],
    ['a scheme that ends by a dot', 'com.:/retour'],
    ['a space before', ` ${OWN}`],
    ['no address at all', 'retour'],
  ])('may not come back to %s', async ([, uri], { service }) => {
    const { status, body } = await register(service, native(uri))
    expect([status, body['error']]).toEqual([400, expect.stringMatching(/^invalid_(client_metadata|redirect_uri)$/)])
  })

  test.for(['web', undefined])('declared as %s may not use a scheme of its own', async (kind, { service }) => {
    const { status, body } = await register(service, { ...native(OWN), application_type: kind })
    expect([status, body['error']]).toEqual([400, expect.stringMatching(/^invalid_(client_metadata|redirect_uri)$/)])
  })

  test('reads badges by a scheme of its own, with its verifier alone', async ({ service }) => {
    const holder = await signedIn(service)
    const { id } = await aBadge(service, { email: holder.email })
    const client = await anApplication(service, native(OWN))
    const { tokens, back } = await granted(service, holder, client, { scope: READ, redirect: OWN })
    expect([back.protocol, back.pathname]).toEqual(['com.exemple.portefeuille:', '/retour'])
    const headers = { authorization: `Bearer ${tokens.access_token}` }
    const { body } = await actor(service).get('/ims/ob/v3p0/credentials', headers)
    expect(body['credential']).toEqual([expect.objectContaining({ id: expect.stringContaining(id) })])

    const { response } = await holder.get('/mon-espace/applications', HTML)
    expect(response.body).toContain('<strong>com.exemple.portefeuille:</strong>')

    const { url } = await authorizationUrl(client, { scope: READ, redirect: OWN })
    const stolen = await consented(service, holder, url)
    const state = { expectedState: 'etat-d-exemple' }
    expect(await refusal(oauth.authorizationCodeGrant(client, stolen, state))).toBe('invalid_grant')
  })

  test('comes back to an address with words of its own, whatever it leaves as it is in what it asks', async ({
    service,
  }) => {
    const redirect = `${OWN}?depuis=insigne`
    const client = await anApplication(service, native(redirect))
    const { url, verifier } = await authorizationUrl(client, { scope: READ, redirect, more: { prompt: 'login' } })
    const plain = new URL(url.href.replaceAll('%3F', '?'))
    expect(plain.search).toContain('retour?depuis')
    const back = await consented(service, await signedIn(service), plain)
    expect(back.searchParams.get('depuis')).toBe('insigne')
    // By hand: the library would ask with an address of return without its words.
    const form = new URLSearchParams({
      grant_type: 'authorization_code',
      code: back.searchParams.get('code')!,
      redirect_uri: redirect,
      code_verifier: verifier,
      client_id: client.clientMetadata().client_id,
    })
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const asked = { method: 'POST', url: '/oauth2/token', headers, payload: form.toString() } as const
    expect((await service.app.inject(asked)).json()).toMatchObject({ scope: `${READ} offline_access` })
  })

  test('is not let in for what only the objects of a program know', async ({ service }) => {
    const holder = await signedIn(service)
    const { page } = await consentPage(service, holder, OWN, `${READ} constructor toString`)
    expect(page.body).toContain('com.exemple.portefeuille:')
    expect(page.body).not.toContain('native code')
  })

  test('reads badges by any port of its own machine', async ({ service }) => {
    const client = await anApplication(service, native('http://127.0.0.1/retour'))
    const redirect = 'http://127.0.0.1:51234/retour'
    const { tokens, back } = await granted(service, await signedIn(service), client, { scope: READ, redirect })
    expect(back.origin + back.pathname).toBe(redirect)
    expect(tokens.scope).toBe(`${READ} offline_access`)
  })

  test.for<[string, Parameters<typeof authorizationUrl>[1]]>([
    ['without PKCE', { omit: ['code_challenge', 'code_challenge_method'] }],
    ['with PKCE in plain', { more: { code_challenge_method: 'plain' } }],
  ])('%s is sent back without a code', async ([, asking], { service }) => {
    const { url } = await authorizationUrl(await anApplication(service, native(OWN)), { ...asking, redirect: OWN })
    const { response } = await actor(service).get(url.pathname + url.search, HTML)
    const back = new URL(String(response.headers['location']))
    expect([back.protocol + back.pathname, back.searchParams.get('error')]).toEqual([OWN, 'invalid_request'])
    expect(back.searchParams.has('code')).toBe(false)
  })

  test.for([
    'com.exemple.portefeuille:/autre',
    'com.exemple.portefeuille://retour',
    'com.exemple.pirate:/retour',
    'https://com.exemple.portefeuille/retour',
  ])('is not sent to %s, which it did not declare', async (redirect, { service }) => {
    const { url } = await authorizationUrl(await anApplication(service, native(OWN)), { redirect })
    const { status, response } = await actor(service).get(url.pathname + url.search, HTML)
    expect([status, response.headers['location']]).toEqual([400, undefined])
    expect(response.body).toContain('n’est pas celle qu’elle a déclarée')
  })
})

describe('the page where its holder answers', () => {
  test('shows the scheme, never what follows it: that may look like a site', async ({ service }) => {
    const { page } = await consentPage(
      service,
      await signedIn(service),
      'com.exemple.pirate://banque.exemple.fr/retour',
    )
    expect(page.statusCode).toBe(200)
    expect(page.body).toContain('<strong>com.exemple.pirate:</strong>')
    expect(page.body).toContain('Une application de cet appareil, celle qui répond à')
    expect(page.body).not.toContain('banque.exemple.fr')
  })

  test('shows the host of a site, without a word of the device', async ({ service }) => {
    const { page } = await consentPage(service, await signedIn(service), REDIRECT)
    expect(page.body).toContain('<strong>client.exemple.fr</strong>')
    expect(page.body).not.toContain('cet appareil')
  })

  test.for(['accepter', 'refuser'])(
    'leads back by a link after « %s », that its rule of forms does not hold',
    async (choix, { service }) => {
      const { browser, at, page } = await consentPage(service, await signedIn(service), OWN)
      // Forms go to this site alone; the way out is no form.
      expect(page.headers['content-security-policy']).toContain("form-action 'self';")
      const { body } = await browser.go(at, { choix })
      expect(body).not.toContain('http-equiv="refresh"')
      const [, next = ''] = /<a href="(\/oauth2\/auth\/[^"]+)" role="button">/.exec(body) ?? []
      const onward = await browser.go(next)
      const back = new URL(String(onward.headers['location']))
      expect([onward.statusCode, back.protocol + back.pathname]).toEqual([303, OWN])
      expect([back.searchParams.has('code'), back.searchParams.get('error')]).toEqual(
        choix === 'accepter' ? [true, null] : [false, 'access_denied'],
      )
    },
  )
})
