import { desc, type InferSelectModel } from '../drizzle.ts'
import type { Db } from '../db.ts'
import type { Vault } from '../vault.ts'
import { journal, journalSeals } from './journal.sql.ts'

export type Head = { position: number; hash: string }
export type Seal = InferSelectModel<typeof journalSeals>

/** What the seal of a line is under each master key, the present one first. */
export const sealMacs = (vault: Vault, { position, hash, at }: Omit<Seal, 'mac'>): string[] =>
  vault.fingerprints('journal/seal', `${position} ${hash} ${at.toISOString()}`)

/** Whether this service made that seal. */
export const isSealOurs = (vault: Vault, seal: Seal): boolean => sealMacs(vault, seal).includes(seal.mac)

/** Seals the last line, when there is a new one since the last seal; answers it. */
export async function sealJournal(db: Db, vault: Vault, at = new Date()): Promise<Head | null> {
  const [head] = await headOf(db)
  const [sealed] = await db
    .select({ position: journalSeals.position })
    .from(journalSeals)
    .orderBy(desc(journalSeals.position))
    .limit(1)
  if (!head || head.position <= (sealed?.position ?? 0)) return null
  const seal = { ...head, at }
  await db
    .insert(journalSeals)
    .values({ ...seal, mac: sealMacs(vault, seal)[0]! })
    .onConflictDoNothing() // another process sealed the same line
  return head
}

const headOf = (db: Db) =>
  db.select({ position: journal.position, hash: journal.hash }).from(journal).orderBy(desc(journal.position)).limit(1)
