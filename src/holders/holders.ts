import { getAchievement } from '../badges/achievements.ts'
import { listHeldBadges } from '../credentials/consents.ts'
import type { Db } from '../db.ts'

/** The badges of a person with what each is about, the newest first. */
export async function heldBadges(db: Db, personId: string) {
  const held = await listHeldBadges(db, personId)
  const known = new Map<string, ReturnType<typeof getAchievement>>()
  const aboutOf = ({ achievement, achievementVersion }: (typeof held)[number]) => {
    const name = `${achievement}@${achievementVersion}`
    const about = known.get(name) ?? getAchievement(db, achievement, achievementVersion)
    known.set(name, about)
    return about
  }
  return Promise.all(held.map(async (one) => ({ ...one, about: await aboutOf(one) })))
}
