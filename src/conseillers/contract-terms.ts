/** Kinds of contract and of post, as the dispositif names them (conum: conseiller numérique, coordo: coordination; dns is not spelt out). */
export const CONTRACT_TYPES = ['CDD', 'CDI', 'CDP', 'PEC'] as const
export const TYPOLOGIES = ['conum', 'coordo', 'dns'] as const

/** The days of a contract: `endsOn` its term as signed, `endedOn` when it ended before. Days are `2026-03-31`. */
export type ContractDays = { startsOn: string; endsOn: string | null; endedOn: string | null }

/** The last day of a contract; null while nothing ends it. */
const lastDayOf = ({ endsOn, endedOn }: ContractDays): string | null => endedOn ?? endsOn

/** Whether a contract runs on a day, its first and its last included. */
export function runsOn(contract: ContractDays, day: string): boolean {
  const last = lastDayOf(contract)
  return contract.startsOn <= day && (last === null || day <= last)
}

export type CommitmentState = 'attached' | 'attached_late' | 'missing' | 'missing_late'

/**
 * Where the employer's training commitment stands on a day. It is due on the day of signature (CNR 2023, proposition 2,
 * measure 1: at an interview when the contract is signed); a contract whose signature is unknown is never late.
 */
export function commitmentState(signedOn: string | null, agreedOn: string | null, today: string): CommitmentState {
  const isLate = signedOn !== null && (agreedOn ?? today) > signedOn
  if (agreedOn === null) return isLate ? 'missing_late' : 'missing'
  return isLate ? 'attached_late' : 'attached'
}
