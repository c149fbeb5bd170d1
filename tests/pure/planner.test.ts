import fc from 'fast-check'
import { expect, test } from 'vitest'
import { answers, type Dated, type PlanProblem, type Unit, withoutThese } from '../../src/curricula/plan-model.ts'
import { type Selection, solvePlan } from '../../src/curricula/plan-solve.ts'

const COMPETENCES = ['a', 'b', 'c', 'd']
const MODULES = ['m0', 'm1', 'm2', 'm3', 'm4', 'm5']
const reached = fc.record({
  competence: fc.constantFrom(...COMPETENCES),
  level: fc.option(fc.integer({ min: 1, max: 4 }), { nil: null }),
})
/** Day 0 is a Monday. */
const isWorked = (day: number): boolean => day % 7 < 5
const wishes = fc.subarray(['distance', 'cpf'], { maxLength: 2 })
const aUnit = (index: number): fc.Arbitrary<Unit> =>
  fc.record({
    who: fc.constant(''),
    module: fc.constant(MODULES[index]!),
    hours: fc.integer({ min: 1, max: 6 }).map((halves) => halves * 3.5),
    teaches: fc.array(reached, { minLength: 1, maxLength: 3 }),
    prerequisites: fc.subarray(MODULES.slice(0, index), { maxLength: Math.min(index, 1) }),
    breaks: fc.oneof({ weight: 3, arbitrary: fc.constant<string[]>([]) }, wishes),
  })
const someUnits = fc.tuple(...MODULES.map((_, index) => aUnit(index)))
const aDated = fc.record({
  module: fc.constantFrom(...MODULES),
  first: fc.integer({ min: 0, max: 17 }),
  length: fc.integer({ min: 1, max: 4 }),
  cost: fc.integer({ min: 0, max: 4 }).map((some) => some * 12_050),
  hours: fc.integer({ min: 7, max: 21 }),
  breaks: fc.oneof({ weight: 4, arbitrary: fc.constant<string[]>([]) }, wishes),
})
const someSessions = fc.array(aDated, { maxLength: 7 }).map((all) =>
  all.map(({ first, length, ...rest }, index): Dated => {
    const days = Array.from({ length }, (_, day) => first + day)
    const away = days.filter(isWorked).map((day) => day - 2 * Math.floor(day / 7))
    return { who: '', id: `s${index}`, places: 1, ...rest, days, away }
  }),
)
const aProblem: fc.Arbitrary<PlanProblem> = fc.record({
  needs: fc
    .uniqueArray(reached, { minLength: 1, maxLength: 3, selector: (one) => one.competence })
    .map((all) => all.map((one) => ({ ...one, people: 1, had: [] }))),
  units: someUnits,
  sessions: fc.option(someSessions, { nil: null }),
  objective: fc.constantFrom('hours' as const, 'end' as const, 'cost' as const),
  daysInARow: fc.option(fc.integer({ min: 1, max: 4 }), { nil: null }),
})

const subsets = <T>(all: T[]): T[][] =>
  all.reduce<T[][]>((known, one) => known.concat(known.map((some) => [...some, one])), [[]])

/** Whether following these is a plan, judged in words rather than equations. */
function isPlan({ needs, daysInARow }: PlanProblem, units: Unit[], sessions: Dated[] | null): boolean {
  const taken = new Map(units.map((one) => [one.module, one]))
  if (!needs.every((need) => units.some(({ teaches }) => teaches.some((one) => answers(need, one))))) return false
  if (!units.every(({ prerequisites }) => prerequisites.every((one) => taken.has(one)))) return false
  if (!sessions) return true
  const of = new Map(sessions.map((one) => [one.module, one]))
  if (of.size !== sessions.length || of.size !== units.length || !units.every(({ module }) => of.has(module)))
    return false
  const isInOrder = units.every(({ module, prerequisites }) =>
    prerequisites.every((before) => of.get(before)!.days.at(-1)! < of.get(module)!.days[0]!),
  )
  const days = new Set(sessions.flatMap((one) => one.days))
  if (!isInOrder || days.size !== sessions.flatMap((one) => one.days).length) return false
  return daysInARow === null || longestAbsence(days) <= daysInARow
}

