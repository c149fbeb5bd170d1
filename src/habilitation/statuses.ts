/**
 * The two workflows of Aidants Connect, as its public code has them (betagouv/Aidants_Connect at 42814c5: statuses,
 * French labels, transitions; `waitling_list` is spelled so there). Who makes a move: the person who filled the request, an
 * officer of Aidants Connect, the structure's référente or référent, or the service itself.
 */
export type By = 'issuer' | 'officer' | 'referent' | 'service'

/** A request for a structure, with the words of its page. */
export const ORGANISATION_REQUEST_STATUSES = {
  NEW: 'Brouillon',
  AC_VALIDATION_PROCESSING: 'En attente de validation d’éligibilité avant inscription en formation des aidants',
  VALIDATED: 'Éligibilité validée',
  REFUSED: 'Éligibilité Refusée',
  CLOSED: 'Clôturée',
  CHANGES_REQUIRED: 'Demande de modifications par l’équipe Aidants Connect',
  CHANGES_PROPOSED: 'Modifications proposées par Aidants Connect',
} as const
export type OrganisationRequestStatus = keyof typeof ORGANISATION_REQUEST_STATUSES
export type OrganisationRequestMove = 'submission' | 'acceptance' | 'refusal' | 'changes' | 'reopening' | 'closure'

export type Transition<Status, To = Status> = { from: readonly Status[]; to: To; by: readonly By[]; label: string }

export const ORGANISATION_REQUEST_MOVES: Record<OrganisationRequestMove, Transition<OrganisationRequestStatus>> = {
  submission: {
    from: ['NEW', 'CHANGES_REQUIRED', 'CHANGES_PROPOSED'],
    to: 'AC_VALIDATION_PROCESSING',
    by: ['issuer'],
    label: 'soumettre la demande',
  },
  acceptance: {
    from: ['AC_VALIDATION_PROCESSING'],
    to: 'VALIDATED',
    by: ['officer'],
    label: 'valider l’éligibilité',
  },
  refusal: { from: ['AC_VALIDATION_PROCESSING'], to: 'REFUSED', by: ['officer'], label: 'refuser l’éligibilité' },
  changes: {
    from: ['AC_VALIDATION_PROCESSING'],
    to: 'CHANGES_REQUIRED',
    by: ['officer'],
    label: 'demander des modifications',
  },
  reopening: {
    from: ['NEW', 'VALIDATED', 'REFUSED', 'CLOSED', 'CHANGES_REQUIRED', 'CHANGES_PROPOSED'],
    to: 'AC_VALIDATION_PROCESSING',
    by: ['officer'],
    label: 'remettre en attente de validation',
  },
  closure: { from: ['VALIDATED'], to: 'CLOSED', by: ['service'], label: 'clôturer' },
}

/** In which statuses what was declared may still change. */
export const EDITABLE: readonly OrganisationRequestStatus[] = [
  'NEW',
  'AC_VALIDATION_PROCESSING',
  'CHANGES_REQUIRED',
  'CHANGES_PROPOSED',
]

/** A request for one aidante or aidant in one structure. */
export const HABILITATION_REQUEST_STATUSES = {
  waitling_list: 'Liste d’attente',
  new: 'Nouvelle',
  processing: 'Éligibilité validée',
  processing_p2p: 'Éligibilité validée (pair-à-pair)',
  validated: 'Validée',
  refused: 'Refusée',
  cancelled: 'Annulée',
  status_cancelled_by_responsable: 'Annulée par le ou la référente',
} as const
export type HabilitationRequestStatus = keyof typeof HABILITATION_REQUEST_STATUSES
export type HabilitationRequestMove = 'admission' | 'peers' | 'validation' | 'refusal' | 'cancellation'

/** Where it is learnt: in a session, or from peers (`course_type` 1 and 2 of the platform). */
export const COURSE_TYPES = { classic: 'Formation classique', peers: 'Formation entre pairs' } as const
export type CourseType = keyof typeof COURSE_TYPES

export const HABILITATION_REQUEST_MOVES: Record<
  HabilitationRequestMove,
  Transition<HabilitationRequestStatus, Record<CourseType, HabilitationRequestStatus>>
> = {
  admission: {
    from: ['waitling_list', 'new'],
    to: { classic: 'processing', peers: 'processing_p2p' },
    by: ['officer'],
    label: 'valider l’éligibilité',
  },
  peers: {
    from: ['processing'],
    to: { classic: 'processing_p2p', peers: 'processing_p2p' },
    by: ['officer', 'referent'],
    label: 'passer en formation entre pairs',
  },
  validation: {
    from: ['processing', 'processing_p2p', 'new', 'waitling_list', 'cancelled'],
    to: { classic: 'validated', peers: 'validated' },
    by: ['officer', 'service'],
    label: 'valider l’habilitation',
  },
  refusal: {
    from: ['processing', 'waitling_list', 'new'],
    to: { classic: 'refused', peers: 'refused' },
    by: ['officer'],
    label: 'refuser',
  },
  cancellation: {
    from: ['waitling_list', 'new', 'processing', 'processing_p2p', 'validated'],
    to: { classic: 'status_cancelled_by_responsable', peers: 'status_cancelled_by_responsable' },
    by: ['referent'],
    label: 'annuler la demande',
  },
}

/** In which statuses a person may be put down for a training session (`formation_registerable`). */
export const REGISTERABLE: readonly HabilitationRequestStatus[] = ['processing', 'processing_p2p', 'validated']

/**
 * From which statuses training and Pix test validate by themselves. The platform's method would take a cancelled request
 * too; nobody decided that one, so it waits for an officer's hand.
 */
export const AUTOMATIC: readonly HabilitationRequestStatus[] = ['processing', 'processing_p2p', 'new', 'waitling_list']

/** Where a request was filed (`origin` of the platform). */
export const ORIGINS = {
  datapass: 'Datapass',
  responsable: 'Référent Structure',
  autre: 'Autre',
  habilitation: 'Formulaire Habilitation',
} as const

/** How the aidante or aidant connects. */
export const CONNEXION_MODES = { card: 'Carte physique', phone: 'Application mobile' } as const

/** In what capacity someone helps: only professionals may be habilitated. */
export const STANDINGS = {
  salarie: 'Salariée ou salarié',
  agent: 'Agente ou agent public',
  benevole: 'Bénévole',
  elu: 'Élue ou élu',
} as const
export type Standing = keyof typeof STANDINGS

/** Why a habilitation is suspended; it holds again when none of these is left. */
export const LAPSES = {
  structure: 'la structure est fermée',
  inactivity: 'l’aidante ou l’aidant n’est plus actif sur Aidants Connect',
  referent: 'la référente ou le référent l’a décidé',
} as const
export type Lapse = keyof typeof LAPSES

export const keysOf = <K extends string>(table: Record<K, unknown>): [K, ...K[]] => Object.keys(table) as [K, ...K[]]
