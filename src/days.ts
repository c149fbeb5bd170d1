/** A stretch of time, from a moment to another that is no part of it. */
export type Stretch = { from: Date; until: Date }

const DAY_MS = 24 * 3600_000
const OFFSET = new Intl.DateTimeFormat('en', { timeZone: 'Europe/Paris', timeZoneName: 'longOffset' })

/** A day (`2026-03-12`) as it is lived in Paris: twice a year it lasts 23 or 25 hours. */
export const parisDay = (day: string): Stretch => ({ from: midnight(day), until: midnight(addDays(day, 1)) })

/** The day that it is in Paris at that moment. */
export const parisDate = (at: Date): string => at.toLocaleDateString('sv-SE', { timeZone: 'Europe/Paris' })

/** The day where it is furthest ahead (UTC+14): overseas trainers send their rows the same evening. */
export const lastDayAnywhere = (at = new Date()): string =>
  new Date(at.getTime() + 14 * 3600_000).toISOString().slice(0, 10)

/** A day later by calendar months; the last of its month when that month has no such day: 31 August + 6 is 28 February. */
export function addMonths(day: string, months: number): string {
  const first = new Date(`${day.slice(0, 7)}-01`)
  first.setUTCMonth(first.getUTCMonth() + months)
  const month = first.toISOString().slice(0, 7)
  first.setUTCMonth(first.getUTCMonth() + 1, 0)
  const last = first.toISOString().slice(8, 10)
  const wanted = day.slice(8, 10)
  return `${month}-${wanted < last ? wanted : last}`
}

/** The day that many days after another, or before it (a negative number). */
export const addDays = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10)

/** Clocks change at 01:00 UTC: at 00:00 UTC of a day, Paris still has the offset of its midnight. */
function midnight(day: string): Date {
  const offset = OFFSET.formatToParts(new Date(day)).find(({ type }) => type === 'timeZoneName')!.value
  return new Date(`${day}T00:00:00${offset.replace('GMT', '')}`)
}
