import { and, asc, eq, gt, isNotNull, isNull, or, sql } from '../drizzle.ts'
import { type Db, rows } from '../db.ts'
import { record } from '../journal/journal.ts'
import { postMessage } from '../messages/messages.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { emailFingerprints, openIdentity } from '../people/people.ts'
import type { Vault } from '../vault.ts'
import { addMonths, parisDate } from '../days.ts'
import { changeHabilitation, holdHabilitations } from './habilitations.ts'
import { habilitationEvents, habilitations } from './habilitations.sql.ts'
import { habilitationRequests } from './requests.sql.ts'

/** Months without being seen on Aidants Connect before the warning, then from the warning to the suspension. */
const WARN_AFTER = 5
const LAPSE_AFTER = 1

/** What is known of someone's activity; days are days in Paris. `lapsedAt` is when inactivity suspended the habilitation. */
export type Seen = { lastSeenOn: string | null; warnedAt: Date | null; lapsedAt: Date | null }
type Step = 'warn' | 'forget' | 'lapse' | 'restore'

/**
 * What to do next; null: nothing. A clock that jumps ahead warns and waits a month like any other; one that goes back does
 * nothing, since a warning is only forgotten for a day that the person was seen.
 */
export function nextStep({ lastSeenOn, warnedAt, lapsedAt }: Seen, now: Date): Step | null {
  if (lastSeenOn === null) return null
  if (lapsedAt) return lastSeenOn >= parisDate(lapsedAt) ? 'restore' : null
  const idleOn = addMonths(lastSeenOn, WARN_AFTER)
  if (warnedAt && idleOn > parisDate(warnedAt)) return 'forget'
  if (idleOn > parisDate(now)) return null
  if (!warnedAt) return 'warn'
  return addMonths(parisDate(warnedAt), LAPSE_AFTER) <= parisDate(now) ? 'lapse' : null
}

/** Who was seen, and when: a habilitation, or an address in a structure. */
export type Activity = ({ habilitation: string } | { email: string; siret: string }) & { lastSeenOn: string }
type ActivityReceipt = { line: number; outcome: 'noted' | 'known' | 'unknown' | 'refused'; problem?: string }

const PROBLEMS = {
  unknown: 'Aucune habilitation en cours ne correspond.',
  refused: 'Ce jour n’est pas encore passé.',
}

/** Notes when people were last seen, with a receipt for each line; a day before the one that is known changes nothing. */
export async function noteActivity(db: Db, vault: Vault, given: Activity[], author: string, now = new Date()) {
  const today = parisDate(now)
  const lines = given.flatMap((one, index): object[] => {
    if (one.lastSeenOn > today) return []
    const seen = { line: index + 1, seen: one.lastSeenOn }
    if ('habilitation' in one) return [{ ...seen, id: one.habilitation }]
    return emailFingerprints(vault, one.email).map((fingerprint) => ({ ...seen, fingerprint, siret: one.siret }))
  })
  return db.transaction(async (tx) => {
    const noted = new Map((await keepActivity(tx, lines)).map(({ line, isNew }) => [line, isNew]))
    const receipts = given.map(({ lastSeenOn }, index): ActivityReceipt => {
      const line = index + 1
      if (lastSeenOn > today) return { line, outcome: 'refused', problem: PROBLEMS.refused }
      const isNew = noted.get(line)
      if (isNew === undefined) return { line, outcome: 'unknown', problem: PROBLEMS.unknown }
      return { line, outcome: isNew ? 'noted' : 'known' }
    })
    const details = { received: given.length, noted: receipts.filter(({ outcome }) => outcome === 'noted').length }
    await record(tx, { author, action: 'habilitation.activity_noted', subject: 'habilitation:activity', details })
    return { ...details, receipts }
  })
}

/** The rows are held in one order: two files at once do not wait for each other. */
const keepActivity = (tx: Db, lines: object[]) =>
  rows<{ line: number; isNew: boolean }>(
    tx,
    sql`with given as (
          select * from json_to_recordset(${JSON.stringify(lines)}::json)
            as g (line int, seen date, id uuid, fingerprint text, siret text)
        ),
        found as (
          select g.line, g.seen, h.id from given g join habilitations h on h.id = g.id where h.ended_at is null
          union all
          select g.line, g.seen, h.id from given g
          join people p on p.email_fingerprint = g.fingerprint
          join organisations o on o.siret = g.siret
          join habilitations h on h.person_id = coalesce(p.alias_of, p.id) and h.organisation_id = o.id
          where h.ended_at is null
        ),
        newest as (select id, max(seen) as seen from found group by id),
        held as materialized (
          select h.id from habilitations h where h.id in (select id from newest) order by h.id for no key update
        ),
        noted as (
          update habilitations h set last_seen_on = n.seen from newest n join held on held.id = n.id
          where h.id = n.id and (h.last_seen_on is null or h.last_seen_on < n.seen) returning h.id, n.seen
        )
        select distinct on (f.line) f.line, noted.id is not null as "isNew"
        from found f left join noted on noted.id = f.id and noted.seen = f.seen order by f.line, "isNew" desc`,
  )

