import { eq, sql } from '../drizzle.ts'
import { giveAwards, type NewAward } from '../credentials/awards.ts'
import { changeCredential, lastReason } from '../credentials/credentials.ts'
import { credentials } from '../credentials/credentials.sql.ts'
import { anyId, type Db, insertRows, rows } from '../db.ts'
import { blockSlots, fillSlots, pathSlots, sayParts, type Slot } from './milestone-rules.ts'
import { milestoneParts } from './proofs.sql.ts'

/** A milestone that another feature finds reached, and the badges that made it. */
export type Found = { subject: string; personId: string; credentialIds: string[] }
type Extra = (tx: Db, personIds: string[]) => Promise<Found[]>

type Milestone = { slug: string; version: string; subject: string; slots: Slot[] }
type Part = { personId: string; subject: string; credentialId: string | null; proofId: string | null }
type Reached = { milestone: Milestone; personId: string; parts: Part[] }

/** Milestones are judged one transaction after the other: two last parts at once would not see one another. */
const LOCK = 1_516_018
/** A milestone that asks for one badge says nothing that the badge does not say: it takes two. */
const LEAST = 2
const LOST = 'Une de ses parties n’est plus valable.'
const FOUND = 'Ses parties sont de nouveau valables.'

/**
 * Gives each of these people, once, the milestones whose parts they hold: live badges, and checked proofs of blocks. A
 * milestone one of whose parts was revoked or suspended is suspended, and restored when it is whole again. To be called
 * before anything writes to the journal, in the transaction that changes a part.
 */
export async function awardMilestones(tx: Db, personIds: string[], extra: Extra = async () => []): Promise<void> {
  if (personIds.length === 0) return
  await tx.execute(sql`select pg_advisory_xact_lock(${LOCK})`)
  const milestones = await listMilestones(tx)
  const subjects = [...new Set(milestones.flatMap((one) => one.slots.flat()))]
  const held = await heldParts(tx, personIds, subjects)
  const given = await givenMilestones(tx, personIds)
  const reached = [...reachedBy(milestones, held), ...(await foundBy(tx, milestones, personIds, extra))]
  const isGiven = new Set(given.map(({ slug, personId }) => `${slug} ${personId}`))
  await give(
    tx,
    reached.filter(({ milestone, personId }) => !isGiven.has(`${milestone.slug} ${personId}`)),
  )
  const isReached = new Set(reached.map(({ milestone, personId }) => `${milestone.slug} ${personId}`))
  for (const one of given) await follow(tx, one, one.isWhole || isReached.has(`${one.slug} ${one.personId}`))
}

/** Judges again the milestones of whoever holds a badge that was revoked, suspended or restored. */
export async function followPart(db: Db, credentialId: string, extra?: Extra): Promise<void> {
  await db.transaction(async (tx) => {
    const found = await tx
      .select({ personId: credentials.personId })
      .from(credentials)
      .where(eq(credentials.id, credentialId))
    const personIds = found.map((one) => one.personId)
    await awardMilestones(tx, personIds, extra)
  })
}

type Content = {
  slug: string
  version: string
  subject: string
  stages: Parameters<typeof pathSlots>[0] | null
  blocks: { ref: string | null }[] | null
}

/**
 * The newest milestones, with the places to fill of those that a path or the blocks of a title make. A path with a deadline
 * asks for more than its parts: it is for who knows its clock to find it reached.
 */
async function listMilestones(tx: Db): Promise<Milestone[]> {
  const found = await rows<Content>(
    tx,
    sql`select distinct on (a.slug) a.slug, a.version, a.subject, c.about -> 'blocks' as blocks,
          (select case when p.about ->> 'deadline' is null then p.about -> 'stages' end
           from paths p where 'path:' || p.slug = a.subject order by p.version desc limit 1) as stages
        from achievements a left join certifications c on 'blocks:' || c.slug = a.subject
        where a.kind = 'milestone' order by a.slug, a.version desc`,
  )
  return found.map(({ stages, blocks, ...one }) => {
    const slots = stages ? pathSlots(stages) : blocks ? blockSlots(one.subject.slice('blocks:'.length), blocks) : []
    return { ...one, slots: slots.length < LEAST ? [] : slots }
  })
}

