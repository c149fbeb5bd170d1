import { and, eq, gt, isNull, sql } from '../drizzle.ts'
import { type Adapter, type AdapterPayload, errors } from 'oidc-provider'
import type { Db } from '../db.ts'
import { record } from '../journal/journal.ts'
import { hashSecret } from '../secret.ts'
import type { Vault } from '../vault.ts'
import { oauthStates } from './oauth.sql.ts'

export const STATE_SEAL = 'oauth/state'
/** A client that nobody granted access to is forgotten after that long; the others, that long after the last grant. */
const CLIENT_DAYS = 30
/** A clock elsewhere may be late: what just ended is still found, and told to be ended. */
const LATE_SECONDS = 60

const hashed = (value: unknown): string | null => (typeof value === 'string' ? hashSecret(value) : null)

/**
 * Where `oidc-provider` keeps its state, for each of its models: one table, shared by every process. Consuming is atomic:
 * of two uses of a code at once one goes on, and the other ends the grant, as any second use does (RFC 9700 §4.5).
 */
export function createStateStore(db: Db, vault: Vault): (model: string) => Adapter {
  return (model) => {
    const one = (id: string) => and(eq(oauthStates.model, model), eq(oauthStates.idHash, hashSecret(id)))
    const read = async (where: ReturnType<typeof one>): Promise<AdapterPayload | undefined> => {
      const [row] = await db
        .select({ payload: oauthStates.payload, consumedAt: oauthStates.consumedAt })
        .from(oauthStates)
        .where(and(where, gt(oauthStates.expiresAt, sql`now()`)))
      if (!row) return undefined
      const payload = JSON.parse(vault.open(STATE_SEAL, row.payload)) as AdapterPayload
      return row.consumedAt ? { ...payload, consumed: Math.floor(row.consumedAt.getTime() / 1000) } : payload
    }
    return {
      upsert: (id, payload, expiresIn) => upsertState(db, vault, { model, id, payload, expiresIn }),
      find: (id) => read(one(id)),
      findByUid: (uid) => read(and(eq(oauthStates.model, model), eq(oauthStates.uidHash, hashSecret(uid)))),
      findByUserCode: async () => undefined, // the device flow is off
      async consume(id) {
        const [used] = await db
          .update(oauthStates)
          .set({ consumedAt: sql`now()` })
          .where(and(one(id), isNull(oauthStates.consumedAt)))
          .returning({ model: oauthStates.model })
        if (used) return
        const [row] = await db.select({ grantHash: oauthStates.grantHash }).from(oauthStates).where(one(id))
        if (row?.grantHash) await dropGrant(db, row.grantHash)
        throw new errors.InvalidGrant('already used')
      },
      destroy: async (id) => {
        if (model === 'Grant') await dropGrant(db, hashSecret(id))
        else await db.delete(oauthStates).where(one(id))
      },
      revokeByGrantId: async (grantId) => {
        await db
          .delete(oauthStates)
          .where(and(eq(oauthStates.model, model), eq(oauthStates.grantHash, hashSecret(grantId))))
      },
    }
  }
}

type State = { model: string; id: string; payload: AdapterPayload; expiresIn: number | undefined }

async function upsertState(db: Db, vault: Vault, { model, id, payload, expiresIn }: State): Promise<void> {
  const seconds = expiresIn === undefined ? CLIENT_DAYS * 86_400 : expiresIn + LATE_SECONDS
  const kept = {
    payload: vault.seal(STATE_SEAL, JSON.stringify(payload)),
    uidHash: hashed(payload.uid),
    grantHash: model === 'Grant' ? hashSecret(id) : hashed(payload.grantId),
    clientHash: model === 'Client' ? hashSecret(id) : hashed(payload.clientId),
    personId: payload.accountId ?? null,
    expiresAt: new Date(Date.now() + seconds * 1000),
  }
  await db.transaction(async (tx) => {
    await tx
      .insert(oauthStates)
      .values({ model, idHash: hashSecret(id), ...kept })
      .onConflictDoUpdate({ target: [oauthStates.model, oauthStates.idHash], set: kept })
    if (model !== 'Grant' || !kept.personId) return
    await keepClient(tx, kept.clientHash, kept.expiresAt)
    const { personId } = kept
    await record(tx, {
      author: `person:${personId}`,
      action: 'application.allowed',
      subject: `oauth-grant:${kept.grantHash}`,
      personId,
    })
  })
}

/** A client lives as long as what was granted to it. */
async function keepClient(db: Db, clientHash: string | null, until: Date): Promise<void> {
  if (!clientHash) return
  const expiresAt = new Date(until.getTime() + CLIENT_DAYS * 86_400_000)
  await db
    .update(oauthStates)
    .set({ expiresAt: sql`greatest(${oauthStates.expiresAt}, ${expiresAt.toISOString()}::timestamptz)` })
    .where(and(eq(oauthStates.model, 'Client'), eq(oauthStates.idHash, clientHash)))
}

/** Ends a grant with every code and token that hangs on it; answers whether there was one. */
export async function dropGrant(db: Db, grantHash: string, author = 'service'): Promise<boolean> {
  return db.transaction(async (tx) => {
    const gone = await tx
      .delete(oauthStates)
      .where(eq(oauthStates.grantHash, grantHash))
      .returning({ model: oauthStates.model, personId: oauthStates.personId })
    const grant = gone.find((one) => one.model === 'Grant')
    if (!grant) return false
    const { personId } = grant
    await record(tx, { author, action: 'application.ended', subject: `oauth-grant:${grantHash}`, personId })
    return true
  })
}
