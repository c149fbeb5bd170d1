import { and, eq, isNull, lt, or, sql } from '../drizzle.ts'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { actorFrom } from '../auth/access.ts'
import type { Db } from '../db.ts'
import { conflict, invalid } from '../errors.ts'
import type { Vault } from '../vault.ts'
import { idempotentAnswers as answers } from './idempotency.sql.ts'

declare module 'fastify' {
  interface FastifyRequest {
    idempotencyKey: string | null
  }
}

const SEAL = 'web/answer'
const DAY_MS = 24 * 3600_000
const ABANDONED_MS = 5 * 60_000

/**
 * `Idempotency-Key` on authenticated writes (IETF draft-ietf-httpapi-idempotency-key-header): the same key and request
 * get the first answer again for a day; the same key with another request is refused. Answers may hold a secret that is
 * shown once: they are kept sealed.
 */
export function registerIdempotency(app: FastifyInstance, db: Db, vault: Vault): void {
  app.decorateRequest('idempotencyKey', null)
  app.addHook('preHandler', async (request, reply) => {
    const key = request.headers['idempotency-key']
    if (typeof key !== 'string' || request.method !== 'POST' || !request.actor) return
    if (key.length < 1 || key.length > 200) {
      throw invalid(
        'idempotency_key',
        'La clé d’idempotence compte 1 à 200 caractères.',
        'Utilisez par exemple un UUID.',
      )
    }
    const caller = callerOf(request)
    const asked = fingerprints(vault, request)
    const known = await claimKey(db, caller, key, asked[0]!)
    if (!known) {
      request.idempotencyKey = key
      return
    }
    if (!asked.includes(known.request)) {
      throw invalid(
        'idempotency_key_reused',
        'Cette clé d’idempotence a déjà servi à une autre demande.',
        'Prenez une nouvelle clé.',
      )
    }
    if (known.status === null) {
      throw conflict(
        'in_progress',
        'La même demande est en cours de traitement.',
        'Attendez sa réponse, puis recommencez.',
      )
    }
    const body = vault.open(SEAL, known.body!)
    return reply.code(known.status).header('idempotent-replayed', 'true').type(typeOf(known.status)).send(body)
  })
  app.addHook('onSend', async (request, reply, payload) => {
    const key = request.idempotencyKey
    if (key === null) return
    const mine = and(eq(answers.caller, callerOf(request)), eq(answers.key, key))
    // A fault is not an answer: the caller may try again with the same key. A secret is shown once, and not kept.
    const isSecret = reply.getHeader('cache-control') === 'no-store'
    if (reply.statusCode >= 500 || typeof payload !== 'string' || isSecret) await db.delete(answers).where(mine)
    else
      await db
        .update(answers)
        .set({ status: reply.statusCode, body: vault.seal(SEAL, payload) })
        .where(mine)
  })
}

const typeOf = (status: number): string => (status < 400 ? 'application/json' : 'application/problem+json')

const callerOf = (request: FastifyRequest): string => {
  const { sub, grants } = actorFrom(request)
  return `${sub} ${grants[0]?.organisation ?? ''}`
}

function fingerprints(vault: Vault, { method, url, body }: FastifyRequest): string[] {
  const text = Buffer.isBuffer(body) ? body.toString('base64') : JSON.stringify(body ?? null)
  return vault.fingerprints('web/request', `${method} ${url}\n${text}`)
}

/** Takes the key, or answers who holds it. One that was left unanswered for five minutes was abandoned. */
async function claimKey(db: Db, caller: string, key: string, request: string) {
  const abandoned = new Date(Date.now() - ABANDONED_MS)
  const expired = new Date(Date.now() - DAY_MS)
  const [taken] = await db
    .insert(answers)
    .values({ caller, key, request })
    .onConflictDoUpdate({
      target: [answers.caller, answers.key],
      set: { request, status: null, body: null, createdAt: sql`now()` },
      setWhere: or(lt(answers.createdAt, expired), and(isNull(answers.status), lt(answers.createdAt, abandoned)))!,
    })
    .returning({ key: answers.key })
  if (taken) return null
  const [known] = await db
    .select()
    .from(answers)
    .where(and(eq(answers.caller, caller), eq(answers.key, key)))
  return known ?? { request, status: null, body: null }
}
