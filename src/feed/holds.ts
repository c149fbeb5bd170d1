import { randomUUID } from 'node:crypto'
import { and, eq, lt, lte, notInArray, isNull, or, sql } from '../drizzle.ts'
import type { Db } from '../db.ts'
import { type Answer, pauseAfter, PATIENCE_MS } from './answers.ts'
import { webhooks } from './feed.sql.ts'
import type { Webhook } from './webhooks.ts'

/** How long a run holds a subscription without a word: much more than one attempt lasts. */
export const LEASE_MS = 60_000

const isFree = (now: Date) => or(isNull(webhooks.heldUntil), lt(webhooks.heldUntil, now))
const isDue = (now: Date) => and(eq(webhooks.state, 'active'), lte(webhooks.dueAt, now), isFree(now))

/** The subscriptions that have something to send now, those that wait longest first, but those that run here. */
export async function dueWebhooks(db: Db, limit: number, but: string[], now: Date): Promise<string[]> {
  const waits = sql`exists (select 1 from feed_events e
    where e.organisation_id = ${webhooks.organisationId} and e.position > ${webhooks.position})`
  const found = await db
    .select({ id: webhooks.id })
    .from(webhooks)
    .where(and(isDue(now), but.length > 0 ? notInArray(webhooks.id, but) : undefined, waits))
    .orderBy(webhooks.dueAt)
    .limit(limit)
  return found.map((one) => one.id)
}

/** Takes a subscription for one run; null when another has it. The run that dies lets it go at the end of its lease. */
export async function holdWebhook(db: Db, id: string, now: Date): Promise<Webhook | null> {
  const [held] = await db
    .update(webhooks)
    .set({ heldBy: randomUUID(), heldUntil: new Date(now.getTime() + LEASE_MS) })
    .where(and(eq(webhooks.id, id), isDue(now)))
    .returning()
  return held ?? null
}

type Held = Pick<Webhook, 'id' | 'heldBy'>
/** It is still this run's: it was neither removed, nor stopped, nor taken by another. */
const isMine = ({ id, heldBy }: Held) =>
  and(eq(webhooks.id, id), eq(webhooks.heldBy, heldBy!), eq(webhooks.state, 'active'))

/** Moves past what was taken, or is not for it; false when the run must end. */
export async function moveOn(db: Db, held: Held, position: number, now: Date, answer?: Answer): Promise<boolean> {
  const moved = await db
    .update(webhooks)
    .set({
      position,
      heldUntil: new Date(now.getTime() + LEASE_MS),
      ...(answer !== undefined && { attempts: 0, failingSince: null, lastAnswer: String(answer), lastAt: now }),
    })
    .where(isMine(held))
    .returning({ id: webhooks.id })
  return moved.length > 0
}

export type Failures = Pick<Webhook, 'attempts' | 'failingSince'>

/** What a failure makes of a subscription: tried again later, stopped after three days, ended when its receiver is gone. */
export function afterFailure({ attempts, failingSince }: Failures, answer: Answer, now: Date) {
  const since = failingSince ?? now
  const isOver = answer === 'forgotten' || now.getTime() - since.getTime() >= PATIENCE_MS
  return {
    attempts: attempts + 1,
    failingSince: since,
    state: answer === 410 ? ('ended' as const) : isOver ? ('paused' as const) : ('active' as const),
    dueAt: new Date(now.getTime() + pauseAfter(attempts + 1)),
    lastAnswer: String(answer),
    lastAt: now,
  }
}

/** Keeps it, and lets the subscription go; false when it was no longer this run's. */
export async function keepFailure(db: Db, held: Held, after: ReturnType<typeof afterFailure>): Promise<boolean> {
  const kept = await db
    .update(webhooks)
    .set({ ...after, heldBy: null, heldUntil: null })
    .where(isMine(held))
    .returning({ id: webhooks.id })
  return kept.length > 0
}

/** Lets a subscription go; whoever waits longer comes before it. */
export async function releaseWebhook(db: Db, held: Held, now: Date): Promise<void> {
  await db.update(webhooks).set({ heldBy: null, heldUntil: null, dueAt: now }).where(isMine(held))
}
