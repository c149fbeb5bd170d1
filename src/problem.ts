import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { DomainError, type ErrorKind, forTheLog, isDataRefused, isDiskFull } from './errors.ts'

const STATUS: Record<ErrorKind, [status: number, title: string]> = {
  malformed: [400, 'Demande mal formée'],
  unauthenticated: [401, 'Accès à prouver'],
  forbidden: [403, 'Accès refusé'],
  not_found: [404, 'Introuvable'],
  not_acceptable: [406, 'Format non proposé'],
  conflict: [409, 'Déjà décidé'],
  gone: [410, 'N’est plus là'],
  too_large: [413, 'Envoi trop volumineux'],
  unsupported: [415, 'Format non reconnu'],
  invalid: [422, 'Demande refusée'],
  too_many: [429, 'Trop de demandes'],
  unavailable: [503, 'Service indisponible'],
}

export type Problem = {
  type: string
  title: string
  status: number
  code: string
  detail: string
  mend: string
  instance: string
  [extension: string]: unknown
}

/** RFC 9457 problem details of any error. What is not a named refusal says nothing of itself: it may hold secrets. */
function toProblem(error: unknown, instance: string): Problem {
  const known = refusalOf(error)
  if (!known) {
    return {
      type: 'urn:insigne:problem:internal',
      title: 'Panne du service',
      status: 500,
      code: 'internal',
      detail: 'Le service a rencontré une panne. Rien de votre demande n’a été enregistré à moitié.',
      mend: 'Réessayez dans quelques minutes ; si cela dure, signalez l’heure de la panne à l’exploitant.',
      instance,
    }
  }
  const [status, title] = STATUS[known.kind]
  const { code, message, mend, details } = known
  return { type: `urn:insigne:problem:${code}`, title, status, code, detail: message, mend, instance, ...details }
}

/** What HTTP answers to each kind of refusal. */
export const statusOf = ({ kind }: DomainError): number => STATUS[kind][0]

/** The named refusal that an error is; null for what nobody expected. */
export const refusalOf = (error: unknown): DomainError | null =>
  error instanceof DomainError ? error : (fromFastify(error as FastifyError) ?? fromBelow(error))

/** The fields of a form that its schema refuses, each with what to do in a few words. */
export const wrongFields = (error: unknown): { name: string; message: string }[] =>
  ((error as FastifyError).validation ?? []).flatMap((one) => {
    const { keyword, instancePath, params } = one as Violation
    if (keyword === 'if' || keyword === 'anyOf') return []
    const missing = [params['requiredProperties'] ?? params['missingProperty'] ?? []].flat()
    const names = missing.length > 0 ? missing : [instancePath.slice(1).split('/')[0]!]
    return names.map((name) => ({ name, message: fieldSentence(keyword, params) }))
  })

function fieldSentence(keyword: string, params: Violation['params']): string {
  switch (keyword) {
    case 'required':
    case 'minLength':
      return 'Ce champ est à remplir.'
    case 'maxLength':
      return `Ce champ est trop long : ${String(params['limit'])} caractères au plus.`
    case 'minimum':
      return `Écrivez un nombre d’au moins ${String(params['limit'])}.`
    case 'maximum':
      return `Écrivez un nombre d’au plus ${String(params['limit'])}.`
    case 'type':
      return 'Écrivez un nombre.'
    case 'format':
      return params['format'] === 'date'
        ? 'Écrivez une date : jour, mois et année.'
        : 'La forme n’est pas celle attendue.'
    case 'enum':
    case 'const':
      return 'Choisissez l’une des valeurs proposées.'
    default:
      return 'La forme n’est pas celle attendue.'
  }
}

