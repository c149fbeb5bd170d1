import { sql, type SQL } from '../drizzle.ts'
import type { PgColumn, PgTable } from '../drizzle-pg.ts'
import { revokedTokens, webSessions } from '../auth/auth.sql.ts'
import { apiSecrets } from '../auth/clients.sql.ts'
import { signInLinks } from '../auth/sign-in.sql.ts'
import { invitations } from '../auth/staff.sql.ts'
import { type Db, rows } from '../db.ts'
import { endorsements } from '../endorsements/endorsements.sql.ts'
import { forgetEvents } from '../feed/events.ts'
import { pixResults } from '../habilitation/pix.sql.ts'
import { erasePerson } from '../holders/erasure.ts'
import { shares } from '../holders/shares.sql.ts'
import { credentialOffers, usedNonces } from '../interop/offers.sql.ts'
import { hostLinks, oauthStates } from '../interop/oauth.sql.ts'
import { record } from '../journal/journal.ts'
import { messages } from '../messages/messages.sql.ts'
import { needDeclarations } from '../needs/needs.sql.ts'
import { addressProofs } from '../people/people.sql.ts'
import { positionings } from '../planning/positionings.sql.ts'
import { enrolmentAsks, enrolmentLinks } from '../training/enrolment-links.sql.ts'
import type { Vault } from '../vault.ts'
import { idempotentAnswers } from '../web/idempotency.sql.ts'
import { PERIOD_NAMES, type PeriodName, type Periods } from './periods.ts'

const BATCH = 500
/** Fewer: each one is erased in many statements, and the journal waits for the end of the batch. */
const PEOPLE_BATCH = 25
/** What one run does of each kind at most; the rest waits for the next hour. */
const BATCHES = 20

/** Forgets a batch of what ended before that moment (ISO 8601); answers how many. */
type Forget = (db: Db, before: string, vault: Vault) => Promise<number>

const RULES: Record<PeriodName, Forget[]> = {
  SIGN_IN_LINKS: [
    remove(signInLinks, (before) => sql`${signInLinks.expiresAt} < ${before}::timestamptz`),
    remove(addressProofs, (before) => sql`${addressProofs.expiresAt} < ${before}::timestamptz`),
  ],
  WEB_SESSIONS: [
    remove(
      webSessions,
      (before) => sql`least(${webSessions.endedAt}, ${webSessions.expiresAt}) < ${before}::timestamptz`,
    ),
  ],
  INVITATIONS: [
    remove(
      invitations,
      (before) => sql`least(${invitations.endedAt}, ${invitations.expiresAt}) < ${before}::timestamptz`,
    ),
  ],
  SHARES: [remove(shares, (before) => sql`least(${shares.withdrawnAt}, ${shares.expiresAt}) < ${before}::timestamptz`)],
  ENDORSEMENTS: [
    remove(
      endorsements,
      (before) => sql`case ${endorsements.state} when 'asked' then ${endorsements.expiresAt} < ${before}::timestamptz
        else ${endorsements.state} in ('cancelled', 'refused', 'withdrawn') and ${endorsements.changedAt} < ${before}::timestamptz end`,
    ),
  ],
  ENROLMENT_ASKS: [
    remove(enrolmentAsks, (before) => isOver(enrolmentAsks.sessionId, before)),
    remove(enrolmentLinks, (before) => isOver(enrolmentLinks.sessionId, before)),
  ],
  MESSAGES: [
    remove(
      messages,
      (before) => sql`${messages.createdAt} < ${before}::timestamptz and ${messages.state} <> 'sending'`,
    ),
  ],
  ANSWERS: [remove(idempotentAnswers, (before) => sql`${idempotentAnswers.createdAt} < ${before}::timestamptz`)],
  TOKENS: [
    remove(revokedTokens, (before) => sql`${revokedTokens.expiresAt} < ${before}::timestamptz`),
    remove(oauthStates, (before) => sql`${oauthStates.expiresAt} < ${before}::timestamptz`),
    remove(
      hostLinks,
      (before) => sql`${hostLinks.askedUntil} < ${before}::timestamptz and ${hostLinks.tokens} is null`,
    ),
    remove(apiSecrets, (before) => sql`${apiSecrets.expiresAt} < ${before}::timestamptz`),
    remove(credentialOffers, (before) => sql`${credentialOffers.expiresAt} < ${before}::timestamptz`),
    remove(usedNonces, (before) => sql`${usedNonces.expiresAt} < ${before}::timestamptz`),
  ],
  PIX_RESULTS: [
    remove(
      pixResults,
      (before) => sql`${pixResults.receivedAt} < ${before}::timestamptz and ${pixResults.personId} is null`,
    ),
  ],
  POSITIONINGS: [remove(positionings, (before) => sql`${positionings.createdAt} < ${before}::timestamptz`)],
  NEEDS: [remove(needDeclarations, (before) => sql`${needDeclarations.declaredAt} < ${before}::timestamptz`)],
  PEOPLE: [eraseForgotten],
  EVIDENCE: [clearEvidence],
  EVENTS: [(db, before) => forgetEvents(db, before, BATCH)],
}

