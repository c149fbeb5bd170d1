import * as oauth from 'openid-client'
import type { GuardedExchange } from '../credentials/fetch.ts'
import type { Registration } from './hosts-discovery.ts'

export type Tokens = { access: string; refresh: string | null; expiresAt: number }
type Way = { exchange: GuardedExchange; allowLoopback: boolean }

/** The other host's authorization server, as the OAuth client sees it: every request goes by the guarded way out. */
function configurationOf({ exchange, allowLoopback }: Way, host: Registration): oauth.Configuration {
  const server = {
    issuer: host.issuer,
    authorization_endpoint: host.authorizationUrl,
    token_endpoint: host.tokenUrl,
    ...(host.revocationUrl && { revocation_endpoint: host.revocationUrl }),
    authorization_response_iss_parameter_supported: host.saysIssuer,
  }
  const method = host.clientSecret === null ? oauth.None() : oauth.ClientSecretBasic(host.clientSecret)
  const configuration = new oauth.Configuration(server, host.clientId, {}, method)
  configuration[oauth.customFetch] = async (url, { method, headers, body }) => {
    const sent = typeof body === 'string' || body instanceof URLSearchParams ? body.toString() : undefined
    const answer = await exchange(url, { method: method === 'POST' ? 'POST' : 'GET', headers, body: sent })
    // A redirection is told as the client library expects it: an error, never a place to go.
    const isBare = answer.status === 204 || answer.status === 304
    return new Response(isBare ? null : new Uint8Array(answer.body), { status: answer.status, headers: answer.headers })
  }
  if (allowLoopback) oauth.allowInsecureRequests(configuration)
  return configuration
}

/** Where the holder's browser goes to let this service in there. */
export async function authorizationAt(
  way: Way,
  host: Registration,
  { redirectUri, state, verifier }: { redirectUri: string; state: string; verifier: string },
): Promise<string> {
  const url = oauth.buildAuthorizationUrl(configurationOf(way, host), {
    redirect_uri: redirectUri,
    scope: host.scopes.join(' '),
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    prompt: 'consent',
  })
  return url.href
}

/** What the tokens of an answer are, with when the access token ends (milliseconds). */
const tokensOf = (
  { access_token: access, refresh_token: refresh, expires_in: seconds = 300 }: oauth.TokenEndpointResponse,
  before: Tokens | null = null,
): Tokens => ({ access, refresh: refresh ?? before?.refresh ?? null, expiresAt: Date.now() + seconds * 1000 })

export const newVerifier = (): string => oauth.randomPKCECodeVerifier()

/** Exchanges the answer of the other host for tokens; throws what the client library finds wrong in it. */
export async function exchangeAnswer(
  way: Way,
  host: Registration,
  { answer, verifier, state }: { answer: URL; verifier: string; state: string },
): Promise<Tokens> {
  const checks = { pkceCodeVerifier: verifier, expectedState: state }
  return tokensOf(await oauth.authorizationCodeGrant(configurationOf(way, host), answer, checks))
}

/** New tokens from the refresh token; null when the other host no longer gives any. */
export async function renewTokens(way: Way, host: Registration, tokens: Tokens): Promise<Tokens | null> {
  if (tokens.refresh === null) return null
  try {
    return tokensOf(await oauth.refreshTokenGrant(configurationOf(way, host), tokens.refresh), tokens)
  } catch (error) {
    if (error instanceof oauth.ResponseBodyError || error instanceof oauth.WWWAuthenticateChallengeError) return null
    throw error
  }
}

/**
 * Whether that host no longer knows the client that it gave us: it is asked to revoke a token that nobody has, which a
 * client that it knows may (RFC 7009 §2.2). False when it offers no revocation or does not answer.
 */
export async function isForgotten(way: Way, host: Registration): Promise<boolean> {
  if (host.revocationUrl === null) return false
  try {
    await oauth.tokenRevocation(configurationOf(way, host), newVerifier())
    return false
  } catch (error) {
    if (error instanceof oauth.ResponseBodyError) return error.error === 'invalid_client'
    return error instanceof oauth.WWWAuthenticateChallengeError
  }
}

/** Gives the access back there (RFC 7009), as far as it answers. */
export async function revokeTokens(way: Way, host: Registration, tokens: Tokens): Promise<void> {
  if (host.revocationUrl === null) return
  await oauth.tokenRevocation(configurationOf(way, host), tokens.refresh ?? tokens.access).catch(() => {})
}