/** The last check of a proof `p`. */
const LAST_CHECK = sql`lateral (select * from proof_checks k where k.proof_id = p.id order by k.id desc limit 1)`

/** What these people hold of these subjects, the earliest first, a badge before a proof of the same. */
const heldParts = (tx: Db, personIds: string[], subjects: string[]): Promise<Part[]> =>
  rows<Part>(
    tx,
    sql`select c.person_id as "personId", a.subject, c.id as "credentialId", null::uuid as "proofId", 1 as rank
        from credentials c join achievements a on a.slug = c.achievement_slug and a.version = c.achievement_version
        where c.person_id = ${anyId(personIds)} and a.subject = any(${sql.param(subjects)})
          and c.revoked_at is null and c.suspended_at is null and c.erased_at is null
          and (c.valid_until is null or c.valid_until > now())
        union all
        select p.person_id, 'block:' || p.certification_slug || '/' || p.block_ref, null, p.id, 2
        from proofs p join ${LAST_CHECK} k on k.outcome = 'confirmed'
        where p.person_id = ${anyId(personIds)} and p.kind = 'bloc' and p.block_ref is not null and p.withdrawn_at is null
        order by rank, "credentialId", "proofId"`,
  )

function reachedBy(milestones: Milestone[], held: Part[]): Reached[] {
  const judged = milestones.filter((one) => one.slots.length > 0)
  return [...Map.groupBy(held, (one) => one.personId)].flatMap(([personId, parts]) => {
    if (parts.length < LEAST) return []
    const bySubject = new Map(parts.toReversed().map((one) => [one.subject, one]))
    const subjects = new Set(bySubject.keys())
    return judged.flatMap((milestone) => {
      const filled = fillSlots(milestone.slots, subjects)
      return filled ? [{ milestone, personId, parts: filled.map((subject) => bySubject.get(subject)!) }] : []
    })
  })
}

/** What another feature found, as far as it is a milestone here. */
async function foundBy(tx: Db, milestones: Milestone[], personIds: string[], extra: Extra): Promise<Reached[]> {
  const bySubject = new Map(milestones.map((one) => [one.subject, one]))
  return (await extra(tx, personIds)).flatMap(({ subject, personId, credentialIds }) => {
    const milestone = bySubject.get(subject)
    if (!milestone) return []
    const parts = credentialIds.map((credentialId) => ({
      personId,
      subject: `credential:${credentialId}`,
      credentialId,
      proofId: null,
    }))
    return [{ milestone, personId, parts }]
  })
}

type Given = { awardId: string; personId: string; slug: string; isWhole: boolean } & (
  { credentialId: string; isSuspended: boolean } | { credentialId: null; isSuspended: null }
)

/** The milestones that these people were given: whether each part still stands, and the badge once it is issued. */
const givenMilestones = (tx: Db, personIds: string[]): Promise<Given[]> =>
  rows<Given>(
    tx,
    sql`select w.id as "awardId", w.person_id as "personId", w.achievement_slug as slug, c.id as "credentialId",
          c.suspended_at is not null as "isSuspended",
          bool_and(case when p.id is null then pc.revoked_at is null and pc.suspended_at is null
            else p.withdrawn_at is null and k.outcome = 'confirmed' end) as "isWhole"
        from awards w
        left join credentials c on c.award_id = w.id and c.revoked_at is null and c.erased_at is null
        left join milestone_parts m on m.award_id = w.id
        left join credentials pc on pc.id = m.credential_id
        left join proofs p on p.id = m.proof_id
        left join ${LAST_CHECK} k on true
        where w.person_id = ${anyId(personIds)} and w.key like 'milestone:%'
        group by w.id, c.id order by w.id`,
  )

