import { randomBytes } from 'node:crypto'
import { competenceKey } from '../badges/achievements.ts'
import type { Achievement } from '../badges/schema.ts'
import { type Identity, openIdentity } from '../people/people.ts'
import type { Level } from '../training/completion-rows.ts'
import type { Vault } from '../vault.ts'
import { hashEmail, hashName } from './recipient.ts'
import type { Slots } from './slots.ts'
import { type Place, statusSlots } from './status.ts'

/** A row whose sealed identity no longer opens is set aside as well: it must not hold up the others. */
export function slotsOrNothing(
  vault: Vault,
  content: Omit<Content, 'identity'> & { completion: { identity: string | null } },
): Slots | null {
  const { identity } = content.completion
  if (identity === null) return null // erased meanwhile
  try {
    return slotsOf({ ...content, identity: openIdentity(vault, identity) })
  } catch {
    return null
  }
}

type Content = {
  id: string
  baseUrl: string
  achievement: Achievement
  completion: { completedOn: string; levels: Level[]; evidenceUrl: string | null; narrative: string | null }
  identity: Identity
  place: Place
  validFrom: Date
}

/** What one badge adds to its class: who, when, at which levels, with which evidence, at which place of the lists. */
export function slotsOf({ id, baseUrl, achievement, completion, identity, place, validFrom }: Content): Slots {
  const { completedOn, levels, evidenceUrl, narrative } = completion
  const [revocation, suspension] = statusSlots(baseUrl, place)
  const shown = new Map(levels.map((one) => [competenceKey(one), one.level === null ? 'Completed' : String(one.level)]))
  return {
    id,
    validFrom: validFrom.toISOString(),
    validUntil: validUntilOf(achievement, validFrom)?.toISOString() ?? null,
    activityEndDate: `${completedOn}T00:00:00Z`,
    email: hashEmail(identity.email, newSalt()),
    name: hashName(identity.givenName, identity.familyName, newSalt()),
    results: achievement.competences.map((one) => shown.get(competenceKey(one)) ?? null),
    evidence: evidenceUrl || narrative ? { id: evidenceUrl, narrative } : null,
    revocation,
    suspension,
    refresh: refreshUrl(id),
  }
}

/** When a badge of that class, valid from that day, ends; null for one without an end. */
export const validUntilOf = ({ validity }: Achievement, from: Date): Date | null =>
  validity ? addDuration(from, validity) : null

/** Where a badge of that address is asked for as it stands today. */
export const refreshUrl = (id: string): string => `${id}/refresh`

const newSalt = (): string => randomBytes(16).toString('hex')

/**
 * A date later by whole years and months, as ISO 8601 writes them: `P3Y`, `P18M`, `P1Y6M`. On a day that its month does not
 * have (29 February, 31 April), the last one that it has.
 */
function addDuration(from: Date, duration: string): Date {
  const [, years = '0', months = '0'] = /^P(?:(\d+)Y)?(?:(\d+)M)?$/.exec(duration) ?? []
  const end = new Date(from)
  end.setUTCFullYear(end.getUTCFullYear() + Number(years), end.getUTCMonth() + Number(months))
  if (end.getUTCDate() !== from.getUTCDate()) end.setUTCDate(0)
  return end
}
