import { randomUUIDv7 } from 'node:crypto'
import { and, between, eq, inArray, isNull, sql } from 'drizzle-orm'
import { serializeAchievement } from '../badges/achievements.ts'
import { achievements } from '../badges/badges.sql.ts'
import { type Db, insertRows } from '../db.ts'
import { record } from '../journal/journal.ts'
import { organisations } from '../organisations/organisations.sql.ts'
import type { RowProblem } from '../training/completion-rows.ts'
import { campaigns, completions, receipts, sessions } from '../training/training.sql.ts'
import type { Vault } from '../vault.ts'
import { slotsOrNothing, validUntilOf } from './badge-content.ts'
import { saidOf } from './compiled-proof.ts'
import { credentialEvents, credentials, documentTemplates } from './credentials.sql.ts'
import { activeKey, issuerProfile } from './keys.ts'
import type { Signer } from './signer.ts'
import type { Slice } from './slices.ts'
import { valuesOf } from './slots.ts'
import { reserveSlots } from './status.ts'
import { createTemplates, type Template } from './templates.ts'

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
    const signed = await signPending(issuing, common, pending)
    const issued = await keepSigned(db, signed, { organisationId: common.organisation.id, campaignId, from, to })
    report({
      issued,
      parked: signed.parked.length,
      fallbacks: signed.fallbacks,
      seconds: (performance.now() - started) / 1000,
    })
  }
  await settleReceipts(db, campaignId, from, to)
}

/** What every row of a campaign has in common; nothing when it is not open, or gone, or of an organisation not approved. */
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
    .where(and(eq(campaigns.id, campaignId), eq(campaigns.state, 'open'), eq(organisations.state, 'approved')))
  return found
}

type Common = NonNullable<Awaited<ReturnType<typeof commonOf>>>
type Pending = Awaited<ReturnType<typeof pendingCompletions>>[number]
type Row = typeof credentials.$inferInsert
type Signed = Awaited<ReturnType<typeof signPending>>

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
    if (slots) return [{ id, completion, place, values: valuesOf(slots) }]
    parked.push(completion.id)
    return []
  })
  const badges = ready.map((one) => one.values)
  const { proofs, fallbacks } = await signer.sign({ fixed, key, created: now, badges })
  const said = saidOf({ did: fixed.issuer.id, key, created: now })
  const templateFor = createTemplates(fixed)
  const templates = new Map<string, Template>()
  const rows = ready.flatMap(({ id, completion, place, values }, index): Row[] => {
    const proof = proofs[index]!
    if (proof === null) {
      parked.push(completion.id)
      return []
    }
    const template = templateFor(values)
    templates.set(template.digest, template)
    return [
      {
        id,
        completionId: completion.id,
        organisationId: organisation.id,
        personId: completion.personId,
        achievementSlug: achievement.slug,
        achievementVersion: achievement.version,
        statusListId: place.listId,
        statusIndex: place.index,
        templateDigest: template.digest,
        values: [...values, said.created, said.verificationMethod, proof],
        validFrom: now,
        validUntil: validUntilOf(achievement, now),
      },
    ]
  })
  return { rows, templates: [...templates.values()], parked, fallbacks }
}

const NOT_SIGNABLE: RowProblem = {
  column: null,
  code: 'not_signable',
  message:
    'Ce badge n’a pas pu être signé : un texte de la ligne contient des caractères qu’un badge ne peut pas porter.',
  mend: 'Simplifiez le commentaire et l’adresse de la preuve, puis renvoyez le fichier : seule cette ligne sera reprise.',
}

type Issued = Slice & { organisationId: string }

/** Keeps the credentials and their events; rows set aside are refused and may be sent again. Answers how many are new. */
async function keepSigned(
  db: Db,
  { rows, templates, parked }: Signed,
  { organisationId, campaignId, from, to }: Issued,
): Promise<number> {
  return db.transaction(async (tx) => {
    if (parked.length > 0) {
      await tx
        .update(receipts)
        .set({ outcome: 'refused', completionId: null, problem: NOT_SIGNABLE })
        .where(inArray(receipts.completionId, parked))
      await tx.delete(completions).where(inArray(completions.id, parked))
    }
    await insertRows(tx, documentTemplates, templates, sql`on conflict do nothing`)
    const then = sql`on conflict (completion_id) do nothing returning id as "credentialId", valid_from as at`
    const kept = await insertRows<{ credentialId: string; at: string }>(tx, credentials, rows, then)
    const events = kept.map((one) => ({ ...one, kind: 'issued', author: 'service' }))
    await insertRows(tx, credentialEvents, events)
    if (kept.length + parked.length === 0) return 0
    await record(tx, {
      author: 'service',
      action: 'credentials.issued',
      subject: `campaign:${campaignId}`,
      organisationId,
      details: { from, to, issued: kept.length, refused: parked.length },
    })
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
