import { lastDayAnywhere } from '../days.ts'
import { invalid } from '../errors.ts'

/** Refuses a day that is still to come everywhere (UTC+14), of something that is said to be done. Errors: `date_in_future`. */
export function refuseFuture(day: string | null | undefined, now = new Date()): void {
  if (!isFuture(day, now)) return
  throw invalid('date_in_future', `Le ${day} est à venir.`, 'Donnez le jour où cela a eu lieu.')
}

/** Whether a day is still to come, even where the day is furthest ahead (UTC+14). */
export const isFuture = (day: string | null | undefined, now = new Date()): boolean =>
  typeof day === 'string' && day > lastDayAnywhere(now)
