import { addDays } from '../days.ts'

/** Days before a training by which one registers, and from how many people on fewer are enough (public code of Aidants Connect). */
const DAYS = 28
const SHORT_DAYS = 14
const SHORT_ABOVE = 4

/** The last day, in Paris, on which a structure may register someone for a training where that many are enrolled. */
export const lastRegistrationDay = (startsOn: string, enrolled: number): string =>
  addDays(startsOn, -(enrolled > SHORT_ABOVE ? SHORT_DAYS : DAYS))

/** Whether it still may, on that day. */
export const isRegistrationOpen = (startsOn: string, enrolled: number, today: string): boolean =>
  today <= lastRegistrationDay(startsOn, enrolled)
