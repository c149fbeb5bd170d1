import { createPrivateKey, type JsonWebKey } from 'node:crypto'
import { and, eq, isNull } from '../drizzle.ts'
import { type ClientMetadata, type Configuration, type JWKS, type KoaContextWithOIDC, Provider } from 'oidc-provider'
import type { Db } from '../db.ts'
import { people } from '../people/people.sql.ts'
import type { Vault } from '../vault.ts'
import { createStateStore } from './authorization-store.ts'
import { checkClient, CLIENT_PROPERTIES } from './authorization-clients.ts'
import { refusalPage } from './authorization-view.ts'
import { BADGE_SCOPES } from './badge-connect-scopes.ts'

/** A grant type of another protocol: what it is called, the parameters that it reads, and what answers the request. */
export type ExtraGrant = {
  name: string
  parameters: string[]
  /** Sets `ctx.body`; throws the `errors` of `oidc-provider`. The client is already authenticated (`ctx.oidc.client`). */
  handle: (provider: Provider, ctx: KoaContextWithOIDC) => Promise<void>
}

export type AuthorizationOptions = {
  db: Db
  vault: Vault
  baseUrl: string
  /** Grant types besides `authorization_code` and `refresh_token`. */
  grants?: ExtraGrant[]
  /** Scopes besides those of badges, each with what it allows, in French, as the consent page says it after « Elle pourra ». */
  scopes?: Record<string, string>
  /**
   * Clients known without registration. A wallet that sends no `client_id` with one of `grants` is taken for the client
   * `ANONYMOUS`, which is allowed those grant types only (`authorization.pages.ts` adds it to the request).
   */
  clients?: ClientMetadata[]
  /** Parameters of an authorization request besides those of OAuth, kept for the page where the holder answers. */
  extraParams?: string[]
  /** Told of what nobody expected. */
  report?: (error: unknown) => void
}

export type Authorization = {
  provider: Provider
  /** Every scope, with what it allows in French. */
  scopes: Record<string, string>
  /** Grant types for which a client may stay unnamed. */
  anonymousGrants: string[]
  baseUrl: string
}

/** The paths that `authorization.pages.ts` serves; the issuer is the base URL itself. */
export const PATHS = {
  authorization: '/oauth2/auth',
  token: '/oauth2/token',
  registration: '/oauth2/reg',
  revocation: '/oauth2/revoke',
} as const
/** The client of who names none. */
export const ANONYMOUS = 'anonymous'
export const OFFLINE = 'offline_access'

const MINUTES = 60
const DAYS = 86_400
/** Lifetimes, in seconds. A grant ends with its last day, however often its tokens were renewed. */
export const LIFETIMES = {
  AccessToken: 15 * MINUTES,
  AuthorizationCode: 60,
  Grant: 180 * DAYS,
  IdToken: 5 * MINUTES,
  Interaction: 60 * MINUTES,
  PreAuthorizedCode: 60 * MINUTES,
  RefreshToken: 60 * DAYS,
  Session: 10 * MINUTES,
}

/**
 * The authorization server (OAuth 2.0, RFC 6749, 7591, 7009, 9207, with the cautions of RFC 9700) for other hosts of badges
 * and for wallets: authorization code with PKCE S256, renewal, dynamic registration, revocation. Tokens are opaque; read
 * one with `readAccess`. State is in the database, so that processes share it; keys hang on the master key.
 *
 * To add a protocol: give its grant type in `grants`, its scopes in `scopes`, its fixed clients in `clients`. A handler
 * finds the models on the provider (`provider.PreAuthorizedCode`, `provider.Grant`, `provider.AccessToken`); to issue a
 * code outside a request, save a `Grant` with `addOIDCScope`, then a `PreAuthorizedCode` with its `grantId`.
 */
export function createAuthorization(options: AuthorizationOptions): Authorization {
  const { baseUrl, grants = [], report = () => {} } = options
  const scopes = { ...BADGE_SCOPES, ...options.scopes }
  const provider = new Provider(baseUrl, configurationOf(options, Object.keys(scopes)))
  for (const { name, parameters, handle } of grants) {
    provider.registerGrantType(name, (ctx) => handle(provider, ctx), parameters)
  }
  // The address asked for is told by `authorization.pages.ts`, from the base URL: never by the request.
  provider.proxy = true
  provider.silent = true
  provider.on('server_error', (_ctx, error) => report(error))
  return { provider, scopes, anonymousGrants: grants.map((one) => one.name), baseUrl }
}

