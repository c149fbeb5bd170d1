import type { Dated, PlanProblem, Unit } from '../../src/curricula/plan-model.ts'
import { createPlanner } from '../../src/planning/planner.ts'
import { median, number, type Part, times } from './measure.ts'

const PLANS = 40
const [MODULES, SESSIONS, COMPETENCES] = [500, 2000, 60]
const DEADLINE_MS = 10_000

/** Plans as large as a catalogue may grow: 500 modules, then 2,000 dated sessions of them; another draw each time. */
export async function benchPlanning(): Promise<Part> {
  const planner = createPlanner({ threads: 1 })
  const measure = async (isDated: boolean): Promise<{ times: number[]; proven: number }> => {
    const spent: number[] = []
    let proven = 0
    for (let seed = 0; seed <= PLANS; seed++) {
      const problem = aProblem(seed, isDated)
      const start = performance.now()
      const solution = await planner.solve(problem, DEADLINE_MS)
      if (seed > 0) spent.push(performance.now() - start) // the first one starts the thread
      if (seed > 0 && (solution.outcome === 'impossible' || (solution.outcome === 'found' && solution.best.proven)))
        proven++
    }
    return { times: spent, proven }
  }
  const [modules, sessions] = [await measure(false), await measure(true)]
  await planner.close()
  const late = (all: number[]): number => all.toSorted((a, b) => a - b)[Math.floor(all.length * 0.95)]!
  const ms = (value: number): string => `${number(value)} ms`
  return {
    title: `Parcours : ${MODULES} modules, ${SESSIONS} sessions`,
    ratios: [
      ['Avec les sessions, par rapport aux modules seuls', times(median(sessions.times), median(modules.times))],
    ],
    lines: [
      ['Modules, médiane', ms(median(modules.times))],
      ['Modules, 95e centile', ms(late(modules.times))],
      ['Sessions, médiane', ms(median(sessions.times))],
      ['Sessions, 95e centile', ms(late(sessions.times))],
      ['Prouvés', `${number(modules.proven + sessions.proven)} sur ${2 * PLANS}`],
    ],
    figures: {
      planModulesMs: median(modules.times),
      planModulesP95Ms: late(modules.times),
      planSessionsMs: median(sessions.times),
      planSessionsP95Ms: late(sessions.times),
    },
  }
}

function aProblem(seed: number, isDated: boolean): PlanProblem {
  const pick = randomOf(seed)
  const units = Array.from({ length: MODULES }, (_, index): Unit => ({
    who: '',
    module: `m${index}`,
    hours: pick(1, 10) * 3.5,
    teaches: Array.from({ length: pick(1, 4) }, () => ({ competence: `c${pick(1, COMPETENCES)}`, level: pick(1, 8) })),
    prerequisites: index > 20 && pick(1, 10) <= 3 ? [`m${pick(0, index - 1)}`] : [],
    breaks: pick(1, 10) <= 3 ? [['modality', 'cpf', 'certifying'][pick(0, 2)]!] : [],
  }))
  const sessions = Array.from({ length: SESSIONS }, (_, index): Dated => {
    const { module, hours } = units[pick(0, MODULES - 1)]!
    const first = pick(0, 240)
    const days = Array.from({ length: Math.ceil(hours / 7) }, (_, day) => first + day)
    return {
      who: '',
      id: `s${index}`,
      module,
      hours,
      days,
      places: 12,
      breaks: pick(1, 5) === 1 ? ['departements'] : [],
    }
  })
  const needs = Array.from({ length: pick(5, 20) }, (_, index) => ({
    competence: `c${index * 3 + 1}`,
    level: pick(2, 5),
    people: 1,
    had: [],
  }))
  return { needs, units, sessions: isDated ? sessions : null, objective: 'hours', daysInARow: 3 }
}

/** Draws that are the same for the same seed. */
function randomOf(seed: number): (from: number, to: number) => number {
  let state = seed * 2_654_435_761 + 1
  return (from, to) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return from + ((state >> 8) % (to - from + 1))
  }
}
