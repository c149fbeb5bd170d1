import { randomBytes, randomUUIDv7 } from 'node:crypto'
import { and, between, eq, inArray, isNull, sql } from 'drizzle-orm'
import { competenceKey, serializeAchievement } from '../badges/achievements.ts'
import { achievements } from '../badges/badges.sql.ts'
import type { Achievement } from '../badges/schema.ts'
import type { Db } from '../db.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { type Identity, openIdentity } from '../people/people.ts'
import type { Level, RowProblem } from '../training/completion-rows.ts'
import { campaigns, completions, receipts, sessions } from '../training/training.sql.ts'
import type { Vault } from '../vault.ts'
import { credentialEvents, credentials } from './credentials.sql.ts'
import { activeKey, issuerProfile } from './keys.ts'
import { hashEmail, hashName } from './recipient.ts'
import type { Signer } from './signer.ts'
import type { Slice } from './slices.ts'
import type { Slots } from './slots.ts'
import { type Place, reserveSlots, statusSlots } from './status.ts'

export type Issuing = { db: Db; vault: Vault; baseUrl: string; signer: Signer; report: IssueReport }
/** What is counted: badges issued, rows set aside, badges that the library had to sign. */
type IssueReport = (counts: { issued: number; parked: number; fallbacks: number; seconds: number }) => void

/**
 * Issues the completions of a range of lines that have no credential yet, then settles the receipts of that range.
 * May run twice, at once or after a crash: a completion gets one credential, and its receipt one outcome.
 */
export async function issueSlice(issuing: Issuing, { campaignId, from, to }: Slice): Promise<void> {
  const { db, report } = issuing
  const common = await commonOf(db, campaignId)
  if (!common) return
  const pending = await pendingCompletions(db, campaignId, from, to)
  if (pending.length > 0) {
    const started = performance.now()
    const { rows, parked, fallbacks } = await signPending(issuing, common, pending)
    const issued = await keepSigned(db, rows, parked)
    report({ issued, parked: parked.length, fallbacks, seconds: (performance.now() - started) / 1000 })
  }
  await settleReceipts(db, campaignId, from, to)
}

/** What every row of a campaign has in common; nothing when it is not open, or gone. */
async function commonOf(db: Db, campaignId: string) {
  const [found] = await db
    .select({ organisation: organisations, achievement: achievements.about })
    .from(campaigns)
    .innerJoin(sessions, eq(sessions.id, campaigns.sessionId))
    .innerJoin(organisations, eq(organisations.id, sessions.organisationId))
    .innerJoin(
      achievements,
      and(eq(achievements.slug, sessions.achievementSlug), eq(achievements.version, sessions.achievementVersion)),
    )
    .where(and(eq(campaigns.id, campaignId), eq(campaigns.state, 'open')))
  return found
}

type Common = NonNullable<Awaited<ReturnType<typeof commonOf>>>
type Pending = Awaited<ReturnType<typeof pendingCompletions>>[number]
type Row = typeof credentials.$inferInsert

function pendingCompletions(db: Db, campaignId: string, from: number, to: number) {
  return db
    .select({
      id: completions.id,
      personId: completions.personId,
      identity: completions.identity,
      completedOn: completions.completedOn,
      levels: completions.levels,
      evidenceUrl: completions.evidenceUrl,
      narrative: completions.narrative,
    })
    .from(receipts)
    .innerJoin(completions, eq(completions.id, receipts.completionId))
    .leftJoin(credentials, eq(credentials.completionId, completions.id))
    .where(
      and(
        eq(receipts.campaignId, campaignId),
        between(receipts.line, from, to),
        eq(receipts.outcome, 'pending'),
        isNull(credentials.id),
      ),
    )
}

/** Signs outside any transaction; a row that cannot be signed is set aside, the others go on. */
async function signPending(
  { db, vault, baseUrl, signer }: Issuing,
  { organisation, achievement }: Common,
  pending: Pending[],
) {
  const fixed = {
    issuer: issuerProfile(organisation, baseUrl),
    achievement: serializeAchievement(achievement, baseUrl),
  }
  const key = await activeKey(db, vault, organisation.id)
  const places = await reserveSlots(db, vault, organisation.id, pending.length)
  const now = new Date()
  const parked: string[] = []
  const ready = pending.flatMap((completion, index) => {
    const id = randomUUIDv7()
    const place = places[index]!
    const slots = slotsOrNothing(vault, {
      id: `${baseUrl}/credentials/${id}`,
      baseUrl,
      achievement,
      completion,
      place,
      validFrom: now,
    })
    if (slots) return [{ id, completion, place, slots }]
    parked.push(completion.id)
    return []
  })
  const { documents, fallbacks } = await signer.sign({ fixed, key, created: now, slots: ready.map((one) => one.slots) })
  const rows: Row[] = []
  for (const [index, { id, completion, place, slots }] of ready.entries()) {
    const document = documents[index]!
    if (document === null) parked.push(completion.id)
    else {
      rows.push({
        id,
        completionId: completion.id,
        organisationId: organisation.id,
        personId: completion.personId,
        achievementSlug: achievement.slug,
        achievementVersion: achievement.version,
        statusListId: place.listId,
        statusIndex: place.index,
        document,
        validFrom: now,
        validUntil: slots.validUntil === null ? null : new Date(slots.validUntil),
      })
    }
  }
  return { rows, parked, fallbacks }
}

