import { and, asc, eq, sql } from '../drizzle.ts'
import { isFollowable } from '../credentials/fetch.ts'
import type { Db } from '../db.ts'
import { conflict, invalid, notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import type { Vault } from '../vault.ts'
import { type EventType, TYPES } from './event-types.ts'
import { readHead } from './events.ts'
import { webhooks } from './feed.sql.ts'
import { newWebhookSecret } from './signature.ts'

/** How long the secret before still signs once it was replaced. */
export const GRACE_HOURS = 24
const MOST = 10

export type Webhook = typeof webhooks.$inferSelect
type Of = { organisationId: string; id: string; author: string }
type Asked = { organisationId: string; url: string; types: EventType[]; author: string; allowLoopback: boolean }
/** What its address and its secrets are sealed for. */
export const URL_SEAL = 'feed/webhook-url'
export const SECRET_SEAL = 'feed/webhook-secret'

/**
 * Sends from now on the events of an organisation to an address; the secret of the answer is never shown again. Errors:
 * `webhook_url_refused`, `too_many_webhooks`.
 */
export async function createWebhook(db: Db, vault: Vault, asked: Asked): Promise<{ id: string; secret: string }> {
  const { organisationId, url, author } = asked
  if (!isFollowable(url, asked.allowLoopback)) {
    throw invalid(
      'webhook_url_refused',
      'Cette adresse ne peut pas recevoir : il faut une adresse publique en https, sans nom d’utilisateur.',
      'Donnez l’adresse complète, par exemple https://outil.exemple.fr/insigne.',
      { field: 'url' },
    )
  }
  const secret = newWebhookSecret()
  return db.transaction(async (tx) => {
    await tx
      .select({ id: organisations.id })
      .from(organisations)
      .where(eq(organisations.id, organisationId))
      .for('no key update')
    if ((await tx.$count(webhooks, eq(webhooks.organisationId, organisationId))) >= MOST) {
      throw conflict(
        'too_many_webhooks',
        `Un organisme a ${MOST} abonnements au plus.`,
        'Supprimez-en un, ou lisez le fil (GET /api/v1/events).',
      )
    }
    const { position } = await readHead(tx)
    const types = TYPES.filter((one) => asked.types.includes(one))
    const sealed = { url: vault.seal(URL_SEAL, url), secret: vault.seal(SECRET_SEAL, secret) }
    const [created] = await tx
      .insert(webhooks)
      .values({ organisationId, types, position, ...sealed, dueAt: new Date() })
      .returning({ id: webhooks.id })
    const { id } = created!
    await record(tx, {
      author,
      action: 'webhook.created',
      subject: `webhook:${id}`,
      organisationId,
      details: { types },
    })
    return { id, secret }
  })
}

/** Gives a subscription another secret; the one before signs too for `graceHours`. Errors: `not_found`. */
export async function rotateWebhookSecret(
  db: Db,
  vault: Vault,
  { graceHours = GRACE_HOURS, ...of }: Of & { graceHours?: number },
): Promise<{ id: string; secret: string }> {
  const { id, organisationId, author } = of
  const secret = newWebhookSecret()
  return db.transaction(async (tx) => {
    const held = await holdWebhook(tx, of)
    const previous =
      graceHours === 0
        ? { previousSecret: null, previousEndsAt: null }
        : { previousSecret: held.secret, previousEndsAt: sql`now() + make_interval(hours => ${graceHours}::int)` }
    await tx
      .update(webhooks)
      .set({ secret: vault.seal(SECRET_SEAL, secret), ...previous })
      .where(eq(webhooks.id, id))
    const subject = `webhook:${id}`
    await record(tx, { author, action: 'webhook.rotated', subject, organisationId, details: { graceHours } })
    return { id, secret }
  })
}

/**
 * Sends again, from where it stopped, to a receiver that is mended; what does not fail goes on as it was. Errors:
 * `not_found`, `webhook_ended`, `cursor_too_old`.
 */
export async function resumeWebhook(db: Db, of: Of): Promise<void> {
  await db.transaction(async (tx) => {
    const held = await holdWebhook(tx, of)
    if (held.state === 'ended') throw ended()
    if (held.state === 'active' && held.attempts === 0) return
    if (held.position < (await readHead(tx)).forgotten) {
      throw conflict(
        'cursor_too_old',
        'Cet abonnement est arrêté depuis trop longtemps : des événements qu’il attendait ne sont plus gardés.',
        'Supprimez-le, créez-en un autre, puis lisez tous les badges une fois (GET /api/v1/credentials).',
      )
    }
    await tx
      .update(webhooks)
      .set({ state: 'active', attempts: 0, failingSince: null, dueAt: new Date() })
      .where(eq(webhooks.id, of.id))
    await record(tx, { ...of, action: 'webhook.resumed', subject: `webhook:${of.id}` })
  })
}

/** Ends a subscription: nothing more is sent, and nothing is kept of it but its lines in the journal. Errors: `not_found`. */
export async function removeWebhook(db: Db, of: Of): Promise<void> {
  await db.transaction(async (tx) => {
    await holdWebhook(tx, of)
    await tx.delete(webhooks).where(eq(webhooks.id, of.id))
    await record(tx, { ...of, action: 'webhook.removed', subject: `webhook:${of.id}` })
  })
}

/** The subscriptions of an organisation, the oldest first. */
export const listWebhooks = (db: Db, organisationId: string): Promise<Webhook[]> =>
  db
    .select()
    .from(webhooks)
    .where(eq(webhooks.organisationId, organisationId))
    .orderBy(asc(webhooks.createdAt), asc(webhooks.id))

/** A subscription of an organisation. Errors: `not_found`. */
export async function getWebhook(db: Db, { organisationId, id }: Omit<Of, 'author'>): Promise<Webhook> {
  const found = (await listWebhooks(db, organisationId)).find((one) => one.id === id)
  if (!found) throw notFound('L’abonnement', id)
  return found
}

/** Where it sends, and what proves it: the secret, and the one before while it is good. */
export function openWebhook(vault: Vault, { url, secret, previousSecret, previousEndsAt }: Webhook, now: Date) {
  const previous = previousSecret !== null && previousEndsAt! > now ? [previousSecret] : []
  return {
    url: vault.open(URL_SEAL, url),
    secrets: [secret, ...previous].map((one) => vault.open(SECRET_SEAL, one)),
  }
}

/** A subscription as its organisation sees it: everything but its secrets. */
export function serializeWebhook(vault: Vault, webhook: Webhook) {
  const { id, types, state, createdAt, attempts, failingSince, dueAt, lastAnswer, lastAt, previousEndsAt } = webhook
  return {
    id,
    url: vault.open(URL_SEAL, webhook.url),
    types,
    state,
    createdAt,
    cursor: String(webhook.position),
    failures: attempts,
    failingSince,
    nextAttemptAt: state === 'active' && attempts > 0 ? dueAt : null,
    lastAnswer,
    lastAnswerAt: lastAt,
    previousSecretEndsAt: previousEndsAt !== null && previousEndsAt > new Date() ? previousEndsAt : null,
  }
}
export type WebhookView = ReturnType<typeof serializeWebhook>

export const ended = () =>
  conflict(
    'webhook_ended',
    'Cet abonnement est fini : son destinataire a répondu qu’il ne veut plus rien recevoir.',
    'Supprimez-le, et créez-en un autre si l’outil veut de nouveau recevoir.',
  )

async function holdWebhook(tx: Db, { organisationId, id }: Of): Promise<Webhook> {
  const [held] = await tx
    .select()
    .from(webhooks)
    .where(and(eq(webhooks.id, id), eq(webhooks.organisationId, organisationId)))
    .for('update')
  if (!held) throw notFound('L’abonnement', id)
  return held
}
