import { desc, eq } from '../drizzle.ts'
import { achievements } from '../badges/badges.sql.ts'
import { awards } from '../credentials/awards.sql.ts'
import { nameInForce } from '../credentials/consents.ts'
import { displayConsents } from '../credentials/consents.sql.ts'
import { credentials, ofClass } from '../credentials/credentials.sql.ts'
import { RENEWED_BY } from '../credentials/renewals.ts'
import type { Db } from '../db.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { completions } from '../training/training.sql.ts'

/** What one page reads at most; nobody holds as many. */
const MAX_BADGES = 1000

export type HeldBadge = Awaited<ReturnType<typeof heldBadges>>[number]

/** The badges of a person, the newest first: what each is about, the levels it shows, whether it names her or him, what renews it. */
export async function heldBadges(db: Db, personId: string) {
  const found = await db
    .select({
      id: credentials.id,
      about: achievements.about,
      organisation: organisations.name,
      completionId: credentials.completionId,
      validFrom: credentials.validFrom,
      validUntil: credentials.validUntil,
      revokedAt: credentials.revokedAt,
      suspendedAt: credentials.suspendedAt,
      renewedBy: RENEWED_BY,
      nameSince: displayConsents.givenAt,
      learnt: completions.levels,
      awarded: awards.levels,
    })
    .from(credentials)
    .innerJoin(organisations, eq(organisations.id, credentials.organisationId))
    .innerJoin(achievements, ofClass)
    .leftJoin(completions, eq(completions.id, credentials.completionId))
    .leftJoin(awards, eq(awards.id, credentials.awardId))
    .leftJoin(displayConsents, nameInForce)
    .where(eq(credentials.personId, personId))
    .orderBy(desc(credentials.id))
    .limit(MAX_BADGES)
  return found.map(({ learnt, awarded, ...one }) => ({ ...one, levels: learnt ?? awarded ?? [] }))
}

/** Whether a badge holds at that moment: what is revoked, suspended or over attests nothing any more. */
export const holds = ({ revokedAt, suspendedAt, validUntil }: HeldBadge, now: Date): boolean =>
  revokedAt === null && suspendedAt === null && (validUntil === null || validUntil > now)
