import { and, between, eq, inArray, isNull, sql } from '../drizzle.ts'
import { achievements } from '../badges/badges.sql.ts'
import type { Db } from '../db.ts'
import { record } from '../journal/journal.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import type { RowProblem } from '../training/completion-rows.ts'
import { campaigns, completions, receipts, sessions } from '../training/training.sql.ts'
import { credentials } from './credentials.sql.ts'
import { type Common, type Issuing, keepCredentials, type Order, type Signed, signOrders } from './sign-orders.ts'
import type { Slice } from './slices.ts'

/**
 * Issues the completions of a range of lines that have no credential yet, then settles the receipts of that range.
 * May run twice, at once or after a crash: a completion gets one credential, and its receipt one outcome.
 */
export async function issueSlice(issuing: Issuing, { campaignId, from, to }: Slice): Promise<void> {
  const { db, report } = issuing
  const common = await commonOf(db, campaignId)
  if (!common) return
  const pending = await pendingCompletions(db, campaignId, from, to)
  if (pending.length > 0) {
    const started = performance.now()
    const signed = await signOrders(issuing, 'completionId', common, pending)
    const issued = await keepSigned(issuing, signed, { organisationId: common.organisation.id, campaignId, from, to })
    report({
      issued,
      parked: signed.parked.length,
      fallbacks: signed.fallbacks,
      seconds: (performance.now() - started) / 1000,
    })
  }
  await settleReceipts(db, campaignId, from, to)
}

/** What every row of a campaign has in common; nothing when it is not open, or gone, or of an organisation not approved. */
async function commonOf(db: Db, campaignId: string): Promise<Common | undefined> {
  const [found] = await db
    .select({ organisation: organisations, achievement: achievements.about })
    .from(campaigns)
    .innerJoin(sessions, eq(sessions.id, campaigns.sessionId))
    .innerJoin(organisations, eq(organisations.id, sessions.organisationId))
    .innerJoin(
      achievements,
      and(eq(achievements.slug, sessions.achievementSlug), eq(achievements.version, sessions.achievementVersion)),
    )
    .where(and(eq(campaigns.id, campaignId), eq(campaigns.state, 'open'), eq(organisations.state, 'approved')))
  return found
}

function pendingCompletions(db: Db, campaignId: string, from: number, to: number): Promise<Order[]> {
  return db
    .select({
      id: completions.id,
      personId: completions.personId,
      identity: completions.identity,
      completedOn: completions.completedOn,
      levels: completions.levels,
      evidenceUrl: completions.evidenceUrl,
      narrative: completions.narrative,
    })
    .from(receipts)
    .innerJoin(completions, eq(completions.id, receipts.completionId))
    .leftJoin(credentials, eq(credentials.completionId, completions.id))
    .where(
      and(
        eq(receipts.campaignId, campaignId),
        between(receipts.line, from, to),
        eq(receipts.outcome, 'pending'),
        isNull(credentials.id),
      ),
    )
}

const NOT_SIGNABLE: RowProblem = {
  column: null,
  code: 'not_signable',
  message:
    'Ce badge n’a pas pu être signé : un texte de la ligne contient des caractères qu’un badge ne peut pas porter.',
  mend: 'Simplifiez le commentaire et l’adresse de la preuve, puis renvoyez le fichier : seule cette ligne sera reprise.',
}

type Issued = Slice & { organisationId: string }

/** Keeps the credentials and their events; rows set aside are refused and may be sent again. Answers how many are new. */
async function keepSigned(
  { db, follow }: Issuing,
  signed: Signed,
  { organisationId, campaignId, from, to }: Issued,
): Promise<number> {
  const { parked } = signed
  return db.transaction(async (tx) => {
    if (parked.length > 0) {
      await tx
        .update(receipts)
        .set({ outcome: 'refused', completionId: null, problem: NOT_SIGNABLE })
        .where(inArray(receipts.completionId, parked))
      await tx.delete(completions).where(inArray(completions.id, parked))
    }
    const issued = await keepCredentials(tx, follow, signed)
    if (issued + parked.length === 0) return 0
    await record(tx, {
      author: 'service',
      action: 'credentials.issued',
      subject: `campaign:${campaignId}`,
      organisationId,
      details: { from, to, issued, refused: parked.length },
    })
    return issued
  })
}

/** A row first received in this campaign was issued by it; one that an earlier campaign brought already was. */
async function settleReceipts(db: Db, campaignId: string, from: number, to: number): Promise<void> {
  await db
    .update(receipts)
    .set({
      outcome: sql`case when ${completions.campaignId} = ${receipts.campaignId} then 'issued' else 'alreadyIssued' end`,
    })
    .from(completions)
    .innerJoin(credentials, eq(credentials.completionId, completions.id))
    .where(
      and(
        eq(receipts.campaignId, campaignId),
        between(receipts.line, from, to),
        eq(receipts.outcome, 'pending'),
        eq(completions.id, receipts.completionId),
      ),
    )
}
