import { asc, type InferSelectModel } from '../drizzle.ts'
import { type Db, isAnyOf } from '../db.ts'
import { record } from '../journal/journal.ts'
import type { Organisation } from '../organisations/organisations.ts'
import type { Vault } from '../vault.ts'
import { trainingCommitments as commitments } from './conseillers.sql.ts'
import { commitmentState } from './contract-terms.ts'
import { holdContract } from './contracts.ts'
import { refuseFuture } from './days.ts'

type Commitment = InferSelectModel<typeof commitments>
export type NewCommitment = { agreedOn: string; content: string; documentReference?: string | null }

const SEAL = 'conseillers/commitment'

/**
 * Attaches what the employer committed to in training to one of its contracts; the former ones are kept, and the same as the
 * last one again changes nothing. Errors: `not_found`, `date_in_future`.
 */
export async function attachCommitment(
  db: Db,
  vault: Vault,
  employer: Organisation,
  contractId: string,
  { author, ...given }: NewCommitment & { author: string },
): Promise<void> {
  refuseFuture(given.agreedOn)
  await db.transaction(async (tx) => {
    const { organisationId, personId } = await holdContract(tx, employer, contractId)
    const former = (await commitmentsOf(tx, [contractId])).get(contractId) ?? []
    if (isSame(vault, given, former.at(-1))) return
    const { agreedOn, content, documentReference } = given
    await tx.insert(commitments).values({
      contractId,
      agreedOn,
      content: vault.seal(SEAL, content),
      documentReference: documentReference ? vault.seal(SEAL, documentReference) : null,
      recordedBy: author,
    })
    const concerned = { subject: `contract:${contractId}`, organisationId, personId }
    const details = { agreedOn, former: former.length }
    await record(tx, { author, action: 'contract.commitment_attached', ...concerned, details })
  })
}

function isSame(vault: Vault, given: NewCommitment, last: Commitment | undefined): boolean {
  if (!last) return false
  const said = openCommitment(vault, last)
  return (
    said.agreedOn === given.agreedOn &&
    said.content === given.content &&
    said.documentReference === (given.documentReference || null)
  )
}

/** The commitments of contracts, by contract, in the order they were recorded. */
export async function commitmentsOf(db: Db, contractIds: string[]): Promise<Map<string, Commitment[]>> {
  if (contractIds.length === 0) return new Map()
  const found = await db
    .select()
    .from(commitments)
    .where(isAnyOf(commitments.contractId, contractIds))
    .orderBy(asc(commitments.id))
  return Map.groupBy(found, (one) => one.contractId)
}

function openCommitment(vault: Vault, { agreedOn, content, documentReference, recordedBy, recordedAt }: Commitment) {
  return {
    agreedOn,
    content: content && vault.open(SEAL, content),
    documentReference: documentReference && vault.open(SEAL, documentReference),
    recordedBy,
    recordedAt: recordedAt.toISOString(),
  }
}

/**
 * Where the commitment of a contract stands: the newest one, and the former ones. It was made when the earliest was agreed:
 * an amendment makes it neither late nor on time.
 */
export function serializeCommitments(vault: Vault, signedOn: string | null, given: Commitment[], today: string) {
  const [firstDay = null] = given.map((one) => one.agreedOn).toSorted()
  const [current = null, ...former] = given.map((one) => openCommitment(vault, one)).toReversed()
  return { deadline: signedOn, state: commitmentState(signedOn, firstDay, today), current, former }
}
