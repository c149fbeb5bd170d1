import { peopleWithTwoModules } from './conseillers/milestone.ts'
import type { Db } from './db.ts'
import { type Authority, settlePeople } from './habilitation/validation.ts'
import { awardMilestones, followPart, type Found } from './proofs/milestones.ts'

/** What badges bring about for those who were just given them, in the same transaction. */
export const createFollowing =
  (authority: Authority) =>
  async (tx: Db, personIds: string[]): Promise<void> => {
    await awardMilestones(tx, personIds, found) // first: it must come before any line of the journal
    await settlePeople(tx, authority, personIds)
  }

/** What follows from a badge that was revoked, suspended or restored. */
export const followChange = (db: Db, credentialId: string): Promise<void> => followPart(db, credentialId, found)

/** The milestones that other features find reached. */
async function found(tx: Db, personIds: string[]): Promise<Found[]> {
  const people = await peopleWithTwoModules(tx, personIds)
  const subject = 'continuing:conseiller-numerique'
  return people.map(({ personId, parts }) => ({ subject, personId, credentialIds: parts }))
}
