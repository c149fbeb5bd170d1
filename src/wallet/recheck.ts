import { and, asc, eq, isNull, lt, lte, or, sql } from '../drizzle.ts'
import { type ElsewhereDeps, verifyFor } from '../credentials/elsewhere.ts'
import type { Verification } from '../credentials/verify.ts'
import { type Db, isAnyOf } from '../db.ts'
import { DomainError } from '../errors.ts'
import { lockPerson } from '../people/addresses.ts'
import {
  type Fresh,
  type Holder,
  isUnanswered,
  mine,
  note,
  type Opened,
  opened,
  openOwn,
  replaces,
  type Row,
  rowOf,
  staysRefused,
  twinsOf,
} from './imported-row.ts'
import { importedBadges } from './wallet.sql.ts'

const DAY_MS = 24 * 3600_000
/** A badge is verified again so many days after its last check; the day after, where nobody answered. */
const AGAIN_DAYS = 30
const RETRY_DAYS = 1
/** How long a badge found valid stays so while nobody answers. */
const KEPT_DAYS = 90
/** What one run verifies at most; the rest waits for the next hour. */
const BATCH = 50

/**
 * Verifies a kept badge once more and keeps what was found; the verdict at import stays beside it. Nobody answers: what was
 * refused stays so, and anything else is not decided any more. What was
 * undecided and turns out to be another one of the wallet becomes one with it. Answers the id where it is now. Errors: `not_found`.
 */
export async function recheckImported(
  deps: ElsewhereDeps,
  holder: Holder,
  id: string,
  now = new Date(),
): Promise<string> {
  const before = await openOwn(deps.db, deps.vault, holder.personId, id)
  const found = await verifyFor(deps, holder.personId, before.content.given)
  if (!staysRefused(before.row, found)) return keepFound(deps, holder, { before, found, now })
  await postpone(deps.db, holder, before.row, now)
  return id
}

/**
 * Verifies again, one by one, the badges whose last check is 30 days old, 50 a run, those asked about longest ago first. Nobody
 * answers: the last result stays, with the day of that attempt, and a badge found valid stays so for 90 days. May run twice,
 * at once or after a crash. A badge that fails does not keep the others: what went wrong is thrown once all had their turn.
 */
export async function recheckDue(deps: ElsewhereDeps, now = new Date(), stop?: AbortSignal): Promise<void> {
  const due = await deps.db
    .select({ id: importedBadges.id })
    .from(importedBadges)
    .where(isDue(now))
    .orderBy(asc(sql`coalesce(${importedBadges.unansweredAt}, ${importedBadges.checkedAt})`))
    .limit(BATCH)
  const failures: unknown[] = []
  for (const { id } of due) {
    if (stop?.aborted) return
    await recheckOne(deps, id, now, stop).catch((error: unknown) => failures.push(error))
  }
  if (failures.length > 0) throw new Error('Some badges could not be verified again.', { cause: failures[0] })
}

const isDue = (now: Date) => {
  const before = (days: number) => new Date(now.getTime() - days * DAY_MS)
  const { checkedAt, unansweredAt } = importedBadges
  return or(and(isNull(unansweredAt), lt(checkedAt, before(AGAIN_DAYS))), lt(unansweredAt, before(RETRY_DAYS)))
}

async function recheckOne(deps: ElsewhereDeps, id: string, now: Date, stop?: AbortSignal): Promise<void> {
  const { db, vault } = deps
  // Read again: it may be withdrawn, merged, or verified by another process since the list was made.
  const [row] = await db
    .select()
    .from(importedBadges)
    .where(and(eq(importedBadges.id, id), isDue(now)))
  if (!row) return
  const holder = { personId: row.personId, author: 'service' }
  try {
    const before = opened(vault, row)
    const found = await unlessStopped(verifyFor(deps, row.personId, before.content.given), stop)
    if (found === null) return
    if (isUnanswered(found) && staysAsItWas(row, now)) await postpone(db, holder, row, now)
    else await keepFound(deps, holder, { before, found, now })
  } catch (error) {
    // Withdrawn meanwhile, or of someone whose space was joined to another: nothing is left to do.
    if (error instanceof DomainError && error.kind === 'not_found') return
    await postpone(db, holder, row, now) // else it would come first at each run
    throw error
  }
}

/** The result, or null as soon as the process stops: another site may take its time. */
async function unlessStopped<T>(work: Promise<T>, stop?: AbortSignal): Promise<T | null> {
  if (!stop) return work
  const stopped = Promise.withResolvers<null>()
  const end = () => stopped.resolve(null)
  stop.addEventListener('abort', end)
  if (stop.aborted) end()
  try {
    return await Promise.race([work, stopped.promise])
  } finally {
    stop.removeEventListener('abort', end)
  }
}

/** What was refused stays refused; what was valid stays so for a while; what was not decided has nothing to keep. */
const staysAsItWas = ({ verdict, checkedAt }: Row, now: Date): boolean =>
  verdict === 'invalid' || (verdict === 'valid' && now.getTime() - checkedAt.getTime() < KEPT_DAYS * DAY_MS)

/** Keeps that a verification gave nothing at that moment; the journal is told the first time. */
const postpone = (db: Db, holder: Holder, { id, unansweredAt }: Row, now: Date): Promise<void> =>
  db.transaction(async (tx) => {
    const written = await tx
      .update(importedBadges)
      .set({ unansweredAt: now })
      .where(and(mine(holder.personId, id), lte(importedBadges.checkedAt, now)))
      .returning({ id: importedBadges.id })
    if (written.length > 0 && unansweredAt === null) await note(tx, holder, 'wallet.unanswered', id)
  })

type Found = { before: Opened; found: Verification; now: Date }

function keepFound({ db, vault }: ElsewhereDeps, holder: Holder, { before, found, now }: Found): Promise<string> {
  const { personId } = holder
  const { id } = before.row
  const fresh = rowOf(vault, { given: before.content.given, from: before.about.from, now }, found, before)
  return db.transaction(async (tx) => {
    await lockPerson(tx, personId)
    const { sameBadge } = await twinsOf(tx, vault, personId, fresh)
    const hasTwin = sameBadge !== undefined && sameBadge.id !== id
    const isSame = isAnyOf(importedBadges.textKey, fresh.texts)
    const asItWas = and(mine(personId, id), isSame, lte(importedBadges.checkedAt, now))
    const written = hasTwin
      ? await tx.delete(importedBadges).where(asItWas).returning({ id: importedBadges.id })
      : await tx.update(importedBadges).set(fresh.values).where(asItWas).returning({ id: importedBadges.id })
    // Replaced, withdrawn or verified by another while it was being verified: what is there now is left as it is.
    if (written.length === 0) await openOwn(tx, vault, personId, id)
    else if (hasTwin) return joinTwin(tx, holder, { row: before.row, twin: sameBadge, fresh })
    else await note(tx, holder, 'wallet.checked', id, fresh.values)
    return id
  })
}

type Joined = { row: Row; twin: Row; fresh: Fresh }

/** Of two rows that turn out to be one badge, the one that was proven first stays: links to it go on. */
async function joinTwin(tx: Db, holder: Holder, { row, twin, fresh }: Joined): Promise<string> {
  const isNewer = replaces(fresh.values, twin)
  if (isNewer) {
    const { source, importedAt, importedVerdict } = row
    const values = { ...fresh.values, source, importedAt, importedVerdict }
    await tx.update(importedBadges).set(values).where(eq(importedBadges.id, twin.id))
  }
  await note(tx, holder, 'wallet.replaced', isNewer ? twin.id : row.id, isNewer ? fresh.values : undefined)
  return twin.id
}
