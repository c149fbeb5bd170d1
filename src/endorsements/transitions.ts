/** The life of an endorsement: asked for, given, then shown if whom it was asked for accepts it. */
export const ENDORSEMENT_STATES = [
  'asked',
  'cancelled',
  'refused',
  'given',
  'accepted',
  'declined',
  'withdrawn',
] as const
export type EndorsementState = (typeof ENDORSEMENT_STATES)[number]
/** Who asked cancels, accepts and declines; who is asked gives, refuses and withdraws. */
export type EndorsementMove = 'cancellation' | 'acceptance' | 'declining' | 'giving' | 'refusal' | 'withdrawal'

/** The workflow: from each state, the moves that it admits and where each one leads. What is declined may be accepted after all. */
export const TRANSITIONS: Record<EndorsementState, Partial<Record<EndorsementMove, EndorsementState>>> = {
  asked: { giving: 'given', refusal: 'refused', cancellation: 'cancelled' },
  given: { acceptance: 'accepted', declining: 'declined', withdrawal: 'withdrawn' },
  accepted: { declining: 'declined', withdrawal: 'withdrawn' },
  declined: { acceptance: 'accepted', withdrawal: 'withdrawn' },
  cancelled: {},
  refused: {},
  withdrawn: {},
}

/** As a page says it to who asked. */
export const STATE_WORDS: Record<EndorsementState, string> = {
  asked: 'demandée',
  cancelled: 'demande retirée',
  refused: 'demande déclinée',
  given: 'reçue, à lire',
  accepted: 'affichée',
  declined: 'non affichée',
  withdrawn: 'retirée par qui l’avait donnée',
}
