import type { OlderVersion } from '../credentials/badge-version.ts'
import { Gone } from '../credentials/fetch.ts'
import { type JsonObject, Unreachable } from '../credentials/suite.ts'
import type { OlderDialects } from '../credentials/verifier.ts'
import {
  checkDates,
  type CheckId,
  conclude,
  type Dialect,
  type Question,
  recipientFound,
  type Verification,
} from '../credentials/verify.ts'
import type { Found } from '../credentials/verify-status.ts'
import { asOpenBadge, type Older } from './older-badge.ts'

export type OlderContext = Parameters<OlderDialects>[2]

/** An assertion to verify, and what it came in. */
export type Asked = {
  version: OlderVersion
  assertion: JsonObject
  /** The compact token that carried it; null when it was given as JSON. */
  token: string | null
  /** Where it was read, when it cannot say so itself (0.5). */
  address: string | null
  question: Question
  at: Date
}

export const shapeWrong = (version: OlderVersion, where: string): Found => ({
  outcome: 'failure',
  code: 'shape_incomplete',
  values: { version, where: where || '/' },
})
export const shapeRight = (version: OlderVersion): Found => ({
  outcome: 'success',
  code: 'shape_ok_older',
  values: { version },
})
export const notPublished = (address: string): Found => ({
  outcome: 'skipped',
  code: 'hosted_unreachable',
  values: { host: hostOf(address) },
})
/** Its authenticity rests on the site: it is published there, by the issuer. */
export const hosted = (address: string): Found => ({
  outcome: 'success',
  code: 'hosted_ok',
  values: { host: hostOf(address) },
})

export const hostOf = (address: string): string => (URL.canParse(address) ? new URL(address).host : address)

/** A document as it is published now: withdrawn for good (`reason` as its owner gives it), or not to be had. */
export type Published = { document: JsonObject } | { withdrawn: unknown } | { unreachable: true }

/** Reads a document, our own without the network and others through the guarded fetcher (OB 2.0, «Hosted verification»). */
export async function readPublished(url: string, context: OlderContext): Promise<Published> {
  try {
    const document = await context.documents.json(url)
    return document['revoked'] === true ? { withdrawn: document['revocationReason'] } : { document }
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error
    if (!(error.cause instanceof Gone)) return { unreachable: true }
    return { withdrawn: parsed(error.cause.message)['revocationReason'] }
  }
}

function parsed(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as JsonObject) : {}
  } catch {
    return {}
  }
}

export const NOT_REVOKED: Found = { outcome: 'success', code: 'not_revoked' }

/** The badge is revoked, for that reason if it is one; since when is not said, so that nothing is known of a day before. */
export function revoked(reason: unknown, at: Date, context: OlderContext): Found {
  if (at.getTime() < context.now.getTime()) return { outcome: 'skipped', code: 'status_past_unknown' }
  const because = typeof reason === 'string' && reason !== '' ? ` (« ${reason.slice(0, 500)} »)` : ''
  return { outcome: 'failure', code: 'revoked', values: { because } }
}

/** A verification that ends before anything is proven. */
export const endsWith = ({ question, at }: Asked, checks: Partial<Record<CheckId, Found>>): Verification =>
  conclude({ found: new Map(Object.entries(checks) as [CheckId, Found][]), question, at })

/** The rest, once the badge is proven: dates, recipient, and what older versions do not know or is not followed here. */
export async function concludeProven(
  asked: Asked,
  context: OlderContext,
  { older, proof, checks }: { older: Older; proof: Dialect['proof']; checks: Partial<Record<CheckId, Found>> },
): Promise<Verification> {
  const { version, question, at } = asked
  const badge = asOpenBadge(older)
  const matched: string[] = []
  const endorsed = [older.assertion, older.badge, older.issuer].some((one) => one['endorsement'])
  const isUndated = older.version === '0.5' && older.assertion['issued_on'] === undefined
  const dates = checkDates(badge, at)
  const found: Partial<Record<CheckId, Found>> = {
    shape: shapeRight(version),
    refresh: { outcome: 'skipped', code: 'refresh_none' },
    suspension: { outcome: 'skipped', code: 'no_suspension_list' },
    dates: isUndated && dates.code === 'no_expiry' ? { outcome: 'skipped', code: 'issue_date_unknown' } : dates,
    recipient: await recipientFound({ badge, context, matched }, [question.recipient ?? []].flat()),
    endorsements: { outcome: 'skipped', code: endorsed ? 'endorsements_not_checked' : 'endorsements_none' },
    ...checks,
  }
  return conclude({
    found: new Map(Object.entries(found) as [CheckId, Found][]),
    question,
    at,
    credential: older.assertion,
    badge,
    dialect: { version, proof },
    matched,
  })
}