/** Suspends a milestone that is no longer whole; restores it when it is, unless its organisation suspended it. */
async function follow(tx: Db, { credentialId, isSuspended }: Given, isWhole: boolean): Promise<void> {
  if (credentialId === null || isWhole !== isSuspended) return
  if (isWhole && (await lastReason(tx, credentialId)) !== LOST) return
  const change = { author: 'service', at: new Date(), reason: isWhole ? FOUND : LOST }
  await changeCredential(tx, credentialId, isWhole ? 'restored' : 'suspended', change)
}

type Told = {
  id: string
  name: string
  on: string
  organisationId: string
  by: string
  isApproved: boolean
  identity: string | null
}

async function give(tx: Db, reached: Reached[]): Promise<void> {
  if (reached.length === 0) return
  const told = await tellParts(tx, reached)
  const orders = reached.flatMap((one) => {
    const award = awardOf(one, told)
    return award ? [{ award, parts: one.parts }] : []
  })
  const awarded = await giveAwards(
    tx,
    orders.map((one) => one.award),
  )
  const kept = orders.flatMap(({ award, parts }) => {
    const awardId = awarded.get(award.key)
    return awardId === undefined
      ? []
      : parts.map(({ subject, credentialId, proofId }) => ({ awardId, subject, credentialId, proofId }))
  })
  await insertRows(tx, milestoneParts, kept)
}

/** Signed by who gave or checked the last part, as far as it may issue; not given while nobody who may had a part in it. */
function awardOf({ milestone, personId, parts }: Reached, told: Map<string, Told>): NewAward | null {
  const known = parts.flatMap((one) => told.get(one.credentialId ?? one.proofId!) ?? [])
  if (known.length < Math.max(parts.length, LEAST)) return null // one of them is not live
  const byDay = known.toSorted((one, other) => (one.on < other.on ? -1 : 1))
  const signer = byDay.findLast((one) => one.isApproved)
  const identity = byDay.findLast((one) => one.identity !== null)?.identity
  if (!signer || !identity) return null
  return {
    key: `milestone:${milestone.slug}:${personId}`,
    organisationId: signer.organisationId,
    personId,
    achievementSlug: milestone.slug,
    achievementVersion: milestone.version,
    awardedOn: byDay.at(-1)!.on,
    evidenceUrl: null,
    narrative: sayParts(byDay),
    identity,
  }
}

/** What each part is, from whom and when, and the identity that it attests; by the id of the badge or of the proof. */
async function tellParts(tx: Db, reached: Reached[]): Promise<Map<string, Told>> {
  const parts = reached.flatMap((one) => one.parts)
  const ids = (name: 'credentialId' | 'proofId') => parts.flatMap((one) => one[name] ?? [])
  const found = await rows<Told>(
    tx,
    sql`select c.id, a.about ->> 'name' as name, coalesce(s.completed_on, w.awarded_on)::text as on,
          o.id as "organisationId", o.name as by, o.state = 'approved' as "isApproved", coalesce(s.identity, w.identity) as identity
        from credentials c
        join achievements a on a.slug = c.achievement_slug and a.version = c.achievement_version
        join organisations o on o.id = c.organisation_id
        left join completions s on s.id = c.completion_id
        left join awards w on w.id = c.award_id
        where c.id = ${anyId(ids('credentialId'))}
          and c.revoked_at is null and c.suspended_at is null and c.erased_at is null
        union all
        select p.id, 'Bloc ' || p.block_ref || ' de ' || (f.about ->> 'title'), coalesce(p.obtained_on, k.checked_on)::text,
          o.id, 'vérifié par ' || o.name, o.state = 'approved', h.identity
        from proofs p
        join certifications f on f.slug = p.certification_slug
        join people h on h.id = p.person_id
        join ${LAST_CHECK} k on true
        join organisations o on o.id = k.organisation_id
        where p.id = ${anyId(ids('proofId'))}`,
  )
  return new Map(found.map((one) => [one.id, one]))
}
