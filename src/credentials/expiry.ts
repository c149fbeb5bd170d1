import { and, asc, isNull, sql, type SQL } from '../drizzle.ts'
import { anyId, type Db, insertRows, isAnyOf, rows } from '../db.ts'
import { record } from '../journal/journal.ts'
import { isPlainAddress } from '../messages/address.ts'
import { postMessages } from '../messages/messages.ts'
import type { MessageOf } from '../messages/templates.ts'
import { openIdentity } from '../people/people.ts'
import { people } from '../people/people.sql.ts'
import type { Vault } from '../vault.ts'
import { expiryReminders } from './expiry.sql.ts'
import { type Offer, RENEWED_BY, renewalOffer } from './renewals.ts'

export type Reminding = { db: Db; vault: Vault; baseUrl: string }

/** How many days before the end, in Paris, a reminder leaves. */
const REMINDERS = [60, 30, 7]
const BATCH = 500
/** Badges that one message tells of; beyond, it says how many more. */
const TOLD = 10

type Cursor = { until: string; id: string }
type Run = Reminding & { now: Date; offers: Map<string, Offer> }

/**
 * Reminds those whose badges end in 60, 30 or 7 days, one e-mail a person: each reminder of a badge once for ever. Of several
 * that are late only the nearest leaves. May run twice, at once or after a crash; a badge that ended is past reminding.
 */
export async function remindExpiries(reminding: Reminding, now = new Date(), stop?: AbortSignal): Promise<void> {
  const run: Run = { ...reminding, now, offers: new Map() }
  let next: Cursor | null = { until: '-infinity', id: '00000000-0000-0000-0000-000000000000' }
  while (next) {
    if (stop?.aborted) return
    const after: Cursor = next
    next = await reminding.db.transaction((tx) => remindBatch(tx, run, after))
  }
}

/** Reminds the people of the next badges that end, of all theirs that are due; answers where to go on, null at the end. */
async function remindBatch(tx: Db, run: Run, after: Cursor): Promise<Cursor | null> {
  const next = sql`(valid_until, id) > (${after.until}::timestamptz, ${after.id}::uuid)`
  const found = await findEnding(tx, run.now, next, BATCH)
  const addresses = await holdPeople(tx, run.vault, found.filter(isDue))
  // Read again: another process may have reminded them before they were held.
  const theirs = sql`person_id = ${anyId([...addresses.keys()])}`
  const due = addresses.size === 0 ? [] : (await findEnding(tx, run.now, theirs, null)).filter(isDue)
  for (const { slug } of due) {
    if (!run.offers.has(slug)) run.offers.set(slug, await renewalOffer(tx, slug, run.now))
  }
  const letters = [...Map.groupBy(due, (one) => one.personId)].flatMap(([personId, badges]) => {
    const to = addresses.get(personId)
    return to ? [letterOf(run, to, badges)] : []
  })
  await postMessages(tx, run.vault, letters)
  await keepDecisions(tx, run.now, due, addresses)
  if (due.length > 0) {
    const details = { badges: due.length, people: letters.length }
    await record(tx, { author: 'service', action: 'expiry.reminded', subject: 'content:badges', details })
  }
  return found.length < BATCH ? null : { until: found.at(-1)!.until, id: found.at(-1)!.id }
}

type Ending = { id: string; personId: string; until: string; days: number; slug: string; name: string; isDue: boolean }

/**
 * Badges in force that end within 60 days, the first to end first, with the nearest reminder reached. It is due unless it was
 * decided, or reached before the badge was delivered, or the badge is renewed.
 */
const findEnding = (tx: Db, now: Date, which: SQL, limit: number | null): Promise<Ending[]> =>
  rows<Ending>(
    tx,
    // Along the index first, with the limit: the rest is looked up for these rows alone.
    sql`select credentials.id, credentials.person_id as "personId", credentials.valid_until::text as until, due.days,
               credentials.achievement_slug as slug, achievements.about ->> 'name' as name,
               due.days < ${paris(sql`credentials.valid_until`)} - ${paris(sql`credentials.valid_from`)}
                 and not exists (
                   select 1 from expiry_reminders r where r.credential_id = credentials.id and r.days = due.days)
                 and ${RENEWED_BY} is null as "isDue"
        from (
          select id, person_id, achievement_slug, achievement_version, valid_from, valid_until
          from credentials
          where valid_until > ${now.toISOString()}::timestamptz
            and valid_until < (${today(now)} + ${Math.max(...REMINDERS) + 1}::int)::timestamp at time zone 'Europe/Paris'
            and revoked_at is null and suspended_at is null and erased_at is null and ${which}
          order by valid_until, id limit ${limit}) credentials
        join achievements on achievements.slug = credentials.achievement_slug
          and achievements.version = credentials.achievement_version
        cross join lateral (
          select ${paris(sql`credentials.valid_until`)} - ${today(now)} as remaining) span
        cross join lateral (
          select case when span.remaining <= 7 then 7 when span.remaining <= 30 then 30 else 60 end as days) due
        order by credentials.valid_until, credentials.id`,
  )

const isDue = (one: Ending): boolean => one.isDue

/** The day of a moment in Paris. */
const paris = (at: SQL): SQL => sql`(${at} at time zone 'Europe/Paris')::date`
const today = (now: Date): SQL => paris(sql`${now.toISOString()}::timestamptz`)

/**
 * Holds people until the end of the transaction, with the address of each, null when nothing can be sent to it. Those that
 * another process holds, to remind them, erase them or bring two together, are left to it.
 */
async function holdPeople(tx: Db, vault: Vault, badges: Ending[]): Promise<Map<string, string | null>> {
  const ids = [...new Set(badges.map((one) => one.personId))]
  const held = await tx
    .select({ id: people.id, identity: people.identity })
    .from(people)
    .where(and(isAnyOf(people.id, ids), isNull(people.aliasOf), isNull(people.erasedAt)))
    .orderBy(asc(people.id))
    .for('no key update', { skipLocked: true })
  return new Map(held.map(({ id, identity }) => [id, addressOf(vault, identity)]))
}

/** Null for what does not open or is not one plain address: it must not hold up the others. */
function addressOf(vault: Vault, identity: string | null): string | null {
  try {
    const { email } = openIdentity(vault, identity!)
    return isPlainAddress(email) ? email : null
  } catch {
    return null
  }
}

function letterOf({ offers, baseUrl }: Run, to: string, badges: Ending[]): MessageOf<'expiry'> {
  const told = badges.slice(0, TOLD).map(({ slug, name, until }) => {
    const { module, sessions } = offers.get(slug)!
    const page = module && { title: module.title, url: `${baseUrl}/modules/${module.slug}` }
    return { name, endsOn: new Date(until).toISOString(), module: page, sessions }
  })
  const others = badges.length - told.length
  return { to, kind: 'expiry', values: { badges: told, others, url: `${baseUrl}/mon-espace` } }
}

/** What was posted, and what is passed over for good: reminders further from the end, and those that no address takes. */
async function keepDecisions(tx: Db, now: Date, due: Ending[], addresses: Map<string, string | null>): Promise<void> {
  const at = now.toISOString()
  const decided = due.flatMap(({ id, days, personId }) =>
    REMINDERS.filter((one) => one >= days).map((one) => {
      const isPosted = one === days && addresses.get(personId) !== null
      return { credentialId: id, days: one, postedAt: isPosted ? at : null, skippedAt: isPosted ? null : at }
    }),
  )
  await insertRows(tx, expiryReminders, decided, sql`on conflict do nothing`)
}
