import highsModule, { type Highs, type Model as Solver } from 'highs'
import { type Column, type Model, planModel, type PlanProblem } from './plan-model.ts'

/** A selection of modules (and sessions), with what was proven of it. */
export type Selection = {
  modules: { who: string; module: string }[]
  sessions: { who: string; id: string }[]
  /** What is made least: hours, cents, or the number of the last day. */
  value: number
  /** No plan does better than this; equal to `value` once proven. */
  bound: number
  proven: boolean
}

/** Wishes and needs without which there is a plan. */
export type GivenUp = { wishes: string[]; needs: string[] }

/** Where there is no plan: the fewest wishes and needs to give up, and in `others` the sets of as many that would do as well. */
export type Solution =
  | { outcome: 'found'; best: Selection; others: Selection[] }
  | ({ outcome: 'impossible'; others: GivenUp[]; proven: boolean } & GivenUp)
  | { outcome: 'unknown' }

const ALTERNATIVES = 2
const EPSILON = 1e-6
/** Cents and days are whole: less than one more is none more. */
const SAME = 0.5

const NOTHING: Selection = { modules: [], sessions: [], value: 0, bound: 0, proven: true }

// Its types are those of its CommonJS build, where the loader is the `default` of the module.
const loadHighs = highsModule as unknown as typeof highsModule.default
let loading: Promise<Highs> | undefined

/**
 * The best plan of a problem and the next ones, or the fewest wishes and needs to give up; within `milliseconds`. Of the plans
 * of one cost or of one last day, the one with the fewest hours. A next plan leaves out a module of each one before it; when there are
 * too few of these, it has the same modules at other sessions.
 */
export async function solvePlan(problem: PlanProblem, milliseconds: number): Promise<Solution> {
  const highs = await (loading ??= loadHighs())
  const until = performance.now() + milliseconds
  if (problem.needs.length === 0) return { outcome: 'found', best: NOTHING, others: [] }
  const model = planModel(problem, false)
  if (model.columns.length === 0) return whatToGiveUp(highs, problem, until)
  const found: Selection[] = []
  const end = search(highs, model, until, found, forbidModules)
  if (end === 'impossible' && found.length === 0) return whatToGiveUp(highs, problem, until)
  if (found.length === 0) return { outcome: 'unknown' }
  const isAlone = new Set(problem.units.map((one) => one.who)).size === 1
  if (problem.sessions && isAlone) search(highs, model, until, found, forbidSessions)
  const [best, ...others] = found
  return { outcome: 'found', best: best!, others }
}

type Forbid = (solver: Solver, columns: Column[], selection: Selection, added: number) => number

/** Adds to the plans found the next best, each unlike those before it, as long as they are too few. */
function search(highs: Highs, model: Model, until: number, found: Selection[], forbid: Forbid) {
  return highs.withModel(arraysOf(highs, model), (solver: Solver) => {
    let added = found.reduce((sum, one) => sum + forbid(solver, model.columns, one, sum), 0)
    while (found.length <= ALTERNATIVES) {
      const next = nextSelection(highs, solver, model, until)
      if (typeof next === 'string') return next
      found.push(next)
      added += forbid(solver, model.columns, next, added)
    }
    return 'enough'
  })
}

const indicesOf = (columns: Column[], isOne: (column: Column) => boolean): number[] =>
  columns.flatMap((one, index) => (isOne(one) ? [index] : []))

const notAll = (solver: Solver, indices: number[]) =>
  solver.addRow(-Infinity, indices.length - 1, { indices, values: indices.map(() => 1) })

/** One of its modules at least, nobody follows. A module that several may follow has a column more, at least as high as theirs. */
function forbidModules(solver: Solver, columns: Column[], { modules }: Selection, added: number): number {
  let more = 0
  const used = [...new Set(modules.map((one) => one.module))].map((module) => {
    const units = indicesOf(columns, (one) => one.kind === 'unit' && one.module === module)
    if (units.length === 1) return units[0]!
    const own = columns.length + added + more++
    solver.addVar(0, 1)
    for (const unit of units) solver.addRow(-Infinity, 0, { indices: [unit, own], values: [1, -1] })
    return own
  })
  notAll(solver, used)
  return more
}

function forbidSessions(solver: Solver, columns: Column[], { sessions }: Selection): number {
  const taken = new Set(sessions.map((one) => one.id))
  notAll(
    solver,
    indicesOf(columns, (one) => one.kind === 'session' && taken.has(one.id)),
  )
  return 0
}