const BATCH = 500

/**
 * Warns by e-mail, suspends and restores as `nextStep` says, each person in a transaction of their own. What fails does not
 * keep the others: it is thrown once all had their turn.
 */
export async function applyInactivity(db: Db, vault: Vault, now = new Date(), stop?: AbortSignal): Promise<void> {
  const failures: unknown[] = []
  for (let after: string | null = null; ;) {
    const found = await findSeen(
      db,
      after === null ? isConcerned(now) : and(isConcerned(now), gt(habilitations.id, after)),
    )
    for (const one of found) {
      if (stop?.aborted) return
      if (nextStep(one, now) === null) continue
      await db.transaction((tx) => takeStep(tx, vault, one.id, now)).catch((error: unknown) => failures.push(error))
    }
    if (found.length < BATCH) break
    after = found.at(-1)!.id
  }
  if (failures.length > 0) throw new Error('Some steps could not be taken.', { cause: failures[0] })
}

/** Idle for long, or warned, or suspended for it: what `nextStep` may have something to say of. */
const isConcerned = (now: Date) =>
  and(
    isNull(habilitations.endedAt),
    isNotNull(habilitations.lastSeenOn),
    isNotNull(habilitationRequests.identity), // erased, there is nobody to warn
    or(
      sql`${habilitations.lastSeenOn} <= (${parisDate(now)}::date - ${WARN_AFTER}::int * interval '1 month')::date`,
      isNotNull(habilitations.warnedAt),
      sql`${habilitations.lapses} @> array['inactivity']`,
    ),
  )

const findSeen = (db: Db, where: ReturnType<typeof and>) =>
  db
    .select({
      id: habilitations.id,
      personId: habilitations.personId,
      organisationId: habilitations.organisationId,
      lastSeenOn: habilitations.lastSeenOn,
      warnedAt: habilitations.warnedAt,
      lapsedAt: sql`case when ${habilitations.lapses} @> array['inactivity'] then (
        select max(e.at) from ${habilitationEvents} e
        where e.habilitation_id = ${habilitations.id} and e.kind = 'lapsed' and e.lapse = 'inactivity') end`.mapWith(
        habilitationEvents.at,
      ),
      identity: habilitationRequests.identity,
      structure: organisations.name,
    })
    .from(habilitations)
    .innerJoin(habilitationRequests, eq(habilitationRequests.id, habilitations.requestId))
    .innerJoin(organisations, eq(organisations.id, habilitations.organisationId))
    .where(where)
    .orderBy(asc(habilitations.id))
    .limit(BATCH)

/** The row is held and read again: of two processes at once, the second finds nothing left to do. */
async function takeStep(tx: Db, vault: Vault, id: string, now: Date): Promise<void> {
  await holdHabilitations(tx, eq(habilitations.id, id))
  const [held] = await findSeen(tx, and(isConcerned(now), eq(habilitations.id, id)))
  const step = held && nextStep(held, now)
  if (!step) return
  if (step === 'warn') return warn(tx, vault, held, now)
  if (step === 'forget') {
    await tx.update(habilitations).set({ warnedAt: null }).where(eq(habilitations.id, id))
    return
  }
  const change = { kind: step === 'lapse' ? 'lapsed' : 'restored', lapse: 'inactivity' } as const
  await changeHabilitation(tx, id, change, { author: 'service', reason: REASONS[step], now })
}

const REASONS = {
  lapse: 'Aucune activité sur Aidants Connect un mois après l’avertissement',
  restore: 'De nouveau vue ou vu sur Aidants Connect',
}

async function warn(tx: Db, vault: Vault, held: Awaited<ReturnType<typeof findSeen>>[number], now: Date) {
  const { id, personId, organisationId, identity, structure } = held
  const { email } = openIdentity(vault, identity!)
  const values = { structure, day: addMonths(parisDate(now), LAPSE_AFTER) }
  await postMessage(tx, vault, { to: email, kind: 'inactivity-warning', values })
  await tx.update(habilitations).set({ warnedAt: now }).where(eq(habilitations.id, id))
  const concerned = { subject: `habilitation:${id}`, personId, organisationId }
  await record(tx, { author: 'service', action: 'habilitation.inactivity_warned', ...concerned })
}
