import { and, eq, inArray, sql } from '../drizzle.ts'
import { conseillerContracts, initialTrainings } from '../conseillers/conseillers.sql.ts'
import type { Db } from '../db.ts'
import { conflict } from '../errors.ts'
import { habilitations } from '../habilitation/habilitations.sql.ts'
import { pixCertifications, pixResults } from '../habilitation/pix.sql.ts'
import { habilitationRequests, organisationRequestAidants, organisationRequests } from '../habilitation/requests.sql.ts'
import { needDeclarations } from '../needs/needs.sql.ts'
import { positionings } from '../planning/positionings.sql.ts'
import { proofs } from '../proofs/proofs.sql.ts'
import { dropOrphanRequests } from '../wallet/orphan-requests.ts'
import { importedBadges } from '../wallet/wallet.sql.ts'

/** Two requests for one structure cannot become one. Errors: `same_structure`. */
export async function refuseSameStructure(tx: Db, personId: string, other: string): Promise<void> {
  const theirs = tx
    .select({ id: habilitationRequests.organisationId })
    .from(habilitationRequests)
    .where(eq(habilitationRequests.personId, other))
  const both = and(eq(habilitationRequests.personId, personId), inArray(habilitationRequests.organisationId, theirs))
  if ((await tx.$count(habilitationRequests, both)) === 0) return
  throw conflict(
    'same_structure',
    'Les deux espaces ont une demande d’habilitation Aidants Connect pour la même structure.',
    'Demandez à la référente ou au référent de la structure d’annuler l’une des deux, et à l’exploitant du service de réunir les espaces.',
  )
}

/** Brings what was asked, learnt and declared elsewhere; what both have of one thing is kept once. */
export async function moveCareer(tx: Db, from: string, to: string): Promise<void> {
  const { requestId } = organisationRequestAidants
  const named = tx
    .select({ id: requestId })
    .from(organisationRequestAidants)
    .where(eq(organisationRequestAidants.personId, to))
  const isTwice = and(eq(organisationRequestAidants.personId, from), inArray(requestId, named))
  await tx.delete(organisationRequestAidants).where(isTwice)
  for (const table of [organisationRequestAidants, habilitationRequests, habilitations] as const) {
    await tx.update(table).set({ personId: to }).where(eq(table.personId, from))
  }
  await tx.update(organisationRequests).set({ issuerId: to }).where(eq(organisationRequests.issuerId, from))
  await tx.update(organisationRequests).set({ managerId: to }).where(eq(organisationRequests.managerId, from))
  await dropTwins(tx, from, to)
  for (const table of [
    pixResults,
    pixCertifications,
    conseillerContracts,
    initialTrainings,
    positionings,
    needDeclarations,
    proofs,
    importedBadges,
  ] as const) {
    await tx.update(table).set({ personId: to }).where(eq(table.personId, from))
  }
}

/** The same contract, the same training, the same badge of elsewhere: declared of both, they are one. */
async function dropTwins(tx: Db, from: string, to: string): Promise<void> {
  await tx.execute(sql`
    with twins as (
      select theirs.id, mine.id as kept from conseiller_contracts theirs join conseiller_contracts mine
        on mine.person_id = ${to} and mine.organisation_id = theirs.organisation_id and mine.starts_on = theirs.starts_on
      where theirs.person_id = ${from}
    ),
    moved as (update training_commitments c set contract_id = twins.kept from twins where c.contract_id = twins.id)
    select 1`)
  await tx.execute(sql`
    delete from conseiller_contracts theirs using conseiller_contracts mine
    where theirs.person_id = ${from} and mine.person_id = ${to}
      and mine.organisation_id = theirs.organisation_id and mine.starts_on = theirs.starts_on`)
  await tx.execute(sql`
    delete from initial_trainings theirs using initial_trainings mine
    where theirs.person_id = ${from} and mine.person_id = ${to}
      and mine.organisation_id = theirs.organisation_id and mine.starts_on = theirs.starts_on`)
  await tx.execute(sql`
    update proofs theirs set content = null, withdrawn_at = now() from proofs mine
    where theirs.person_id = ${from} and mine.person_id = ${to} and theirs.withdrawn_at is null
      and mine.withdrawn_at is null and mine.badge_digest = theirs.badge_digest`)
  await dropImportedTwins(tx, from, to)
}

/**
 * Of two texts of one badge of elsewhere the newer stays, but one that is undecided gives way to one that is not; the links that
 * showed the other show it.
 */
async function dropImportedTwins(tx: Db, from: string, to: string): Promise<void> {
  const isLess = sql`(less.text_key = more.text_key or less.identity_key = more.identity_key)
      and ((less.person_id, more.person_id) = (${from}::uuid, ${to}::uuid) or (less.person_id, more.person_id) = (${to}::uuid, ${from}::uuid))
      and (less.verdict <> 'indeterminate', coalesce(less.valid_from, '-infinity'), less.person_id = ${to}::uuid)
        < (more.verdict <> 'indeterminate', coalesce(more.valid_from, '-infinity'), more.person_id = ${to}::uuid)`
  await tx.execute(sql`
    insert into shared_imports (share_id, imported_id)
    select s.share_id, more.id from shared_imports s
    join imported_badges less on less.id = s.imported_id join imported_badges more on ${isLess}
    on conflict do nothing`)
  await tx.execute(sql`delete from imported_badges less using imported_badges more where ${isLess}`)
  await dropOrphanRequests(tx)
}
