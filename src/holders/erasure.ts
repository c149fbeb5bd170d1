import { and, eq, isNull, or, sql } from '../drizzle.ts'
import { grants, webSessions } from '../auth/auth.sql.ts'
import { eraseInvitations } from '../auth/invitations.ts'
import { proconnectAccounts } from '../auth/proconnect.sql.ts'
import { signInLinks } from '../auth/sign-in.sql.ts'
import { administeredBy, leftAlone } from '../auth/staff.ts'
import { awards } from '../credentials/awards.sql.ts'
import { displayConsents, identityLinks } from '../credentials/consents.sql.ts'
import { credentials } from '../credentials/credentials.sql.ts'
import { type Db, isAnyOf } from '../db.ts'
import { conflict } from '../errors.ts'
import { eraseEndorsements } from '../endorsements/endorsed.ts'
import { eraseEvidence } from '../evidence/evidence.ts'
import { habilitations } from '../habilitation/habilitations.sql.ts'
import { credentialOffers, walletDeposits } from '../interop/offers.sql.ts'
import { eraseApplications } from '../interop/authorization-duties.ts'
import { record } from '../journal/journal.ts'
import { eraseMessages } from '../messages/messages.ts'
import { BLANK, listAddresses, lockPerson } from '../people/addresses.ts'
import { addressProofs, people } from '../people/people.sql.ts'
import type { RowProblem } from '../training/completion-rows.ts'
import { eraseAsks } from '../training/enrolment-links.ts'
import { completions, receipts } from '../training/training.sql.ts'
import type { Vault } from '../vault.ts'
import { blankCareer, blankRequests } from './erase-career.ts'
import { shares } from './shares.sql.ts'

/**
 * Removes all that tells who a person is, for good: what is left counts (sessions, levels, dates, states of badges) and
 * names nobody. A badge in the holder's hands still verifies, and may still be revoked. Errors: `last_administrator`.
 */
export async function erasePerson(db: Db, vault: Vault, { personId, author }: { personId: string; author: string }) {
  await db.transaction(async (tx) => {
    await lockPerson(tx, personId)
    await refuseLastAdministrator(tx, personId)
    const emails = (await listAddresses(tx, vault, personId)).map((one) => one.email)
    await dropPending(tx, personId)
    await dropPendingAwards(tx, personId)
    await blankRequests(tx, { personId, author })
    await tx.delete(shares).where(eq(shares.personId, personId))
    for (const table of [credentialOffers, walletDeposits]) await tx.delete(table).where(eq(table.personId, personId))
    await blankCareer(tx, vault, personId, emails)
    const badges = await blankBadges(tx, personId)
    await forgetAccess(tx, vault, personId, emails)
    await eraseApplications(tx, personId)
    await eraseMessages(tx, vault, emails)
    await eraseAsks(tx, vault, emails)
    await eraseInvitations(tx, vault, emails)
    const ended = await tx
      .update(grants)
      .set({ endedAt: new Date() })
      .where(and(eq(grants.personId, personId), isNull(grants.endedAt)))
      .returning({ id: grants.id, role: grants.role, organisationId: grants.organisationId })
    await tx
      .update(people)
      .set(BLANK())
      .where(and(or(eq(people.id, personId), eq(people.aliasOf, personId)), isNull(people.erasedAt)))
    for (const { id, role, organisationId } of ended) {
      const subject = `grant:${id}`
      await record(tx, { author, action: 'auth.grant_ended', subject, organisationId, personId, details: { role } })
    }
    const subject = `person:${personId}`
    await record(tx, { author, action: 'person.erased', subject, personId, details: { badges } })
  })
}

async function refuseLastAdministrator(tx: Db, personId: string): Promise<void> {
  const left = await leftAlone(tx, personId, await administeredBy(tx, personId))
  if (!left) return
  throw conflict(
    'last_administrator',
    `Vous êtes la seule personne à administrer « ${left.name} » : plus personne ne pourrait s’en occuper.`,
    'Donnez d’abord ce rôle à quelqu’un d’autre, depuis la page de l’organisme, puis recommencez.',
  )
}

