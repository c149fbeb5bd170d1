import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { commitmentState, type ContractDays, runsOn } from '../../src/conseillers/contract-terms.ts'
import {
  type ContinuingRule,
  continuingRuleOf,
  type Done,
  duesOf,
  yearAfter,
} from '../../src/conseillers/continuing-dues.ts'

const rule: ContinuingRule = { modules: ['a', 'b', 'c', 'd', 'e'], firstYear: 2, eachYear: 1 }
const open: ContractDays = { startsOn: '2020-01-01', endsOn: null, endedOn: null }
const ask = (enteredOn: string, today: string, done: Done[] = [], contracts = [open]) =>
  duesOf({ rule, enteredOn, done, contracts, today })
const on = (doneOn: string, module: string): Done => ({ module, doneOn })
const told = (dues: ReturnType<typeof ask>) =>
  dues.map(
    (one) =>
      `${one.rule} ${one.number} ${one.dueOn} ${one.doneOn ?? '-'} ${one.module ?? '-'}${one.late ? ' late' : ''}`,
  )

test('two modules within the year of entering, then one in each whole calendar year after the one where that year ends', () => {
  expect(told(ask('2024-03-10', '2027-01-01'))).toEqual([
    'first_year 1 2025-03-10 - - late',
    'first_year 2 2025-03-10 - - late',
    'calendar_year 1 2026-12-31 - - late',
    'calendar_year 2 2027-12-31 - -',
  ])
})

test.each<[string, string, number]>([
  ['before entering, nothing is owed', '2024-03-09', 0],
  ['from the day of entering, two modules are', '2024-03-10', 2],
  ['until the end of the year in which the first year ends', '2025-12-31', 2],
  ['from the next 1 January, one more', '2026-01-01', 3],
  ['and one more each year', '2030-06-01', 7],
])('%s', (_, today, count) => {
  expect(ask('2024-03-10', today)).toHaveLength(count)
})

test.each<[string, string, string]>([
  ['the same day of the next year', '2024-03-10', '2025-03-10'],
  ['29 February ends on the 28th', '2024-02-29', '2025-02-28'],
  ['28 February before a leap year ends on the 28th', '2023-02-28', '2024-02-28'],
  ['1 March of a leap year', '2024-03-01', '2025-03-01'],
  ['31 December', '2024-12-31', '2025-12-31'],
])('a year from a day: %s', (_, day, after) => {
  expect(yearAfter(day)).toBe(after)
})

test('someone who entered on 31 December owes two modules by the next one, and one in the year that then begins', () => {
  expect(told(ask('2024-12-31', '2026-01-01'))).toEqual([
    'first_year 1 2025-12-31 - - late',
    'first_year 2 2025-12-31 - - late',
    'calendar_year 1 2026-12-31 - -',
  ])
})

test('someone who entered on 1 January owes nothing more in the calendar year where the first year ends', () => {
  expect(told(ask('2025-01-01', '2027-01-01')).slice(2)).toEqual(['calendar_year 1 2027-12-31 - -'])
})

test('the last day is on time, the next one is late: for what is done and for what is not', () => {
  const dues = ask('2024-02-29', '2025-03-01', [on('2025-02-28', 'a'), on('2025-03-01', 'b')])
  expect(told(dues)).toEqual(['first_year 1 2025-02-28 2025-02-28 a', 'first_year 2 2025-02-28 2025-03-01 b late'])
  expect(ask('2024-02-29', '2025-02-28').some((one) => one.late)).toBe(false)
  expect(ask('2024-02-29', '2025-03-01').every((one) => one.late)).toBe(true)
})

