import type { JsonObject } from './suite.ts'

/** Clocks differ: what begins or ends within five minutes of now is taken either way. */
export const SKEW_MS = 5 * 60_000

/** Whether a document is in date, by the names of VC 2.0 or of VC 1.1, with the tolerance that clocks ask for. */
export function isInDate(document: JsonObject, now: Date): boolean {
  const { issuanceDate, expirationDate, validFrom = issuanceDate, validUntil = expirationDate } = document
  const from = typeof validFrom === 'string' ? Date.parse(validFrom) : Number.NEGATIVE_INFINITY
  const until = typeof validUntil === 'string' ? Date.parse(validUntil) : Number.POSITIVE_INFINITY
  return from <= now.getTime() + SKEW_MS && until >= now.getTime() - SKEW_MS
}

/** Whether a signature whose dates are its own (the claims of RFC 7519 §4.1) is in force. */
export function isInForce({ nbf, exp }: JsonObject, now: Date): boolean {
  const starts = nbf === undefined || Number(nbf) * 1000 <= now.getTime() + SKEW_MS
  return starts && (exp === undefined || Number(exp) * 1000 >= now.getTime() - SKEW_MS)
}
