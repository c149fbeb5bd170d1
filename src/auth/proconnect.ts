import * as oidc from 'openid-client'
import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import { DomainError } from '../errors.ts'

/** How this service is known to ProConnect; signatures are RS256, as the client's registration there must say. */
export type ProConnectSettings = { issuer: string; clientId: string; clientSecret: string }

/** What the browser must bring back, sealed, for its sign-in to be its own. */
type Pending = { state: string; nonce: string; verifier: string }

export type ProConnectIdentity = {
  issuer: string
  sub: string
  email: string
  givenName: string
  familyName: string
  siret: string
}

export type ProConnect = {
  /** Where to send the browser. Errors: `proconnect_down`. */
  begin(): Promise<{ url: URL; pending: Pending }>
  /** Whom the provider vouches for, and the ID token. Errors: `proconnect_down`, `proconnect_refused`, `proconnect_given_up`. */
  finish(query: string, pending: Pending): Promise<{ identity: ProConnectIdentity; idToken: string }>
  /** Where to send the browser to leave there too; null when the provider has no such place. */
  leave(idToken: string): Promise<URL | null>
}

/** The pivot fields, and what the signature must bind them to (the library checks `iss` and `aud` only when present). */
const UserInfo = Type.Object({
  iss: Type.String(),
  aud: Type.Union([Type.String(), Type.Array(Type.String())]),
  sub: Type.String({ minLength: 1, maxLength: 255 }),
  uid: Type.String({ minLength: 1 }),
  siret: Type.String({ pattern: '^[0-9 ]{7,20}$' }),
  email: Type.String({ pattern: '^[^@\\s]+@[^@\\s]+$', maxLength: 254 }),
  email_verified: Type.Optional(Type.Literal(true)),
  given_name: Type.String({ minLength: 1, maxLength: 100 }),
  usual_name: Type.String({ minLength: 1, maxLength: 100 }),
})
const SCOPE = 'openid uid siret email given_name usual_name'
const TIMEOUT_SECONDS = 8

/** Sign-in by ProConnect: OpenID Connect with a code, PKCE, state, nonce, and signed answers whose signatures are verified. */
export function createProConnect(
  settings: ProConnectSettings,
  { baseUrl, allowLoopback }: { baseUrl: string; allowLoopback: boolean },
): ProConnect {
  const redirectUri = `${baseUrl}/connexion/proconnect/retour`
  let found: Promise<oidc.Configuration> | null = null
  // Found at the first sign-in, not at the start: the service lives without it, and tries again.
  const provider = () =>
    (found ??= discover(settings, allowLoopback).catch((error: unknown) => {
      found = null
      throw down(error)
    }))

  return {
    async begin() {
      const config = await provider()
      const pending = {
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
        verifier: oidc.randomPKCECodeVerifier(),
      }
      const url = oidc.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: SCOPE,
        state: pending.state,
        nonce: pending.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(pending.verifier),
        code_challenge_method: 'S256',
      })
      return { url, pending }
    },
    async finish(query, { state, nonce, verifier }) {
      const config = await provider()
      try {
        const tokens = await oidc.authorizationCodeGrant(config, new URL(`${redirectUri}?${query}`), {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        })
        const claims = tokens.claims()!
        const info: unknown = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub)
        if (!Value.Check(UserInfo, info)) throw refused(new Error('userinfo is incomplete'))
        return { identity: identityOf(info), idToken: tokens.id_token! }
      } catch (error) {
        throw nameOf(error)
      }
    },
    async leave(idToken) {
      const config = await provider()
      if (!config.serverMetadata().end_session_endpoint) return null
      return oidc.buildEndSessionUrl(config, {
        id_token_hint: idToken,
        post_logout_redirect_uri: `${baseUrl}/`,
        state: oidc.randomState(),
      })
    },
  }
}

function discover({ issuer, clientId, clientSecret }: ProConnectSettings, allowLoopback: boolean) {
  const server = new URL(issuer)
  const isLocal = allowLoopback && ['localhost', '127.0.0.1', '[::1]'].includes(server.hostname)
  return oidc.discovery(
    server,
    clientId,
    { client_secret: clientSecret, id_token_signed_response_alg: 'RS256', userinfo_signed_response_alg: 'RS256' },
    oidc.ClientSecretPost(clientSecret),
    {
      [oidc.customFetch]: fetchOnly(server.origin),
      timeout: TIMEOUT_SECONDS,
      // Without the first, the library trusts the connection and leaves signatures unread.
      execute: [oidc.enableNonRepudiationChecks, ...(isLocal ? [oidc.allowInsecureRequests] : [])],
    },
  )
}

/** The provider's own document names the addresses to call: none may lead elsewhere, nor be redirected. */
const fetchOnly =
  (origin: string): oidc.CustomFetch =>
  async (url, options) => {
    if (new URL(url).origin !== origin) throw new TypeError(`Not an address of the identity provider: ${url}`)
    return fetch(url, { ...options, body: options.body ?? null, redirect: 'error' })
  }

const identityOf = (info: Static<typeof UserInfo>): ProConnectIdentity => ({
  issuer: info.iss,
  sub: info.sub,
  email: info.email,
  givenName: info.given_name,
  familyName: info.usual_name,
  siret: info.siret.replaceAll(' ', ''),
})

/** What the person is told of what the library found wrong; the library's own words stay in the cause, for the log. */
function nameOf(error: unknown): DomainError {
  if (error instanceof DomainError) return error
  if (error instanceof oidc.AuthorizationResponseError && error.error === 'access_denied') return givenUp()
  const { code, cause } = error as { code?: string; cause?: unknown }
  const isDown = error instanceof TypeError || code === 'OAUTH_TIMEOUT'
  return isDown || (cause instanceof Response && cause.status >= 500) ? down(error) : refused(error)
}

const MEND = 'Recommencez, ou demandez un lien par e-mail.'

function down(cause: unknown): DomainError {
  const message = 'ProConnect ne répond pas : la connexion n’a pas pu se faire.'
  return caused(new DomainError('unavailable', 'proconnect_down', message, MEND), cause)
}

/** The answer is not one that this service may trust, or not one to the question that this browser asked. */
export function refused(cause: unknown): DomainError {
  const message = 'La réponse de ProConnect n’a pas pu être vérifiée : la connexion n’a pas eu lieu.'
  return caused(new DomainError('forbidden', 'proconnect_refused', message, MEND), cause)
}

const givenUp = (): DomainError =>
  new DomainError('forbidden', 'proconnect_given_up', 'La connexion par ProConnect a été abandonnée.', MEND)

const caused = (error: DomainError, cause: unknown): DomainError => Object.assign(error, { cause })
