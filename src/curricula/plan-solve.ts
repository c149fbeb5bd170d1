import highsModule, { type Highs, type Model as Solver } from 'highs'
import { type Column, type Model, planModel, type PlanProblem } from './plan-model.ts'

/** A selection of modules (and sessions), with what was proven of it. */
export type Selection = {
  modules: { who: string; module: string }[]
  sessions: { who: string; id: string }[]
  /** Hours, or the last working day. */
  value: number
  /** No plan does better than this; equal to `value` once proven. */
  bound: number
  proven: boolean
}

export type Solution =
  | { outcome: 'found'; best: Selection; others: Selection[] }
  | { outcome: 'impossible'; wishes: string[]; needs: string[]; proven: boolean }
  | { outcome: 'unknown' }

const ALTERNATIVES = 2
const EPSILON = 1e-6

const NOTHING: Selection = { modules: [], sessions: [], value: 0, bound: 0, proven: true }

// Its types are those of its CommonJS build, where the loader is the `default` of the module.
const loadHighs = highsModule as unknown as typeof highsModule.default
let loading: Promise<Highs> | undefined

/** The best plan of a problem and the next ones, or the fewest wishes and needs to give up; within `milliseconds`. */
export async function solvePlan(problem: PlanProblem, milliseconds: number): Promise<Solution> {
  const highs = await (loading ??= loadHighs())
  const until = performance.now() + milliseconds
  if (problem.needs.length === 0) return { outcome: 'found', best: NOTHING, others: [] }
  const model = planModel(problem, false)
  if (model.columns.length === 0) return whatToGiveUp(highs, problem, until)
  return highs.withModel(arraysOf(highs, model), (solver: Solver): Solution => {
    const best = nextSelection(highs, solver, model, until)
    if (best === 'impossible') return whatToGiveUp(highs, problem, until)
    if (best === 'unknown') return { outcome: 'unknown' }
    const others: Selection[] = []
    let last = best
    while (others.length < ALTERNATIVES) {
      forbid(solver, model, last)
      const other = nextSelection(highs, solver, model, until)
      if (typeof other === 'string') break
      others.push(other)
      last = other
    }
    return { outcome: 'found', best, others }
  })
}

/** Another plan than that one: not the same modules and sessions, nor the same with more. */
function forbid(solver: Solver, { columns }: Model, { modules, sessions }: Selection): void {
  const taken = new Set([
    ...modules.map(({ who, module }) => `${who} ${module}`),
    ...sessions.map(({ who, id }) => `${who} ${id}`),
  ])
  const isTaken = (one: Column): boolean =>
    (one.kind === 'unit' && taken.has(`${one.who} ${one.module}`)) ||
    (one.kind === 'session' && taken.has(`${one.who} ${one.id}`))
  const indices = columns.flatMap((one, index) => (isTaken(one) ? [index] : []))
  solver.addRow(-Infinity, indices.length - 1, { indices, values: indices.map(() => 1) })
}

function nextSelection(
  highs: Highs,
  solver: Solver,
  { columns }: Model,
  until: number,
): Selection | 'impossible' | 'unknown' {
  const left = (until - performance.now()) / 1000
  if (left <= 0) return 'unknown'
  solver.options.set({ output_flag: false, time_limit: left, mip_rel_gap: 0, mip_abs_gap: EPSILON })
  const { modelStatus } = solver.run()
  const { optimal, infeasible } = highs.constants.modelStatus
  if (modelStatus === infeasible) return 'impossible'
  if (solver.info.get('primal_solution_status') !== highs.constants.solutionStatus.feasible) return 'unknown'
  const values = solver.getSolution().colValue
  const chosen = columns.filter((_, index) => values[index]! > 0.5)
  return {
    modules: chosen.flatMap((one) => (one.kind === 'unit' ? [{ who: one.who, module: one.module }] : [])),
    sessions: chosen.flatMap((one) => (one.kind === 'session' ? [{ who: one.who, id: one.id }] : [])),
    value: round(solver.getObjectiveValue()),
    bound: round(Number(solver.info.get('mip_dual_bound'))),
    proven: modelStatus === optimal,
  }
}

function whatToGiveUp(highs: Highs, problem: PlanProblem, until: number): Solution {
  const model = planModel(problem, true)
  return highs.withModel(arraysOf(highs, model), (solver: Solver): Solution => {
    const found = nextSelection(highs, solver, model, until)
    if (typeof found === 'string') return { outcome: 'unknown' }
    const values = solver.getSolution().colValue
    const given = (kind: Column['kind']): string[] =>
      model.columns.flatMap((one, index) => {
        if (one.kind !== kind || values[index]! < 0.5) return []
        return one.kind === 'wish' ? [one.name] : one.kind === 'need' ? [one.competence] : []
      })
    return { outcome: 'impossible', wishes: given('wish'), needs: given('need'), proven: found.proven }
  })
}

const round = (value: number): number => Math.round(value * 1e4) / 1e4

function arraysOf(highs: Highs, { columns, costs, rows }: Model) {
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
