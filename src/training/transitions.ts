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
