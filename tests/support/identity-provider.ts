import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type JWK, Provider } from 'oidc-provider'
import { vi } from 'vitest'
import type { Json } from './actors.ts'

export const CLIENT = { clientId: 'insigne-exemple', clientSecret: 'secret-exemple-de-quarante-caracteres-ou-plus' }

/** The pivot identity that ProConnect gives. */
export const anAgent = (given: Json = {}): Json => ({
  sub: `agent-${Math.random().toString(36).slice(2)}`,
  uid: 'uid-exemple',
  siret: '13002526500013',
  email: `agent-${Math.random().toString(36).slice(2)}@exemple.invalid`,
  given_name: 'Zoé',
  usual_name: 'Exemple',
  ...given,
})

export type IdentityProvider = {
  issuer: string
  /** Who signs in next. */
  agent: Json
  /** What answers in the place of the provider's own userinfo, when set: a content type and a body. */
  userinfo: ((own: Json) => [type: string, body: string]) | null
  /** What changes in the discovery document. */
  discovery: Json
  /** When true the provider answers 503 to everything. */
  isDown: boolean
  /** Paths it was asked, in order. */
  asked: string[]
  /** A JWT signed by the provider's key, or by another. */
  sign(claims: Json, by?: 'provider' | 'stranger'): string
  /** A browser that signs in there: answers where it is sent back. */
  browse(url: string, cookies?: Map<string, string>): Promise<URL>
  close(): Promise<void>
}

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 })
const KID = 'cle-exemple'

// It warns of what a provider in production must not do.
for (const method of ['info', 'warn'] as const) {
  const say = console[method]
  vi.spyOn(console, method).mockImplementation((...words) => {
    if (!String(words[0]).startsWith('oidc-provider')) say(...words)
  })
}

/** A real OpenID Connect provider on this machine, set as ProConnect is: PKCE, and userinfo as a signed JWT. */
export async function anIdentityProvider(redirectUri: string): Promise<IdentityProvider> {
  let answer: (request: IncomingMessage, response: ServerResponse) => void = () => {}
  const server = createServer((request, response) => answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const own: IdentityProvider = {
    issuer,
    agent: anAgent(),
    userinfo: null,
    discovery: {},
    isDown: false,
    asked: [],
    sign: (claims, by = 'provider') => jwt(claims, by === 'provider' ? keys.privateKey : stranger.privateKey),
    browse: (url, cookies = new Map()) => browse(issuer, url, cookies),
    close: () => new Promise((resolve) => (server.close(() => resolve()), server.closeAllConnections())),
  }
  const provider = aProvider(own, redirectUri)
  const callback = provider.callback()
  answer = (request, response) => void serve(own, provider, callback, request, response)
  return own
}

function aProvider(own: IdentityProvider, redirectUri: string): Provider {
  const key = { ...keys.privateKey.export({ format: 'jwk' }), kid: KID, use: 'sig', alg: 'RS256' } as JWK
  return new Provider(own.issuer, {
    clients: [
      {
        client_id: CLIENT.clientId,
        client_secret: CLIENT.clientSecret,
        redirect_uris: [redirectUri],
        post_logout_redirect_uris: [new URL('/', redirectUri).href],
        token_endpoint_auth_method: 'client_secret_post',
        id_token_signed_response_alg: 'RS256',
        userinfo_signed_response_alg: 'RS256',
      },
    ],
    jwks: { keys: [key] },
    claims: {
      openid: ['sub'],
      uid: ['uid'],
      siret: ['siret'],
      email: ['email', 'email_verified'],
      given_name: ['given_name'],
      usual_name: ['usual_name'],
    },
    scopes: ['openid', 'uid', 'siret', 'email', 'given_name', 'usual_name'],
    features: { devInteractions: { enabled: false }, jwtUserinfo: { enabled: true } },
    pkce: { required: () => true },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, sub) => ({ accountId: sub, claims: async () => ({ ...own.agent, sub }) }),
    // The State asks nobody to consent.
    async loadExistingGrant(ctx) {
      const grant = new ctx.oidc.provider.Grant({
        clientId: ctx.oidc.client!.clientId,
        accountId: ctx.oidc.session!.accountId!,
      })
      grant.addOIDCScope('openid uid siret email given_name usual_name')
      await grant.save()
      return grant
    },
  })
}

async function serve(
  own: IdentityProvider,
  provider: Provider,
  callback: (request: IncomingMessage, response: ServerResponse) => unknown,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = request.url!.split('?')[0]!
  own.asked.push(path)
  const send = (status: number, type: string, body: string) =>
    response.writeHead(status, { 'content-type': type }).end(body)
  if (own.isDown) return void send(503, 'text/plain', 'down')
  if (path.startsWith('/interaction/')) {
    return provider.interactionFinished(request, response, { login: { accountId: String(own.agent['sub']) } })
  }
  if (path === '/.well-known/openid-configuration') {
    const document = { ...METADATA(own.issuer), ...own.discovery }
    return void send(200, 'application/json', JSON.stringify(document))
  }
  if (path === '/me' && own.userinfo) {
    const now = Math.floor(Date.now() / 1000)
    const claims = { ...own.agent, iss: own.issuer, aud: CLIENT.clientId, iat: now, exp: now + 60 }
    return void send(200, ...own.userinfo(claims))
  }
  await callback(request, response)
}

const METADATA = (issuer: string): Json => ({
  issuer,
  authorization_endpoint: `${issuer}/auth`,
  token_endpoint: `${issuer}/token`,
  userinfo_endpoint: `${issuer}/me`,
  jwks_uri: `${issuer}/jwks`,
  end_session_endpoint: `${issuer}/session/end`,
  response_types_supported: ['code'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256'],
  userinfo_signing_alg_values_supported: ['RS256'],
})

function jwt(claims: Json, key: KeyObject): string {
  const segment = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = `${segment({ alg: 'RS256', typ: 'JWT', kid: KID })}.${segment(claims)}`
  return `${signed}.${createSign('sha256').update(signed).sign(key, 'base64url')}`
}

/** Follows redirections as long as they stay at the provider. */
async function browse(issuer: string, start: string, cookies: Map<string, string>): Promise<URL> {
  let url = new URL(start)
  for (let step = 0; step < 10; step++) {
    if (url.origin !== issuer) return url
    const cookie = Array.from(cookies, ([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(url, { redirect: 'manual', headers: { cookie } })
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!
      cookies.set(name!, value!)
    }
    const location = answer.headers.get('location')
    if (!location) throw new Error(`The provider answers ${answer.status} at ${url.pathname}: ${await answer.text()}`)
    url = new URL(location, url)
  }
  throw new Error('Too many redirections')
}
