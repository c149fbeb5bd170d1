import { and, asc, eq, inArray, isNull, sql } from '../drizzle.ts'
import { achievements } from '../badges/badges.sql.ts'
import { type Db, insertRows } from '../db.ts'
import { record } from '../journal/journal.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { awards } from './awards.sql.ts'
import { credentials } from './credentials.sql.ts'
import { type Common, type Issuing, keepCredentials, type Order, type Signed, signOrders } from './sign-orders.ts'

export type NewAward = Pick<
  typeof awards.$inferInsert,
  | 'key'
  | 'organisationId'
  | 'personId'
  | 'achievementSlug'
  | 'achievementVersion'
  | 'awardedOn'
  | 'evidenceUrl'
  | 'narrative'
> & { identity: string }

/** Orders badges that no session gives; one whose key is known was given already. Answers the ids of the new ones, by key. */
export async function giveAwards(tx: Db, given: NewAward[]): Promise<Map<string, string>> {
  const then = sql`on conflict (key) do nothing returning id, key`
  const kept = await insertRows<{ id: string; key: string }>(tx, awards, given, then)
  return new Map(kept.map((one) => [one.key, one.id]))
}

/** What a credential was awarded for, such as `habilitation:<id>`; null for a session's, or for none. */
export async function findAwardKey(db: Db, credentialId: string): Promise<string | null> {
  const [found] = await db
    .select({ key: awards.key })
    .from(credentials)
    .innerJoin(awards, eq(awards.id, credentials.awardId))
    .where(eq(credentials.id, credentialId))
  return found?.key ?? null
}

/** Awards signed at once. */
const BATCH = 500

/**
 * Issues the awards that wait for it, of approved organisations. May run twice, at once or after a crash: an award gets
 * one credential.
 */
export async function issueAwards(issuing: Issuing): Promise<void> {
  for (;;) {
    const groups = Map.groupBy(await pendingAwards(issuing.db), (one) => one.group).values()
    const found = [...groups]
    for (const group of found) await issueGroup(issuing, group)
    if (found.flat().length < BATCH) return
  }
}

/** Whether an award waits that could be issued. */
export async function hasPendingAwards(db: Db): Promise<boolean> {
  const [found] = await db
    .select({ id: awards.id })
    .from(awards)
    .innerJoin(organisations, eq(organisations.id, awards.organisationId))
    .where(isPending)
    .limit(1)
  return found !== undefined
}

const isPending = and(isNull(awards.settledAt), eq(organisations.state, 'approved'))

type Pending = Order & Common & { group: string }

async function pendingAwards(db: Db): Promise<Pending[]> {
  const found = await db
    .select({ award: awards, organisation: organisations, achievement: achievements.about })
    .from(awards)
    .innerJoin(organisations, eq(organisations.id, awards.organisationId))
    .innerJoin(
      achievements,
      and(eq(achievements.slug, awards.achievementSlug), eq(achievements.version, awards.achievementVersion)),
    )
    .where(isPending)
    .orderBy(asc(awards.organisationId), asc(awards.id))
    .limit(BATCH)
  return found.map(({ award, organisation, achievement }) => ({
    ...award,
    completedOn: award.awardedOn,
    organisation,
    achievement,
    group: `${organisation.id} ${achievement.slug} ${achievement.version}`,
  }))
}

async function issueGroup(issuing: Issuing, group: Pending[]): Promise<void> {
  const started = performance.now()
  const signed = await signOrders(issuing, 'awardId', group[0]!, group)
  const issued = await keepAwarded(issuing, group[0]!.organisation.id, group, signed)
  const { parked, fallbacks } = signed
  issuing.report({ issued, parked: parked.length, fallbacks, seconds: (performance.now() - started) / 1000 })
}

async function keepAwarded({ db, follow }: Issuing, organisationId: string, group: Pending[], signed: Signed) {
  return db.transaction(async (tx) => {
    const ids = group.map((one) => one.id)
    const issued = await keepCredentials(tx, follow, signed)
    await tx
      .update(awards)
      .set({ settledAt: sql`now()` })
      .where(inArray(awards.id, ids))
    if (issued + signed.parked.length === 0) return 0
    await record(tx, {
      author: 'service',
      action: 'credentials.issued',
      subject: `achievement:${group[0]!.achievement.slug}`,
      organisationId,
      details: { issued, refused: signed.parked.length },
    })
    return issued
  })
}
