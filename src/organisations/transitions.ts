/** Whether an organisation may issue: only an approved one does. A known one (a structure of aidants) never asked to. */
export const ORGANISATION_STATES = ['known', 'pending', 'approved', 'suspended', 'refused'] as const
export type OrganisationState = (typeof ORGANISATION_STATES)[number]
export type OrganisationMove = 'approval' | 'refusal' | 'suspension' | 'reinstatement' | 'request'

/** The workflow: from each state, the moves that it admits and where each one leads. */
export const TRANSITIONS: Record<OrganisationState, Partial<Record<OrganisationMove, OrganisationState>>> = {
  known: { request: 'pending' },
  pending: { approval: 'approved', refusal: 'refused' },
  approved: { suspension: 'suspended' },
  suspended: { reinstatement: 'approved' },
  refused: { request: 'pending' },
}

/** As a page says it. */
export const STATE_WORDS: Record<OrganisationState, string> = {
  known: 'connu, sans délivrer de badges',
  pending: 'en attente d’approbation',
  approved: 'approuvé',
  suspended: 'suspendu',
  refused: 'refusé',
}

/** As a refusal names the moves that remain. */
export const MOVE_WORDS: Record<OrganisationMove, string> = {
  approval: 'approuver',
  refusal: 'refuser',
  suspension: 'suspendre',
  reinstatement: 'rétablir',
  request: 'soumettre à nouveau',
}

/** As a refusal says the one that was tried. */
export const MOVE_SAID: Record<OrganisationMove, string> = {
  approval: 'l’approuver',
  refusal: 'le refuser',
  suspension: 'le suspendre',
  reinstatement: 'le rétablir',
  request: 'le soumettre à nouveau',
}
