/** What went wrong, in the domain's words; `problem.ts` alone knows what HTTP makes of each kind. */
export type ErrorKind =
  | 'malformed'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'not_acceptable'
  | 'conflict'
  | 'too_large'
  | 'unsupported'
  | 'invalid'
  | 'too_many'

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
  new DomainError('not_found', 'not_found', `${what} « ${id} » est introuvable.`, 'Vérifiez l’adresse ou l’identifiant.')

export const notAuthenticated = () =>
  new DomainError(
    'unauthenticated',
    'unauthenticated',
    'Cette action demande un jeton d’accès valable ; il manque, a expiré ou n’a pas été émis par ce service.',
    'Envoyez l’en-tête « Authorization: Bearer … » avec un jeton en cours de validité.',
  )

export const notAllowed = (why: string) =>
  new DomainError('forbidden', 'forbidden', why, 'Demandez ce droit à la personne qui administre votre organisme.')

export const invalid = (code: string, message: string, mend: string, details = {}) =>
  new DomainError('invalid', code, message, mend, details)

export const conflict = (code: string, message: string, mend: string) =>
  new DomainError('conflict', code, message, mend)

export const tooLarge = (message: string, mend: string) => new DomainError('too_large', 'too_large', message, mend)

export const unsupported = (message: string, mend: string) =>
  new DomainError('unsupported', 'unsupported', message, mend)

export const malformed = (code: string, message: string, mend: string, details = {}) =>
  new DomainError('malformed', code, message, mend, details)

/** The name of the SQL constraint that a database error says was broken, on PostgreSQL and on PGlite. */
export function brokenConstraint(error: unknown): string | undefined {
  for (let e = error; e instanceof Error; e = e.cause) {
    const { constraint, constraint_name } = e as { constraint?: string; constraint_name?: string }
    if (constraint ?? constraint_name) return constraint ?? constraint_name
  }
  return undefined
}
