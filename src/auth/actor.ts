import type { Role } from './tokens.ts'

/** What someone may do, in one organisation (its slug) or in the whole service. */
export type Grant = { role: Role; organisation: string | null }

/** Who asks, however they proved it. */
export type Actor = {
  /** How the journal names them: `person:<id>`, `client:<id>`, or the subject of a token of the command line. */
  sub: string
  /** The person, when it is one who signed in. */
  personId: string | null
  grants: Grant[]
  /** What a machine was allowed to do; null for a person. */
  scopes: string[] | null
  /** The secret of the browser's session; null for a bearer of a token. */
  secret: string | null
}
