import { between, sql } from 'drizzle-orm'
import type { Db } from '../db.ts'
import type { Counts } from './cube.ts'
import { badgeCounts, levelCounts } from './statistics.sql.ts'

/** What is counted of the months `from` to `to`, both included. */
export async function readCounts(db: Db, from: string, to: string): Promise<Counts> {
  const badges = await db
    .select({
      month: badgeCounts.month,
      badge: sql<string>`${badgeCounts.achievementSlug} || '/' || ${badgeCounts.achievementVersion}`,
      departement: badgeCounts.departement,
      issued: badgeCounts.issued,
    })
    .from(badgeCounts)
    .where(between(badgeCounts.month, from, to))
  const { month, competence, level, departement, issued } = levelCounts
  const levels = await db
    .select({ month, competence, level, departement, issued })
    .from(levelCounts)
    .where(between(month, from, to))
  return { others: [], badges: badges.filter((one) => one.issued > 0), levels: levels.filter((one) => one.issued > 0) }
}
