import { and, asc, eq, lte, sql } from '../drizzle.ts'
import type { Db } from '../db.ts'
import { messages } from './messages.sql.ts'
import { type MessageState, MOVES, type Move } from './transitions.ts'

const MINUTE = 60_000
/** How long a process holds a message that it took; a sending lasts less. */
export const LEASE_MS = 5 * MINUTE
/** How long a message is worth sending. */
const STALE_MS = 24 * 60 * MINUTE
const FIRST_PAUSE_MS = 10_000
const LONGEST_PAUSE_MS = 4 * 60 * MINUTE

/** A message held by this process: nobody else takes it before its lease ends, and a later attempt has another number. */
export type Held = { id: string; kind: string; content: string; attempt: number }

/** Takes a message that is due; null when another process has it, or nothing is left to do. */
export async function holdMessage(db: Db, id: string, now = new Date()): Promise<Held | null> {
  const [held] = await db
    .update(messages)
    .set({ attempts: sql`${messages.attempts} + 1`, dueAt: new Date(now.getTime() + LEASE_MS) })
    .where(and(eq(messages.id, id), eq(messages.state, 'queued'), lte(messages.dueAt, now)))
    .returning({ kind: messages.kind, content: messages.content, attempt: messages.attempts })
  return held?.content ? { id, ...held, content: held.content } : null
}

/** Moves a message that this process holds; false when it is no longer the one that holds it. */
export async function moveMessage(db: Db, { id, attempt }: Held, [from, to]: Move, now = new Date()): Promise<boolean> {
  const moved = await db
    .update(messages)
    .set({ state: to, ...settled(to, now), ...(to === 'queued' && { dueAt: nextAttempt(attempt, now) }) })
    .where(and(eq(messages.id, id), eq(messages.attempts, attempt), eq(messages.state, from)))
    .returning({ id: messages.id })
  return moved.length > 0
}

/** What is emptied, and noted, when nothing is left to send. */
const settled = (to: MessageState, now: Date) =>
  MOVES[to].length === 0 ? { content: null, ...(to === 'sent' && { sentAt: now }) } : {}

/** Pauses of 10, 40, 160 seconds and so on, 4 hours at most. */
const nextAttempt = (attempt: number, now: Date): Date =>
  new Date(now.getTime() + Math.min(FIRST_PAUSE_MS * 4 ** (attempt - 1), LONGEST_PAUSE_MS))

/**
 * Settles what no process will end: a sending that nobody recorded is uncertain, a message of another day is given up.
 * Answers the ids of the messages that are due.
 */
export async function sweepMessages(db: Db, now = new Date()): Promise<string[]> {
  const before = (ms: number) => new Date(now.getTime() - ms)
  await db
    .update(messages)
    .set({ state: 'uncertain', content: null })
    .where(and(eq(messages.state, 'sending'), lte(messages.dueAt, now)))
  await db
    .update(messages)
    .set({ state: 'failed', content: null })
    .where(and(eq(messages.state, 'queued'), lte(messages.dueAt, now), lte(messages.createdAt, before(STALE_MS))))
  const due = await db
    .select({ id: messages.id })
    .from(messages)
    .where(and(eq(messages.state, 'queued'), lte(messages.dueAt, now)))
    .orderBy(asc(messages.dueAt))
    .limit(500)
  return due.map(({ id }) => id)
}
