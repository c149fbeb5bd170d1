import fc from 'fast-check'
import { expect, test } from 'vitest'
import { answers, type Dated, type PlanProblem, type Unit } from '../../src/curricula/plan-model.ts'
import { type Selection, solvePlan } from '../../src/curricula/plan-solve.ts'

const COMPETENCES = ['a', 'b', 'c', 'd']
const MODULES = ['m0', 'm1', 'm2', 'm3', 'm4', 'm5']
const reached = fc.record({
  competence: fc.constantFrom(...COMPETENCES),
  level: fc.option(fc.integer({ min: 1, max: 4 }), { nil: null }),
})
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
  first: fc.integer({ min: 0, max: 12 }),
  length: fc.integer({ min: 1, max: 3 }),
  hours: fc.integer({ min: 7, max: 21 }),
  breaks: fc.oneof({ weight: 4, arbitrary: fc.constant<string[]>([]) }, wishes),
})
const someSessions = fc.array(aDated, { maxLength: 7 }).map((all) =>
  all.map(({ module, first, length, hours, breaks }, index): Dated => ({
    who: '',
    id: `s${index}`,
    places: 1,
    module,
    hours,
    breaks,
    days: Array.from({ length }, (_, day) => first + day),
  })),
)
const aProblem: fc.Arbitrary<PlanProblem> = fc.record({
  needs: fc
    .uniqueArray(reached, { minLength: 1, maxLength: 3, selector: (one) => one.competence })
    .map((all) => all.map((one) => ({ ...one, people: 1, had: [] }))),
  units: someUnits,
  sessions: fc.option(someSessions, { nil: null }),
  objective: fc.constantFrom('hours' as const, 'end' as const),
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
  const days = sessions.flatMap((one) => one.days).toSorted((a, b) => a - b)
  if (!isInOrder || new Set(days).size !== days.length) return false
  const longest = days.reduce<[run: number, most: number, last: number]>(
    ([run, most, last], day) => {
      const now = day === last + 1 ? run + 1 : 1
      return [now, Math.max(most, now), day]
    },
    [0, 0, -2],
  )[1]
  return daysInARow === null || longest <= daysInARow
}

const valueOf = ({ objective }: PlanProblem, units: Unit[], sessions: Dated[] | null): number => {
  const hours = (sessions ?? units).reduce((sum, one) => sum + one.hours, 0)
  if (objective === 'hours') return hours
  return sessions ? Math.max(0, ...sessions.map((one) => one.days.at(-1)!)) : 0
}

function byHand(problem: PlanProblem): number | null {
  const open = <T extends { breaks: string[] }>(all: T[]): T[] => all.filter((one) => one.breaks.length === 0)
  let best: number | null = null
  for (const units of subsets(open(problem.units))) {
    for (const sessions of problem.sessions ? subsets(open(problem.sessions)) : [null]) {
      if (!isPlan(problem, units, sessions)) continue
      const value = valueOf(problem, units, sessions)
      if (best === null || value < best) best = value
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
      if (solution.outcome !== 'found') throw new Error(`${expected} hours are possible, not found`)
      const { best, others } = solution
      expect(best.value).toBeCloseTo(expected)
      expect(best.bound).toBeCloseTo(expected)
      expect(best.proven).toBe(true)
      for (const one of [best, ...others]) {
        expect(isPlan(problem, ...chosenOf(problem, one))).toBe(true)
        expect(one.value).toBeGreaterThanOrEqual(expected - 1e-6)
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
      const without = (wishes: string[], needs: string[]): PlanProblem => {
        const allow = <T extends { breaks: string[] }>(all: T[]): T[] =>
          all.map((one) => ({ ...one, breaks: one.breaks.filter((wish) => !wishes.includes(wish)) }))
        return {
          ...problem,
          needs: problem.needs.filter((one) => !needs.includes(one.competence)),
          units: allow(problem.units),
          sessions: problem.sessions && allow(problem.sessions),
        }
      }
      const { wishes, needs } = solution
      expect(byHand(without(wishes, needs))).not.toBeNull()
      const all = subsets([
        ...['distance', 'cpf'].map((one) => `wish ${one}`),
        ...problem.needs.map((one) => `need ${one.competence}`),
      ])
      for (const given of all.filter((some) => some.length < wishes.length + needs.length)) {
        const named = (kind: string) => given.filter((one) => one.startsWith(kind)).map((one) => one.slice(5))
        expect(byHand(without(named('wish '), named('need ')))).toBeNull()
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
