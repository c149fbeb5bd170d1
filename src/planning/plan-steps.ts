import { answers, type PlanProblem } from '../curricula/plan-model.ts'
import type { Selection } from '../curricula/plan-solve.ts'
import { type Need, taughtBy } from './needs.ts'
import { type Choice, kilometresTo, type Offer, type OpenSession } from './offer.ts'

/** How the one person of a plan that is no team's is named. */
export const ALONE = ''

/** What the figures of a plan count: hours, cents, or days from the day it was computed. */
export const UNITS = { hours: 'hours', cost: 'cents', end: 'days' } as const

export type Known = { offer: Offer; needs: Need[]; problem: PlanProblem; choice: Choice }

/**
 * A selection in words: each module with who follows it, why, when, where and at what price, in an order that respects what each
 * asks for first; its hours, its cost in cents (null as soon as one price is unknown, or without dates) and its last day; then its
 * proof: no plan has a `value` under `bound`, in `unit`s, and `gapPercent` is what is left between the two.
 */
export function told(selection: Selection, known: Known) {
  const { offer, problem } = known
  const sessionOf = new Map(
    selection.sessions.map(({ who, id }) => [`${who} ${offer.open.get(id)!.module}`, offer.open.get(id)!]),
  )
  const words = new Map(known.needs.map((one) => [one.competence, one.label]))
  const steps = inOrder(selection.modules, offer, sessionOf).map(({ who, module: slug }) => {
    const module = offer.modules.get(slug)!
    const taught = taughtBy(module)
    return {
      who: who === ALONE ? null : who,
      module: { slug, title: module.title },
      ...figuresOf(slug, sessionOf.get(`${who} ${slug}`) ?? null, known),
      answers: problem.needs
        .filter((need) => !need.had.includes(who) && taught.some((one) => answers(need, one)))
        .map((one) => words.get(one.competence)!),
      before: selection.modules
        .filter((other) => other.who === who && offer.modules.get(other.module)!.prerequisites.includes(slug))
        .map((other) => other.module),
    }
  })
  const { value, bound, proven } = selection
  return {
    steps,
    hours: steps.reduce((sum, one) => sum + one.hours, 0),
    cost:
      problem.sessions &&
      steps.reduce<number | null>((sum, { cost }) => (sum === null || cost === null ? null : sum + cost), 0),
    costSupposed: steps.some((one) => one.costSupposed),
    endsOn: steps.reduce<string | null>(
      (last, { session }) => (session && session.endsOn > (last ?? '') ? session.endsOn : last),
      null,
    ),
    unit: UNITS[problem.objective],
    value,
    bound,
    gapPercent: value > bound ? Math.round(((value - bound) / value) * 1000) / 10 : 0,
    proven,
  }
}

function figuresOf(slug: string, session: OpenSession | null, { offer, choice }: Known) {
  const { hours } = offer.modules.get(slug)!
  const published = session?.hours ?? hours?.min ?? hours?.max ?? null
  const price = session?.priceCents ?? null
  const { departure } = choice.wishes
  return {
    session: session && {
      ...session,
      kilometres: departure === undefined ? null : kilometresTo(departure, session),
    },
    hours: published ?? choice.hours,
    hoursSupposed: published === null,
    cost: session && (price ?? choice.cost),
    costSupposed: session !== null && price === null && choice.cost !== null,
  }
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
