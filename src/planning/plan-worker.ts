import type { PlanProblem } from '../curricula/plan-model.ts'
import { solvePlan } from '../curricula/plan-solve.ts'

export type Question = { problem: PlanProblem; milliseconds: number }

/** Solves a plan in a worker thread: the solver holds its thread until it ends. */
export default ({ problem, milliseconds }: Question) => solvePlan(problem, milliseconds)
