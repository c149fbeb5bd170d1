import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { type Exchanged, type GuardedExchange, isFollowable } from '../credentials/fetch.ts'
import { Unreachable } from '../credentials/suite.ts'
import { invalid } from '../errors.ts'
import { BADGE_SCOPES } from './badge-connect-scopes.ts'
import { BASE } from './badge-connect-discovery.ts'

/** What is kept of another host: where its authorization server answers, and the client that it gave us. */
export type Registration = {
  issuer: string
  /** It says who answers (RFC 9207): an answer that does not is then refused. */
  saysIssuer: boolean
  authorizationUrl: string
  tokenUrl: string
  revocationUrl: string | null
  scopes: string[]
  clientId: string
  clientSecret: string | null
}
export type FoundHost = { address: string; name: string } & Omit<Registration, 'clientId' | 'clientSecret'> & {
    registrationUrl: string
  }

const Url = Type.String({ maxLength: 1000 })
const Description = Type.Object({
  info: Type.Object({ title: Type.String({ minLength: 1, maxLength: 200 }) }),
  components: Type.Object({
    securitySchemes: Type.Object({
      OAuth2ACG: Type.Object({
        'x-imssf-registrationUrl': Url,
        'x-imssf-revocationUrl': Type.Optional(Url),
        flows: Type.Object({
          authorizationCode: Type.Object({
            authorizationUrl: Url,
            tokenUrl: Url,
            scopes: Type.Record(Type.String(), Type.Unknown()),
          }),
        }),
      }),
    }),
  }),
})
const Metadata = Type.Object({
  issuer: Url,
  authorization_response_iss_parameter_supported: Type.Optional(Type.Boolean()),
})
const Registered = Type.Object({
  client_id: Type.String({ minLength: 1, maxLength: 1000 }),
  client_secret: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
})

type Reach = { exchange: GuardedExchange; allowLoopback: boolean }

/**
 * Finds another host of badges from the address that someone typed, by its service description (OB 3.0 §6.3.1). Errors:
 * `host_address`, `host_unreachable`, `host_unreadable`.
 */
export async function findHost({ exchange, allowLoopback }: Reach, typed: string): Promise<FoundHost> {
  const address = apiAddress(typed.trim())
  if (!address || !isFollowable(address, allowLoopback)) throw wrongAddress()
  const description = jsonOf(await asked(exchange, `${address}/discovery`))
  if (!Value.Check(Description, description)) throw unreadable()
  const scheme = description.components.securitySchemes.OAuth2ACG
  const { authorizationUrl, tokenUrl, scopes } = scheme.flows.authorizationCode
  const urls = [
    authorizationUrl,
    tokenUrl,
    scheme['x-imssf-registrationUrl'],
    scheme['x-imssf-revocationUrl'] ?? tokenUrl,
  ]
  if (!urls.every((one) => isFollowable(one, allowLoopback))) throw unreadable()
  const { origin } = new URL(authorizationUrl)
  const metadata = jsonOf(await asked(exchange, `${origin}/.well-known/oauth-authorization-server`).catch(() => null))
  const known = Value.Check(Metadata, metadata) && metadata.issuer === origin ? metadata : null
  return {
    address,
    name: description.info.title,
    issuer: origin,
    saysIssuer: known?.authorization_response_iss_parameter_supported === true,
    authorizationUrl,
    tokenUrl,
    revocationUrl: scheme['x-imssf-revocationUrl'] ?? null,
    registrationUrl: scheme['x-imssf-registrationUrl'],
    scopes: Object.keys(scopes).filter((one) => Object.hasOwn(BADGE_SCOPES, one) || one === 'offline_access'),
  }
}

/** Registers this service there (RFC 7591). Errors: `host_unreachable`, `host_refuses_registration`. */
export async function registerAt(
  { exchange }: Reach,
  { registrationUrl, scopes }: FoundHost,
  { baseUrl, redirectUri }: { baseUrl: string; redirectUri: string },
): Promise<Pick<Registration, 'clientId' | 'clientSecret'>> {
  const answer = await asked(exchange, registrationUrl, {
    client_name: 'Insigne',
    client_uri: baseUrl,
    logo_uri: `${baseUrl}/static/icon.svg`,
    policy_uri: `${baseUrl}/donnees-personnelles`,
    tos_uri: `${baseUrl}/mentions-legales`,
    software_id: 'insigne',
    software_version: '1',
    redirect_uris: [redirectUri],
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    scope: scopes.join(' '),
  })
  const given = jsonOf(answer)
  if (answer.status < 200 || answer.status > 299 || !Value.Check(Registered, given)) throw refused()
  return { clientId: given.client_id, clientSecret: given.client_secret ?? null }
}

/** `https://hote.exemple.fr`, with a path or with the base of the API itself: the base of the API; null when it is no address. */
function apiAddress(typed: string): string | null {
  const whole = /^[a-z]+:\/\//i.test(typed) ? typed : `https://${typed}`
  if (!URL.canParse(whole)) return null
  const { origin, pathname, search, hash } = new URL(whole)
  if (search || hash) return null
  const path = pathname.replace(/\/+$/, '')
  return origin + (path.endsWith(BASE) ? path : path + BASE)
}

async function asked(exchange: GuardedExchange, url: string, sent?: object): Promise<Exchanged> {
  const headers = { accept: 'application/json', ...(sent && { 'content-type': 'application/json' }) }
  try {
    return await exchange(
      url,
      sent ? { method: 'POST', headers, body: JSON.stringify(sent) } : { method: 'GET', headers },
    )
  } catch (error) {
    if (error instanceof Unreachable) throw unreachable()
    throw error
  }
}

function jsonOf(answer: Exchanged | null): unknown {
  try {
    return answer && JSON.parse(answer.body.toString('utf8'))
  } catch {
    return null
  }
}

const field = { field: 'address' }
const wrongAddress = () =>
  invalid(
    'host_address',
    'Cette adresse ne peut pas être suivie : il faut une adresse en https, publique.',
    'Copiez l’adresse que donne le site où vous gardez vos badges, par exemple https://badges.exemple.fr.',
    field,
  )
const unreachable = () =>
  invalid(
    'host_unreachable',
    'Ce site n’a pas répondu, ou mène à un réseau privé.',
    'Vérifiez l’adresse ; si elle est juste, recommencez plus tard.',
    field,
  )
const unreadable = () =>
  invalid(
    'host_unreadable',
    'Ce site ne se présente pas comme un hôte de badges Open Badges 3.0.',
    'Demandez à ce site s’il reçoit des badges par l’API Open Badges 3.0, et à quelle adresse.',
    field,
  )
const refused = () =>
  invalid(
    'host_refuses_registration',
    'Ce site a refusé que ce service s’y déclare.',
    'Prévenez-le ; vous pouvez en attendant lui donner le fichier de votre badge.',
    field,
  )