function configurationOf(options: AuthorizationOptions, scopes: string[]): Configuration {
  const { db, vault, grants = [], clients = [] } = options
  return {
    adapter: createStateStore(db, vault),
    clients: [...(grants.length > 0 ? [anonymousClient(grants)] : []), ...clients],
    findAccount: async (_ctx, accountId) => {
      const person = await findPerson(db, accountId)
      return person ? { accountId, claims: () => ({ sub: accountId }) } : undefined
    },
    scopes: [...scopes, OFFLINE],
    responseTypes: ['code'],
    clientAuthMethods: ['client_secret_basic', 'none'],
    clientDefaults: {
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic',
      id_token_signed_response_alg: 'EdDSA',
    },
    extraClientMetadata: {
      properties: CLIENT_PROPERTIES,
      validator: (_ctx, key, value, metadata) => checkClient(key, value, metadata),
    },
    pkce: { required: () => true },
    extraParams: options.extraParams ?? [],
    allowOmittingSingleRegisteredRedirectUri: false,
    expiresWithSession: () => false,
    rotateRefreshToken: true,
    // `web/cors.ts` has spoken before: what stands is left as it is.
    clientBasedCORS: () => false,
    // An application that gives its token back ends what it was granted.
    revokeGrantPolicy: () => true,
    fetch: () => Promise.reject(new Error('The authorization server follows no address.')),
    ttl: LIFETIMES,
    routes: PATHS,
    interactions: { url: (_ctx, interaction) => `/autorisation/${interaction.uid}` },
    jwks: keySetOf(vault),
    cookies: {
      keys: vault.fingerprints('oauth/cookies', 'signature'),
      names: { session: 'insigne_oauth', interaction: 'insigne_demande', resume: 'insigne_suite' },
    },
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      resourceIndicators: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
      registration: { enabled: true, initialAccessToken: false, issueRegistrationAccessToken: false },
      revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
    },
    renderError: (ctx, out) => {
      ctx.type = 'html'
      ctx.body = refusalPage(out)
    },
  }
}

const anonymousClient = (grants: ExtraGrant[]): ClientMetadata => ({
  client_id: ANONYMOUS,
  token_endpoint_auth_method: 'none',
  grant_types: grants.map((one) => one.name),
  response_types: [],
  redirect_uris: [],
})

/** Who that account is now, whichever address it was made under; null once erased. */
async function findPerson(db: Db, id: string): Promise<string | null> {
  const [person] = await db
    .select({ id: people.id, aliasOf: people.aliasOf })
    .from(people)
    .where(and(eq(people.id, id), isNull(people.erasedAt)))
  return person ? (person.aliasOf ?? person.id) : null
}

/** Ed25519 keys made from the master keys, the present one first: the same in every process. Nothing is signed with them but what a client asks to be. */
function keySetOf(vault: Vault): JWKS {
  const keys = vault.fingerprints('oauth/jwks', 'Ed25519').map((seed) => {
    const der = Buffer.concat([ED25519_PKCS8, Buffer.from(seed, 'base64url')])
    const jwk: JsonWebKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({ format: 'jwk' })
    return { ...jwk, alg: 'EdDSA', use: 'sig' }
  })
  return { keys }
}
/** RFC 8410 §7: what stands before the 32 bytes of a private key. */
const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex')

/** What an access token allows: whose badges, which scopes, for which client. */
export type Access = { personId: string; scopes: Set<string>; clientId: string; grantId: string }

/** Reads an access token: four queries at most. Null when it is unknown, ended, or what it hangs on was taken back. */
export async function readAccess(db: Db, { provider }: Authorization, token: string): Promise<Access | null> {
  const found = await provider.AccessToken.find(token)
  if (!found?.isValid || !found.accountId || !found.grantId || !found.clientId) return null
  const grant = await provider.Grant.find(found.grantId)
  if (!grant || grant.clientId !== found.clientId) return null
  const personId = await findPerson(db, found.accountId)
  if (!personId) return null
  return { personId, scopes: found.scopes, clientId: found.clientId, grantId: found.grantId }
}