/** The most working days missed in a row, day after day through the calendar; a week-end neither counts nor ends a row. */
function longestAbsence(days: Set<number>): number {
  let [run, most] = [0, 0]
  for (let day = 0; day <= Math.max(-1, ...days); day++) {
    if (!isWorked(day)) continue
    run = days.has(day) ? run + 1 : 0
    most = Math.max(most, run)
  }
  return most
}

const valueOf = ({ objective }: PlanProblem, units: Unit[], sessions: Dated[] | null): number => {
  const hours = (sessions ?? units).reduce((sum, one) => sum + one.hours, 0)
  if (objective === 'hours') return hours
  if (objective === 'cost') return (sessions ?? []).reduce((sum, one) => sum + one.cost, 0)
  return sessions ? Math.max(0, ...sessions.map((one) => one.days.at(-1)!)) : 0
}

/** The least of the objective, and of the hours among the plans that reach it; null when there is no plan. */
function byHand(problem: PlanProblem): { value: number; hours: number } | null {
  const open = <T extends { breaks: string[] }>(all: T[]): T[] => all.filter((one) => one.breaks.length === 0)
  let best: { value: number; hours: number } | null = null
  for (const units of subsets(open(problem.units))) {
    for (const sessions of problem.sessions ? subsets(open(problem.sessions)) : [null]) {
      if (!isPlan(problem, units, sessions)) continue
      const value = valueOf(problem, units, sessions)
      const hours = valueOf({ ...problem, objective: 'hours' }, units, sessions)
      if (best === null || value < best.value || (value === best.value && hours < best.hours)) best = { value, hours }
    }
  }
  return best
}

const chosenOf = ({ units, sessions }: PlanProblem, { modules, sessions: taken }: Selection) =>
  [
    units.filter((one) => modules.some(({ module }) => module === one.module)),
    sessions && sessions.filter((one) => taken.some(({ id }) => id === one.id)),
  ] as const

test('the best plan is the one that trying everything finds, and is a plan', async () => {
  await fc.assert(
    fc.asyncProperty(aProblem, async (problem) => {
      const expected = byHand(problem)
      const solution = await solvePlan(problem, 10_000)
      if (expected === null) {
        expect(solution.outcome).toBe('impossible')
        return
      }
      if (solution.outcome !== 'found') throw new Error(`${expected.value} is possible, not found`)
      const { best, others } = solution
      expect(best.value).toBeCloseTo(expected.value)
      expect(best.bound).toBeCloseTo(expected.value)
      expect(best.proven).toBe(true)
      // Without sessions, neither cost nor days tell plans apart: the hours alone do.
      const hours = valueOf({ ...problem, objective: 'hours' }, ...chosenOf(problem, best))
      expect(hours).toBeCloseTo(expected.hours)
      for (const one of [best, ...others]) {
        expect(isPlan(problem, ...chosenOf(problem, one))).toBe(true)
        expect(one.value).toBeGreaterThanOrEqual(expected.value - 1e-6)
      }
      const names = [best, ...others].map((one) =>
        [...one.modules.map(({ module }) => module), ...one.sessions.map(({ id }) => id)].toSorted().join(' '),
      )
      expect(new Set(names).size).toBe(names.length)
    }),
    { numRuns: 150 },
  )
})

test('where there is no plan, as few wishes and needs as can be are to be given up', async () => {
  await fc.assert(
    fc.asyncProperty(aProblem, async (problem) => {
      const solution = await solvePlan(problem, 10_000)
      if (solution.outcome !== 'impossible') return
      const { wishes, needs } = solution
      const ways = [solution, ...solution.others]
      expect(new Set(ways.map((way) => [...way.wishes, '/', ...way.needs].join(' '))).size).toBe(ways.length)
      for (const way of ways) {
        expect(way.wishes.length + way.needs.length).toBe(wishes.length + needs.length)
        expect(byHand(withoutThese(problem, way.wishes, way.needs))).not.toBeNull()
      }
      const all = subsets([
        ...['distance', 'cpf', 'daysInARow'].map((one) => `wish ${one}`),
        ...problem.needs.map((one) => `need ${one.competence}`),
      ])
      for (const given of all.filter((some) => some.length < wishes.length + needs.length)) {
        const named = (kind: string) => given.filter((one) => one.startsWith(kind)).map((one) => one.slice(5))
        expect(byHand(withoutThese(problem, named('wish '), named('need ')))).toBeNull()
      }
    }),
    { numRuns: 60 },
  )
})

