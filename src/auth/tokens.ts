import { Type, type Static } from 'typebox'
import { Value } from 'typebox/value'

/** Roles, in the words of the field; what each may do is said by the rule of each route. */
export const ROLES = [
  'exploitant',
  'instructeur',
  'administrateur',
  'formateur',
  'referent',
  'employeur',
  'comite',
  'titulaire',
] as const
export type Role = (typeof ROLES)[number]

/** What a token says: who (`sub`), in which role, for which organisation (its slug; none for the whole service). */
export const Claims = Type.Object({
  sub: Type.String({ minLength: 1 }),
  role: Type.Enum(ROLES),
  organisation: Type.Optional(Type.String()),
  /** What a machine was allowed, space-separated (RFC 9068 §2.2.3). */
  scope: Type.Optional(Type.String()),
  jti: Type.Optional(Type.String()),
})
export type Claims = Static<typeof Claims>

export const TOKEN_ISSUER = 'insigne'

/** The claims of a verified token, or null when they are not of the expected shape. */
export const readClaims = (payload: unknown): Claims | null => (Value.Check(Claims, payload) ? payload : null)
