import { sql } from '../drizzle.ts'
import { type Db, rows } from '../db.ts'
import { record } from '../journal/journal.ts'
import { revokedTokens } from './auth.sql.ts'
import type { Claims } from './tokens.ts'

/** Whether a token, or the client it was given to, was withdrawn. */
export async function isRevoked(db: Db, { jti, sub }: Claims): Promise<boolean> {
  const [found] = await rows<{ revoked: boolean }>(
    db,
    sql`select exists (select 1 from revoked_tokens where jti = ${jti ?? null}::text)
        or exists (select 1 from api_clients where id = ${clientOf(sub)}::text and revoked_at is not null) as revoked`,
  )
  return found!.revoked
}

/** The id of the client that a subject names; null when it names someone else. */
export const clientOf = (sub: string): string | null => (sub.startsWith('client:') ? sub.slice('client:'.length) : null)

type Revocation = { jti: string; expiresAt: Date; author: string; organisationId?: string }

/** Withdraws a token before its end; withdrawn already, it stays so. */
export async function revokeToken(db: Db, { jti, expiresAt, author, organisationId }: Revocation): Promise<void> {
  await db.transaction(async (tx) => {
    const added = await tx
      .insert(revokedTokens)
      .values({ jti, expiresAt })
      .onConflictDoNothing()
      .returning({ jti: revokedTokens.jti })
    if (added.length === 0) return
    await record(tx, {
      author,
      action: 'token.revoked',
      subject: `token:${jti}`,
      organisationId: organisationId ?? null,
    })
  })
}
