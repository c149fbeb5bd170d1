import { asc, between, gt } from '../drizzle.ts'
import type { Db } from '../db.ts'
import type { Vault } from '../vault.ts'
import { FIRST_HASH, hashOf } from './journal.ts'
import { journal, journalSeals } from './journal.sql.ts'
import { type Head, isSealOurs, type Seal } from './seals.ts'

/** What the whole journal was found to be: its head and last seal, or the first thing wrong, in plain French. */
export type Finding = { head: Head; sealed: Seal | null; problem: string | null }

type Options = {
  /** A head that was noted earlier, elsewhere. */
  expected?: Head | undefined
  /** Told the position reached, after each batch. */
  progress?: (position: number) => void
}

const BATCH = 1000

/**
 * Recomputes the journal from its first line: lines follow one another, each with the hash of its content and of the line
 * before, and each seal is ours and tells the hash of its line. A batch of lines in memory at a time.
 */
export const verifyJournal = (db: Db, vault: Vault, { expected, progress }: Options = {}): Promise<Finding> =>
  db.transaction(
    async (tx) => {
      let head: Head = { position: 0, hash: FIRST_HASH }
      let sealed: Seal | null = null
      const end = (problem: string | null): Finding => ({ head, sealed, problem })
      for (;;) {
        const lines = await tx
          .select()
          .from(journal)
          .where(gt(journal.position, head.position === 0 ? Number.MIN_SAFE_INTEGER : head.position))
          .orderBy(asc(journal.position))
          .limit(BATCH)
        if (lines.length === 0) break
        const seals = await sealsBetween(tx, head.position + 1, lines.at(-1)!.position)
        for (const line of lines) {
          const problem = problemOfLine(line, head)
          if (problem) return end(problem)
          head = { position: line.position, hash: line.hash }
          const seal = seals.get(line.position)
          if (seal) {
            if (!isSealOurs(vault, seal)) return end(FOREIGN_SEAL(seal.position))
            if (seal.hash !== head.hash) return end(REWRITTEN(sealed, head.position))
            sealed = seal
          }
          if (expected?.position === line.position && expected.hash !== line.hash) {
            return end(NOT_AS_NOTED(line.position))
          }
        }
        progress?.(head.position)
      }
      const [beyond] = await tx.select().from(journalSeals).where(gt(journalSeals.position, head.position)).limit(1)
      const last = Math.max(beyond?.position ?? 0, expected?.position ?? 0)
      return end(last > head.position ? CUT(head.position, last) : null)
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  )

async function sealsBetween(db: Db, from: number, to: number): Promise<Map<number, Seal>> {
  const found = await db
    .select()
    .from(journalSeals)
    .where(between(journalSeals.position, from, to))
  return new Map(found.map((seal) => [seal.position, seal]))
}

type Line = typeof journal.$inferSelect

function problemOfLine(line: Line, { position, hash }: Head): string | null {
  const next = position + 1
  if (line.position < next) return `La ligne ${line.position} a été ajoutée : le journal commence à la ligne 1.`
  if (line.position > next) return `La ligne ${next} manque : elle a été retirée du journal.`
  if (hashOf(line, hash) === line.hash) return null
  return next === 1
    ? 'La ligne 1 a été modifiée.'
    : `La ligne ${next} a été modifiée ou ajoutée, ou la ligne ${position} l’a été avec son empreinte.`
}

const FOREIGN_SEAL = (position: number): string =>
  `Le sceau de la ligne ${position} n’a pas été fait avec la clé de ce service : il a été ajouté ou modifié.`

const REWRITTEN = (before: Seal | null, position: number): string =>
  `Le journal a été réécrit entre la ligne ${(before?.position ?? 0) + 1} et la ligne ${position}, que son sceau ne reconnaît plus.`

const NOT_AS_NOTED = (position: number): string =>
  `La ligne ${position} n’est plus celle qui a été notée : le journal a été réécrit avant elle ou à cette ligne.`

const CUT = (last: number, known: number): string =>
  `La fin du journal a été retirée : il s’arrête à la ligne ${last}, alors que la ligne ${known} a existé.`
