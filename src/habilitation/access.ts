import { OFFICERS } from '../auth/access.ts'
import type { Actor } from '../auth/actor.ts'

/** Whether someone decides for the whole service. */
export const isOfficer = ({ grants }: Actor): boolean => grants.some(({ role }) => OFFICERS.includes(role))

/** Whether someone decides for that structure (its slug). */
export const isReferentOf = ({ grants }: Actor, slug: string): boolean =>
  grants.some(({ role, organisation }) => role === 'referent' && organisation === slug)
