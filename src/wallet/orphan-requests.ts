import { eq, notExists } from '../drizzle.ts'
import type { Db } from '../db.ts'
import { equivalenceRequests, importedBadges } from './wallet.sql.ts'

/** Removes the requests that nobody's badge stands behind any more. */
export async function dropOrphanRequests(tx: Db): Promise<void> {
  const behind = tx
    .select({ id: importedBadges.id })
    .from(importedBadges)
    .where(eq(importedBadges.requestId, equivalenceRequests.id))
  await tx.delete(equivalenceRequests).where(notExists(behind))
}
