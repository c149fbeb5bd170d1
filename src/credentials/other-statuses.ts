import { eq, sql } from '../drizzle.ts'
import type { Db } from '../db.ts'
import { statusLists } from './credentials.sql.ts'
import { statusEntries } from './other-statuses.sql.ts'
import type { Place, Purpose } from './status.ts'

/**
 * Sets or clears the bit of a place that `reserveSlots` gave to something else than a badge (Bitstring Status List 1.0 §3.2),
 * and marks its list as changed. Setting what is set changes nothing; what is revoked stays so.
 */
export async function setStatusEntry(tx: Db, place: Place, purpose: Purpose, isSet: boolean, at = new Date()) {
  const name = purpose === 'revocation' ? 'revokedAt' : 'suspendedAt'
  const value = isSet ? at : null
  const changed = await tx
    .insert(statusEntries)
    .values({ ...place, [name]: value })
    .onConflictDoUpdate({
      target: [statusEntries.listId, statusEntries.index],
      set: { [name]: value },
      setWhere: sql`${statusEntries.revokedAt} is null and (${statusEntries[name]} is not null) <> ${isSet}`,
    })
    .returning({ listId: statusEntries.listId })
  if (changed.length === 0) return
  await tx
    .update(statusLists)
    .set({ changes: sql`${statusLists.changes} + 1` })
    .where(eq(statusLists.id, place.listId))
}