/** A row whose sealed identity no longer opens is set aside as well: it must not hold up the others. */
function slotsOrNothing(
  vault: Vault,
  content: Omit<Content, 'identity'> & { completion: { identity: string } },
): Slots | null {
  try {
    return slotsOf({ ...content, identity: openIdentity(vault, content.completion.identity) })
  } catch {
    return null
  }
}

const NOT_SIGNABLE: RowProblem = {
  column: null,
  code: 'not_signable',
  message:
    'Ce badge n’a pas pu être signé : un texte de la ligne contient des caractères qu’un badge ne peut pas porter.',
  mend: 'Simplifiez le commentaire et l’adresse de la preuve, puis renvoyez le fichier : seule cette ligne sera reprise.',
}

/** Keeps the credentials and their events; rows set aside are refused and may be sent again. Answers how many are new. */
async function keepSigned(db: Db, rows: Row[], parked: string[]): Promise<number> {
  return db.transaction(async (tx) => {
    if (parked.length > 0) {
      await tx
        .update(receipts)
        .set({ outcome: 'refused', completionId: null, problem: NOT_SIGNABLE })
        .where(inArray(receipts.completionId, parked))
      await tx.delete(completions).where(inArray(completions.id, parked))
    }
    if (rows.length === 0) return 0
    const kept = await tx
      .insert(credentials)
      .values(rows)
      .onConflictDoNothing({ target: credentials.completionId })
      .returning({ credentialId: credentials.id, at: credentials.validFrom })
    if (kept.length === 0) return 0
    await tx
      .insert(credentialEvents)
      .values(kept.map((one) => ({ ...one, kind: 'issued' as const, author: 'service' })))
    return kept.length
  })
}

/** A row first received in this campaign was issued by it; one that an earlier campaign brought already was. */
async function settleReceipts(db: Db, campaignId: string, from: number, to: number): Promise<void> {
  await db
    .update(receipts)
    .set({
      outcome: sql`case when ${completions.campaignId} = ${receipts.campaignId} then 'issued' else 'alreadyIssued' end`,
    })
    .from(completions)
    .innerJoin(credentials, eq(credentials.completionId, completions.id))
    .where(
      and(
        eq(receipts.campaignId, campaignId),
        between(receipts.line, from, to),
        eq(receipts.outcome, 'pending'),
        eq(completions.id, receipts.completionId),
      ),
    )
}

type Content = {
  id: string
  baseUrl: string
  achievement: Achievement
  completion: { completedOn: string; levels: Level[]; evidenceUrl: string | null; narrative: string | null }
  identity: Identity
  place: Place
  validFrom: Date
}

/** What one badge adds to its class: who, when, at which levels, with which evidence, at which place of the lists. */
export function slotsOf({ id, baseUrl, achievement, completion, identity, place, validFrom }: Content): Slots {
  const { completedOn, levels, evidenceUrl, narrative } = completion
  const [revocation, suspension] = statusSlots(baseUrl, place)
  const shown = new Map(levels.map((one) => [competenceKey(one), one.level === null ? 'Completed' : String(one.level)]))
  return {
    id,
    validFrom: validFrom.toISOString(),
    validUntil: achievement.validity && addDuration(validFrom, achievement.validity).toISOString(),
    activityEndDate: `${completedOn}T00:00:00Z`,
    email: hashEmail(identity.email, newSalt()),
    name: hashName(identity.givenName, identity.familyName, newSalt()),
    results: achievement.competences.map((one) => shown.get(competenceKey(one)) ?? null),
    evidence: evidenceUrl || narrative ? { id: evidenceUrl, narrative } : null,
    revocation,
    suspension,
  }
}

const newSalt = (): string => randomBytes(16).toString('hex')

/** A date later by whole years and months, as ISO 8601 writes them: `P3Y`, `P18M`, `P1Y6M`. */
function addDuration(from: Date, duration: string): Date {
  const [, years = '0', months = '0'] = /^P(?:(\d+)Y)?(?:(\d+)M)?$/.exec(duration) ?? []
  const end = new Date(from)
  end.setUTCFullYear(end.getUTCFullYear() + Number(years), end.getUTCMonth() + Number(months))
  return end
}