/** The best plan that the solver's rows still allow. The first row of a model bounds its objective (`arraysOf`). */
function nextSelection(
  highs: Highs,
  solver: Solver,
  model: Model,
  until: number,
): Selection | 'impossible' | 'unknown' {
  const { columns, costs, ties } = model
  const first = run(highs, solver, until)
  if (typeof first === 'string') return first
  const { value, bound, proven } = first
  if (ties === null) return { ...chosenIn(columns, first.values), value, bound, proven }
  const whole = Math.round(value)
  setCosts(solver, ties)
  solver.changeRowBounds(0, -Infinity, whole + SAME)
  const shortest = run(highs, solver, until)
  setCosts(solver, costs)
  solver.changeRowBounds(0, -Infinity, Infinity)
  const { values } = typeof shortest === 'string' ? first : shortest
  return {
    ...chosenIn(columns, values),
    value: whole,
    bound: proven ? whole : Math.ceil(bound - SAME),
    proven: proven && typeof shortest !== 'string' && shortest.proven,
  }
}

const setCosts = (solver: Solver, costs: number[]) =>
  solver.changeColsCost({ kind: 'range', from: 0, to: costs.length - 1 }, costs)

function run(highs: Highs, solver: Solver, until: number) {
  const left = (until - performance.now()) / 1000
  if (left <= 0) return 'unknown'
  solver.options.set({ output_flag: false, time_limit: left, mip_rel_gap: 0, mip_abs_gap: EPSILON })
  const { modelStatus } = solver.run()
  const { optimal, infeasible } = highs.constants.modelStatus
  if (modelStatus === infeasible) return 'impossible'
  if (solver.info.get('primal_solution_status') !== highs.constants.solutionStatus.feasible) return 'unknown'
  return {
    values: solver.getSolution().colValue,
    value: round(solver.getObjectiveValue()),
    bound: round(Number(solver.info.get('mip_dual_bound'))),
    proven: modelStatus === optimal,
  }
}

function chosenIn(columns: Column[], values: ArrayLike<number>): Pick<Selection, 'modules' | 'sessions'> {
  const chosen = columns.filter((_, index) => values[index]! > 0.5)
  return {
    modules: chosen.flatMap((one) => (one.kind === 'unit' ? [{ who: one.who, module: one.module }] : [])),
    sessions: chosen.flatMap((one) => (one.kind === 'session' ? [{ who: one.who, id: one.id }] : [])),
  }
}

/** The smallest sets to give up: at most as many as this, those after the first within a quarter of a second. */
const [WAYS, OTHERS_MS] = [4, 250]

function whatToGiveUp(highs: Highs, problem: PlanProblem, until: number): Solution {
  const model = planModel(problem, true)
  const ways: GivenUp[] = []
  return highs.withModel(arraysOf(highs, model), (solver: Solver): Solution => {
    let [fewest, limit] = [Infinity, until]
    let proven = false
    while (ways.length < WAYS) {
      const found = run(highs, solver, limit)
      if (typeof found === 'string' || Math.round(found.value) > fewest) break
      if (ways.length === 0) {
        fewest = Math.round(found.value)
        proven = found.proven
        limit = Math.min(until, performance.now() + OTHERS_MS)
      }
      const given = indicesOf(model.columns, ({ kind }) => kind === 'wish' || kind === 'need').filter(
        (index) => found.values[index]! > 0.5,
      )
      ways.push(namesOf(given.map((index) => model.columns[index]!)))
      notAll(solver, given)
    }
    const sorted = ways.toSorted((a, b) => a.needs.length - b.needs.length || nameOf(a).localeCompare(nameOf(b)))
    const [first, ...others] = sorted
    return first ? { outcome: 'impossible', ...first, others, proven } : { outcome: 'unknown' }
  })
}

const namesOf = (given: Column[]): GivenUp => ({
  wishes: given.flatMap((one) => (one.kind === 'wish' ? [one.name] : [])),
  needs: given.flatMap((one) => (one.kind === 'need' ? [one.competence] : [])),
})

const nameOf = ({ wishes, needs }: GivenUp): string => [...wishes, ...needs].join(' ')

const round = (value: number): number => Math.round(value * 1e4) / 1e4

function arraysOf(highs: Highs, { columns, costs, rows: asked }: Model) {
  // The first row is the objective, free as long as nobody bounds it.
  const entries = costs.flatMap((cost, index): [number, number][] => (cost === 0 ? [] : [[index, cost]]))
  const rows = [{ lower: -Infinity, upper: Infinity, entries }, ...asked]
  const starts = [0]
  const indices: number[] = []
  const values: number[] = []
  for (const { entries } of rows) {
    for (const [column, value] of entries) {
      indices.push(column)
      values.push(value)
    }
    starts.push(indices.length)
  }
  const { continuous, integer } = highs.constants.variableType
  return {
    numCols: columns.length,
    numRows: rows.length,
    colCost: costs,
    colLower: columns.map(() => 0),
    colUpper: columns.map((one) => (one.kind === 'end' ? highs.infinity : 1)),
    rowLower: rows.map(({ lower }) => (lower === -Infinity ? -highs.infinity : lower)),
    rowUpper: rows.map(({ upper }) => (upper === Infinity ? highs.infinity : upper)),
    matrix: { format: 'csr' as const, numRows: rows.length, numCols: columns.length, starts, indices, values },
    integrality: columns.map((one) => (one.kind === 'end' ? continuous : integer)),
  }
}
