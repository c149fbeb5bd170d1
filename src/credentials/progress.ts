import { setTimeout as wait } from 'node:timers/promises'
import type { Db } from '../db.ts'
import { DomainError } from '../errors.ts'
import { type Campaign, getCampaign } from './campaigns.ts'

export type ProgressEvent = { event: 'progress' | 'done'; campaign: Campaign }
export type Progress = {
  /** Tells the campaign at once, then at each change, until nothing is pending or the signal aborts. Errors: `too_many_listeners`. */
  follow(campaignId: string, signal: AbortSignal): AsyncGenerator<ProgressEvent>
  /** Ends every listening. */
  close(): void
}

const LISTENERS = 200
const POLL_MS = 500

type Watch = { listeners: number; campaign: Promise<Campaign> }

/** The progress of campaigns, read from the database twice a second for each campaign, however many listen to it. */
export function createProgress(db: Db, maxListeners = LISTENERS, pollMs = POLL_MS): Progress {
  const watches = new Map<string, Watch>()
  const closing = new AbortController()
  let listeners = 0

  /** The state of this half second: who asks first reads it, the others share the answer. */
  const latest = (campaignId: string, watch: Watch, seen: Promise<Campaign> | null): Promise<Campaign> => {
    if (watch.campaign === seen) {
      watch.campaign = getCampaign(db, campaignId)
      watch.campaign.catch(() => undefined) // told to each of those who wait for it
    }
    return watch.campaign
  }

  async function* tell(campaignId: string, watch: Watch, signal: AbortSignal): AsyncGenerator<ProgressEvent> {
    let seen: Promise<Campaign> | null = null
    let told = ''
    while (!signal.aborted) {
      const reading = latest(campaignId, watch, seen)
      seen = reading
      const campaign = await reading
      const text = JSON.stringify(campaign)
      if (text !== told) yield { event: 'progress', campaign }
      told = text
      if (campaign.counts.pending === 0) {
        yield { event: 'done', campaign }
        return
      }
      await wait(pollMs, undefined, { signal }).catch(() => undefined)
    }
  }

  return {
    async *follow(campaignId, signal) {
      if (listeners >= maxListeners) throw tooManyListeners()
      const watch = watches.get(campaignId) ?? { listeners: 0, campaign: getCampaign(db, campaignId) }
      watches.set(campaignId, watch)
      listeners++
      watch.listeners++
      try {
        yield* tell(campaignId, watch, AbortSignal.any([signal, closing.signal]))
      } finally {
        listeners--
        if (--watch.listeners === 0) watches.delete(campaignId)
      }
    },
    close: () => closing.abort(),
  }
}

const tooManyListeners = () =>
  new DomainError(
    'unavailable',
    'too_many_listeners',
    'Trop de personnes suivent des lots en direct en ce moment.',
    'Rechargez la page de temps en temps, ou réessayez dans quelques minutes.',
  )
