import { and, asc, eq, gt, inArray, isNotNull, isNull, type SQL, sql } from '../drizzle.ts'
import { credentials, statusLists } from '../credentials/credentials.sql.ts'
import { setStates, type Wanted } from '../credentials/states.ts'
import { anyId, type Db, insertRows, isAnyOf, rows } from '../db.ts'
import { conflict, notFound } from '../errors.ts'
import { record } from '../journal/journal.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { habilitationEvents, habilitations } from './habilitations.sql.ts'
import { after, type HabilitationState, stateFrom } from './history.ts'
import { type Lapse, LAPSES } from './statuses.ts'

/** Who decides, and why. */
export type Decision = { author: string; reason: string; now?: Date }
/** What may happen to a habilitation once it is granted. */
export type Change = { kind: 'lapsed' | 'restored'; lapse: Lapse } | { kind: 'ended'; lapse: null }

const ACTIONS = { lapsed: 'habilitation.lapsed', restored: 'habilitation.restored', ended: 'habilitation.ended' }

const view = {
  id: habilitations.id,
  requestId: habilitations.requestId,
  personId: habilitations.personId,
  structure: organisations.slug,
  structureName: organisations.name,
  grantedAt: habilitations.grantedAt,
  lapses: habilitations.lapses,
  endedAt: habilitations.endedAt,
  credentialId: credentials.id,
}
export type HabilitationView = NonNullable<Awaited<ReturnType<typeof findHabilitation>>>

const findViews = (db: Db, where: SQL | undefined) =>
  db
    .select(view)
    .from(habilitations)
    .innerJoin(organisations, eq(organisations.id, habilitations.organisationId))
    .leftJoin(credentials, eq(credentials.awardId, habilitations.awardId))
    .where(where)

/** A habilitation, its structure and its badge if it has one; null when there is none of that id. */
export async function findHabilitation(db: Db, id: string) {
  const [found] = await findViews(db, eq(habilitations.id, id))
  return found ?? null
}

const IN_STATE: Record<'active' | 'suspended' | 'ended', SQL | undefined> = {
  active: and(isNull(habilitations.endedAt), sql`${habilitations.lapses} = '{}'`),
  suspended: and(isNull(habilitations.endedAt), sql`${habilitations.lapses} <> '{}'`),
  ended: isNotNull(habilitations.endedAt),
}
type Asked = {
  organisationId: string | null
  state?: keyof typeof IN_STATE | undefined
  after?: string | undefined
  limit: number
}

/** Habilitations by id after a cursor, of a structure or of all; one more than `limit` is read to tell whether there is a next. */
export async function listHabilitations(db: Db, { organisationId, state, after: cursor, limit }: Asked) {
  const found = await findViews(
    db,
    and(
      organisationId === null ? undefined : eq(habilitations.organisationId, organisationId),
      cursor === undefined ? undefined : gt(habilitations.id, cursor),
      state && IN_STATE[state],
    ),
  )
    .orderBy(asc(habilitations.id))
    .limit(limit + 1)
  return { items: found.slice(0, limit), next: found.length > limit ? found[limit - 1]!.id : null }
}

/** The wire form: where it stands and what suspends it, in words; nobody is named. */
export function serializeHabilitation({ lapses, ...held }: HabilitationView, baseUrl: string) {
  const { id, requestId, structure, structureName, grantedAt, endedAt, credentialId } = held
  return {
    id,
    request: requestId,
    structure: { slug: structure, name: structureName },
    state: endedAt ? 'ended' : lapses.length > 0 ? 'suspended' : 'active',
    lapses: lapses.map((lapse) => ({ lapse, label: LAPSES[lapse] })),
    grantedAt,
    endedAt,
    credential: credentialId && `${baseUrl}/credentials/${credentialId}`,
  }
}

const findEvents = (db: Db, where: SQL) =>
  db.select().from(habilitationEvents).where(where).orderBy(asc(habilitationEvents.id))

/** Every event of a habilitation, the first first; `not_found` when there is none. */
export async function listEvents(db: Db, id: string) {
  const events = await findEvents(db, eq(habilitationEvents.habilitationId, id))
  if (events.length === 0) throw notFound('L’habilitation', id)
  return events
}

/**
 * Changes a habilitation, and its badge with it. What is already so changes nothing. Answers the state. Errors:
 * `not_found`; `habilitation_ended`, which is final.
 */
export async function changeHabilitation(
  db: Db,
  id: string,
  change: Change,
  decision: Decision,
): Promise<HabilitationState> {
  return db.transaction(async (tx) => {
    const [changed] = await changeHabilitations(tx, [id], change, decision)
    if (changed) {
      const { personId, organisationId, state } = changed
      const { author, reason } = decision
      const details = change.lapse ? { lapse: change.lapse } : {}
      const concerned = { subject: `habilitation:${id}`, personId, organisationId }
      await record(tx, { author, action: ACTIONS[change.kind], ...concerned, reason, details })
      return state
    }
    return stateFrom(await listEvents(tx, id))
  })
}

/**
 * The same of many, in a few statements whatever their number; the line of the journal is left to the caller. Answers those
 * that changed. Error: `habilitation_ended` when one of them is.
 */
