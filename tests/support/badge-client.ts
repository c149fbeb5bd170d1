import * as oauth from 'openid-client'
import type { LightMyRequestResponse as Response } from 'fastify'
import type { Json, SignedIn } from './actors.ts'
import { BASE_URL, type TestService } from './app.ts'

export const SCOPE = 'https://purl.imsglobal.org/spec/ob/v3p0/scope'
export const ALL_SCOPES = ['credential.readonly', 'credential.upsert', 'profile.readonly', 'profile.update']
  .map((one) => `${SCOPE}/${one}`)
  .join(' ')
export const REDIRECT = 'https://client.exemple.fr/retour'

/** Another address each time, or the limits of one would end the tests. */
const elsewhere = (): string => `10.${[0, 0, 0].map(() => Math.floor(Math.random() * 256)).join('.')}`

/** Requests of a client library, brought to the service under test. */
const fetchInto =
  ({ app }: TestService): oauth.CustomFetch =>
  async (url, { method, headers, body }) => {
    const { pathname, search } = new URL(url)
    const payload = typeof body === 'string' || body instanceof URLSearchParams ? body.toString() : undefined
    const sent = {
      method: method as 'POST',
      url: pathname + search,
      remoteAddress: elsewhere(),
      headers,
      ...(payload !== undefined && { payload }),
    }
    const response: Response = await app.inject(sent)
    return new globalThis.Response(response.body || null, {
      status: response.statusCode,
      headers: Object.entries(response.headers).map(([name, value]): [string, string] => [name, String(value)]),
    })
  }

/** Asks for a registration as it is given. */
export async function register({ app }: TestService, payload: object) {
  const asked = { method: 'POST', url: '/oauth2/reg', remoteAddress: elsewhere(), payload } as const
  const response = await app.inject(asked)
  return { status: response.statusCode, body: response.json() as Json }
}

/** An application that found the service by its metadata and registered, with a strict client library of its own. */
export async function anApplication(service: TestService, metadata: Record<string, unknown> = {}) {
  const asked = { client_name: 'Portefeuille d’exemple', redirect_uris: [REDIRECT], ...metadata }
  const isPublic = metadata['token_endpoint_auth_method'] === 'none'
  return oauth.dynamicClientRegistration(
    new URL(BASE_URL),
    asked,
    isPublic ? oauth.None() : oauth.ClientSecretBasic(),
    {
      algorithm: 'oauth2',
      [oauth.customFetch]: fetchInto(service),
    },
  )
}

/** A browser of the holder: her or his session, and the cookies of the authorization server. */
export function browserOf({ app }: TestService, { cookie, jeton }: SignedIn) {
  const jar = new Map([cookie.split('=') as [string, string]])
  const go = async (url: string, form?: Record<string, string>): Promise<Response> => {
    const { pathname, search } = new URL(url, BASE_URL)
    const response = await app.inject({
      method: form ? 'POST' : 'GET',
      url: pathname + search,
      remoteAddress: elsewhere(),
      headers: {
        accept: 'text/html',
        cookie: Array.from(jar, (pair) => pair.join('=')).join('; '),
        ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      ...(form && { payload: new URLSearchParams({ ...form, _jeton: jeton }).toString() }),
    })
    for (const { name, value } of response.cookies) {
      if (value === '') jar.delete(name)
      else jar.set(name, value)
    }
    return response
  }
  return { go, jar }
}

export type Asking = { scope?: string; redirect?: string; more?: Record<string, string>; omit?: string[] }

/** The address to which an application sends the browser, with its verifier. */
export async function authorizationUrl(
  client: oauth.Configuration,
  { scope = ALL_SCOPES, redirect = REDIRECT, more = {}, omit = [] }: Asking = {},
) {
  const verifier = oauth.randomPKCECodeVerifier()
  const url = oauth.buildAuthorizationUrl(client, {
    redirect_uri: redirect,
    scope: `${scope} offline_access`,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state: 'etat-d-exemple',
    ...more,
  })
  for (const name of omit) url.searchParams.delete(name)
  return { url, verifier }
}

/** The way back to the application after the holder's choice: its whole address. */
export async function consented(service: TestService, holder: SignedIn, url: URL, choix = 'accepter'): Promise<URL> {
  const browser = browserOf(service, holder)
  const asked = await browser.go(url.href)
  const page = String(asked.headers['location'])
  if (asked.statusCode !== 303) throw new Error(`No way on: ${asked.statusCode} ${asked.body}`)
  if (!page.startsWith('/autorisation/')) return new URL(page, BASE_URL)
  const answered = await browser.go(page, { choix })
  const [, next = ''] = /(?:url=|href=")(\/oauth2\/auth\/[^"]+)"/.exec(answered.body) ?? []
  const back = await browser.go(next)
  return new URL(String(back.headers['location']))
}

/** Tokens that a holder gave to an application. */
export async function granted(
  service: TestService,
  holder: SignedIn,
  client: oauth.Configuration,
  asking: Asking = {},
) {
  const { url, verifier } = await authorizationUrl(client, asking)
  const back = await consented(service, holder, url)
  const checks = { pkceCodeVerifier: verifier, expectedState: 'etat-d-exemple' }
  return { tokens: await oauth.authorizationCodeGrant(client, back, checks), back, checks }
}

/** What a refused request of tokens says. */
export const refusal = async (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => 'accepted',
    (error: unknown) => {
      if (error instanceof oauth.ResponseBodyError) return error.error
      // The answer to a client that did not prove itself: RFC 6749 §5.2 has it challenged.
      return error instanceof oauth.WWWAuthenticateChallengeError ? 'invalid_client' : `other: ${String(error)}`
    },
  )
