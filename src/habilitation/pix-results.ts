import { randomUUIDv7 } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { and, asc, eq, gt, isNotNull, isNull, sql } from '../drizzle.ts'
import { anyId, type Db, insertRows, rows } from '../db.ts'
import { conflict, notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { emailFingerprints } from '../people/people.ts'
import { problem, type RowProblem } from '../training/completion-rows.ts'
import type { Vault } from '../vault.ts'
import type { Decision } from './habilitations.ts'
import type { PixRow, ReadPixRow } from './pix-rows.ts'
import { pixResults } from './pix.sql.ts'
import { habilitationRequests } from './requests.sql.ts'
import { type Authority, holdPeople, settlePeople } from './validation.ts'

const SEAL = 'habilitation/pix-email'
const LOCK = 1_516_018
const BATCH = 1000

type Outcome = 'matched' | 'unmatched' | 'duplicate' | 'known' | 'refused'
type Receipt = { line: number; outcome: Outcome; problem?: RowProblem }

/**
 * Keeps results of the Pix test, all or nothing, each once, and settles the requests of those whose they are. A result
 * whose address belongs to nobody with a request waits for it. Answers a receipt a row, in their order.
 */
export async function importResults(
  db: Db,
  vault: Vault,
  authority: Authority,
  { read, author }: { read: ReadPixRow[]; author: string },
): Promise<Receipt[]> {
  return db.transaction(async (tx) => {
    // One import at a time: of the same file sent twice at once, the second finds what the first kept.
    await tx.execute(sql`select pg_advisory_xact_lock(${LOCK})`)
    const seen = new Map<string, number>()
    const receipts: Receipt[] = []
    const matched = new Set<string>()
    for (let from = 0; from < read.length; from += BATCH) {
      const kept = await keepBatch(tx, vault, seen, read.slice(from, from + BATCH))
      receipts.push(...kept.receipts)
      for (const personId of kept.matched) matched.add(personId)
      await nextTurn() // PGlite never leaves the event loop by itself: other requests would wait for the whole file
    }
    const counts = countOf(receipts)
    if (counts.matched + counts.unmatched === 0) return receipts
    await settlePeople(tx, authority, [...matched])
    await record(tx, { author, action: 'pix.imported', subject: 'pix-results', details: counts })
    return receipts
  })
}

/** How many rows have each outcome. */
export function countOf(receipts: Receipt[]): Record<Outcome | 'received', number> {
  const counts = { received: receipts.length, matched: 0, unmatched: 0, duplicate: 0, known: 0, refused: 0 }
  for (const { outcome } of receipts) counts[outcome]++
  return counts
}

/** A row that can be read: its fingerprints, and whose it is (with or without a request) when that is known. */
type Kept = { line: number; row: PixRow; fingerprints: string[]; owner: Owner | undefined }
type Owner = { personId: string; isAsked: boolean }

async function keepBatch(tx: Db, vault: Vault, seen: Map<string, number>, read: ReadPixRow[]) {
  const sealed = read.map((one) =>
    'row' in one ? { ...one, fingerprints: emailFingerprints(vault, one.row.email) } : one,
  )
  const all = sealed.flatMap((one) => ('row' in one ? one.fingerprints : []))
  const owners = await ownersOf(tx, all)
  const known = await knownResults(tx, all, owners)
  const matched: string[] = []
  const fresh: (typeof pixResults.$inferInsert)[] = []
  const receipts = sealed.map((one): Receipt => {
    const { line } = one
    if ('problem' in one) return { line, outcome: 'refused', problem: one.problem }
    const owner = one.fingerprints.map((name) => owners.get(name)).find((found) => found !== undefined)
    const names = namesOf({ ...one, owner })
    const first = names.map((name) => seen.get(name)).find((found) => found !== undefined)
    if (first !== undefined) return { line, outcome: 'duplicate', problem: duplicateOf(first) }
    for (const name of names) seen.set(name, line)
    if (names.some((name) => known.has(name))) return { line, outcome: 'known' }
    const { row, fingerprints } = one
    const { email, ...result } = row
    const whose = owner?.isAsked
      ? { personId: owner.personId, email: null, emailFingerprint: null }
      : { personId: null, email: vault.seal(SEAL, email), emailFingerprint: fingerprints[0]! }
    if (whose.personId) matched.push(whose.personId)
    fresh.push({ id: randomUUIDv7(), ...result, ...whose })
    return { line, outcome: whose.personId ? 'matched' : 'unmatched' }
  })
  await insertRows(tx, pixResults, fresh)
  return { receipts, matched }
}

/** What makes a result the same as another: the person or the address, the day, the score. */
const namesOf = ({ row: { sentOn, score }, fingerprints, owner }: Kept): string[] =>
  [...(owner ? [owner.personId] : []), ...fingerprints].map((whose) => `${whose} ${sentOn} ${score}`)

/** Who has these addresses, by fingerprint. */
async function ownersOf(tx: Db, fingerprints: string[]): Promise<Map<string, Owner>> {
  const found = await rows<Owner & { fingerprint: string }>(
    tx,
    sql`select p.email_fingerprint as fingerprint, coalesce(p.alias_of, p.id) as "personId",
          exists (select 1 from habilitation_requests q where q.person_id = coalesce(p.alias_of, p.id)) as "isAsked"
        from people p where p.email_fingerprint = any(${sql.param(fingerprints)}::text[])`,
  )
  return new Map(found.map(({ fingerprint, ...owner }) => [fingerprint, owner]))
}

async function knownResults(tx: Db, fingerprints: string[], owners: Map<string, Owner>): Promise<Set<string>> {
  const people = [...owners.values()].map((one) => one.personId)
  const found = await rows<{ whose: string; sentOn: string; score: number }>(
    tx,
    sql`select email_fingerprint as whose, sent_on::text as "sentOn", score from pix_results
          where email_fingerprint = any(${sql.param(fingerprints)}::text[])
        union all
        select person_id::text, sent_on::text, score from pix_results
          where person_id = ${anyId(people)}`,
  )
  return new Set(found.map(({ whose, sentOn, score }) => `${whose} ${sentOn} ${score}`))
}

const duplicateOf = (line: number): RowProblem =>
  problem(null, 'duplicate_result', `Ce résultat figure déjà à la ligne ${line}.`, 'Il n’y a rien à faire.')

/** The results that nobody has, or that were set aside, with the address that was typed: the first received first. */
export async function listResults(
  db: Db,
  vault: Vault,
  { state, limit, after }: { state: 'unmatched' | 'dismissed'; limit: number; after?: string | undefined },
) {
  const isSo =
    state === 'dismissed'
      ? isNotNull(pixResults.dismissedAt)
      : and(isNull(pixResults.personId), isNull(pixResults.dismissedAt))
  const found = await db
    .select()
    .from(pixResults)
    .where(and(isSo, after === undefined ? undefined : gt(pixResults.id, after)))
    .orderBy(asc(pixResults.id))
    .limit(limit + 1)
  const items = found.slice(0, limit).map(({ id, email, sentOn, score, receivedAt, decidedReason }) => ({
    id,
    state,
    email: vault.open(SEAL, email!),
    sentOn,
    score,
    receivedAt,
    ...(decidedReason && { reason: decidedReason }),
  }))
  return { items, next: found.length > limit ? items.at(-1)!.id : null }
}

/**
 * Says of whom a result is, who typed another address, and settles what it completes. The address stays known: the same
 * row sent again is recognised. Done already, it changes nothing. Errors: `not_found`, `pix_result_decided`.
 */
export async function matchByHand(
  db: Db,
  authority: Authority,
  { id, requestId, author, reason }: Decision & { id: string; requestId: string },
): Promise<void> {
  await db.transaction(async (tx) => {
    const [asked] = await tx
      .select({ personId: habilitationRequests.personId, organisationId: habilitationRequests.organisationId })
      .from(habilitationRequests)
      .where(eq(habilitationRequests.id, requestId))
    if (!asked) throw notFound('La demande', requestId)
    await holdPeople(tx, [asked.personId])
    const result = await holdResult(tx, id)
    if (result.personId === asked.personId) return
    if (result.personId ?? result.dismissedAt) throw decided(result)
    const { personId } = asked
    await tx.update(pixResults).set({ personId, decidedBy: author, decidedReason: reason }).where(eq(pixResults.id, id))
    await settlePeople(tx, authority, [personId])
    await record(tx, { author, action: 'pix.result_matched', subject: `pix-result:${id}`, ...asked, reason })
  })
}

/** Sets a result aside: it is nobody's here. Done already, it changes nothing. Errors: `not_found`, `pix_result_decided`. */
export async function dismissResult(db: Db, { id, author, reason }: Decision & { id: string }): Promise<void> {
  await db.transaction(async (tx) => {
    const result = await holdResult(tx, id)
    if (result.dismissedAt) return
    if (result.personId) throw decided(result)
    await tx
      .update(pixResults)
      .set({ dismissedAt: new Date(), decidedBy: author, decidedReason: reason })
      .where(eq(pixResults.id, id))
    await record(tx, { author, action: 'pix.result_dismissed', subject: `pix-result:${id}`, reason })
  })
}

type Result = typeof pixResults.$inferSelect

/** Of two officers at once, the second waits here and reads what the first decided. */
async function holdResult(tx: Db, id: string): Promise<Result> {
  const [found] = await tx.select().from(pixResults).where(eq(pixResults.id, id)).for('update')
  if (!found) throw notFound('Le résultat Pix', id)
  return found
}

const decided = ({ dismissedAt, decidedBy }: Result) =>
  conflict(
    'pix_result_decided',
    dismissedAt
      ? 'Ce résultat a déjà été laissé de côté : votre décision n’a pas été prise.'
      : `Ce résultat a déjà été rattaché à une personne${decidedBy ? '' : ', par son adresse'} : votre décision n’a pas été prise.`,
    'Relisez la liste des résultats à rattacher.',
  )
