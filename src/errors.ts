/** What went wrong, in the domain's words; `problem.ts` alone knows what HTTP makes of each kind. */
export type ErrorKind =
  | 'malformed'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'not_acceptable'
  | 'conflict'
  | 'gone'
  | 'too_large'
  | 'unsupported'
  | 'invalid'
  | 'too_many'
  | 'unavailable'

/** An expected refusal: a stable code, what happened and how to mend it, both in plain French. */
export class DomainError extends Error {
  override name = 'DomainError'
  constructor(
    kind: ErrorKind,
    code: string,
    message: string,
    mend: string,
    details: Record<string, string | number | string[]> = {},
  ) {
    super(message)
    this.kind = kind
    this.code = code
    this.mend = mend
    this.details = details
  }
  readonly kind: ErrorKind
  readonly code: string
  readonly mend: string
  readonly details: Record<string, string | number | string[]>
}

export const notFound = (what: string, id: string) =>
  new DomainError(
    'not_found',
    'not_found',
    `${what} « ${id} » est introuvable.`,
    'Vérifiez l’adresse ou l’identifiant.',
  )

export const notAuthenticated = () =>
  new DomainError(
    'unauthenticated',
    'unauthenticated',
    'Cette action demande un jeton d’accès valable ; il manque, a expiré ou n’a pas été émis par ce service.',
    'Envoyez l’en-tête « Authorization: Bearer … » avec un jeton en cours de validité.',
  )

export const notAllowed = (why: string, mend = 'Demandez ce droit à la personne qui administre votre organisme.') =>
  new DomainError('forbidden', 'forbidden', why, mend)

export const invalid = (code: string, message: string, mend: string, details = {}) =>
  new DomainError('invalid', code, message, mend, details)

export const conflict = (code: string, message: string, mend: string) =>
  new DomainError('conflict', code, message, mend)

export const tooLarge = (message: string, mend: string) => new DomainError('too_large', 'too_large', message, mend)

export const unsupported = (message: string, mend: string) =>
  new DomainError('unsupported', 'unsupported', message, mend)

export const malformed = (code: string, message: string, mend: string, details = {}) =>
  new DomainError('malformed', code, message, mend, details)

/** An error and its causes, the outermost first. */
function* chain(error: unknown): Generator<Error & Record<string, unknown>> {
  for (let e = error; e instanceof Error; e = e.cause) yield e as Error & Record<string, unknown>
}

/** The name of the SQL constraint that a database error says was broken, on PostgreSQL and on PGlite. */
export function brokenConstraint(error: unknown): string | undefined {
  for (const { constraint, constraint_name } of chain(error)) {
    if (constraint ?? constraint_name) return String(constraint ?? constraint_name)
  }
  return undefined
}

/**
 * PostgreSQL class 22 (data exception), as far as a request may cause it: a number or a date out of range, a text of the
 * wrong form, a NUL. The edges refuse these in better words; this is the net below them.
 */
export const isDataRefused = (error: unknown): boolean =>
  Array.from(chain(error)).some(({ code }) => typeof code === 'string' && /^22(003|007|008|021|P02|P05)$/.test(code))

/** A write that found no room: the database's (53100, disk full), or a file's. */
export const isDiskFull = (error: unknown): boolean =>
  Array.from(chain(error)).some(({ code }) => code === '53100' || code === 'ENOSPC')

/** An unexpected error as a log may keep it: a database repeats in its words the values it was given, so they are left out. */
export function forTheLog(error: unknown): Record<string, unknown> {
  const causes = Array.from(chain(error))
  const database = causes.find((one) => 'query' in one || 'severity' in one)
  if (!database)
    return {
      type: causes[0]?.name ?? typeof error,
      message: causes[0]?.message,
      stack: causes.map((one) => one.stack).join('\n'),
    }
  const code = causes.map((one) => one['code']).find((one) => typeof one === 'string')
  const stack = String(causes[0]!.stack)
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n')
  return {
    type: database.name,
    message: 'database error',
    code,
    constraint: brokenConstraint(error),
    query: causes[0]!['query'],
    stack,
  }
}
