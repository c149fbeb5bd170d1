import type { Path } from '../curricula/schema.ts'
import { type ContractDays, runsOn } from './contract-terms.ts'

/** How many thematic modules are owed in the first year and in each calendar year after, and which modules count. */
export type ContinuingRule = { modules: string[]; firstYear: number; eachYear: number }
/** A module that someone completed. */
export type Done = { module: string; doneOn: string }
export type Due = {
  rule: 'first_year' | 'calendar_year'
  /** Its rank among those of the same rule, from 1. */
  number: number
  dueOn: string
  doneOn: string | null
  module: string | null
  /** Done after its day, or not done though its day is past. */
  late: boolean
}

/** The rule as the path of the conseillers says it: a stage of initial training, one for the first year, one for each year. */
export function continuingRuleOf({ slug, stages }: Path): ContinuingRule {
  const [, first, yearly] = stages
  if (stages.length !== 3 || !first?.choose || !yearly?.choose) {
    throw new Error(`Le parcours ${slug} ne dit pas combien de modules suivre la première année, puis chaque année.`)
  }
  const modules = [...new Set([...first.modules, ...yearly.modules])]
  return { modules, firstYear: first.choose, eachYear: yearly.choose }
}

type Situation = {
  rule: ContinuingRule
  /** The day of entering initial training. */
  enteredOn: string
  /** In any order; those of other modules, from before entering or after `today`, count for nothing. */
  done: Done[]
  /** Every contract that is known; when none is, dues are told all the same. */
  contracts: ContractDays[]
  today: string
}

/**
 * The continuing training owed by someone on a day, the first due first. « Deux modules dans l’année qui suit l’entrée en
 * formation initiale, puis un par année civile »: the first year ends on the same day of the next year, that day included;
 * calendar years are whole ones, from the January after the year in which it ends. A due is told from its first day on.
 *
 * Modules in the order of their days each fill the oldest due still open that had begun: arrears first, and no advance on a
 * year to come. A due is owed if a contract runs on its last day: none falls between contracts nor after the last one.
 */
export function duesOf({ rule, enteredOn, done, contracts, today }: Situation): Due[] {
  const owed = slotsOf(rule, enteredOn, today).filter(
    ({ dueOn }) => contracts.length === 0 || contracts.some((one) => runsOn(one, dueOn)),
  )
  const met = new Map<Slot, Done>()
  for (const one of countedModules(rule, enteredOn, done, today)) {
    const slot = owed.find((candidate) => candidate.from <= one.doneOn && !met.has(candidate))
    if (slot) met.set(slot, one)
  }
  return owed.map((slot) => {
    const { from: _, ...due } = slot
    const { doneOn = null, module = null } = met.get(slot) ?? {}
    return { ...due, doneOn, module, late: (doneOn ?? today) > due.dueOn }
  })
}

/** Each thematic module once, on the first day it was completed since entering, up to `until`, in the order of those days. */
export function countedModules<D extends Done>(rule: ContinuingRule, enteredOn: string, done: D[], until: string): D[] {
  const inOrder = done
    .filter(({ module, doneOn }) => enteredOn <= doneOn && doneOn <= until && rule.modules.includes(module))
    .toSorted((a, b) => (a.doneOn + a.module < b.doneOn + b.module ? -1 : 1))
  const seen = new Set<string>()
  return inOrder.filter(({ module }) => !seen.has(module) && seen.add(module))
}

type Slot = Pick<Due, 'rule' | 'number' | 'dueOn'> & { from: string }

/** What comes due in time, from the day of entering; nothing that begins after `today`. */
function slotsOf({ firstYear, eachYear }: ContinuingRule, enteredOn: string, today: string): Slot[] {
  if (today < enteredOn) return []
  const end = yearAfter(enteredOn)
  const endYear = Number(end.slice(0, 4))
  const years = Math.max(0, Number(today.slice(0, 4)) - endYear)
  const first = Array.from({ length: firstYear }, () => ({ rule: 'first_year' as const, dueOn: end, from: enteredOn }))
  const yearly = Array.from({ length: years * eachYear }, (_, index) => {
    const year = endYear + 1 + Math.floor(index / eachYear)
    return { rule: 'calendar_year' as const, dueOn: `${year}-12-31`, from: `${year}-01-01` }
  })
  return [first, yearly].flatMap((slots) => slots.map((one, index) => ({ ...one, number: index + 1 })))
}

/** The last day of the year that begins on a day: the same day of the next one, or 28 February for the 29th. */
export function yearAfter(day: string): string {
  const [year, rest] = [Number(day.slice(0, 4)) + 1, day.slice(5)]
  return `${year}-${rest === '02-29' ? '02-28' : rest}`
}
