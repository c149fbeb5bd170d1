import { type Aim, answers, type PlanProblem, type Reached } from '../curricula/plan-model.ts'
import type { Selection } from '../curricula/plan-solve.ts'
import type { Verifier } from '../credentials/verifier.ts'
import type { Db } from '../db.ts'
import { invalid } from '../errors.ts'
import { attestedBy } from './badge-evidence.ts'
import { heldOf } from './held.ts'
import { type Need, needsOf, taughtBy } from './needs.ts'
import { type Offer, offerOf, type OpenSession } from './offer.ts'
import type { Planner } from './planner.ts'
import type { PlanRequest } from './schema.ts'

const DEADLINE_MS = 4000
const SUPPOSED_HOURS = 7
/** How the one person of a plan that is no team's is named. */
const ALONE = ''

/** What each wish is called, where nothing respects them all. */
const WISH_WORDS: Record<string, string> = {
  modality: 'la modalité',
  certifying: 'des formations certifiantes seulement',
  cpf: 'des formations finançables par le CPF seulement',
  departements: 'le département',
  dates: 'les dates',
}

export type PlanDeps = { db: Db; planner: Planner; verifier: Verifier; baseUrl: string }
type Person = { who: string; held: Reached[]; followed: string[] }

/**
 * The plan with the fewest hours (or that ends first) from what someone has, or the members of a team, to what is aimed at:
 * its proof, the reason of each module, what the evidence saved and the next best plans; or the fewest wishes and needs to
 * give up. Errors: `plan_target`, `plan_evidence`, `plan_wishes`, `plan_team`, `planner_busy`.
 */
export async function planPath(deps: PlanDeps, request: PlanRequest, now = new Date()) {
  const { db, planner } = deps
  const { target, wishes = {}, dated = false, objective = 'hours', supposedHours: supposed = SUPPOSED_HOURS } = request
  refuseContradictions(request)
  const needs = await needsOf(db, target)
  const people = await peopleOf(deps, request)
  const coverage = Math.min(request.coverage ?? 1, people.length)
  const offer = await offerOf(db, people, { wishes, supposed, dated, now })
  const problem: PlanProblem = {
    needs: aimsOf(needs, people, coverage),
    units: offer.units,
    sessions: offer.sessions,
    objective,
    daysInARow: wishes.daysInARow ?? null,
  }
  const solution = await planner.solve(problem, DEADLINE_MS)
  const left = new Set(problem.needs.map((one) => one.competence))
  const alreadyMet = needs.filter((one) => !left.has(one.competence)).map((one) => one.label)
  const about = { objective, supposedHours: supposed, needs: needs.map((one) => one.label), alreadyMet }
  if (solution.outcome === 'unknown') return { ...about, outcome: 'unknown' as const }
  if (solution.outcome === 'impossible') {
    const words = new Map(needs.map((one) => [one.competence, one.label]))
    const toGiveUp = {
      wishes: solution.wishes.map((one) => WISH_WORDS[one] ?? one),
      needs: solution.needs.map((one) => words.get(one) ?? one),
    }
    return { ...about, outcome: 'impossible' as const, toGiveUp, proven: solution.proven }
  }
  const { best, others } = solution
  const tell = (one: Selection) => told(one, { offer, needs, problem, supposed })
  const hoursSaved = await savedBy(planner, problem, aimsOf(needs, [], coverage), best)
  return { ...about, outcome: 'found' as const, plan: tell(best), alternatives: others.map(tell), hoursSaved }
}