describe('the modules that count', () => {
  test('each counts once, in the order of its days, whatever the order given', () => {
    const done = [on('2024-09-01', 'b'), on('2024-06-01', 'a'), on('2024-07-01', 'a'), on('2024-08-01', 'a')]
    expect(told(ask('2024-03-10', '2024-12-31', done))).toEqual([
      'first_year 1 2025-03-10 2024-06-01 a',
      'first_year 2 2025-03-10 2024-09-01 b',
    ])
  })
  test('a module of another catalogue, of before entering or after the day asked about counts for nothing', () => {
    const done = [on('2024-06-01', 'autre'), on('2024-03-09', 'a'), on('2024-12-02', 'b')]
    expect(told(ask('2024-03-10', '2024-12-01', done))).toEqual([
      'first_year 1 2025-03-10 - -',
      'first_year 2 2025-03-10 - -',
    ])
  })
  test('taken before entering and again since, it counts from the second time', () => {
    const [first] = ask('2024-03-10', '2024-12-01', [on('2024-03-09', 'a'), on('2024-06-01', 'a')])
    expect(first).toMatchObject({ module: 'a', doneOn: '2024-06-01' })
  })
  test('a third one of the first year is no advance on a calendar year', () => {
    const done = ['a', 'b', 'c'].map((module, index) => on(`2024-0${6 + index}-01`, module))
    expect(told(ask('2024-03-10', '2026-06-01', done)).at(-1)).toBe('calendar_year 1 2026-12-31 - -')
  })
  test('arrears come first: the module of a later year meets the one that was missed, late', () => {
    const done = [on('2024-06-01', 'a'), on('2026-02-01', 'b'), on('2026-11-01', 'c')]
    expect(told(ask('2024-03-10', '2026-12-31', done))).toEqual([
      'first_year 1 2025-03-10 2024-06-01 a',
      'first_year 2 2025-03-10 2026-02-01 b late',
      'calendar_year 1 2026-12-31 2026-11-01 c',
    ])
  })
})

describe('contracts', () => {
  const contract = (startsOn: string, endsOn: string | null, endedOn: string | null = null) => ({
    startsOn,
    endsOn,
    endedOn,
  })
  test('nothing falls due after the last one, and what fell due before stays', () => {
    const dues = ask('2024-03-10', '2028-01-01', [], [contract('2024-01-01', '2026-12-31')])
    expect(dues.map((one) => one.dueOn)).toEqual(['2025-03-10', '2025-03-10', '2026-12-31'])
  })
  test('a contract ended before its term ends there', () => {
    const dues = ask('2024-03-10', '2028-01-01', [], [contract('2024-01-01', '2026-12-31', '2026-12-30')])
    expect(dues.map((one) => one.dueOn)).toEqual(['2025-03-10', '2025-03-10'])
  })
  test('nothing falls due between two; with two at once, one is enough', () => {
    const between = [contract('2024-01-01', '2025-06-30'), contract('2027-02-01', null)]
    expect(ask('2024-03-10', '2028-01-01', [], between).map((one) => one.dueOn)).toEqual([
      '2025-03-10',
      '2025-03-10',
      '2027-12-31',
      '2028-12-31',
    ])
    const atOnce = [contract('2024-01-01', '2024-06-30'), open]
    expect(ask('2024-03-10', '2026-01-01', [], atOnce)).toEqual(ask('2024-03-10', '2026-01-01'))
  })
  test('without any that is known, what is owed is told all the same', () => {
    expect(ask('2024-03-10', '2026-01-01', [], [])).toEqual(ask('2024-03-10', '2026-01-01'))
  })
  test('a module does not go to what is not owed', () => {
    const dues = ask('2024-03-10', '2028-01-01', [on('2026-05-01', 'a')], [contract('2024-01-01', '2026-06-30')])
    expect(told(dues)).toEqual(['first_year 1 2025-03-10 2026-05-01 a late', 'first_year 2 2025-03-10 - - late'])
  })
  test('a contract runs from its first to its last day', () => {
    const one = contract('2024-01-01', '2026-06-30')
    expect(['2023-12-31', '2024-01-01', '2026-06-30', '2026-07-01'].map((day) => runsOn(one, day))).toEqual([
      false,
      true,
      true,
      false,
    ])
  })
})