const FREE = { sessions: null, objective: 'hours', daysInARow: null } as const
const aTeam = fc.record({
  needs: fc.uniqueArray(reached, { minLength: 1, maxLength: 3, selector: (one) => one.competence }),
  people: fc.integer({ min: 1, max: 2 }),
  had: fc.subarray(['ada', 'bea']),
  units: fc.tuple(
    ...['ada', 'bea'].flatMap((who) => [0, 1, 2].map((index) => aUnit(index).map((one) => ({ ...one, who })))),
  ),
})

test('for a team, each competence is reached by as many people as asked, each counted once', async () => {
  await fc.assert(
    fc.asyncProperty(aTeam, async ({ needs, people, had, units }) => {
      const open = units.filter((one) => one.breaks.length === 0)
      const aims = needs.map((one) => ({ ...one, people, had }))
      const isEnough = (some: Unit[]): boolean =>
        aims.every((need) => {
          const learners = some.filter(
            ({ who, teaches }) => !had.includes(who) && teaches.some((one) => answers(need, one)),
          )
          return new Set(learners.map((one) => one.who)).size >= people
        }) &&
        some.every(({ who, prerequisites }) =>
          prerequisites.every((before) => some.some((one) => one.who === who && one.module === before)),
        )
      const hours = subsets(open)
        .filter(isEnough)
        .map((some) => valueOf({ ...FREE, needs: aims, units }, some, null))
      const solution = await solvePlan({ ...FREE, needs: aims, units }, 10_000)
      expect(solution.outcome).toBe(hours.length === 0 ? 'impossible' : 'found')
      if (solution.outcome === 'found') expect(solution.best.value).toBeCloseTo(Math.min(...hours))
    }),
    { numRuns: 100 },
  )
})

const A: Unit = {
  who: '',
  module: 'm0',
  hours: 7,
  teaches: [{ competence: 'a', level: null }],
  prerequisites: [],
  breaks: [],
}
const at = (id: string, module: string, day: number): Dated => ({
  who: '',
  id,
  module,
  hours: 7,
  cost: 0,
  places: 1,
  breaks: [],
  days: [day],
  away: [day],
})

test('the next plans leave out a module of those before, then take the same modules at other sessions', async () => {
  const needs = [{ competence: 'a', level: null, people: 1, had: [] }]
  const units = [A, { ...A, module: 'm1', hours: 14 }]
  const sessions = [at('s0', 'm0', 1), at('s1', 'm0', 2), at('s2', 'm1', 3)]
  const told = async (problem: PlanProblem) => {
    const solution = await solvePlan(problem, 10_000)
    if (solution.outcome !== 'found') throw new Error(solution.outcome)
    return [solution.best, ...solution.others].map((one) =>
      [...one.modules.map(({ who, module }) => `${who}${module}`), ...one.sessions.map(({ id }) => id)].join(' '),
    )
  }
  expect(await told({ ...FREE, needs, units })).toEqual(['m0', 'm1'])
  expect(await told({ ...FREE, objective: 'end', needs, units, sessions })).toEqual(['m0 s0', 'm1 s2', 'm0 s1'])
  // Who follows it is no other plan for a team: what is followed is.
  const ofTeam = ['ada ', 'bea '].flatMap((who) => units.map((one) => ({ ...one, who })))
  const plans = await told({ ...FREE, needs, units: ofTeam })
  expect(plans.map((one) => one.split(' ')[1])).toEqual(['m0', 'm1'])
})