async function peopleOf(deps: PlanDeps, { evidence = {}, team }: PlanRequest): Promise<Person[]> {
  const given = team ?? [{ name: ALONE, evidence }]
  const names = new Set(given.map((one) => one.name))
  if (names.size < given.length) {
    throw invalid('plan_team', 'Deux personnes de l’équipe portent le même nom.', 'Donnez à chacune un nom.', {
      field: 'team',
    })
  }
  const people: Person[] = []
  for (const { name, evidence = {} } of given) {
    people.push({
      who: name,
      held: await heldOf(deps.db, evidence, await attestedBy(deps, evidence)),
      followed: evidence.modules ?? [],
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

/** The hours that the evidence spares: those of the best plan without it, less these; null where they are not proven. */
async function savedBy(planner: Planner, problem: PlanProblem, whole: Aim[], best: Selection): Promise<number | null> {
  if (problem.objective !== 'hours' || whole.length === problem.needs.length || !best.proven) return null
  const without = await planner.solve({ ...problem, needs: whole }, DEADLINE_MS)
  if (without.outcome !== 'found' || !without.best.proven) return null
  return Math.round((without.best.value - best.value) * 100) / 100
}

function refuseContradictions({ wishes: { from, until } = {}, dated, objective, evidence, team }: PlanRequest): void {
  const refuse = (field: string, message: string, mend: string) => invalid(`plan_${field}`, message, mend, { field })
  if (from !== undefined && until !== undefined && until < from) {
    throw refuse('wishes', 'La période finit avant de commencer.', 'Corrigez les dates.')
  }
  if (objective === 'end' && !dated) {
    throw refuse('wishes', 'Finir au plus tôt demande des dates.', 'Ajoutez "dated": true, ou minimisez les heures.')
  }
  if (team && evidence) {
    throw refuse('team', 'Une équipe n’a pas d’acquis à elle.', 'Donnez ceux de chaque personne, dans « team ».')
  }
}

type Known = { offer: Offer; needs: Need[]; problem: PlanProblem; supposed: number }

/** A selection in words: each module with who follows it and why, in an order that respects what each asks for first. */
function told({ modules: chosen, sessions, value, bound, proven }: Selection, known: Known) {
  const { offer, needs, problem, supposed } = known
  const sessionOf = new Map(
    sessions.map(({ who, id }) => [`${who} ${offer.open.get(id)!.module}`, offer.open.get(id)!]),
  )
  const words = new Map(needs.map((one) => [one.competence, one.label]))
  const steps = inOrder(chosen, offer, sessionOf).map(({ who, module: slug }) => {
    const module = offer.modules.get(slug)!
    const session = sessionOf.get(`${who} ${slug}`) ?? null
    const published = module.hours?.min ?? module.hours?.max ?? null
    const taught = taughtBy(module)
    return {
      who: who === ALONE ? null : who,
      module: { slug, title: module.title },
      session,
      hours: session?.hours ?? published ?? supposed,
      hoursSupposed: (session?.hours ?? published) === null,
      answers: problem.needs
        .filter((need) => !need.had.includes(who) && taught.some((one) => answers(need, one)))
        .map((one) => words.get(one.competence)!),
      before: chosen
        .filter((other) => other.who === who && offer.modules.get(other.module)!.prerequisites.includes(slug))
        .map((other) => other.module),
    }
  })
  return { steps, hours: steps.reduce((sum, one) => sum + one.hours, 0), value, bound, proven }
}

type Chosen = Selection['modules']

function inOrder(chosen: Chosen, { modules }: Offer, sessionOf: Map<string, OpenSession>): Chosen {
  const startOf = ({ who, module }: Chosen[number]): string => sessionOf.get(`${who} ${module}`)?.startsOn ?? ''
  const sorted = chosen.toSorted(
    (a, b) => a.who.localeCompare(b.who) || startOf(a).localeCompare(startOf(b)) || a.module.localeCompare(b.module),
  )
  const placed = new Set<Chosen[number]>()
  const place = (one: Chosen[number] | undefined): void => {
    if (!one || placed.has(one)) return
    for (const module of modules.get(one.module)!.prerequisites) {
      place(sorted.find((other) => other.who === one.who && other.module === module))
    }
    placed.add(one)
  }
  sorted.forEach(place)
  return [...placed]
}
