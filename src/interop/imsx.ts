import { DomainError } from '../errors.ts'
import { refusalOf, statusOf } from '../problem.ts'

/** The minor codes of 1EdTech (OB 3.0 §B, Imsx_CodeMinorField). */
type Minor =
  | 'forbidden'
  | 'internal_server_error'
  | 'invalid_data'
  | 'invalid_query_parameter'
  | 'not_acceptable'
  | 'not_found'
  | 'server_busy'
  | 'unauthorizedrequest'

export type StatusInfo = {
  imsx_codeMajor: 'failure' | 'unsupported'
  imsx_severity: 'error' | 'warning'
  imsx_description: string
  imsx_codeMinor: { imsx_codeMinorField: { imsx_codeMinorFieldName: string; imsx_codeMinorFieldValue: Minor }[] }
}

const MINORS: Record<number, Minor> = {
  401: 'unauthorizedrequest',
  403: 'forbidden',
  404: 'not_found',
  405: 'not_found',
  406: 'not_acceptable',
  429: 'server_busy',
  503: 'server_busy',
}
/** What the API answers with another status than the rest of the service: it knows 400 for whatever is wrong in a request. */
const AS_BAD_REQUEST = new Set([409, 410, 422])

/** An error in the words of 1EdTech, with its HTTP status; what is not a named refusal says nothing of itself. */
export function statusInfoOf(error: unknown): { status: number; info: StatusInfo } {
  const known = refusalOf(error)
  if (!known) return { status: 500, info: infoOf('Le service a rencontré une panne.', 'internal_server_error') }
  const status = known.code === 'method' ? 405 : statusOf(known)
  const answered = AS_BAD_REQUEST.has(status) ? 400 : status
  const minor = known.code === 'query' ? 'invalid_query_parameter' : (MINORS[answered] ?? 'invalid_data')
  return { status: answered, info: infoOf(`${known.message} ${known.mend}`, minor, status === 405) }
}

const infoOf = (description: string, minor: Minor, isUnsupported = false): StatusInfo => ({
  imsx_codeMajor: isUnsupported ? 'unsupported' : 'failure',
  imsx_severity: 'error',
  imsx_description: description,
  imsx_codeMinor: {
    imsx_codeMinorField: [{ imsx_codeMinorFieldName: 'TargetEndSystem', imsx_codeMinorFieldValue: minor }],
  },
})

/** A method that an address of the API does not have. */
export const noSuchMethod = () =>
  new DomainError('not_found', 'method', 'Cette adresse n’a pas cette méthode.', 'Voyez /ims/ob/v3p0/discovery.')
