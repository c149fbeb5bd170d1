import { randomUUID } from 'node:crypto'
import { and, asc, eq, gt, isNull, or, sql } from '../drizzle.ts'
import type { Db } from '../db.ts'
import { conflict, notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { hashSecret, newSecret } from '../secret.ts'
import { apiClients, apiSecrets } from './clients.sql.ts'

/** What a machine may be allowed to do. */
export const SCOPES = ['sessions', 'completions', 'credentials', 'credentials:write', 'events'] as const
export type Scope = (typeof SCOPES)[number]

/** How long the secret before still works once it was replaced. */
export const GRACE_HOURS = 24

type Client = typeof apiClients.$inferSelect
/** A client as its organisation sees it: everything but what proves it. */
export type ClientView = Omit<Client, 'organisationId'> & { secrets: { createdAt: Date; expiresAt: Date | null }[] }
type Of = { organisationId: string; id: string }

/** Lets a machine act for an organisation; the secret of the answer is kept nowhere, and never shown again. */
export async function createClient(
  db: Db,
  { organisationId, name, scopes, author }: { organisationId: string; name: string; scopes: Scope[]; author: string },
): Promise<{ id: string; secret: string }> {
  const id = randomUUID()
  return db.transaction(async (tx) => {
    await tx
      .insert(apiClients)
      .values({ id, organisationId, name, scopes: SCOPES.filter((one) => scopes.includes(one)) })
    const secret = await addSecret(tx, id)
    await record(tx, { author, action: 'client.created', subject: `client:${id}`, organisationId, details: { scopes } })
    return { id, secret }
  })
}

/**
 * Gives a client another secret. The one before works for `graceHours` more, any older one no longer: at most two at once.
 * Errors: `not_found`, `client_revoked`.
 */
export async function rotateSecret(
  db: Db,
  { organisationId, id, graceHours = GRACE_HOURS, author }: Of & { graceHours?: number; author: string },
): Promise<{ id: string; secret: string }> {
  return db.transaction(async (tx) => {
    const client = await lockClient(tx, { organisationId, id })
    if (client.revokedAt) throw CLIENT_REVOKED()
    const end = sql`case when expires_at is null then now() + make_interval(hours => ${graceHours}::int) else least(expires_at, now()) end`
    await tx.update(apiSecrets).set({ expiresAt: end }).where(eq(apiSecrets.clientId, id))
    const secret = await addSecret(tx, id)
    await record(tx, {
      author,
      action: 'client.rotated',
      subject: `client:${id}`,
      organisationId,
      details: { graceHours },
    })
    return { id, secret }
  })
}

/** Ends a client, its secrets and its tokens, at once; ended already, it stays so. Errors: `not_found`. */
export async function revokeClient(db: Db, { organisationId, id, author }: Of & { author: string }): Promise<void> {
  await db.transaction(async (tx) => {
    const client = await lockClient(tx, { organisationId, id })
    if (client.revokedAt) return
    await tx
      .update(apiClients)
      .set({ revokedAt: sql`now()` })
      .where(eq(apiClients.id, id))
    await tx.delete(apiSecrets).where(eq(apiSecrets.clientId, id))
    await record(tx, { author, action: 'client.revoked', subject: `client:${id}`, organisationId })
  })
}

/** The clients of an organisation, with the times of the secrets that work. */
export async function listClients(db: Db, organisationId: string): Promise<ClientView[]> {
  const found = await db
    .select({ client: apiClients, secret: { createdAt: apiSecrets.createdAt, expiresAt: apiSecrets.expiresAt } })
    .from(apiClients)
    .leftJoin(apiSecrets, and(eq(apiSecrets.clientId, apiClients.id), works))
    .where(eq(apiClients.organisationId, organisationId))
    .orderBy(asc(apiClients.createdAt), asc(apiClients.id), asc(apiSecrets.createdAt))
  const views = new Map<string, ClientView>()
  for (const { client, secret } of found) {
    const { organisationId: _, ...shown } = client
    const view = views.get(client.id) ?? { ...shown, secrets: [] }
    if (secret) view.secrets.push(secret)
    views.set(client.id, view)
  }
  return Array.from(views.values())
}

/** Whom a client id and a secret prove; null for an unknown client as for a wrong secret, by the same query. */
export async function findClient(db: Db, { id, secret }: { id: string; secret: string }) {
  const [found] = await db
    .select({
      id: apiClients.id,
      scopes: apiClients.scopes,
      organisationId: apiClients.organisationId,
      organisation: organisations.slug,
    })
    .from(apiSecrets)
    .innerJoin(apiClients, eq(apiClients.id, apiSecrets.clientId))
    .innerJoin(organisations, eq(organisations.id, apiClients.organisationId))
    .where(and(eq(apiSecrets.hash, hashSecret(secret)), eq(apiClients.id, id), isNull(apiClients.revokedAt), works))
  return found ?? null
}

const works = or(isNull(apiSecrets.expiresAt), gt(apiSecrets.expiresAt, sql`now()`))

async function lockClient(tx: Db, { organisationId, id }: Of): Promise<Client> {
  const [client] = await tx
    .select()
    .from(apiClients)
    .where(and(eq(apiClients.id, id), eq(apiClients.organisationId, organisationId)))
    .for('update')
  if (!client) throw notFound('Le client', id)
  return client
}

async function addSecret(tx: Db, clientId: string): Promise<string> {
  const secret = newSecret()
  await tx.insert(apiSecrets).values({ hash: hashSecret(secret), clientId })
  return secret
}

const CLIENT_REVOKED = () =>
  conflict('client_revoked', 'Ce client est révoqué : il n’a plus de secret.', 'Créez un autre client.')
