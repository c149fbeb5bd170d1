import { type Aim, answers, DAYS_IN_A_ROW, type PlanProblem, withoutThese } from '../curricula/plan-model.ts'
import type { GivenUp, Selection } from '../curricula/plan-solve.ts'
import type { Verifier } from '../credentials/verifier.ts'
import type { Db } from '../db.ts'
import { attestedBy } from './badge-evidence.ts'
import { type Held, heldOf, metThrough, readKnown } from './held.ts'
import { type Need, needsOf } from './needs.ts'
import { type Choice, type Offer, offerOf } from './offer.ts'
import { refuseContradictions } from './plan-refusals.ts'
import { ALONE, type Known, told, UNITS } from './plan-steps.ts'
import type { Planner } from './planner.ts'
import type { PlanRequest } from './schema.ts'

const DEADLINE_MS = 4000
const SUPPOSED_HOURS = 7

/** What each wish is called, where nothing respects them all. */
const WISH_WORDS: Record<string, string> = {
  modality: 'la modalité',
  certifying: 'des formations certifiantes seulement',
  cpf: 'des formations finançables par le CPF seulement',
  departements: 'le département',
  distance: 'la distance',
  dates: 'les dates',
  price: 'un prix publié',
  [DAYS_IN_A_ROW]: 'le nombre de jours d’absence de suite',
}
const wishWords = (names: string[]): string[] => names.map((one) => WISH_WORDS[one] ?? one)

export type PlanDeps = { db: Db; planner: Planner; verifier: Verifier; baseUrl: string }
type Person = { who: string; held: Held[]; followed: string[] }

/**
 * The plan with the fewest hours (or the cheapest, or that ends first) from what someone has, or the members of a team, to what is
 * aimed at: its proof, the reason of each module, what the evidence saved in the unit of the objective, what counted through a table between
 * frameworks, and the next best plans; or the fewest wishes and needs to give up, each way to do so with the plan that it allows. Errors:
 * `plan_target`, `plan_evidence`, `plan_wishes`, `plan_team`, `departement_unknown`, `planner_busy`.
 */
export async function planPath(deps: PlanDeps, request: PlanRequest, now = new Date()) {
  const { db, planner } = deps
  refuseContradictions(request)
  const choice = choiceOf(request, now)
  const { objective } = choice
  const needs = await needsOf(db, request.target)
  const people = await peopleOf(deps, request)
  const coverage = request.coverage ?? 1
  const offer = await offerOf(db, people, choice)
  const problem = problemOf(offer, choice, aimsOf(needs, people, coverage))
  const solution = await planner.solve(problem, DEADLINE_MS)
  const left = new Set(problem.needs.map((one) => one.competence))
  const about = {
    objective,
    supposedHours: choice.hours,
    needs: needs.map((one) => one.label),
    alreadyMet: needs.filter((one) => !left.has(one.competence)).map((one) => one.label),
    heldThrough: await metThrough(
      db,
      needs,
      people.map(({ who, held }) => ({ who: who === ALONE ? null : who, held })),
    ),
    ignored: wishWords(ignoredOf(choice)),
    sessionsWithoutPrice: withoutPrice(offer, needs, choice),
  }
  if (solution.outcome === 'unknown') return { ...about, outcome: 'unknown' as const }
  const known: Known = { offer, needs, problem, choice }
  if (solution.outcome === 'impossible') {
    const tell = async (given: GivenUp) => ({
      toGiveUp: givenWords(given, needs),
      planIfGivenUp: await planWithout(planner, known, given),
    })
    const { proven } = solution
    const first = await tell(solution)
    const otherWays = []
    for (const one of solution.others) otherWays.push(await tell(one))
    return { ...about, outcome: 'impossible' as const, ...first, otherWays, proven }
  }
  const { best, others } = solution
  const isHelped = people.some((one) => one.held.length > 0)
  const saved = isHelped && best.proven ? await savedBy(deps, request, needs, choice, best) : null
  return {
    ...about,
    outcome: 'found' as const,
    plan: told(best, known),
    alternatives: others.map((one) => told(one, known)),
    saved: saved === null ? null : { unit: UNITS[objective], value: saved },
    hoursSaved: objective === 'hours' ? saved : null,
  }
}

