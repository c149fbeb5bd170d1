import { and, asc, count, desc, eq, gt, ne, sql } from '../drizzle.ts'
import { achievements } from '../badges/badges.sql.ts'
import { type Db, isAnyOf } from '../db.ts'
import { openIdentity } from '../people/people.ts'
import type { RowProblem } from '../training/completion-rows.ts'
import { campaigns, completions, receipts, sessions } from '../training/training.sql.ts'
import { progressOf } from '../training/transitions.ts'
import type { Vault } from '../vault.ts'
import { credentialsOf, recordReceipts } from './campaigns.ts'

const LOTS_A_PAGE = 10

export type LotLine = Awaited<ReturnType<typeof listLots>>['items'][number]

/** An organisation's batches of results, the last first, some at a time; `after`: the last one seen. */
export async function listLots(db: Db, organisationId: string, after?: string) {
  const found = await db
    .select({
      id: campaigns.id,
      receivedAt: campaigns.receivedAt,
      state: campaigns.state,
      startsOn: sessions.startsOn,
      endsOn: sessions.endsOn,
      name: sql<string>`${achievements.about} ->> 'name'`,
    })
    .from(campaigns)
    .innerJoin(sessions, eq(sessions.id, campaigns.sessionId))
    .innerJoin(
      achievements,
      and(eq(achievements.slug, sessions.achievementSlug), eq(achievements.version, sessions.achievementVersion)),
    )
    .where(
      and(
        eq(sessions.organisationId, organisationId),
        after === undefined
          ? undefined
          : sql`(${campaigns.receivedAt}, ${campaigns.id}) < (select received_at, id from campaigns where id = ${after})`,
      ),
    )
    .orderBy(desc(campaigns.receivedAt), desc(campaigns.id))
    .limit(LOTS_A_PAGE + 1)
  const shown = found.slice(0, LOTS_A_PAGE)
  const ids = shown.map((one) => one.id)
  const counted = await db
    .select({ id: receipts.campaignId, outcome: receipts.outcome, rows: count() })
    .from(receipts)
    .where(isAnyOf(receipts.campaignId, ids))
    .groupBy(receipts.campaignId, receipts.outcome)
  const of = (id: string, outcome: string) => counted.find((one) => one.id === id && one.outcome === outcome)?.rows ?? 0
  const items = shown.map(({ state, ...one }) => {
    const [pending, refused] = [of(one.id, 'pending'), of(one.id, 'refused')]
    const issued = of(one.id, 'issued') + of(one.id, 'alreadyIssued')
    return { ...one, state: progressOf(state, pending), pending, refused, issued }
  })
  return { items, next: found.length > LOTS_A_PAGE ? shown.at(-1)!.id : null }
}

/** A receipt as the organisation reads it: whose it is, when it is known, and the badge, once issued. */
export type NamedReceipt = {
  line: number
  outcome: 'pending' | 'issued' | 'alreadyIssued' | 'refused'
  problem: RowProblem | null
  who: string | null
  credential: string | null
}

const RECEIPTS_A_PAGE = 50
const REFUSED_SHOWN = 100

/** The receipts of a batch with names: the refused ones on the first page, then the others by line. It is written down. */
export async function readReceipts(
  db: Db,
  vault: Vault,
  campaignId: string,
  { author, after }: { author: string; after?: number | undefined },
): Promise<{ refused: NamedReceipt[]; others: NamedReceipt[]; next: string | null }> {
  const mine = eq(receipts.campaignId, campaignId)
  const { line, outcome, problem, completionId } = receipts
  const refused =
    after === undefined
      ? await db
          .select({ line, outcome, problem })
          .from(receipts)
          .where(and(mine, eq(outcome, 'refused')))
          .orderBy(asc(line))
          .limit(REFUSED_SHOWN)
      : []
  const found = await db
    .select({ line, outcome, completionId, identity: completions.identity })
    .from(receipts)
    .innerJoin(completions, eq(completions.id, completionId))
    .where(and(mine, ne(outcome, 'refused'), gt(line, after ?? 0)))
    .orderBy(asc(line))
    .limit(RECEIPTS_A_PAGE + 1)
  const shown = found.slice(0, RECEIPTS_A_PAGE)
  const issued = await credentialsOf(
    db,
    shown.map((one) => one.completionId!),
  )
  await recordReceipts(db, campaignId, author, 'receipts.read')
  return {
    refused: refused.map((one) => ({ ...one, who: null, credential: null })),
    others: shown.map(({ identity, completionId, line, outcome }) => {
      const who = identity === null ? null : openIdentity(vault, identity)
      const name = who && `${who.familyName} ${who.givenName}`
      return { line, outcome, problem: null, who: name, credential: issued.get(completionId!) ?? null }
    }),
    next: found.length > RECEIPTS_A_PAGE ? String(shown.at(-1)!.line) : null,
  }
}
