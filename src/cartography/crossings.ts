import { setImmediate } from 'node:timers/promises'
import { answers, type PlanProblem, type Unit } from '../curricula/plan-model.ts'
import type { Solution } from '../curricula/plan-solve.ts'
import type { Planner } from '../planning/planner.ts'
import { type Asked, compareSides, type Comparison, sideOf } from './bridges.ts'
import { commonBlocks } from './common-blocks.ts'
import type { CartographyMap } from './map.ts'

const DEADLINE_MS = 4000
/** Hours of a module of which no source gives the length: as in plans. */
export const SUPPOSED_HOURS = 7

type Offered = Pick<CartographyMap, 'modules' | 'teaching'>

/** The modules that someone may follow to the end: what each asks for first is in the catalogue, to the last. */
export function unitsOf({ modules, teaching }: Offered): Unit[] {
  const teaches = Map.groupBy(teaching, (one) => one.module)
  const units = modules.map(({ slug, hours, prerequisites }): Unit => ({
    who: '',
    module: slug,
    hours: hours?.min ?? hours?.max ?? SUPPOSED_HOURS,
    teaches: (teaches.get(slug) ?? []).map(({ competence, level }) => ({ competence, level })),
    prerequisites,
    breaks: [],
  }))
  const open = new Set<string>()
  const next = () =>
    units.filter((one) => !open.has(one.module) && one.prerequisites.every((before) => open.has(before)))
  for (let found = next(); found.length > 0; found = next()) for (const one of found) open.add(one.module)
  return units.filter((one) => open.has(one.module))
}

/** What is to be learnt from a métier to another, as the planner takes it; `untaught` is what no module teaches at that level. */
export function crossingProblem(units: Unit[], competences: Comparison['competences']) {
  const lacking = competences.filter((one) => one.state !== 'shared')
  const isTaught = (need: Asked): boolean => units.some(({ teaches }) => teaches.some((one) => answers(need, one)))
  const problem: PlanProblem = {
    needs: lacking
      .filter(isTaught)
      .map(({ competence, level }) => ({ competence, level, people: 1, had: [] }))
      .toSorted((a, b) => a.competence.localeCompare(b.competence)),
    units,
    sessions: null,
    objective: 'hours',
    daysInARow: null,
  }
  return { problem, untaught: lacking.filter((one) => !isTaught(one)) }
}

type Found = Extract<Solution, { outcome: 'found' }>

/** The plan in words: hours, how many of them are supposed, and the modules, each after what it asks for first. */
function crossingOf({ modules }: Offered, { problem, untaught }: ReturnType<typeof crossingProblem>, { best }: Found) {
  const known = new Map(modules.map((one) => [one.slug, one]))
  const depth = (slug: string): number =>
    known.get(slug)!.prerequisites.reduce((most, before) => Math.max(most, depth(before) + 1), 0)
  const units = new Map(problem.units.map((one) => [one.module, one]))
  const steps = best.modules
    .map(({ module: slug }) => {
      const { title, hours } = known.get(slug)!
      const unit = units.get(slug)!
      return {
        module: { slug, title },
        hours: unit.hours,
        hoursSupposed: (hours?.min ?? hours?.max ?? null) === null,
        answers: problem.needs
          .filter((need) => unit.teaches.some((one) => answers(need, one)))
          .map((one) => one.competence),
      }
    })
    .toSorted((a, b) => depth(a.module.slug) - depth(b.module.slug) || a.module.slug.localeCompare(b.module.slug))
  return {
    hours: best.value,
    hoursSupposed: steps.reduce((sum, one) => sum + (one.hoursSupposed ? one.hours : 0), 0),
    proven: best.proven,
    bound: best.bound,
    steps,
    /** Whether everything lacking can be taught: otherwise the hours are those of the rest. */
    complete: untaught.length === 0,
    untaught: untaught.map(({ competence, code, label, level }) => ({ competence, code, label, level })),
  }
}
export type Crossing = ReturnType<typeof crossingOf>

/** Where nothing is left to be taught, no thread is asked. */
const NOTHING: Found = {
  outcome: 'found',
  best: { modules: [], sessions: [], value: 0, bound: 0, proven: true },
  others: [],
}

type Memo = { offer: string; units: Unit[]; solved: Map<string, Found>; running: Promise<BridgeRow[]> | null }

/** The hours of the ways between métiers, computed in the planner's thread, one at a time, and kept while the offer stays. */
export type Crossings = ReturnType<typeof createCrossings>

/**
 * What computes and keeps the hours. `cross` computes one way now: null when a source is missing or the solver ran out of
 * time; `known` tells at once what is computed, and has the rest computed behind; `all` waits for every way.
 * Errors: `planner_busy`.
 */
