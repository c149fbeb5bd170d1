import { CREDENTIALS_V1 } from './contexts.ts'
import { textOf } from './credential-musts.ts'
import type { JsonObject } from './suite.ts'

/** What VC 1.1 calls the dates of VC 2.0. */
const OLDER_NAMES = { validFrom: 'issuanceDate', validUntil: 'expirationDate' } as const

/** Whether a credential is in the version 1.1 of the data model, whose dates have other names. */
export const isVersion1 = (credential: JsonObject): boolean => [credential['@context']].flat()[0] === CREDENTIALS_V1

/** The place of a fault, as it is called in the version that the credential was written in. */
export function namedAsWritten(where: string, credential: JsonObject): string {
  if (!isVersion1(credential)) return where
  const [, name] = Object.entries(OLDER_NAMES).find(([newer]) => where === `/${newer}`) ?? []
  return name ? `/${name}` : where
}

/**
 * A badge in the form of VC 2.0 with single values: dates by their names of today, one subject, names as plain words. Only for
 * reading: what is signed is what was given. Null when it says two dates for one thing.
 */
export function readableForm(given: JsonObject): JsonObject | null {
  const { credentialSubject: subject, issuer } = given
  let form = given
  if (Array.isArray(subject) && subject.length === 1) form = { ...form, credentialSubject: subject[0] as unknown }
  form = plainTexts(form)
  if (typeof issuer === 'object' && issuer !== null) {
    const plain = plainTexts(issuer as JsonObject)
    if (plain !== issuer) form = { ...form, issuer: plain }
  }
  return isVersion1(given) ? datedForm(form) : form
}

function datedForm({ issuanceDate, expirationDate, ...form }: JsonObject): JsonObject | null {
  const { validFrom = issuanceDate, validUntil = expirationDate } = form
  if (validFrom !== issuanceDate || validUntil !== (expirationDate ?? validUntil)) return null
  return { ...form, validFrom, ...(validUntil !== undefined && { validUntil }) }
}

function plainTexts(bearer: JsonObject): JsonObject {
  const spoken = ['name', 'description'].filter((name) => typeof bearer[name] === 'object')
  if (spoken.length === 0) return bearer
  return { ...bearer, ...Object.fromEntries(spoken.map((name) => [name, textOf(bearer[name])])) }
}
