import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isRegistrationOpen, lastRegistrationDay } from '../../src/habilitation/windows.ts'
import { parisDate, addDays, lastDayAnywhere } from '../../src/days.ts'

const START = '2026-06-30'

test.each<[enrolled: number, last: string, tooLate: string]>([
  [0, '2026-06-02', '2026-06-03'],
  [4, '2026-06-02', '2026-06-03'],
  [5, '2026-06-16', '2026-06-17'],
  [60, '2026-06-16', '2026-06-17'],
])('with %i people enrolled, the last day is %s and %s is too late', (enrolled, last, tooLate) => {
  expect(lastRegistrationDay(START, enrolled)).toBe(last)
  expect(isRegistrationOpen(START, enrolled, last)).toBe(true)
  expect(isRegistrationOpen(START, enrolled, tooLate)).toBe(false)
  expect(isRegistrationOpen(START, enrolled, '2020-01-01')).toBe(true)
  expect(isRegistrationOpen(START, enrolled, START)).toBe(false)
})

test.each<[why: string, startsOn: string, enrolled: number, last: string]>([
  ['over the day of 23 hours', '2026-04-10', 0, '2026-03-13'],
  ['over the day of 25 hours', '2026-11-10', 0, '2026-10-13'],
  ['on to 29 February', '2028-03-14', 5, '2028-02-29'],
  ['over the year', '2027-01-10', 0, '2026-12-13'],
])('days are counted by the calendar, %s', (_, startsOn, enrolled, last) => {
  expect(lastRegistrationDay(startsOn, enrolled)).toBe(last)
})

const day = fc
  .date({ min: new Date('2020-01-01'), max: new Date('2039-12-31'), noInvalidDate: true })
  .map((one) => one.toISOString().slice(0, 10))

test('a clock that jumps, forward or back, changes nothing of the answer for a given day', () => {
  fc.assert(
    fc.property(day, fc.nat(20), fc.array(day, { minLength: 1, maxLength: 20 }), (startsOn, enrolled, days) => {
      const once = new Map(days.map((today) => [today, isRegistrationOpen(startsOn, enrolled, today)]))
      for (const today of days.toReversed()) {
        expect(isRegistrationOpen(startsOn, enrolled, today)).toBe(once.get(today))
        expect(once.get(today)).toBe(today <= addDays(startsOn, -(enrolled > 4 ? 14 : 28)))
      }
    }),
  )
})

test('a day that many days before is that many days before', () => {
  fc.assert(
    fc.property(day, fc.nat(800), (from, days) => {
      expect((Date.parse(from) - Date.parse(addDays(from, -days))) / 86_400_000).toBe(days)
    }),
  )
})

test.each<[moment: string, paris: string]>([
  ['2026-01-10T22:59:59Z', '2026-01-10'],
  ['2026-01-10T23:00:00Z', '2026-01-11'],
  ['2026-07-10T21:59:59Z', '2026-07-10'],
  ['2026-07-10T22:00:00Z', '2026-07-11'],
  // The nights when the clocks change.
  ['2026-03-28T23:00:00Z', '2026-03-29'],
  ['2026-03-29T21:59:59Z', '2026-03-29'],
  ['2026-03-29T22:00:00Z', '2026-03-30'],
  ['2026-10-24T22:00:00Z', '2026-10-25'],
  ['2026-10-25T22:59:59Z', '2026-10-25'],
  ['2026-10-25T23:00:00Z', '2026-10-26'],
])('at %s it is %s in Paris', (moment, paris) => {
  expect(parisDate(new Date(moment))).toBe(paris)
})

test('where the day is furthest ahead, it changes at 10:00 UTC', () => {
  expect(lastDayAnywhere(new Date('2026-03-30T09:59:59Z'))).toBe('2026-03-30')
  expect(lastDayAnywhere(new Date('2026-03-30T10:00:00Z'))).toBe('2026-03-31')
})
