import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addMonths, parisDate, parisDay } from '../../src/days.ts'
import { after, type HabilitationEvent, stateFrom, validityIn } from '../../src/habilitation/history.ts'
import { nextStep } from '../../src/habilitation/inactivity.ts'
import { keysOf, LAPSES } from '../../src/habilitation/statuses.ts'

const at = (moment: string): Date => new Date(moment)
const granted: HabilitationEvent = { kind: 'granted', lapse: null, at: at('2026-01-01T10:00:00Z') }
const day = parisDay('2026-03-12')

/** Histories as they are written: granted first, then changes whose dates never go back. */
const histories = fc
  .array(
    fc.record({
      kind: fc.constantFrom('lapsed', 'restored', 'ended'),
      lapse: fc.constantFrom(...keysOf(LAPSES)),
      later: fc.integer({ min: 0, max: 3 }),
    }),
    { maxLength: 12 },
  )
  .map((changes) => {
    let time = granted.at.getTime()
    const later = changes.map(({ kind, lapse, later: hours }): HabilitationEvent => {
      time += hours * 3600_000
      return { kind, lapse: kind === 'ended' ? null : lapse, at: new Date(time) }
    })
    return [granted, ...later]
  })

describe('what the events say', () => {
  test('suspended while a cause is left, ended for good, nothing before it was granted', () => {
    fc.assert(
      fc.property(histories, (events) => {
        const end = events.findIndex(({ kind }) => kind === 'ended')
        const { state, lapses, since } = stateFrom(events)
        const left = keysOf(LAPSES).filter((one) => events.findLast(({ lapse }) => lapse === one)?.kind === 'lapsed')
        if (end >= 0) expect([state, lapses, since]).toEqual(['ended', [], events[end]!.at])
        else expect([state, lapses]).toEqual([left.length > 0 ? 'suspended' : 'active', left])
      }),
    )
    expect(stateFrom([])).toEqual({ state: 'none', lapses: [], since: null })
    expect(stateFrom([granted], at('2026-01-01T09:59:59Z'))).toMatchObject({ state: 'none' })
  })

  test('at a moment, what they said then: one more event changes nothing of the past', () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 1, max: 12 }), (events, count) => {
        const past = events.slice(0, count)
        const before = new Date((events[count]?.at ?? events.at(-1)!.at).getTime() - 1)
        expect(stateFrom(events, before)).toEqual(stateFrom(past, before))
        expect(past.reduce(after, stateFrom([]))).toEqual(stateFrom(past))
      }),
    )
  })

  test('the whole of a day, part of it or none, as every minute of that day says', () => {
    const short = { from: granted.at, until: new Date(granted.at.getTime() + 12 * 3600_000) }
    fc.assert(
      fc.property(histories, (events) => {
        const minutes = Array.from({ length: 720 }, (_, n) => new Date(short.from.getTime() + n * 60_000))
        const active = minutes.filter((one) => stateFrom(events, one).state === 'active').length
        expect(validityIn(events, short)).toBe(active === 720 ? 'whole_day' : active > 0 ? 'part_of_day' : 'none')
      }),
      { numRuns: 50 },
    )
    const lapsed = (moment: string): HabilitationEvent => ({ kind: 'lapsed', lapse: 'referent', at: at(moment) })
    const of = (...events: HabilitationEvent[]) => validityIn([granted, ...events], day)
    expect(of()).toBe('whole_day')
    expect(of(lapsed('2026-03-11T23:00:00Z'))).toBe('none')
    expect(of(lapsed('2026-03-11T23:00:00.001Z'))).toBe('part_of_day')
    expect(of(lapsed('2026-03-12T22:59:59.999Z'))).toBe('part_of_day')
    expect(of(lapsed('2026-03-12T23:00:00Z'))).toBe('whole_day')
    expect(validityIn([granted], parisDay('2025-12-31'))).toBe('none')
  })
})

