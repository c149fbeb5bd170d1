import { randomBytes } from 'node:crypto'
import type { Db } from '../db.ts'
import { hashSecret } from '../secret.ts'
import type { Vault } from '../vault.ts'
import { usedNonces } from './offers.sql.ts'

const PURPOSE = 'oid4vci/nonce'
const MINUTES = 5

export type Nonce = { hash: string; expiresAt: Date }

/**
 * A `c_nonce` (OpenID4VCI 1.0 §7): good for five minutes and for one proof. It says its own end under a keyed fingerprint, so
 * that whoever asks for many makes the service keep nothing.
 */
export function newNonce(vault: Vault, now: Date): string {
  const said = `${(now.getTime() + MINUTES * 60_000).toString(36)}.${randomBytes(16).toString('base64url')}`
  return `${said}.${vault.fingerprint(PURPOSE, said)}`
}

/** The nonce that a proof holds, when it is one of ours and its time is not over; null otherwise. */
export function readNonce(vault: Vault, nonce: unknown, now: Date): Nonce | null {
  if (typeof nonce !== 'string' || nonce.length > 200) return null
  const [, said = '', end = '', seal = ''] = /^(([0-9a-z]+)\.[\w-]+)\.([\w-]+)$/.exec(nonce) ?? []
  // What is compared is a keyed hash: how long that takes tells nothing of the key.
  if (!vault.fingerprints(PURPOSE, said).includes(seal)) return null
  const expiresAt = new Date(Number.parseInt(end, 36))
  return expiresAt > now ? { hash: hashSecret(nonce), expiresAt } : null
}

/** Takes a nonce for a proof; false when one took it before, be it at the same moment. */
export async function useNonce(tx: Db, nonce: Nonce): Promise<boolean> {
  const taken = await tx.insert(usedNonces).values(nonce).onConflictDoNothing().returning({ hash: usedNonces.hash })
  return taken.length === 1
}