const givenWords = ({ wishes, needs: given }: GivenUp, needs: Need[]): GivenUp => ({
  wishes: wishWords(wishes),
  needs: needs.filter((one) => given.includes(one.competence)).map((one) => one.label),
})

const choiceOf = (request: PlanRequest, now: Date): Choice => ({
  wishes: request.wishes ?? {},
  hours: request.supposedHours ?? SUPPOSED_HOURS,
  cost: request.supposedCost ?? null,
  objective: request.objective ?? 'hours',
  dated: request.dated ?? false,
  now,
})

const problemOf = (offer: Offer, { objective, wishes }: Choice, needs: Aim[]): PlanProblem => ({
  needs,
  units: offer.units,
  sessions: offer.sessions,
  objective,
  daysInARow: wishes.daysInARow ?? null,
})

async function peopleOf(deps: PlanDeps, { evidence = {}, team }: PlanRequest): Promise<Person[]> {
  const known = await readKnown(deps.db)
  const people: Person[] = []
  for (const { name, evidence: own = {} } of team ?? [{ name: ALONE, evidence }]) {
    people.push({
      who: name,
      held: heldOf(known, own, await attestedBy(deps, own)),
      followed: own.modules ?? [],
    })
  }
  return people
}

/** What is still to be reached, and by how many people more. */
function aimsOf(needs: Need[], people: Person[], coverage: number): Aim[] {
  return needs.flatMap(({ competence, level }) => {
    const had = people
      .filter(({ held }) => held.some((one) => answers({ competence, level }, one)))
      .map((one) => one.who)
    const left = coverage - had.length
    return left > 0 ? [{ competence, level, had, people: left }] : []
  })
}

/** The wishes that say nothing of modules: without sessions, none of them can be kept. */
function ignoredOf({ wishes, dated }: Choice): string[] {
  const { departements, kilometres, from, until, daysInARow } = wishes
  const asked = {
    departements,
    distance: kilometres,
    dates: from ?? until,
    [DAYS_IN_A_ROW]: daysInARow,
  }
  return dated ? [] : Object.entries(asked).flatMap(([name, value]) => (value === undefined ? [] : [name]))
}

/** How many open sessions of what is needed publish no price, where the cheapest plan is asked for and none is supposed. */
function withoutPrice({ open, units }: Offer, needs: Need[], { objective, cost }: Choice): number {
  if (objective !== 'cost' || cost !== null) return 0
  const useful = units.filter(({ teaches }) => needs.some((need) => teaches.some((one) => answers(need, one))))
  const modules = new Set(useful.map((one) => one.module))
  return [...open.values()].filter((one) => one.priceCents === null && modules.has(one.module)).length
}

/** The plan that giving those up allows. Where no price is known, the cheapest one has no meaning: it has the fewest hours. */
async function planWithout(planner: Planner, known: Known, { wishes, needs }: GivenUp) {
  const freed = withoutThese(known.problem, wishes, needs)
  const problem: PlanProblem = wishes.includes('price') ? { ...freed, objective: 'hours' } : freed
  if (problem.needs.length === 0) return null
  const solution = await planner.solve(problem, DEADLINE_MS)
  return solution.outcome === 'found' ? told(solution.best, { ...known, problem }) : null
}

/** What the evidence spares: the best plan of the same people without it, less this one; null where that is not proven. */
async function savedBy(
  { db, planner }: PlanDeps,
  { team, coverage = 1 }: PlanRequest,
  needs: Need[],
  choice: Choice,
  best: Selection,
): Promise<number | null> {
  const people = (team ?? [{ name: ALONE }]).map(({ name }): Person => ({ who: name, held: [], followed: [] }))
  const offer = await offerOf(db, people, choice)
  const without = await planner.solve(problemOf(offer, choice, aimsOf(needs, people, coverage)), DEADLINE_MS)
  if (without.outcome !== 'found' || !without.best.proven) return null
  return Math.round((without.best.value - best.value) * 100) / 100
}
