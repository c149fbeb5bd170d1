import { and, desc, eq } from '../drizzle.ts'
import type { Db } from '../db.ts'
import { record } from '../journal/journal.ts'
import { walletDeposits } from './offers.sql.ts'
import { walletRefusal } from './wallet-errors.ts'

export type Deposit = Awaited<ReturnType<typeof listDeposits>>[number]

/** What a person put in wallets, the latest first; of one badge when it is named. */
export const listDeposits = (db: Db, personId: string, credentialId?: string) =>
  db
    .select({
      id: walletDeposits.id,
      credentialId: walletDeposits.credentialId,
      format: walletDeposits.format,
      wallet: walletDeposits.wallet,
      depositedAt: walletDeposits.depositedAt,
      event: walletDeposits.event,
      notifiedAt: walletDeposits.notifiedAt,
    })
    .from(walletDeposits)
    .where(
      and(
        eq(walletDeposits.personId, personId),
        credentialId === undefined ? undefined : eq(walletDeposits.credentialId, credentialId),
      ),
    )
    .orderBy(desc(walletDeposits.depositedAt))
    .limit(1000)

type Notification = {
  personId: string
  id: string
  event: NonNullable<(typeof walletDeposits.$inferSelect)['event']>
  now: Date
}

/** Keeps what a wallet tells of a badge that it received (OpenID4VCI 1.0 §11); telling it twice changes nothing. Errors: `invalid_notification_id`. */
export async function keepNotification(db: Db, { personId, id, event, now }: Notification): Promise<void> {
  await db.transaction(async (tx) => {
    const [told] = await tx
      .update(walletDeposits)
      .set({ event, notifiedAt: now })
      .where(and(eq(walletDeposits.id, id), eq(walletDeposits.personId, personId)))
      .returning({ credentialId: walletDeposits.credentialId })
    if (!told) throw walletRefusal('invalid_notification_id', 'notification_id inconnu.')
    const subject = `credential:${told.credentialId}`
    await record(tx, { author: `person:${personId}`, action: 'wallet.notified', subject, personId, details: { event } })
  })
}