/** The framework's own refusals, said in French. */
function fromFastify(error: FastifyError): DomainError | null {
  if (error.validation) {
    const errors = error.validation.map((one) =>
      validationSentence(one as Violation, error.validationContext ?? 'body'),
    )
    return new DomainError('invalid', 'invalid_fields', errors[0] ?? 'La demande est incomplète.', FIELDS_MEND, {
      errors,
    })
  }
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
    case 'FST_REQ_FILE_TOO_LARGE':
      return new DomainError(
        'too_large',
        'too_large',
        'L’envoi dépasse la taille admise.',
        'Découpez-le en plusieurs envois.',
      )
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_INVALID_MULTIPART_CONTENT_TYPE':
      return new DomainError('unsupported', 'unsupported', 'Ce format n’est pas pris en charge ici.', MEDIA_MEND)
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
    case 'FST_ERR_BAD_URL':
      return new DomainError(
        'malformed',
        'malformed',
        'La demande n’est pas lisible : le JSON envoyé est incomplet ou mal formé.',
        'Corrigez-le, en UTF-8, puis renvoyez-le.',
      )
  }
  if (error.statusCode === 429) {
    return new DomainError(
      'too_many',
      'too_many',
      'Trop de demandes en peu de temps.',
      'Attendez une minute, puis recommencez.',
    )
  }
  if (error.statusCode && error.statusCode >= 400 && error.statusCode < 500) {
    return new DomainError(
      'malformed',
      'malformed',
      'La demande n’est pas lisible.',
      'Vérifiez son format, puis renvoyez-la.',
    )
  }
  return null
}

function fromBelow(error: unknown): DomainError | null {
  if (isDataRefused(error)) {
    return new DomainError(
      'invalid',
      'value_refused',
      'Une valeur de la demande ne peut pas être gardée : caractère invisible, nombre ou date hors limites.',
      FIELDS_MEND,
    )
  }
  if (!isDiskFull(error)) return null
  return new DomainError(
    'unavailable',
    'disk_full',
    'Le service n’a plus de place pour enregistrer. Rien de votre demande n’a été gardé à moitié.',
    'Prévenez l’exploitant, puis renvoyez la demande quand la place est rendue.',
  )
}

const FIELDS_MEND = 'Corrigez les champs cités ; leur forme est décrite sur /api.'
const MEDIA_MEND = 'Voyez sur /api les formats admis et envoyez l’en-tête « Content-Type » qui convient.'

type Violation = { keyword: string; instancePath: string; params: Record<string, string | string[]> }

function validationSentence({ keyword, instancePath, params }: Violation, context: string): string {
  const where = `${PLACES[context] ?? context}${instancePath.replaceAll('/', '.').replace(/^\./, ' ')}`
  switch (keyword) {
    case 'required':
      return `${where} : il manque « ${[params['requiredProperties'] ?? params['missingProperty']].flat().join(' », « ')} ».`
    case 'additionalProperties':
      return `${where} : champ inconnu « ${[params['additionalProperties'] ?? params['additionalProperty']].flat().join(' », « ')} ».`
    case 'type':
      return `${where} : la valeur doit être de type ${[params['type']].flat().join(' ou ')}.`
    case 'enum':
    case 'anyOf':
    case 'const':
      return `${where} : la valeur n’est pas l’une de celles admises${params['allowedValues'] ? ` (${[params['allowedValues']].flat().join(', ')})` : ''}.`
    case 'format':
    case 'pattern':
      return `${where} : la valeur n’a pas la forme attendue (${String(params['format'] ?? params['pattern'])}).`
    default:
      return `${where} : la valeur n’est pas admise (${keyword} ${String(params['limit'] ?? '')}).`
  }
}

const PLACES: Record<string, string> = {
  body: 'Corps',
  querystring: 'Paramètre',
  params: 'Adresse',
  headers: 'En-tête',
}

/** Sends the problem as JSON; pages have their own rendering (see `app.ts`). Logs once, and only what is unexpected. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): Problem {
  const problem = toProblem(error, request.url.split('?')[0] ?? '/')
  if (problem.status >= 500) request.log.error({ err: forTheLog(error) }, 'request.failed')
  if (problem.status === 401) void reply.header('www-authenticate', 'Bearer')
  void reply.code(problem.status)
  return problem
}
