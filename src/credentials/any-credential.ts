import { CREDENTIALS_V2 } from './contexts.ts'
import { brokenMust, URL_PATTERN } from './credential-musts.ts'
import { openEnvelope, payloadOf } from './envelope.ts'
import { checkForm } from './form.ts'
import { PURPOSES } from './status.ts'
import { issuerOf, type JsonObject } from './suite.ts'
import { isInDate } from './validity.ts'
import { checkOpened } from './vc-jwt.ts'
import { decisiveCheck } from './verify.ts'
import { checkStatus, type Context, type Found } from './verify-status.ts'

/** A check of a credential of any kind, and what it found. */
export type Checked = Found & { id: 'form' | 'proof' | 'status' | 'dates' }
export type CredentialReport = {
  /** What was signed; null unless that was verified. */
  credential: JsonObject | null
  checks: Checked[]
  /** The check that says no, or that could not say; absent when the credential holds. */
  reason?: Checked | undefined
}

/** What a verifier wants its proof to have been made for (Data Integrity §4.4, Verify Proof); what is absent is not compared. */
type AskedOfProof = {
  expectedProofPurpose?: string | undefined
  challenge?: string | undefined
  domain?: string | undefined
}

/**
 * Verifies a Verifiable Credential that need not be an Open Badge (VC 2.0, or 1.1): its form, its proof or its token, its status
 * lists and its dates. Nothing is looked at once something is wrong. Never throws for what the credential says.
 */
export async function verifyCredential(
  given: unknown,
  context: Context,
  askedOfProof: AskedOfProof = {},
): Promise<CredentialReport> {
  const { credential, jwt } = openEnvelope(given)
  const wrong = credential === undefined ? { code: 'jwt_malformed' } : formFault(credential)
  if (wrong) return concluded(null, [{ id: 'form', outcome: 'failure', ...wrong }])
  const signed = credential as JsonObject
  const checked = await checkOpened({ credential, jwt }, context)
  const proof: Found | typeof checked =
    (checked.outcome === 'success' ? otherTerms(signed, jwt, askedOfProof) : null) ?? checked
  const checks: Checked[] = [
    { id: 'form', outcome: 'success', code: 'credential_form_ok' },
    { id: 'proof', code: 'proof_ok', ...proof },
  ]
  if (proof.outcome !== 'success') return concluded(null, checks)
  // Its lists say it, those of this service included: an identifier here may be anything.
  const asked = { ...context, knownState: undefined }
  for (const purpose of PURPOSES) {
    checks.push({ id: 'status', ...(await checkStatus(signed, purpose, context.now, asked)) })
  }
  checks.push({ id: 'dates', ...datesOf(signed, context.now) })
  return concluded(signed, checks)
}

/** What is asked of the proofs that one of them does not say; null when each says all. A token says it as `nonce` and `aud`. */
function otherTerms(signed: JsonObject, jwt: string | null, asked: AskedOfProof): Found | null {
  const { nonce, aud } = (jwt !== null && payloadOf(jwt)) || {}
  const ofToken = { proofPurpose: 'assertionMethod', challenge: nonce, domain: aud }
  const proofs = jwt === null ? ([signed['proof'] ?? []].flat() as JsonObject[]) : [ofToken]
  const differs = (name: string, value?: string): boolean =>
    value !== undefined && proofs.some((proof) => ![proof[name]].flat().includes(value))
  const fails = (code: string): Found => ({ outcome: 'failure', code })
  if (differs('proofPurpose', asked.expectedProofPurpose)) return fails('proof_purpose')
  if (differs('challenge', asked.challenge)) return fails('proof_challenge')
  return differs('domain', asked.domain) ? fails('proof_domain') : null
}

const concluded = (credential: JsonObject | null, checks: Checked[]): CredentialReport => ({
  credential,
  checks,
  reason: decisiveCheck(checks),
})

type Fault = { code: string; values?: Record<string, string> }
const at = (where: string): Fault => ({ code: 'credential_form', values: { where } })

/** What a credential breaks of the VC Data Model 2.0 (or 1.1), before its proof; null when it has the form of one. */
export function formFault(given: unknown): Fault | null {
  if (!isObject(given)) return at('/')
  const form = checkForm(given)
  if (form?.code === 'too_complex') return { code: 'shape_too_complex' }
  const [first] = [given['@context']].flat()
  if (first !== CREDENTIALS_V2 && first !== CREDENTIALS_V1) return at('/@context')
  if (form) return form.code === 'spelling' ? at(form.where) : { code: 'context_unknown' }
  if (![given['type']].flat().includes('VerifiableCredential')) return at('/type')
  if (![given['type']].flat().every((type) => typeof type === 'string' && type !== '')) return at('/type')
  const issuer = issuerOf(given)
  if (issuer === null || !URL_FORM.test(issuer)) return at('/issuer')
  const where = subjectFault(given['credentialSubject']) ?? dateFault(given, first === CREDENTIALS_V1)
  if (where) return at(where)
  const broken = brokenMust(given)
  return broken && { code: broken.code, values: { where: broken.where } }
}

const CREDENTIALS_V1 = 'https://www.w3.org/2018/credentials/v1'
const URL_FORM = new RegExp(URL_PATTERN)

/** One subject or several, each of which something is said (VC 2.0 §4.8). */
function subjectFault(subject: unknown): string | null {
  const subjects = subject === undefined ? [] : [subject].flat()
  const isSaid = (one: unknown): boolean => isObject(one) && Object.keys(one).length > 0
  return subjects.length > 0 && subjects.every(isSaid) ? null : '/credentialSubject'
}

/** A date with its zone (XML Schema 1.1 §3.4.28, dateTimeStamp), that the calendar knows. */
const DATE = /^-?\d{4,}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/

function dateFault(credential: JsonObject, isVersion1: boolean): string | null {
  const [from, until] = isVersion1 ? ['issuanceDate', 'expirationDate'] : ['validFrom', 'validUntil']
  if (isVersion1 && credential[from] === undefined) return `/${from}`
  for (const name of [from, until]) {
    const date = credential[name]
    const isDate = typeof date === 'string' && DATE.test(date) && !Number.isNaN(Date.parse(date))
    if (date !== undefined && !isDate) return `/${name}`
  }
  return Date.parse(String(credential[until])) < Date.parse(String(credential[from])) ? `/${until}` : null
}

function datesOf(credential: JsonObject, now: Date): Found {
  const { validFrom = credential['issuanceDate'], validUntil = credential['expirationDate'] } = credential
  const day = (date: unknown): string => (typeof date === 'string' ? date.slice(0, 10) : '')
  const values = { from: day(validFrom), until: day(validUntil) }
  if (isInDate({ validFrom, validUntil }, now)) return { outcome: 'success', code: 'dates_in_force', values }
  const isOver = typeof validUntil === 'string' && Date.parse(validUntil) < now.getTime()
  return { outcome: 'failure', code: isOver ? 'expired' : 'not_yet_valid', values }
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
