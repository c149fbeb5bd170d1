import { type ClientMetadata, errors } from 'oidc-provider'

/** Members of a registration besides those that the library reads (RFC 7591 §2). The first is where the whole is checked. */
export const CLIENT_PROPERTIES = ['software_id', 'software_version']

const MAX_REDIRECTS = 10
const MAX_URI = 1000
const MAX_TEXT = 200
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])
const TEXTS = [
  'client_name',
  'software_id',
  'software_version',
  'client_uri',
  'logo_uri',
  'policy_uri',
  'tos_uri',
] as const

/** A domain name in reverse, hence a dot, then a path (RFC 8252 §7.1 and §8.4). */
const PRIVATE_USE = /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:\//i

/**
 * What a registration may hold, besides what the library checks: addresses of return over https, those of this machine, and
 * for a native application those of a scheme of its own (RFC 8252 §7), without wildcard or credentials; texts of
 * reasonable length; nothing that would have us fetch.
 */
export function checkClient(key: string, _value: unknown, metadata: ClientMetadata): void {
  if (key !== CLIENT_PROPERTIES[0]) return
  const refuse = (why: string): never => {
    throw new errors.InvalidClientMetadata(why)
  }
  const uris = metadata.redirect_uris ?? []
  if (Array.isArray(uris) && uris.length > MAX_REDIRECTS) refuse(`redirect_uris must hold ${MAX_REDIRECTS} at most`)
  const isNative = metadata.application_type === 'native'
  if (Array.isArray(uris) && !uris.every((one) => isReturn(one, isNative))) {
    refuse(
      'redirect_uris must be https addresses or those of this machine, without wildcard; with application_type native, also of a scheme like com.example.app:/',
    )
  }
  for (const name of TEXTS) {
    const value: unknown = metadata[name]
    const limit = name.endsWith('_uri') ? MAX_URI : MAX_TEXT
    if (value !== undefined && (typeof value !== 'string' || value.length > limit)) refuse(`${name} is too long`)
  }
  for (const name of ['sector_identifier_uri', 'jwks_uri', 'jwks'] as const) {
    if (metadata[name] !== undefined) refuse(`${name} is not supported`)
  }
}

function isReturn(uri: unknown, isNative: boolean): boolean {
  if (typeof uri !== 'string' || uri.length > MAX_URI || uri.includes('*') || !URL.canParse(uri)) return false
  const { protocol, hostname, username, password } = new URL(uri)
  if (username || password) return false
  if (protocol === 'http:') return LOOPBACK.has(hostname)
  return protocol === 'https:' || (isNative && PRIVATE_USE.test(uri))
}

/** Where an address of return leads: a site, or whatever application of the device answers to a scheme. */
export type Destination = {
  /** The host, which the browser will show; or the scheme, as what follows it may look like a host and be none. */
  place: string
  kind: 'site' | 'application'
}

/** Where an address of return leads, for the holder to recognise. */
export function destinationOf(uri: string): Destination {
  const { protocol, host } = new URL(uri)
  const isSite = protocol === 'https:' || protocol === 'http:'
  return isSite ? { place: host, kind: 'site' } : { place: protocol, kind: 'application' }
}