export async function changeHabilitations(
  tx: Db,
  ids: string[],
  change: Change,
  { author, reason, now = new Date() }: Decision,
) {
  const held = await holdHabilitations(tx, isAnyOf(habilitations.id, ids))
  const found = await findEvents(tx, isAnyOf(habilitationEvents.habilitationId, held))
  const changed = [...Map.groupBy(found, (one) => one.habilitationId)].flatMap(([id, events]) => {
    const before = stateFrom(events)
    if (before.state === 'ended' && change.kind !== 'ended') throw ended()
    // The clock may have jumped back: the order of the events is that of their dates.
    const last = events.at(-1)!.at
    const event = { ...change, at: last > now ? last : now }
    const state = after(before, event)
    return sameState(before, state) ? [] : [{ id, event, state }]
  })
  const events = changed.map(({ id, event }) => ({ habilitationId: id, ...event, author, reason }))
  await insertRows(tx, habilitationEvents, events)
  const kept = await keepStates(tx, changed, change.kind === 'restored' && change.lapse === 'inactivity')
  await followCredentials(
    tx,
    changed.map(({ id }) => id),
  )
  return changed.map(({ id, state }) => ({ id, state, ...kept.get(id)! }))
}

type Concerned = { personId: string; organisationId: string }

/** The columns that sum the events up. Whoever is restored from inactivity is warned again before the next suspension. */
async function keepStates(
  tx: Db,
  changed: { id: string; state: HabilitationState }[],
  isUnwarned: boolean,
): Promise<Map<string, Concerned>> {
  const states = changed.map(({ id, state: { state, lapses, since } }) => ({
    id,
    lapses,
    ended_at: state === 'ended' ? since : null,
  }))
  const kept = await rows<Concerned & { id: string }>(
    tx,
    sql`update habilitations h set lapses = array(select json_array_elements_text(g.lapses)), ended_at = g.ended_at,
          warned_at = case when not ${isUnwarned}::boolean then h.warned_at end
        from json_to_recordset(${JSON.stringify(states)}::json) as g (id uuid, lapses json, ended_at timestamptz)
        where h.id = g.id returning h.id, h.person_id as "personId", h.organisation_id as "organisationId"`,
  )
  return new Map(kept.map(({ id, ...concerned }) => [id, concerned]))
}

/**
 * Holds habilitations and what their badges share, until the end of the transaction; answers their ids. In one order and
 * before the journal: of two changes at once, one waits for the other, never each for the other.
 */
export async function holdHabilitations(tx: Db, where: SQL): Promise<string[]> {
  const held = await tx
    .select({ id: habilitations.id, awardId: habilitations.awardId })
    .from(habilitations)
    .where(where)
    .orderBy(asc(habilitations.id))
    .for('update')
  const lists = tx
    .select({ id: credentials.statusListId })
    .from(credentials)
    .where(
      isAnyOf(
        credentials.awardId,
        held.map(({ awardId }) => awardId).filter((id) => id !== null),
      ),
    )
  await tx
    .select({ id: statusLists.id })
    .from(statusLists)
    .where(inArray(statusLists.id, lists))
    .orderBy(asc(statusLists.id))
    .for('no key update')
  return held.map(({ id }) => id)
}

const sameState = (one: HabilitationState, other: HabilitationState): boolean =>
  one.state === other.state && one.lapses.join() === other.lapses.join()

const ended = () =>
  conflict(
    'habilitation_ended',
    'Cette habilitation est retirée pour de bon : elle ne peut plus être suspendue ni rétablie.',
    'Si la personne doit être habilitée à nouveau, décidez d’une nouvelle demande.',
  )

/**
 * Brings the badges of these habilitations to the state of each: the credential always says what the events say. Called
 * by whatever changes one of the two; a badge not issued yet follows when it is.
 */
export async function followCredentials(tx: Db, ids: string[]): Promise<void> {
  const held = await holdHabilitations(tx, isAnyOf(habilitations.id, ids))
  const wanted = await rows<Omit<Wanted, 'reason'> & { lapses: Lapse[] }>(
    tx,
    sql`select c.id, e.author, e.at, h.lapses,
          case when h.ended_at is not null then 'revoked' when h.lapses <> '{}' then 'suspended' else 'restored' end as kind
        from habilitations h
        join credentials c on c.award_id = h.award_id
        join lateral (
          select e.author, e.at from habilitation_events e where e.habilitation_id = h.id order by e.id desc limit 1
        ) e on true
        where h.id = ${anyId(held)} and c.revoked_at is null
          and (h.ended_at is not null or (h.lapses <> '{}') <> (c.suspended_at is not null))`,
  )
  await setStates(
    tx,
    wanted.map(({ lapses, ...one }) => ({ ...one, reason: PUBLIC_REASON[one.kind](lapses) })),
  )
}

/** What the public page of the badge says; what was typed may tell of someone's life, and stays in the history. */
const PUBLIC_REASON: Record<Wanted['kind'], (lapses: Lapse[]) => string> = {
  revoked: () => 'Habilitation retirée.',
  suspended: (lapses) => `Habilitation suspendue : ${lapses.map((one) => LAPSES[one]).join(' ; ')}.`,
  restored: () => 'Habilitation rétablie.',
}