describe('days in Paris', () => {
  test.for([
    ['2026-03-12', '2026-03-11T23:00:00.000Z', 24],
    ['2026-03-29', '2026-03-28T23:00:00.000Z', 23],
    ['2026-07-14', '2026-07-13T22:00:00.000Z', 24],
    ['2026-10-25', '2026-10-24T22:00:00.000Z', 25],
    ['2026-12-31', '2026-12-30T23:00:00.000Z', 24],
    ['2028-02-29', '2028-02-28T23:00:00.000Z', 24],
  ] as const)('%s begins at %s and lasts %i hours', ([name, from, hours]) => {
    const stretch = parisDay(name)
    expect(stretch.from.toISOString()).toBe(from)
    expect((stretch.until.getTime() - stretch.from.getTime()) / 3600_000).toBe(hours)
    expect(parisDate(stretch.from)).toBe(name)
    expect(parisDate(new Date(stretch.until.getTime() - 1))).toBe(name)
  })

  test.for([
    ['2026-08-31', 6, '2027-02-28'],
    ['2027-08-31', 6, '2028-02-29'],
    ['2026-01-31', 1, '2026-02-28'],
    ['2026-07-15', 5, '2026-12-15'],
    ['2026-12-31', 5, '2027-05-31'],
  ] as const)('%s and %i months: %s', ([from, months, to]) => expect(addMonths(from, months)).toBe(to))
})

describe('inactivity', () => {
  const seen = (lastSeenOn: string | null, warnedAt: string | null = null, lapsedAt: string | null = null) => ({
    lastSeenOn,
    warnedAt: warnedAt ? at(warnedAt) : null,
    lapsedAt: lapsedAt ? at(lapsedAt) : null,
  })

  test.for([
    ['nobody knows', seen(null), '2099-01-01T00:00:00Z', null],
    ['the day before five months, in Paris', seen('2026-07-15'), '2026-12-14T22:59:59Z', null],
    ['five months, in Paris', seen('2026-07-15'), '2026-12-14T23:00:00Z', 'warn'],
    ['warned, the day before a month', seen('2026-07-15', '2026-12-15T08:00:00Z'), '2027-01-14T22:59:59Z', null],
    ['warned, a month', seen('2026-07-15', '2026-12-15T08:00:00Z'), '2027-01-14T23:00:00Z', 'lapse'],
    ['warned, then seen', seen('2026-12-20', '2026-12-15T08:00:00Z'), '2026-12-21T08:00:00Z', 'forget'],
    [
      'warned, and seen before than was known',
      seen('2026-07-14', '2026-12-15T08:00:00Z'),
      '2026-12-16T08:00:00Z',
      null,
    ],
    ['a clock a year ahead', seen('2026-07-15'), '2028-01-01T08:00:00Z', 'warn'],
    ['the same, warned just now', seen('2026-07-15', '2028-01-01T08:00:00Z'), '2028-01-01T09:00:00Z', null],
    ['the same, gone back', seen('2026-07-15', '2028-01-01T08:00:00Z'), '2026-08-01T09:00:00Z', null],
    [
      'suspended, not seen since',
      seen('2026-07-15', '2026-12-15T08:00:00Z', '2027-01-15T08:00:00Z'),
      '2027-06-01T08:00:00Z',
      null,
    ],
    ['suspended, seen that day', seen('2027-01-15', null, '2027-01-15T08:00:00Z'), '2027-01-16T08:00:00Z', 'restore'],
    [
      'suspended by hand though seen lately',
      seen('2027-01-14', null, '2027-01-15T08:00:00Z'),
      '2027-01-16T08:00:00Z',
      null,
    ],
  ] as const)('%s', ([, known, now, step]) => expect(nextStep(known, at(now))).toBe(step))

  test('whatever the clock does, nobody is suspended less than a month after a warning', () => {
    const moments = fc.date({ min: at('2026-01-01T00:00:00Z'), max: at('2030-01-01T00:00:00Z'), noInvalidDate: true })
    fc.assert(
      fc.property(moments, fc.array(moments, { maxLength: 30 }), (last, clock) => {
        let warnedAt: Date | null = null
        for (const now of clock) {
          const step = nextStep({ lastSeenOn: parisDate(last), warnedAt, lapsedAt: null }, now)
          if (step === 'warn') warnedAt = now
          if (step === 'lapse') {
            expect(warnedAt).not.toBeNull()
            expect(now.getTime() - warnedAt!.getTime()).toBeGreaterThan(27 * 24 * 3600_000)
            return
          }
          expect(step).not.toBe('restore')
        }
      }),
    )
  })
})
