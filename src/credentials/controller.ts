import type { JsonObject } from './suite.ts'

/**
 * What a verification needs of a DID document: its keys and those that it lists for assertions, in the plainest form.
 * The rest of the document, which its owner writes at will, is never expanded. Throws when it is not that DID's.
 */
export function controllerDocument(document: JsonObject, did: string, now: Date): JsonObject {
  if (document['id'] !== did) throw new Error('The document is not that of the DID.')
  const absolute = (id: unknown): string => (String(id).startsWith('#') ? `${did}${String(id)}` : String(id))
  // DID Core §5.3: a relationship names a key, or holds it.
  const asserted = members(document['assertionMethod'])
  const methods = [...members(document['verificationMethod']), ...asserted].filter(isObject)
  return {
    '@context': 'https://www.w3.org/ns/did/v1',
    id: did,
    verificationMethod: methods
      .filter((one) => isInForce(one, now))
      .map((one) => ({ ...one, id: absolute(one['id']) })),
    assertionMethod: asserted.map((one) => absolute(isObject(one) ? one['id'] : one)),
  }
}

/** The key of that id, as its controller's document gives it: a fragment alone proves nothing. */
export function methodOf(controller: JsonObject, id: string): JsonObject {
  const found = members(controller['verificationMethod'])
    .filter(isObject)
    .find((method) => method['id'] === id)
  if (!found) throw new Error('The key is not in the document of its controller.')
  return { '@context': 'https://w3id.org/security/multikey/v1', ...found }
}

/** Controlled Identifiers §2.2: nothing is verified with a key once it has expired or was revoked. */
const isInForce = ({ expires, revoked }: JsonObject, now: Date): boolean =>
  [expires, revoked].every((date) => isAhead(date, now))

/** Whether a date that may be absent is still to come; what is not a date has passed. */
export const isAhead = (date: unknown, now: Date): boolean =>
  date === undefined || (typeof date === 'string' && Date.parse(date) > now.getTime())

const members = (value: unknown): unknown[] => (value === undefined ? [] : [value].flat())
const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null