const day = fc.integer({ min: 0, max: 8000 }).map((n) => new Date(Date.UTC(2020, 0, 1 + n)).toISOString().slice(0, 10))
const situation = fc.record({
  enteredOn: day,
  today: day,
  done: fc.array(fc.record({ module: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'x'), doneOn: day }), { maxLength: 12 }),
  contracts: fc.array(
    fc.record({ startsOn: day, length: fc.option(fc.integer({ min: 0, max: 2000 })) }).map(({ startsOn, length }) => ({
      startsOn,
      endsOn: length === null ? null : new Date(Date.parse(startsOn) + length * 86_400_000).toISOString().slice(0, 10),
      endedOn: null,
    })),
    { maxLength: 3 },
  ),
})

test('in any history: a module meets one due at most, never before its period, and lateness is what the days say', () => {
  fc.assert(
    fc.property(situation, (given) => {
      const dues = duesOf({ rule, ...given })
      const met = dues.flatMap((one) => one.module ?? [])
      expect(new Set(met).size).toBe(met.length)
      for (const { rule: which, dueOn, doneOn, module, late } of dues) {
        expect(late).toBe((doneOn ?? given.today) > dueOn)
        if (doneOn === null) continue
        expect(doneOn >= given.enteredOn && doneOn <= given.today).toBe(true)
        if (which === 'calendar_year') expect(doneOn >= `${dueOn.slice(0, 4)}-01-01`).toBe(true)
        expect(given.done).toContainEqual({ module, doneOn })
      }
      expect(dues.map((one) => one.dueOn)).toEqual(dues.map((one) => one.dueOn).toSorted())
    }),
  )
})

test('a clock that jumps forth and back answers for each day as it did, and time alone never removes a due or its module', () => {
  fc.assert(
    fc.property(situation, day, (given, later) => {
      const at = (today: string) => duesOf({ rule, ...given, today })
      const before = at(given.today)
      const [sooner, after] = [given.today, later].toSorted()
      const known = at(after!)
      for (const one of at(sooner!)) {
        const same = known.find((other) => other.rule === one.rule && other.number === one.number)
        expect(same).toBeDefined()
        if (one.doneOn !== null) expect(same).toEqual(one)
        if (one.late) expect(same!.late).toBe(true)
      }
      expect(at(given.today)).toEqual(before)
    }),
  )
})

test('the path says how many and which; one of another shape stops the service instead of owing nothing', () => {
  const stage = (modules: string[], choose?: number) => ({ title: 'Étape', modules, ...(choose && { choose }) })
  const path = { slug: 'p', stages: [stage(['ccp1'], 1), stage(['a', 'b'], 2), stage(['b', 'c'], 1)] }
  const of = (given: object) => continuingRuleOf(given as Parameters<typeof continuingRuleOf>[0])
  expect(of(path)).toEqual({ modules: ['a', 'b', 'c'], firstYear: 2, eachYear: 1 })
  expect(() => of({ ...path, stages: path.stages.slice(0, 2) })).toThrow('Le parcours p ne dit pas')
  expect(() => of({ ...path, stages: [stage([]), stage(['a']), stage(['b'], 1)] })).toThrow('Le parcours p ne dit pas')
})

test.each<[string | null, string | null, string, string]>([
  ['2026-03-01', '2026-03-01', '2026-06-01', 'attached'],
  ['2026-03-01', '2026-02-15', '2026-06-01', 'attached'],
  ['2026-03-01', '2026-03-02', '2026-06-01', 'attached_late'],
  ['2026-03-01', null, '2026-03-01', 'missing'],
  ['2026-03-01', null, '2026-03-02', 'missing_late'],
  [null, '2026-03-02', '2026-06-01', 'attached'],
  [null, null, '2030-06-01', 'missing'],
])('signed on %s, agreed on %s: on %s the commitment is %s', (signedOn, agreedOn, today, state) => {
  expect(commitmentState(signedOn, agreedOn, today)).toBe(state)
})
