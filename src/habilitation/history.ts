import type { Stretch } from '../days.ts'
import { keysOf, type Lapse, LAPSES } from './statuses.ts'

/** What happened to a habilitation, in the order of its events. */
export type HabilitationEvent = {
  kind: 'granted' | 'lapsed' | 'restored' | 'ended'
  lapse: Lapse | null
  at: Date
}

export type HabilitationState = {
  /** `none` before it was granted. */
  state: 'none' | 'active' | 'suspended' | 'ended'
  /** What suspends it, in one order. */
  lapses: Lapse[]
  /** The event that made it so. */
  since: Date | null
}

const NOTHING: HabilitationState = { state: 'none', lapses: [], since: null }

/** What the events say of a habilitation, up to a moment included: all there is to know of its state. */
export function stateFrom(events: HabilitationEvent[], until?: Date): HabilitationState {
  return events.filter(({ at }) => until === undefined || at <= until).reduce(after, NOTHING)
}

/** The state that one more event leads to. */
export function after(before: HabilitationState, { kind, lapse, at }: HabilitationEvent): HabilitationState {
  if (before.state === 'ended') return before
  if (kind === 'ended') return { state: 'ended', lapses: [], since: at }
  if (kind === 'granted') return before.state === 'none' ? { state: 'active', lapses: [], since: at } : before
  if (before.state === 'none') return before
  const lapses = keysOf(LAPSES).filter((one) => (one === lapse ? kind === 'lapsed' : before.lapses.includes(one)))
  const state = lapses.length > 0 ? 'suspended' : 'active'
  return { state, lapses, since: state === before.state ? before.since : at }
}

export type Validity = 'whole_day' | 'part_of_day' | 'none'

/** For how much of a day a habilitation was valid; a state that lasted no time at all does not count. */
export function validityIn(events: HabilitationEvent[], { from, until }: Stretch): Validity {
  const changes = events.map(({ at }) => at).filter((at) => at > from && at < until)
  const valid = [from, ...changes].map((at) => stateFrom(events, at).state === 'active')
  if (valid.every(Boolean)) return 'whole_day'
  return valid.some(Boolean) ? 'part_of_day' : 'none'
}
