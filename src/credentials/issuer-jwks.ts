import { controllerDocument } from './controller.ts'
import { type Documents, didWebUrl } from './documents.ts'
import { isSecret, publicJwk, thumbprintOf } from './jws.ts'
import { jwkOfMethod } from './method-jwk.ts'
import { type JsonObject, Unreachable } from './suite.ts'

/** The keys that may have signed a token, or why none is known to be the issuer's. */
export type FoundKeys =
  | { keys: JsonObject[] }
  | { outcome: 'failure'; code: 'issuer_mismatch' | 'jwt_private_key' | 'jwt_weak_key' }
  | { outcome: 'skipped'; code: 'issuer_unreachable' | 'issuer_key_unlisted' }

/** What a key is for: the credentials of an issuer, or the presentations of a holder. */
type Relationship = 'assertionMethod' | 'authentication'
type Asked = { documents: Documents; now: Date; relationship?: Relationship }

const MISMATCH: FoundKeys = { outcome: 'failure', code: 'issuer_mismatch' }
const UNLISTED: FoundKeys = { outcome: 'skipped', code: 'issuer_key_unlisted' }
const WEAK: FoundKeys = { outcome: 'failure', code: 'jwt_weak_key' }
const PRIVATE: FoundKeys = { outcome: 'failure', code: 'jwt_private_key' }

/** A document may list many keys: the ten first are tried. */
const MAX_KEYS = 10

/**
 * The keys that the header of a token leads to, each the issuer's by its own word (OB 3.0 §8.2.3, VC-JOSE-COSE §4): `kid` is a
 * key of its document, or an address of its own; a `jwk` alone must be listed there; with neither, all that it lists.
 * `x5u`, `x5c` and `jku` are never followed. Never throws for what the header says.
 */
export async function keysOfToken({ kid, jwk }: JsonObject, issuer: string, asked: Asked): Promise<FoundKeys> {
  if (kid !== undefined && typeof kid !== 'string') return MISMATCH
  try {
    const found = kid ? await keysNamed(kid, issuer, asked) : await keysListed(issuer, asked)
    return jwk === undefined || !('keys' in found) ? found : await sameKey(jwk as JsonObject, found.keys)
  } catch (error) {
    if (error instanceof Unreachable) return { outcome: 'skipped', code: 'issuer_unreachable' }
    throw error
  }
}

/** Possession of a key proves nothing of whose it is: the header's must be one of the issuer's. */
async function sameKey(jwk: JsonObject, keys: JsonObject[]): Promise<FoundKeys> {
  const wanted = await thumbprintOf(publicJwk(jwk)!)
  for (const key of keys) if ((await thumbprintOf(key)) === wanted) return { keys: [key] }
  return MISMATCH
}

async function keysNamed(kid: string, issuer: string, asked: Asked): Promise<FoundKeys> {
  const id = kid.startsWith('#') ? `${issuer}${kid}` : kid
  if (!id.startsWith('did:')) {
    const address = URL.canParse(id) && /^https?:/.test(id) ? new URL(id) : null
    const isInItsDocument = id.split('#')[0] === issuer
    if (address && isOwn(address, issuer) && !isInItsDocument) return keysAt(id, asked.documents)
  }
  const methods = await methodsOf(issuer, asked)
  if (methods === null) return MISMATCH
  const named = methods.filter((method) => method['id'] === id || (id === issuer && id.startsWith('did:')))
  if (named.length === 0) return methods.length === 0 && !id.startsWith('did:') ? UNLISTED : MISMATCH
  return usable(named.map(jwkOfMethod))
}

async function keysListed(issuer: string, asked: Asked): Promise<FoundKeys> {
  const methods = await methodsOf(issuer, asked)
  if (methods === null) return MISMATCH
  return methods.length === 0 ? UNLISTED : usable(methods.map(jwkOfMethod))
}

/** The methods that a controller's document lists for that use; null when the document is not the controller's. */
async function methodsOf(
  id: string,
  { documents, now, relationship = 'assertionMethod' }: Asked,
): Promise<JsonObject[] | null> {
  if (!/^(did:|https?:)/.test(id)) return []
  const document = id.startsWith('did:') ? await documents.did(id) : await documents.json(id)
  if (document['id'] !== id) return null
  const controller = controllerDocument({ ...document, assertionMethod: document[relationship] ?? [] }, id, now)
  const listed = [controller['assertionMethod']].flat()
  const methods = controller['verificationMethod'] as JsonObject[]
  return methods.filter((method) => listed.includes(method['id']) && method['controller'] === id)
}

/** The key of an address, alone or in a set, where the fragment or the whole address tells which. */
async function keysAt(kid: string, documents: Documents): Promise<FoundKeys> {
  const [address = '', fragment] = kid.split('#')
  const found = await documents.json(address)
  const set = Array.isArray(found['keys']) ? (found['keys'] as unknown[]) : null
  if (!set) return usable([found])
  const named = set.filter((one) => [kid, fragment ?? kid].includes(String((one as JsonObject | null)?.['kid'])))
  const chosen = named.length > 0 ? named : set.length === 1 ? set : []
  return chosen.length === 0 ? UNLISTED : usable(chosen)
}

function usable(jwks: unknown[]): FoundKeys {
  if (jwks.some(isSecret)) return PRIVATE
  const keys = jwks
    .slice(0, MAX_KEYS)
    .map(publicJwk)
    .filter((key) => key !== null)
  return keys.length === 0 ? WEAK : { keys }
}

/**
 * Whether an address is an issuer's own: on the origin of an https issuer, or in the folder of a did:web (a host may serve
 * many issuers, and one must not sign for another).
 */
function isOwn(address: URL, issuer: string): boolean {
  if (issuer.startsWith('https:') || issuer.startsWith('http:')) {
    return URL.canParse(issuer) && new URL(issuer).origin === address.origin
  }
  if (!issuer.startsWith('did:web:')) return false
  const folder = new URL('.', didWebUrl(issuer)).href.replace(/\.well-known\/$/, '')
  return address.href.startsWith(folder)
}
