/**
 * Where a learner stands in a session: asked for, on the waiting list, called off, or with a place (the four
 * `attendant_state` of Aidants Connect, 1 to 4: par défaut, en attente, annulé, inscrit). The first and the last hold a place.
 */
export const ENROLMENT_STATES = ['default', 'waiting', 'cancelled', 'registered'] as const
export type EnrolmentState = (typeof ENROLMENT_STATES)[number]
/** Those that hold a place. */
export const HOLDING: EnrolmentState[] = ['default', 'registered']
export const ATTENDANCES = ['present', 'absent', 'replay'] as const
export type Attendance = (typeof ATTENDANCES)[number]

/** What the organisation decided of a campaign. */
export const CAMPAIGN_STATES = ['open', 'paused', 'cancelled'] as const

/** Where a campaign is, as it is told: an open one is issuing, or done when nothing is pending any more. */
export type CampaignProgress = 'issuing' | 'paused' | 'done' | 'cancelled'
export type CampaignAction = 'pause' | 'resume' | 'cancel'

/** The workflow of a campaign: from where it is, the actions it admits and what each one decides. */
export const TRANSITIONS: Record<
  CampaignProgress,
  Partial<Record<CampaignAction, (typeof CAMPAIGN_STATES)[number]>>
> = {
  issuing: { pause: 'paused', cancel: 'cancelled' },
  paused: { resume: 'open', cancel: 'cancelled' },
  done: {},
  cancelled: {},
}

/** Where a campaign is, from what was decided of it and how many of its rows wait. */
export function progressOf(state: (typeof CAMPAIGN_STATES)[number], pending: number): CampaignProgress {
  if (state === 'cancelled') return 'cancelled'
  if (pending === 0) return 'done'
  return state === 'paused' ? 'paused' : 'issuing'
}
