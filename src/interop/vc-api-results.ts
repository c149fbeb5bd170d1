import type { Checked, CredentialReport } from '../credentials/any-credential.ts'
import type { PresentationReport } from '../credentials/presentation.ts'
import type { Found } from '../credentials/verify-status.ts'
import { type Lang, sentence } from '../credentials/verify-messages.ts'

/** What went wrong, as RFC 9457 writes it (VC 2.0 §7.1); its type is that of the standard where the standard has one. */
export type ProblemDetails = { type: string; title: string; detail: string; code: string }

const VCDM = 'https://www.w3.org/TR/vc-data-model#'
const SECURITY = 'https://w3id.org/security#'
const TYPES: Record<string, string> = {
  jwt_malformed: `${VCDM}PARSING_ERROR`,
  expired: `${VCDM}RANGE_ERROR`,
  not_yet_valid: `${VCDM}RANGE_ERROR`,
  proof_missing: `${SECURITY}PROOF_VERIFICATION_ERROR`,
  proof_invalid: `${SECURITY}PROOF_VERIFICATION_ERROR`,
  proof_purpose: `${SECURITY}PROOF_VERIFICATION_ERROR`,
  proof_challenge: `${SECURITY}INVALID_CHALLENGE_ERROR`,
  proof_domain: `${SECURITY}INVALID_DOMAIN_ERROR`,
  presentation_unsigned: `${SECURITY}PROOF_VERIFICATION_ERROR`,
  presentation_purpose: `${SECURITY}PROOF_VERIFICATION_ERROR`,
  presentation_challenge: `${SECURITY}INVALID_CHALLENGE_ERROR`,
  presentation_domain: `${SECURITY}INVALID_DOMAIN_ERROR`,
  revoked: 'https://www.w3.org/ns/credentials/status-list#STATUS_VERIFICATION_ERROR',
  suspended: 'https://www.w3.org/ns/credentials/status-list#STATUS_VERIFICATION_ERROR',
  status_invalid: 'https://www.w3.org/ns/credentials/status-list#STATUS_VERIFICATION_ERROR',
  status_unreachable: 'https://www.w3.org/ns/credentials/status-list#STATUS_RETRIEVAL_ERROR',
}

function problemOf({ code, values }: Found, isProof: boolean, lang: Lang): ProblemDetails {
  const type = TYPES[code] ?? `${VCDM}${isProof ? 'CRYPTOGRAPHIC_SECURITY_ERROR' : 'MALFORMED_VALUE_ERROR'}`
  return { type, title: type.split('#')[1]!, detail: sentence(code, lang, values), code }
}

/** The verification of a credential as the VC-API answers it; `errors` for those tools that only look there. */
export function credentialResult({ credential, checks, reason }: CredentialReport, lang: Lang, isReturned = false) {
  const problems = reason ? [problemOf(reason, reason.id === 'proof', lang)] : []
  return {
    verified: reason === undefined,
    checks: checks.map((check) => told(check, lang)),
    problemDetails: problems,
    errors: problems.map((one) => one.detail),
    ...(isReturned && credential && { verifiableCredential: credential }),
  }
}

const told = ({ id, outcome, code, values }: Checked, lang: Lang) => ({
  id,
  outcome,
  code,
  message: sentence(code, lang, values),
})

/** The verification of a presentation as the VC-API answers it, with that of each credential in it. */
export function presentationResult(
  { verified, isSigned, presentation, holder, credentials }: PresentationReport,
  { challenge, domain }: { challenge?: string; domain?: string },
  lang: Lang,
) {
  const isValid = presentation.outcome === 'success'
  const results = credentials.map((one) => credentialResult(one, lang))
  const problems = isValid ? results.flatMap((one) => one.problemDetails) : [problemOf(presentation, isSigned, lang)]
  return {
    verified,
    problemDetails: problems,
    errors: problems.map((one) => one.detail),
    results: {
      ...(challenge !== undefined && { challenge: { valid: isValid, input: challenge } }),
      ...(domain !== undefined && { domain: { valid: isValid, input: domain } }),
      ...(holder !== null && { holder: { valid: isValid, input: holder } }),
    },
    credentialResults: results,
  }
}
