import type { Dated, Objective, PlanProblem, Unit } from '../../src/curricula/plan-model.ts'
import { addDays } from '../../src/days.ts'
import { kilometresBetween } from '../../src/planning/distances.ts'
import { daysOf } from '../../src/planning/offer.ts'
import { createPlanner } from '../../src/planning/planner.ts'
import { median, number, type Part, times } from './measure.ts'

const PLANS = 40
const [MODULES, SESSIONS, COMPETENCES] = [500, 2000, 60]
const DEADLINE_MS = 10_000

type Case = { name: string; key: string; objective: Objective; isDated: boolean }
const CASES: Case[] = [
  { name: 'Modules, heures', key: 'Modules', objective: 'hours', isDated: false },
  { name: 'Sessions, heures', key: 'Sessions', objective: 'hours', isDated: true },
  { name: 'Sessions, coût', key: 'Cost', objective: 'cost', isDated: true },
  { name: 'Sessions, fin au plus tôt', key: 'End', objective: 'end', isDated: true },
]

/**
 * Plans as large as a catalogue may grow: 500 modules, then 2,000 dated sessions of them, in a département, at a distance at most or with a
 * price; another draw each time.
 */
export async function benchPlanning(): Promise<Part> {
  const planner = createPlanner({ threads: 1 })
  const measure = async ({ objective, isDated }: Case): Promise<{ times: number[]; proven: number }> => {
    const spent: number[] = []
    let proven = 0
    for (let seed = 0; seed <= PLANS; seed++) {
      const problem = aProblem(seed, isDated, objective)
      const start = performance.now()
      const solution = await planner.solve(problem, DEADLINE_MS)
      if (seed === 0) continue // the first one starts the thread
      spent.push(performance.now() - start)
      if (solution.outcome === 'impossible' || (solution.outcome === 'found' && solution.best.proven)) proven++
    }
    return { times: spent, proven }
  }
  const measured = []
  for (const one of CASES) measured.push({ ...one, ...(await measure(one)) })
  await planner.close()
  const late = (all: number[]): number => all.toSorted((a, b) => a - b)[Math.floor(all.length * 0.95)]!
  const ms = (value: number): string => `${number(value)} ms`
  const [modules, sessions] = measured
  const proven = measured.reduce((sum, one) => sum + one.proven, 0)
  return {
    title: `Parcours : ${MODULES} modules, ${SESSIONS} sessions`,
    ratios: [
      ['Avec les sessions, par rapport aux modules seuls', times(median(sessions!.times), median(modules!.times))],
    ],
    lines: [
      ...measured.flatMap(({ name, times }): [string, string][] => [
        [`${name}, médiane`, ms(median(times))],
        [`${name}, 95e centile`, ms(late(times))],
      ]),
      ['Prouvés', `${number(proven)} sur ${CASES.length * PLANS}`],
    ],
    figures: Object.fromEntries(
      measured.flatMap(({ key, times }) => [
        [`plan${key}Ms`, median(times)],
        [`plan${key}P95Ms`, late(times)],
      ]),
    ),
  }
}

const DEPARTEMENTS = Array.from({ length: 95 }, (_, index) => String(index + 1).padStart(2, '0')).filter(
  (one) => one !== '20',
)
/** A wish of 300 km at most from there leaves two sessions in five. */
const [DEPARTURE, KILOMETRES] = ['69', 300]

function aProblem(seed: number, isDated: boolean, objective: Objective): PlanProblem {
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
    const length = Math.ceil(hours / 7)
    const startsOn = addDays('2026-01-05', first)
    const departement = DEPARTEMENTS[pick(0, DEPARTEMENTS.length - 1)]!
    return {
      who: '',
      id: `s${index}`,
      module,
      hours,
      cost: pick(0, 40) * 2_500,
      ...daysOf(startsOn, addDays(startsOn, length - 1), '2026-01-01'),
      places: 12,
      breaks: kilometresBetween(DEPARTURE, departement)! > KILOMETRES ? ['distance'] : [],
    }
  })
  const needs = Array.from({ length: pick(5, 20) }, (_, index) => ({
    competence: `c${index * 3 + 1}`,
    level: pick(2, 5),
    people: 1,
    had: [],
  }))
  return { needs, units, sessions: isDated ? sessions : null, objective, daysInARow: 3 }
}

/** Draws that are the same for the same seed. */
function randomOf(seed: number): (from: number, to: number) => number {
  let state = seed * 2_654_435_761 + 1
  return (from, to) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return from + ((state >> 8) % (to - from + 1))
  }
}
