import { randomBytes, randomUUID } from 'node:crypto'
import { and, asc, eq, isNull, sql } from 'drizzle-orm'
import { competenceKey, serializeAchievement } from '../badges/achievements.ts'
import { achievements } from '../badges/badges.sql.ts'
import type { Achievement } from '../badges/schema.ts'
import type { Db } from '../db.ts'
import type { Organisation } from '../organisations/organisations.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import { openIdentity } from '../people/people.ts'
import type { Level } from '../training/completion-rows.ts'
import { completions, receipts, sessions } from '../training/training.sql.ts'
import type { Vault } from '../vault.ts'
import { CREDENTIALS_V2, OPEN_BADGES_V3 } from './contexts.ts'
import { credentialEvents, credentials } from './credentials.sql.ts'
import { activeKey, issuerProfile } from './keys.ts'
import { identityObjects } from './recipient.ts'
import { reserveSlots, type Slot, statusEntries } from './status.ts'
import { signCredential } from './suite.ts'

export type Issuing = { db: Db; vault: Vault; baseUrl: string }

/** Credentials signed between two writes: small enough to lose little, large enough to write seldom. */
const BATCH = 100

/**
 * Issues every completion of a campaign that has no credential yet, then settles the receipts.
 * May run twice, at once or after a crash: a completion gets one credential, and its receipt one outcome.
 */
export async function issueCampaign(issuing: Issuing, campaignId: string): Promise<void> {
  for (;;) {
    const batch = await pendingCompletions(issuing.db, campaignId)
    if (batch.length === 0) break
    await issueBatch(issuing, batch)
  }
  await settleReceipts(issuing.db, campaignId)
}

/** The campaigns that something stopped: they still have a pending receipt. */
export async function unfinishedCampaigns(db: Db): Promise<string[]> {
  const found = await db
    .selectDistinct({ id: receipts.campaignId })
    .from(receipts)
    .where(eq(receipts.outcome, 'pending'))
  return found.map((row) => row.id)
}

type Pending = Awaited<ReturnType<typeof pendingCompletions>>[number]

function pendingCompletions(db: Db, campaignId: string) {
  return db
    .select({ completion: completions, organisation: organisations, achievement: achievements.about })
    .from(receipts)
    .innerJoin(completions, eq(completions.id, receipts.completionId))
    .innerJoin(sessions, eq(sessions.id, completions.sessionId))
    .innerJoin(organisations, eq(organisations.id, sessions.organisationId))
    .innerJoin(
      achievements,
      and(eq(achievements.slug, sessions.achievementSlug), eq(achievements.version, sessions.achievementVersion)),
    )
    .leftJoin(credentials, eq(credentials.completionId, completions.id))
    .where(and(eq(receipts.campaignId, campaignId), eq(receipts.outcome, 'pending'), isNull(credentials.id)))
    .orderBy(asc(receipts.line))
    .limit(BATCH)
}

async function issueBatch(issuing: Issuing, batch: Pending[]): Promise<void> {
  const { db, vault, baseUrl } = issuing
  const { organisation } = batch[0]! // a campaign is of one session, a session of one organisation
  const key = await activeKey(db, vault, organisation.id)
  const slots = await reserveSlots(db, vault, organisation.id, batch.length)
  const now = new Date()
  const rows: (typeof credentials.$inferInsert)[] = []
  for (const [index, pending] of batch.entries()) {
    const slot = slots[index]!
    const id = randomUUID()
    const unsigned = buildCredential({
      ...pending,
      id,
      slot,
      baseUrl,
      validFrom: now,
      identity: openIdentity(vault, pending.completion.identity),
    })
    const signed = await signCredential(unsigned, unsigned.issuer.id, key, now)
    rows.push({
      id,
      completionId: pending.completion.id,
      organisationId: organisation.id,
      personId: pending.completion.personId,
      achievementSlug: pending.achievement.slug,
      achievementVersion: pending.achievement.version,
      statusListId: slot.listId,
      statusIndex: slot.index,
      document: JSON.stringify(signed),
      validFrom: now,
      validUntil: unsigned.validUntil === undefined ? null : new Date(unsigned.validUntil),
    })
  }
  await db.transaction(async (tx) => {
    const kept = await tx
      .insert(credentials)
      .values(rows)
      .onConflictDoNothing({ target: credentials.completionId })
      .returning({ id: credentials.id })
    const events = kept.map(({ id }) => ({ credentialId: id, kind: 'issued' as const, at: now, author: 'service' }))
    if (events.length > 0) await tx.insert(credentialEvents).values(events)
  })
}

/** A row first received in this campaign was issued by it; one that an earlier campaign brought already was. */
async function settleReceipts(db: Db, campaignId: string): Promise<void> {
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
        eq(receipts.outcome, 'pending'),
        eq(completions.id, receipts.completionId),
      ),
    )
}

type Content = {
  id: string
  baseUrl: string
  organisation: Organisation
  achievement: Achievement
  completion: { completedOn: string; levels: Level[]; evidenceUrl: string | null; narrative: string | null }
  identity: { email: string; givenName: string; familyName: string }
  slot: Slot
  validFrom: Date
}

/** The unsigned Open Badge (OB 3.0 §8, AchievementCredential): absent values are left out, sets are arrays. */
export function buildCredential({
  id,
  baseUrl,
  organisation,
  achievement,
  completion,
  identity,
  slot,
  validFrom,
}: Content) {
  const badge = serializeAchievement(achievement, baseUrl)
  const result = completion.levels.map((one) => ({
    type: ['Result'],
    resultDescription: `${badge.id}#${competenceKey(one)}`,
    ...(one.level === null ? { status: 'Completed' } : { value: String(one.level) }),
  }))
  const evidence = evidenceOf(completion)
  return {
    '@context': [CREDENTIALS_V2, OPEN_BADGES_V3],
    id: `${baseUrl}/credentials/${id}`,
    type: ['VerifiableCredential', 'OpenBadgeCredential'],
    name: achievement.name,
    issuer: issuerProfile(organisation, baseUrl),
    validFrom: validFrom.toISOString(),
    ...(achievement.validity && { validUntil: addDuration(validFrom, achievement.validity).toISOString() }),
    credentialSubject: {
      type: ['AchievementSubject'],
      identifier: identityObjects(identity, [newSalt(), newSalt()]),
      activityEndDate: `${completion.completedOn}T00:00:00Z`,
      achievement: badge,
      ...(result.length > 0 && { result }),
    },
    ...(evidence && { evidence: [evidence] }),
    credentialStatus: statusEntries(baseUrl, slot),
  }
}

const newSalt = (): string => randomBytes(16).toString('hex')

function evidenceOf({ evidenceUrl, narrative }: Content['completion']) {
  if (!evidenceUrl && !narrative) return null
  return { ...(evidenceUrl && { id: evidenceUrl }), type: ['Evidence'], ...(narrative && { narrative }) }
}

/** A date later by whole years and months, as ISO 8601 writes them: `P3Y`, `P18M`, `P1Y6M`. */
export function addDuration(from: Date, duration: string): Date {
  const [, years = '0', months = '0'] = /^P(?:(\d+)Y)?(?:(\d+)M)?$/.exec(duration) ?? []
  const end = new Date(from)
  end.setUTCFullYear(end.getUTCFullYear() + Number(years), end.getUTCMonth() + Number(months))
  return end
}
