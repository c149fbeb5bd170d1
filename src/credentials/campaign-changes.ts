import { and, eq, exists, inArray, ne, sql } from '../drizzle.ts'
import { alias } from '../drizzle-pg.ts'
import type { Db } from '../db.ts'
import { DomainError } from '../errors.ts'
import { record } from '../journal/journal.ts'
import type { RowProblem } from '../training/completion-rows.ts'
import { holdSession } from '../training/sessions.ts'
import { campaigns, completions, receipts } from '../training/training.sql.ts'
import { type CampaignAction, type CampaignProgress, TRANSITIONS } from '../training/transitions.ts'
import { getCampaign, organisationOf } from './campaigns.ts'
import { credentials } from './credentials.sql.ts'

/**
 * Pauses, resumes or cancels a campaign, all or nothing. Cancelling refuses what is pending and keeps what is issued.
 * Errors: `not_found`; `campaign_state` when it is not where this may be asked, with what may be.
 */
export async function changeCampaign(db: Db, id: string, action: CampaignAction, author: string): Promise<void> {
  await db.transaction(async (tx) => {
    const { session } = await getCampaign(tx, id)
    await holdSession(tx, session) // files received meanwhile wait: they may lean on the completions removed here
    await tx.select({ id: campaigns.id }).from(campaigns).where(eq(campaigns.id, id)).for('update')
    const { state } = await getCampaign(tx, id)
    const next = TRANSITIONS[state][action]
    if (!next) throw illegal(state, action)
    await tx.update(campaigns).set({ state: next }).where(eq(campaigns.id, id))
    if (next === 'cancelled') await dropPending(tx, id)
    await record(tx, {
      author,
      action: `campaign.${action}`,
      subject: `campaign:${id}`,
      organisationId: await organisationOf(tx, id),
    })
  })
}

const WORDS: Record<CampaignProgress, string> = {
  issuing: 'en cours',
  paused: 'en pause',
  done: 'terminé',
  cancelled: 'annulé',
}
const VERBS: Record<CampaignAction, string> = {
  pause: 'mettre en pause (pause)',
  resume: 'reprendre (resume)',
  cancel: 'annuler (cancel)',
}

function illegal(state: CampaignProgress, action: CampaignAction): DomainError {
  const allowed = Object.keys(TRANSITIONS[state]) as CampaignAction[]
  return new DomainError(
    'conflict',
    'campaign_state',
    `Le lot est ${WORDS[state]} : l’action « ${action} » n’y est pas possible.`,
    allowed.length === 0
      ? 'Rien à faire : ce lot ne change plus.'
      : `Actions possibles : ${allowed.map((one) => VERBS[one]).join(', ')}.`,
    { state, allowed },
  )
}

const CANCELLED: RowProblem = {
  column: null,
  code: 'cancelled',
  message: 'Le lot a été annulé avant que ce badge soit délivré.',
  mend: 'Pour délivrer ce badge, envoyez de nouveau la ligne.',
}

/** Settles what is already issued, refuses the rest, and removes the completions that no other campaign waits for. */
async function dropPending(tx: Db, campaignId: string): Promise<void> {
  const isPending = and(eq(receipts.campaignId, campaignId), eq(receipts.outcome, 'pending'))
  const held = tx.select({ id: receipts.completionId }).from(receipts).where(isPending)
  // A badge being kept at this moment holds its completion: once this lock is taken, it is seen below.
  await tx.select({ id: completions.id }).from(completions).where(inArray(completions.id, held)).for('update')
  const issued = tx
    .select({ one: sql`1` })
    .from(credentials)
    .where(eq(credentials.completionId, receipts.completionId))
  const mine = sql`(select ${completions.campaignId} from ${completions} where ${completions.id} = ${receipts.completionId})`
  await tx
    .update(receipts)
    .set({ outcome: sql`case when ${mine} = ${receipts.campaignId} then 'issued' else 'alreadyIssued' end` })
    .where(and(isPending, exists(issued)))
  await tx.update(receipts).set({ outcome: 'refused', completionId: null, problem: CANCELLED }).where(isPending)
  await handOver(tx, campaignId)
  await tx
    .delete(completions)
    .where(and(eq(completions.campaignId, campaignId), hasNoCredential, sql`not ${hasReceipt}`))
}

/** A later campaign that brought the same rows is now the one that has them issued. */
async function handOver(tx: Db, campaignId: string): Promise<void> {
  const other = alias(receipts, 'other')
  const heir = tx
    .select({ id: sql`min(${other.campaignId}::text)::uuid` })
    .from(other)
    .where(and(eq(other.completionId, completions.id), ne(other.campaignId, campaignId)))
  await tx
    .update(completions)
    .set({ campaignId: sql`(${heir})` })
    .where(and(eq(completions.campaignId, campaignId), hasNoCredential, hasReceipt))
}

// Written as scalar subqueries: each row asks an index, where a join would read the whole table.
const hasNoCredential = sql`(select ${credentials.id} from ${credentials} where ${credentials.completionId} = ${completions.id}) is null`
const hasReceipt = sql`((select 1 from ${receipts} where ${receipts.completionId} = ${completions.id} limit 1) is not null)`