export function createCrossings(planner: Planner) {
  let memo: Memo | undefined
  const memoOf = (map: Offered): Memo => {
    const units = unitsOf(map)
    const offer = JSON.stringify(units)
    return memo?.offer === offer ? memo : (memo = { offer, units, solved: new Map(), running: null })
  }
  const tell = (map: Offered, { units, solved }: Memo, { competences }: Comparison) => {
    const asked = crossingProblem(units, competences)
    const key = JSON.stringify(asked.problem.needs)
    const found = asked.problem.needs.length === 0 ? NOTHING : solved.get(key)
    return { asked, key, crossing: found ? crossingOf(map, asked, found) : null }
  }
  const crossIn = async (kept: Memo, map: Offered, comparison: Comparison): Promise<Crossing | null> => {
    if (!comparison.known) return null
    const { asked, key, crossing } = tell(map, kept, comparison)
    if (crossing) return crossing
    const solution = await planner.solve(asked.problem, DEADLINE_MS)
    if (solution.outcome !== 'found') return null
    if (solution.best.proven) kept.solved.set(key, solution)
    return crossingOf(map, asked, solution)
  }
  const all = (map: CartographyMap): Promise<BridgeRow[]> => {
    const kept = memoOf(map)
    return eachBridge(map, (comparison) => crossIn(kept, map, comparison))
  }
  return {
    cross: (map: Offered, comparison: Comparison) => crossIn(memoOf(map), map, comparison),
    known(map: CartographyMap): (comparison: Comparison) => Crossing | null {
      const kept = memoOf(map)
      // Lost with the planner, or too busy: asked for again with the next page.
      kept.running ??= all(map).catch(() => ((kept.running = null), []))
      return (comparison) => (comparison.known ? tell(map, kept, comparison).crossing : null)
    },
    all,
  }
}

/** The ways from a métier to every other, each with its hours where they are known by now. Error: `not_found`. */
export function bridgesFrom(map: CartographyMap, crossings: Crossings, slug: string) {
  const from = sideOf(map, slug)
  const hoursOf = crossings.known(map)
  return map.metiers
    .filter((one) => one.slug !== slug && one.kind !== 'scheme' && one.slug !== from.funded?.slug)
    .map((one) => {
      const comparison = compareSides(map, from, sideOf(map, one.slug))
      const crossing = hoursOf(comparison)
      return { comparison, crossing, row: rowOf(map, comparison, crossing) }
    })
}
export type BridgeFrom = ReturnType<typeof bridgesFrom>[number]

/** Every way between two métiers or roles that both are told of, or that a source names; a scheme is its métier. */
async function eachBridge(map: CartographyMap, cross: (one: Comparison) => Promise<Crossing | null>) {
  const sides = map.metiers.filter((one) => one.kind !== 'scheme').map((one) => sideOf(map, one.slug))
  const found: BridgeRow[] = []
  for (const from of sides) {
    await setImmediate() // what is already known needs no thread: others take their turn
    for (const to of sides) {
      if (to === from) continue
      const comparison = compareSides(map, from, to)
      if (comparison.known || comparison.declared.length > 0)
        found.push(rowOf(map, comparison, await cross(comparison)))
    }
  }
  return found
}

/** A way in a line: figures of each axis apart, null where nothing is known. */
function rowOf(map: CartographyMap, comparison: Comparison, crossing: Crossing | null) {
  const { from, to, declared, direction, directionBasis, axes } = comparison
  const on = (axis: string) => axes.find((one) => one.axis === axis)
  return {
    from: from.metier.slug,
    to: to.metier.slug,
    direction,
    directionBasis,
    /** Whether a source says that the way exists; null when none speaks of it. */
    existing: declared.length === 0 ? null : declared.some((one) => one.existing),
    professionalAsked: on('professional')?.asked ?? null,
    professionalShared: on('professional')?.shared ?? null,
    professionalUnknown: on('professional')?.unknown ?? null,
    digitalAsked: on('digital')?.asked ?? null,
    digitalShared: on('digital')?.shared ?? null,
    digitalUnknown: on('digital')?.unknown ?? null,
    hours: crossing?.hours ?? null,
    hoursSupposed: crossing?.hoursSupposed ?? null,
    proven: crossing?.proven ?? null,
    modules: crossing?.steps.map((one) => one.module.slug) ?? [],
    untaught: crossing?.untaught.map((one) => one.competence) ?? [],
    commonBlocks: commonBlocks(map, comparison).map((one) => `${one.certification}/${one.block}`),
  }
}
export type BridgeRow = ReturnType<typeof rowOf>

/** Every way with its hours, all computed: for the releases. Order: by name of both ends. Errors: `planner_busy`. */
export const allBridges = (crossings: Crossings, map: CartographyMap): Promise<BridgeRow[]> => crossings.all(map)