const ERASED: RowProblem = {
  column: null,
  code: 'person_erased',
  message: 'La personne a demandé l’effacement de ses données avant que ce badge soit délivré.',
  mend: 'Rien à faire : ce badge ne sera pas délivré.',
}

/** What waits to be issued is refused: a badge being kept at this moment holds its completion, and is then seen below. */
async function dropPending(tx: Db, personId: string): Promise<void> {
  const mine = await tx
    .select({ id: completions.id })
    .from(completions)
    .where(eq(completions.personId, personId))
    .orderBy(completions.id)
    .for('update')
  const ids = mine.map((one) => one.id)
  const issued = await tx
    .select({ id: credentials.completionId })
    .from(credentials)
    .where(isAnyOf(credentials.completionId, ids))
  const isIssued = new Set(issued.map((one) => one.id))
  const pending = ids.filter((id) => !isIssued.has(id))
  await tx
    .update(receipts)
    .set({ outcome: 'refused', completionId: null, problem: ERASED })
    .where(isAnyOf(receipts.completionId, pending))
  await tx.delete(completions).where(isAnyOf(completions.id, pending))
}

/** The same of badges that no session gives. */
async function dropPendingAwards(tx: Db, personId: string): Promise<void> {
  const mine = tx.select({ id: awards.id }).from(awards).where(eq(awards.personId, personId)).orderBy(awards.id)
  const ids = (await mine.for('update')).map((one) => one.id)
  const issued = await tx.select({ id: credentials.awardId }).from(credentials).where(isAnyOf(credentials.awardId, ids))
  const isIssued = new Set(issued.map((one) => one.id))
  const pending = ids.filter((id) => !isIssued.has(id))
  await tx.update(habilitations).set({ awardId: null }).where(isAnyOf(habilitations.awardId, pending))
  await tx.delete(awards).where(isAnyOf(awards.id, pending))
}

/** Empties completions and badges, and removes what hangs on them; answers how many badges. */
async function blankBadges(tx: Db, personId: string): Promise<number> {
  await tx
    .update(completions)
    .set({ identity: null, fingerprint: null, narrative: null, evidenceUrl: null })
    .where(eq(completions.personId, personId))
  await tx
    .update(awards)
    .set({ identity: null, narrative: null, evidenceUrl: null })
    .where(eq(awards.personId, personId))
  const blanked = await tx
    .update(credentials)
    .set({ document: null, templateDigest: null, values: null, erasedAt: new Date() })
    .where(eq(credentials.personId, personId))
    .returning({ id: credentials.id })
  const ids = blanked.map((one) => one.id)
  await eraseEvidence(tx, ids)
  await eraseEndorsements(tx, ids)
  await tx.delete(identityLinks).where(isAnyOf(identityLinks.credentialId, ids))
  await tx
    .delete(displayConsents)
    .where(or(eq(displayConsents.personId, personId), isAnyOf(displayConsents.credentialId, ids)))
  return ids.length
}

/** Closes every way in, and forgets the ways that were used. */
async function forgetAccess(tx: Db, vault: Vault, personId: string, emails: string[]): Promise<void> {
  const rows = sql`(select ${people.id} from ${people} where ${people.id} = ${personId} or ${people.aliasOf} = ${personId})`
  await tx.delete(webSessions).where(sql`${webSessions.personId} in ${rows}`)
  await tx.delete(proconnectAccounts).where(sql`${proconnectAccounts.personId} in ${rows}`)
  await tx.delete(addressProofs).where(sql`${addressProofs.personId} in ${rows}`)
  const fingerprints = emails.flatMap((email) => vault.fingerprints('sign-in/email', email))
  await tx.delete(signInLinks).where(isAnyOf(signInLinks.emailFingerprint, fingerprints))
}
