import { randomUUID } from 'node:crypto'
import type { GuardedPost } from '../credentials/fetch.ts'
import type { Db } from '../db.ts'
import { record } from '../journal/journal.ts'
import type { Vault } from '../vault.ts'
import { type Answer, isTaken } from './answers.ts'
import { type FeedEvent, readEvents, readHead, serializeEvent } from './events.ts'
import { afterFailure, type Failures, holdWebhook, keepFailure, moveOn, releaseWebhook } from './holds.ts'
import { signedHeaders } from './signature.ts'
import { subscriberOf, tellAdministrators } from './subscribers.ts'
import { ended, getWebhook, openWebhook, type Webhook } from './webhooks.ts'

export type Delivering = { db: Db; vault: Vault; baseUrl: string; post: GuardedPost }
type Clock = () => Date
type Run = Delivering & { held: Webhook; slug: string; clock: Clock; stop: AbortSignal | undefined }

const PAGE = 50
/** How long a run lasts at most: then whoever waits longer comes first. */
const TURN_MS = 10_000

/**
 * Sends to one subscription what it waits for, in order, one event at a time: the next only once this one was taken. An
 * event whose answer was never kept (a process that dies) is sent again, with the same id. No transaction is open while
 * the network is waited for. Answers whether there may be more at once.
 */
export async function deliver(delivering: Delivering, id: string, stop?: AbortSignal, clock: Clock = () => new Date()) {
  const { db } = delivering
  const held = await holdWebhook(db, id, clock())
  if (!held) return false
  const { slug } = await subscriberOf(db, held.organisationId)
  const run = { ...delivering, held, slug, clock, stop }
  const isWhole = held.position >= (await readHead(db)).forgotten
  const hasMore = isWhole ? await sendAll(run) : await fail(run, held, 'forgotten')
  // Not when something broke here: the lease is then the pause before the next run.
  await releaseWebhook(db, held, clock())
  return hasMore
}

/** Whether its turn ended before there was nothing left. */
async function sendAll(run: Run): Promise<boolean> {
  const { db, held, clock } = run
  const { organisationId, types } = held
  const turnEnds = clock().getTime() + TURN_MS
  let failures: Failures = held
  for (let after = held.position; ;) {
    const { events, upto } = await readEvents(db, { organisationId, types, after, limit: PAGE })
    for (const event of events) {
      const answer = await send(run, event)
      if (answer === null) return false
      if (!isTaken(answer)) return fail(run, failures, answer)
      failures = { attempts: 0, failingSince: null }
      if (!(await moveOn(db, held, event.position, clock(), answer))) return false
      if (clock().getTime() > turnEnds) return true
    }
    after = upto
    if (events.length < PAGE) {
      await moveOn(db, held, upto, clock())
      return false
    }
  }
}

/** One attempt; null when the process stops. */
async function send({ vault, baseUrl, post, held, slug, clock, stop }: Run, event: FeedEvent): Promise<Answer | null> {
  const { url, secrets } = openWebhook(vault, held, clock())
  const body = JSON.stringify(serializeEvent(event, slug, baseUrl))
  const headers = signedHeaders(secrets, { id: event.id, body, now: clock() })
  try {
    return await post(url, {
      headers: { 'content-type': 'application/json', ...headers },
      body,
      ...(stop && { signal: stop }),
    })
  } catch (error) {
    if (stop?.aborted) return null
    throw error
  }
}

/** Keeps a failure; whoever administers the organisation is told of one that stops the subscription. The turn is over. */
async function fail(run: Run, failures: Failures, answer: Answer): Promise<false> {
  const { db, vault, baseUrl, held, clock } = run
  const { id, organisationId } = held
  const after = afterFailure(failures, answer, clock())
  await db.transaction(async (tx) => {
    if (!(await keepFailure(tx, held, after)) || after.state === 'active') return
    await tellAdministrators(tx, vault, { organisationId, url: openWebhook(vault, held, clock()).url, answer, baseUrl })
    const action = after.state === 'paused' ? 'webhook.paused' : 'webhook.ended'
    const details = { answer: after.lastAnswer }
    await record(tx, { author: 'service', action, subject: `webhook:${id}`, organisationId, details })
  })
  return false
}

/** Sends a trial to a subscription, whatever its state but ended. Answers what came of it. Errors: `not_found`, `webhook_ended`. */
export async function pingWebhook(
  { db, vault, baseUrl, post }: Delivering,
  { organisationId, id, author }: { organisationId: string; id: string; author: string },
): Promise<Answer> {
  const webhook = await getWebhook(db, { organisationId, id })
  if (webhook.state === 'ended') throw ended()
  const { slug } = await subscriberOf(db, organisationId)
  const now = new Date()
  const { url, secrets } = openWebhook(vault, webhook, now)
  const data = { page: `${baseUrl}/organisme/${slug}/webhooks` }
  const event = { id: `ping-${randomUUID()}`, type: 'ping', timestamp: now.toISOString(), organisation: slug, data }
  const body = JSON.stringify(event)
  const headers = { 'content-type': 'application/json', ...signedHeaders(secrets, { id: event.id, body, now }) }
  const answer = await post(url, { headers, body })
  const details = { answer: String(answer) }
  await record(db, { author, action: 'webhook.tried', subject: `webhook:${id}`, organisationId, details })
  return answer
}