/**
 * Forgets all that has lasted as long as it may; each batch is a transaction, with its line in the journal. A kind that
 * fails does not keep the others: what went wrong is thrown once all had their turn.
 */
export async function applyRetention(
  db: Db,
  vault: Vault,
  periods: Periods,
  now = new Date(),
  stop?: AbortSignal,
): Promise<void> {
  const failures: unknown[] = []
  for (const name of PERIOD_NAMES) {
    const before = new Date(now.getTime() - periods[name] * 24 * 3600_000).toISOString()
    for (const forget of RULES[name]) {
      try {
        for (let batch = 0; batch < BATCHES; batch++) {
          if (stop?.aborted || (await forgetBatch(db, vault, name, forget, before)) === 0) break
        }
      } catch (error) {
        failures.push(error)
      }
    }
  }
  if (failures.length > 0) throw new Error('Some things could not be forgotten.', { cause: failures[0] })
}

async function forgetBatch(db: Db, vault: Vault, name: PeriodName, forget: Forget, before: string): Promise<number> {
  return db.transaction(async (tx) => {
    const count = await forget(tx, before, vault)
    if (count > 0) {
      await record(tx, {
        author: 'service',
        action: 'retention.applied',
        subject: `retention:${name}`,
        details: { count, before },
      })
    }
    return count
  })
}

/** That session ended before then. */
const isOver = (sessionId: PgColumn, before: string): SQL =>
  sql`exists (select 1 from sessions s where s.id = ${sessionId} and s.ends_on < (${before}::timestamptz)::date)`

/** Removes rows; those that another process holds are left to it. */
function remove(table: PgTable, ended: (before: string) => SQL): Forget {
  return async (db, before) => {
    const chosen = sql`select ctid from ${table} where ${ended(before)} limit ${BATCH} for update skip locked`
    return (await rows(db, sql`delete from ${table} where ctid in (${chosen}) returning 1`)).length
  }
}

/** The copy of what the badge itself says; without it the row's fingerprint could not be made again. */
async function clearEvidence(db: Db, before: string): Promise<number> {
  const cleared = await rows(
    db,
    sql`update completions set narrative = null, evidence_url = null, fingerprint = '' where id in (
          select c.id from completions c
          where c.created_at < ${before}::timestamptz and (c.narrative is not null or c.evidence_url is not null)
            and exists (select 1 from credentials k where k.completion_id = c.id)
          limit ${BATCH} for update of c skip locked)
        returning 1`,
  )
  return cleared.length
}

/** Erases, as they would themselves, those who got nothing, hold nothing and did nothing since. */
async function eraseForgotten(db: Db, before: string, vault: Vault): Promise<number> {
  const forgotten = await rows<{ id: string }>(
    db,
    sql`select p.id from people p
        where p.created_at < ${before}::timestamptz and p.erased_at is null and p.alias_of is null
          and not exists (select 1 from completions c where c.person_id = p.id)
          and not exists (select 1 from awards a where a.person_id = p.id)
          and not exists (select 1 from habilitation_requests r where r.person_id = p.id
            and (r.since >= ${before}::timestamptz or r.status not in ('refused', 'cancelled', 'status_cancelled_by_responsable')))
          and not exists (select 1 from organisation_request_aidants a where a.person_id = p.id)
          and not exists (select 1 from organisation_requests r where r.issuer_id = p.id
            and (r.since >= ${before}::timestamptz or r.status <> 'NEW'))
          and not exists (select 1 from organisation_requests r where r.manager_id = p.id)
          and not exists (select 1 from conseiller_contracts k where k.person_id = p.id)
          and not exists (select 1 from initial_trainings t where t.person_id = p.id)
          and not exists (select 1 from proofs f where f.person_id = p.id and f.withdrawn_at is null)
          and not exists (select 1 from positionings t where t.person_id = p.id)
          and not exists (select 1 from imported_badges i where i.person_id = p.id)
          and not exists (select 1 from grants g where g.person_id = p.id and g.ended_at is null)
          and not exists (select 1 from enrolments e where e.person_id = p.id and e.created_at >= ${before}::timestamptz)
          and not exists (select 1 from web_sessions s where s.person_id = p.id)
          and not exists (select 1 from journal j where j.person_id = p.id and j.at >= ${before}::timestamptz)
        limit ${PEOPLE_BATCH}`,
  )
  for (const { id } of forgotten) await erasePerson(db, vault, { personId: id, author: 'service' })
  return forgotten.length
}
