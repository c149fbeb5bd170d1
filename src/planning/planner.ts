import { Piscina } from 'piscina'
import type { PlanProblem } from '../curricula/plan-model.ts'
import type { Solution } from '../curricula/plan-solve.ts'
import { DomainError } from '../errors.ts'
import type { Question } from './plan-worker.ts'

export type Planner = { solve(problem: PlanProblem, milliseconds: number): Promise<Solution>; close(): Promise<void> }

const WAITING = 20

/** Worker threads that compute plans; they start with the first. Errors: `planner_busy` when too many wait. */
export function createPlanner({ threads }: { threads: number }): Planner {
  const pool = new Piscina<Question, Solution>({
    filename: new URL('plan-worker.ts', import.meta.url).href,
    minThreads: 0,
    maxThreads: threads,
    maxQueue: WAITING,
    idleTimeout: 30_000,
    resourceLimits: { maxOldGenerationSizeMb: 256 },
  })
  const solve = async (problem: PlanProblem, milliseconds: number): Promise<Solution> => {
    if (pool.queueSize >= WAITING) {
      throw new DomainError(
        'unavailable',
        'planner_busy',
        'Beaucoup de parcours se calculent en ce moment.',
        'Redemandez le vôtre dans une minute.',
      )
    }
    return pool.run({ problem, milliseconds })
  }
  return { solve, close: () => pool.close({ force: true }) }
}
