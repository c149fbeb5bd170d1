import { type CredentialReport, formFault, verifyCredential } from './any-credential.ts'
import { CREDENTIALS_V2 } from './contexts.ts'
import { brokenMust, URL_PATTERN } from './credential-musts.ts'
import { envelopedToken, openEnvelope, payloadOf } from './envelope.ts'
import { checkForm } from './form.ts'
import { list } from './open-badge.ts'
import { type Asked, checkEmbedded, checkToken, holderOf } from './presentation-proof.ts'
import { issuerOf, type JsonObject } from './suite.ts'
import type { Context, Found } from './verify-status.ts'

export type PresentationReport = {
  verified: boolean
  /** False when what was given is no signed presentation: there was nothing to verify. */
  isSigned: boolean
  /** The form of the presentation, or its proof: the first that says no, else what says yes. */
  presentation: Found
  holder: string | null
  credentials: CredentialReport[]
}

/** Each may cost several documents to fetch. */
const MAX_CREDENTIALS = 20
const CREDENTIALS_V1 = 'https://www.w3.org/2018/credentials/v1'
const URL_FORM = new RegExp(URL_PATTERN)

/**
 * Verifies a presentation (VC 2.0 §4.13, or 1.1) with its proof inside or as a token, for the challenge and the domain asked
 * for, and each credential in it. Never throws for what it says.
 */
export async function verifyPresentation(given: unknown, asked: Asked, context: Context): Promise<PresentationReport> {
  const jwt = typeof given === 'string' ? given : envelopedToken(given, 'Presentation')
  const presentation = jwt === null ? given : presentationOf(jwt)
  const fault = presentationFault(presentation)
  if (fault) return { verified: false, isSigned: false, presentation: fault, holder: null, credentials: [] }
  const said = presentation as JsonObject
  const found = jwt === null ? await checkEmbedded(said, asked, context) : await checkToken(jwt, said, asked, context)
  const holder = holderOf(said)
  const isSigned = found.code !== 'presentation_unsigned'
  if (found.outcome !== 'success') return { verified: false, isSigned, presentation: found, holder, credentials: [] }
  const credentials: CredentialReport[] = []
  for (const one of list(said['verifiableCredential'] as unknown[] | undefined))
    credentials.push(await verifyOne(one, holder, context))
  return {
    verified: credentials.every(({ reason }) => reason === undefined),
    isSigned,
    presentation: found,
    holder,
    credentials,
  }
}

/**
 * A credential that its holder says of itself is covered by the proof of the presentation, when its issuer is that holder
 * (VC 2.0 §4.13.3); any other has its own.
 */
async function verifyOne(given: unknown, holder: string | null, context: Context): Promise<CredentialReport> {
  const { credential, jwt } = openEnvelope(given)
  const isBare = jwt === null && (credential as JsonObject)['proof'] === undefined
  if (!isBare || holder === null || issuerOf(credential as JsonObject) !== holder)
    return verifyCredential(given, context)
  // This credential alone: its status list, of the same issuer, has its own proof.
  const checkProof: Context['checkProof'] = async (one, ...rest) =>
    one === credential ? { outcome: 'success' } : context.checkProof(one, ...rest)
  return verifyCredential(given, { ...context, checkProof })
}

/** The presentation that a token says (VC-JOSE-COSE: its payload; VC 1.1: a `vp` claim), not verified. */
function presentationOf(jwt: string): unknown {
  const payload = payloadOf(jwt)
  if (!payload) return undefined
  const { vp, iss, nonce: _nonce, aud: _aud, exp: _exp, nbf: _nbf, iat: _iat, jti: _jti, ...rest } = payload
  if (typeof vp !== 'object' || vp === null) return rest
  return { ...(iss !== undefined && { holder: iss }), ...vp }
}

function presentationFault(given: unknown): Found | null {
  const fails = (where: string): Found => ({ outcome: 'failure', code: 'presentation_form', values: { where } })
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return fails('/')
  const said = given as JsonObject
  const { verifiableCredential, ...alone } = said
  const credentials = list(verifiableCredential as unknown[] | undefined)
  if (credentials.length > MAX_CREDENTIALS) return { outcome: 'failure', code: 'presentation_too_many' }
  const form = checkForm(alone)
  if (form?.code === 'too_complex') return { outcome: 'failure', code: 'shape_too_complex' }
  const [first] = [said['@context']].flat()
  if (first !== CREDENTIALS_V2 && first !== CREDENTIALS_V1) return fails('/@context')
  if (form) return form.code === 'spelling' ? fails(form.where) : { outcome: 'skipped', code: 'context_unknown' }
  if (![said['type']].flat().includes('VerifiablePresentation')) return fails('/type')
  const holder = holderOf(said)
  if (said['holder'] !== undefined && (holder === null || !URL_FORM.test(holder))) return fails('/holder')
  const broken = brokenMust(alone)
  if (broken) return { outcome: 'failure', code: broken.code, values: { where: broken.where } }
  // VC 1.1 lets tokens stand as they are; VC 2.0 wants them enveloped.
  const stray = credentials.findIndex((one) => !(typeof one === 'string' && first === CREDENTIALS_V1) && fitsNot(one))
  return stray < 0 ? null : fails(`/verifiableCredential/${stray}`)
}

/** What the proof of a presentation would be computed over without being read: its credentials must have their form too. */
const fitsNot = (one: unknown): boolean => {
  if (typeof one !== 'object' || one === null) return true
  const { credential, jwt } = openEnvelope(one)
  return jwt === null && formFault(credential) !== null
}
