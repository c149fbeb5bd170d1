import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { CREDENTIALS_V1, CREDENTIALS_V2 } from './contexts.ts'
import { openEnvelope } from './envelope.ts'
import { checkForm } from './form.ts'
import { PURPOSES } from './status.ts'
import { issuerOf, type JsonObject } from './suite.ts'
import { isInDate } from './validity.ts'
import { checkOpened } from './vc-jwt.ts'
import { checkStatus, type Context } from './verify-status.ts'

/** What an EndorsementCredential must hold (OB 3.0 B.1.7, B.1.8). */
const Endorsement = Type.Object({
  '@context': Type.Array(Type.Unknown(), { minItems: 2, maxItems: 10 }),
  id: Type.String({ minLength: 1, maxLength: 4096 }),
  type: Type.Array(Type.String(), { contains: Type.Literal('EndorsementCredential'), maxItems: 20 }),
  name: Type.String({ minLength: 1, maxLength: 20_000 }),
  validFrom: Type.String({ maxLength: 40 }),
  validUntil: Type.Optional(Type.String({ maxLength: 40 })),
  issuer: Type.Union([Type.String({ minLength: 1 }), Type.Object({ id: Type.String({ minLength: 1 }) })]),
  credentialSubject: Type.Object({
    id: Type.String({ minLength: 1, maxLength: 4096 }),
    type: Type.Union([
      Type.Literal('EndorsementSubject'),
      Type.Array(Type.String(), { contains: Type.Literal('EndorsementSubject'), maxItems: 20 }),
    ]),
    endorsementComment: Type.Optional(Type.String({ maxLength: 20_000 })),
  }),
  credentialStatus: Type.Optional(
    Type.Union([
      Type.Object({ type: Type.Unknown() }),
      Type.Array(Type.Object({ type: Type.Unknown() }), { maxItems: 4 }),
    ]),
  ),
})

export type CheckedEndorsement = {
  verdict: 'valid' | 'invalid' | 'indeterminate'
  /** Why: `endorsement_ok`, or the first thing wrong with it. */
  code: string
  /** Whom it names as its issuer, proven or not. */
  issuer: string
  /** What was signed; null where nothing is proven. */
  endorsement: JsonObject | null
}

/** Verifies one endorsement (a document, or the token that carries it) as a credential about that subject, at that date. */
export async function checkEndorsement(
  given: unknown,
  subject: string,
  at: Date,
  context: Context,
): Promise<CheckedEndorsement> {
  const { credential, jwt } = openEnvelope(given)
  const issuer = isObject(credential) ? (issuerOf(credential) ?? '').slice(0, 4096) : ''
  const say = (verdict: CheckedEndorsement['verdict'], code: string, endorsement: JsonObject | null = null) => ({
    verdict,
    code: `endorsement_${code}`,
    issuer,
    endorsement,
  })
  const read = isObject(credential) ? readable(credential) : null
  if (!isObject(credential) || read === null) return say('invalid', 'shape')
  if (read === 'unknown') return say('indeterminate', 'unsupported')
  if (read.credentialSubject.id !== subject) return say('invalid', 'other_subject')
  const proof = await checkOpened({ credential, jwt }, context)
  if (proof.outcome === 'failure') return say('invalid', 'proof')
  if (proof.outcome === 'skipped') {
    return say('indeterminate', proof.code === 'issuer_unreachable' ? 'unreachable' : 'unsupported')
  }
  for (const purpose of PURPOSES) {
    const { outcome, code } = await checkStatus(read, purpose, at, context)
    if (outcome === 'failure') return say('invalid', code, read)
    if (UNKNOWN_STATUS.has(code)) return say('indeterminate', code, read)
  }
  return isInDate(read, at) ? say('valid', 'ok', read) : say('invalid', 'dates', read)
}

const UNKNOWN_STATUS = new Set(['status_unreachable', 'status_unsupported', 'status_past_unknown'])

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The endorsement in the words of VC 2.0; null for the wrong form, «unknown» for a vocabulary whose meaning is not known here. */
function readable(given: JsonObject): (JsonObject & { credentialSubject: { id: string } }) | 'unknown' | null {
  const form = checkForm(given)
  if (form) return form.code === 'context_unknown' ? 'unknown' : null
  const [first] = [given['@context'] ?? []].flat()
  if (first !== CREDENTIALS_V1 && first !== CREDENTIALS_V2) return null
  const { issuanceDate, expirationDate, ...rest } = given
  const older = {
    ...rest,
    validFrom: issuanceDate,
    ...(expirationDate !== undefined && { validUntil: expirationDate }),
  }
  const read: JsonObject = first === CREDENTIALS_V1 ? older : given
  if (!Value.Check(Endorsement, read) || !isDate(read.validFrom)) return null
  return read.validUntil === undefined || isDate(read.validUntil) ? read : null
}

const isDate = (value: unknown): boolean => typeof value === 'string' && !Number.isNaN(Date.parse(value))

/** What an endorsement says; null for one that only endorses. */
export function commentOf({ credentialSubject }: JsonObject): string | null {
  const { endorsementComment } = credentialSubject as JsonObject
  return typeof endorsementComment === 'string' ? endorsementComment : null
}

/** How who endorses calls itself: a claim, where the identifier is proven. */
export const endorserName = ({ issuer }: JsonObject): string | null =>
  isObject(issuer) && typeof issuer['name'] === 'string' ? issuer['name'] : null
