import { DomainError } from '../errors.ts'
import { isToken } from './envelope.ts'
import type { GuardedFetch } from './fetch.ts'
import { type JsonObject, Unreachable } from './suite.ts'

/** Where a verification finds the documents that a badge names. Each throws `Unreachable` when one cannot be had. */
export type Documents = {
  /** The document of a controller: of a DID, or at the https address that is its id. */
  did(id: string): Promise<JsonObject>
  json(url: string): Promise<JsonObject>
  /** A credential, or the compact token that carries it; where there is none of this, only JSON can be had. */
  credential?(url: string): Promise<JsonObject | string>
}

/** Answers for the addresses of this service without going through the network; undefined for those of others. */
export type OwnDocuments = (url: URL) => Promise<string | undefined>

/** did:web, did:key and https documents: our own from the database, the others through the guarded fetcher. */
export function createDocuments(fetch: GuardedFetch, own: OwnDocuments = async () => undefined): Documents {
  const read = async (url: string, accept: string): Promise<string> =>
    (await ownDocument(own, url)) ?? (await fetch(url, accept)).body.toString('utf8')
  const json = async (url: string): Promise<JsonObject> => parseObject(await read(url, 'application/json'))
  return {
    json,
    async credential(url) {
      const text = (await read(url, CREDENTIAL_TYPES)).trim()
      return isToken(text) ? text : parseObject(text)
    },
    async did(id) {
      if (id.startsWith('did:key:')) return didKeyDocument(id)
      return json(/^https?:\/\//.test(id) ? id : didWebUrl(id))
    },
  }
}

const CREDENTIAL_TYPES = 'application/vc+ld+json, application/vc+jwt, application/json;q=0.9, text/plain;q=0.5'

async function ownDocument(own: OwnDocuments, url: string): Promise<string | undefined> {
  if (!URL.canParse(url)) return undefined
  return own(new URL(url)).catch((error: unknown) => {
    if (error instanceof DomainError && (error.kind === 'not_found' || error.kind === 'gone'))
      throw new Unreachable('No such document here')
    throw error
  })
}

function parseObject(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject
  } catch {
    // said below, with the other shapes that are not a document
  }
  throw new Unreachable('The answer is not a JSON object')
}

/** `did:web:host[%3Aport][:path…]`, in the letters that an address needs: nothing decodes into another host or folder. */
const DID_WEB = /^did:web:([a-z0-9.-]+)(?:%3A(\d+))?((?::[\w.~-]+)*)$/i

/** The address of a did:web document (did:web method §3.2); http for this machine, whose use the fetcher decides. */
export function didWebUrl(did: string): string {
  const [found, host = '', port, path = ''] = DID_WEB.exec(did) ?? []
  if (!found) throw new Unreachable(`No way to resolve ${did}`)
  const scheme = /^(localhost|127\.0\.0\.1)$/.test(host) ? 'http' : 'https'
  const place = path === '' ? '/.well-known' : path.replaceAll(':', '/')
  return `${scheme}://${host}${port ? `:${port}` : ''}${place}/did.json`
}

/** A did:key document: the key, of any kind, is its own name (did:key method §3.1). */
function didKeyDocument(did: string): JsonObject {
  const publicKeyMultibase = did.slice('did:key:'.length)
  const id = `${did}#${publicKeyMultibase}`
  return {
    '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'],
    id: did,
    verificationMethod: [{ id, type: 'Multikey', controller: did, publicKeyMultibase }],
    assertionMethod: [id],
    authentication: [id],
  }
}
