import { and, eq, inArray, isNull, or, sql } from '../drizzle.ts'
import { conseillerContracts, initialTrainings, trainingCommitments } from '../conseillers/conseillers.sql.ts'
import { type Db, insertRows, isAnyOf } from '../db.ts'
import { pixCertifications, pixResults } from '../habilitation/pix.sql.ts'
import {
  habilitationRequests,
  organisationRequestAidants,
  organisationRequests,
  requestEvents,
} from '../habilitation/requests.sql.ts'
import { AUTOMATIC } from '../habilitation/statuses.ts'
import { needDeclarations } from '../needs/needs.sql.ts'
import { emailFingerprints } from '../people/people.ts'
import { positionings } from '../planning/positionings.sql.ts'
import { proofChecks, proofs } from '../proofs/proofs.sql.ts'
import type { Vault } from '../vault.ts'
import { dropOrphanRequests } from '../wallet/orphan-requests.ts'
import { importedBadges } from '../wallet/wallet.sql.ts'

/**
 * Empties the Aidants Connect requests of a person, and closes those that nobody could decide any more. A habilitation
 * stays: its structure answers for it, and it can still be suspended.
 */
export async function blankRequests(tx: Db, { personId, author }: { personId: string; author: string }): Promise<void> {
  const isOpen = inArray(habilitationRequests.status, [...AUTOMATIC])
  const closed = await tx
    .update(habilitationRequests)
    .set({ status: 'cancelled', since: sql`now()` })
    .where(and(eq(habilitationRequests.personId, personId), isOpen))
    .returning({ id: habilitationRequests.id })
  const reason = 'La personne a demandé l’effacement de ses données'
  const moves = closed.map(({ id }) => ({
    habilitationRequestId: id,
    move: 'erasure',
    to: 'cancelled',
    at: new Date().toISOString(),
    author,
    reason,
  }))
  await insertRows(tx, requestEvents, moves)
  const blank = { identity: null, profession: '' }
  await tx.update(habilitationRequests).set(blank).where(eq(habilitationRequests.personId, personId))
  await tx.update(organisationRequestAidants).set(blank).where(eq(organisationRequestAidants.personId, personId))
  await tx
    .update(organisationRequests)
    .set({ managerIdentity: null, managerProfession: null })
    .where(eq(organisationRequests.managerId, personId))
}

/**
 * Removes what Pix said of a person, the positionings made of her or him, the badges of elsewhere that she or he kept and the
 * needs that she or he declared, and empties contracts, trainings and declared proofs of all that was written there.
 */
export async function blankCareer(tx: Db, vault: Vault, personId: string, emails: string[]): Promise<void> {
  const fingerprints = emails.flatMap((one) => emailFingerprints(vault, one))
  const isMine = or(eq(pixResults.personId, personId), isAnyOf(pixResults.emailFingerprint, fingerprints))
  await tx.delete(pixResults).where(isMine)
  await tx.delete(positionings).where(eq(positionings.personId, personId))
  await tx.delete(needDeclarations).where(eq(needDeclarations.personId, personId))
  await tx.delete(importedBadges).where(eq(importedBadges.personId, personId))
  await dropOrphanRequests(tx)
  await tx.delete(pixCertifications).where(eq(pixCertifications.personId, personId))
  const contracts = await tx
    .update(conseillerContracts)
    .set({ identity: null, endedReason: null })
    .where(eq(conseillerContracts.personId, personId))
    .returning({ id: conseillerContracts.id })
  await tx
    .update(trainingCommitments)
    .set({ content: null, documentReference: null })
    .where(
      isAnyOf(
        trainingCommitments.contractId,
        contracts.map((one) => one.id),
      ),
    )
  await tx
    .update(initialTrainings)
    .set({ identity: null, observations: null, lieu: null })
    .where(eq(initialTrainings.personId, personId))
  const mine = tx.select({ id: proofs.id }).from(proofs).where(eq(proofs.personId, personId))
  await tx.update(proofChecks).set({ seen: null }).where(inArray(proofChecks.proofId, mine))
  await tx
    .update(proofs)
    .set({ content: null, badgeDigest: null, withdrawnAt: sql`coalesce(${proofs.withdrawnAt}, now())` })
    .where(and(eq(proofs.personId, personId), or(isNull(proofs.withdrawnAt), sql`${proofs.badgeDigest} is not null`)))
}
