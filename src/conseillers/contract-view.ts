import type { Db } from '../db.ts'
import { openIdentity } from '../people/people.ts'
import type { Vault } from '../vault.ts'
import { commitmentsOf, serializeCommitments } from './commitments.ts'
import { type Contract, SEAL_REASON } from './contracts.ts'

/** Contracts as their employer, the person and the operator read them, each with where its commitment stands. */
export async function serializeContracts(db: Db, vault: Vault, given: Contract[], today: string) {
  const commitments = await commitmentsOf(
    db,
    given.map((one) => one.id),
  )
  return given.map((one) => {
    const { id, identity, personId, type, typologie, signedOn, startsOn, endsOn, endedOn, endedReason } = one
    return {
      id,
      person: { id: personId, ...(identity && openIdentity(vault, identity)) },
      type,
      typologie,
      signedOn,
      startsOn,
      endsOn,
      endedOn,
      endedReason: endedReason && vault.open(SEAL_REASON, endedReason),
      commitment: serializeCommitments(vault, signedOn, commitments.get(id) ?? [], today),
    }
  })
}

/** One of them. */
export const serializeContract = async (db: Db, vault: Vault, contract: Contract, day: string) =>
  (await serializeContracts(db, vault, [contract], day))[0]!
