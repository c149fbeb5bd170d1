import type { Db } from '../db.ts'
import type { Vault } from '../vault.ts'
import { type Head, sealJournal } from './seals.ts'

type Sealing = { db: Db; vault: Vault; sealed: (head: Head) => void }

/** Seals the journal as often as said, when it has grown, and a last time on the way out. Answers how to stop. */
export function workSeals({ db, vault, sealed }: Sealing, sweepSeconds: number): () => Promise<void> {
  const seal = async (): Promise<void> => {
    const head = await sealJournal(db, vault)
    if (head) sealed(head)
  }
  // A failed seal is no news: the database says so itself, and the next one covers the same lines.
  const sweep = (): Promise<void> => seal().catch(() => undefined)
  const timer = setInterval(() => void sweep(), sweepSeconds * 1000)
  timer.unref()
  return () => {
    clearInterval(timer)
    return sweep()
  }
}
