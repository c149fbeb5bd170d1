import type { Db } from '../db.ts'
import { countedModules, yearAfter } from './continuing-dues.ts'
import { completedModules, continuingRule, entriesOf } from './trainings.ts'

/**
 * Of these people, those who completed the thematic modules of the first year within it, with the badges of these modules:
 * issued, and neither revoked, suspended, erased nor out of date at `now`. A few statements whatever their number.
 */
export async function peopleWithTwoModules(
  tx: Db,
  personIds: string[],
  now = new Date(),
): Promise<{ personId: string; parts: string[] }[]> {
  const entries = await entriesOf(tx, personIds)
  if (entries.size === 0) return []
  const rule = await continuingRule(tx)
  const done = (await completedModules(tx, [...entries.keys()], rule.modules)).flatMap((one) => {
    const { credentialId, suspendedAt, erasedAt, validUntil } = one
    const isLive = !suspendedAt && !erasedAt && (validUntil === null || validUntil > now)
    return credentialId && isLive ? [{ ...one, credentialId }] : []
  })
  return [...Map.groupBy(done, (one) => one.personId)].flatMap(([personId, mine]) => {
    const enteredOn = entries.get(personId)!
    const parts = countedModules(rule, enteredOn, mine, yearAfter(enteredOn)).slice(0, rule.firstYear)
    return parts.length < rule.firstYear ? [] : [{ personId, parts: parts.map((one) => one.credentialId) }]
  })
}
