import { DomainError } from '../errors.ts'
import { refusalOf, statusOf } from '../problem.ts'

/** The minor codes that this service answers with, of those of 1EdTech (Open Badges 3.0, appendix B.3.6). */
type Minor =
  | 'forbidden'
  | 'internal_server_error'
  | 'invalid_data'
  | 'invalid_query_parameter'
  | 'not_acceptable'
  | 'not_allowed'
  | 'not_found'
  | 'server_busy'
  | 'unauthorizedrequest'
  | 'unknown'

export type StatusInfo = {
  imsx_codeMajor: 'failure'
  imsx_severity: 'error' | 'status'
  imsx_description: string
  imsx_codeMinor: { imsx_codeMinorField: { imsx_codeMinorFieldName: string; imsx_codeMinorFieldValue: Minor }[] }
}

const MINORS: Record<number, Minor> = {
  401: 'unauthorizedrequest',
  403: 'forbidden',
  404: 'not_found',
  405: 'not_allowed',
  406: 'not_acceptable',
  409: 'invalid_data',
  410: 'invalid_data',
  422: 'invalid_data',
  429: 'server_busy',
}
/** What the API answers with another status than the rest of the service: it knows 400 for whatever is wrong in a request (§6.2). */
const AS_BAD_REQUEST = new Set([409, 410, 422])

/**
 * An error as an `Imsx_StatusInfo`, with its HTTP status; what is not a named refusal says nothing of itself. Which minor code goes
 * with a status, a major code and a severity is read in Open Badges 3.0, appendix B.3.6: `invalid_data` is for JSON that can be
 * read and is wrong, `unknown` for what has no code of its own. It pairs `invalid_data` with 422, where §6.2.5 has 400: 400 it is.
 */
export function statusInfoOf(error: unknown): { status: number; info: StatusInfo } {
  const known = refusalOf(error)
  if (!known) return { status: 500, info: infoOf('Le service a rencontré une panne.', 'internal_server_error') }
  const status = known.code === 'method' ? 405 : statusOf(known)
  const minor = known.code === 'query' ? 'invalid_query_parameter' : (MINORS[status] ?? 'unknown')
  return { status: AS_BAD_REQUEST.has(status) ? 400 : status, info: infoOf(`${known.message} ${known.mend}`, minor) }
}

const infoOf = (description: string, minor: Minor): StatusInfo => ({
  imsx_codeMajor: 'failure',
  imsx_severity: minor === 'not_found' ? 'status' : 'error',
  imsx_description: description,
  imsx_codeMinor: {
    imsx_codeMinorField: [{ imsx_codeMinorFieldName: 'TargetEndSystem', imsx_codeMinorFieldValue: minor }],
  },
})

/** A method that an address of the API does not have. */
export const noSuchMethod = () =>
  new DomainError('not_found', 'method', 'Cette adresse n’a pas cette méthode.', 'Voyez /ims/ob/v3p0/discovery.')
