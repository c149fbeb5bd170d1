import { longDate } from '../web/html.ts'

/** A stage of a path; `choose` takes that many of its modules, all of them when it is null. */
type Stage = { modules: string[]; choose?: number | null }
/** A place to fill, by one of these subjects. */
export type Slot = string[]

/** The places of a path: one for each module that it requires, and as many as are to be chosen. */
export const pathSlots = (stages: Stage[]): Slot[] =>
  stages.flatMap(({ modules, choose }): Slot[] => {
    const subjects = modules.map((slug) => `module:${slug}`)
    return typeof choose === 'number' ? Array.from({ length: choose }, () => subjects) : subjects.map((one) => [one])
  })

/** The places of a title: one for each of its blocks; none when the reference of a block is not known. */
export const blockSlots = (certification: string, blocks: { ref: string | null }[]): Slot[] =>
  blocks.every(({ ref }) => ref !== null) ? blocks.map(({ ref }) => [`block:${certification}/${ref}`]) : []

/**
 * A subject for each place, none used twice; null when that cannot be. A subject that fills one place gives it up when
 * another can take it (Kuhn’s matching): the order of the stages does not matter.
 */
export function fillSlots(slots: Slot[], held: ReadonlySet<string>): string[] | null {
  const takenBy = new Map<string, number>()
  const place = (slot: number, tried: Set<string>): boolean =>
    slots[slot]!.some((subject) => {
      if (!held.has(subject) || tried.has(subject)) return false
      tried.add(subject)
      const other = takenBy.get(subject)
      if (other !== undefined && !place(other, tried)) return false
      takenBy.set(subject, slot)
      return true
    })
  if (!slots.every((_, slot) => place(slot, new Set()))) return null
  return [...takenBy].toSorted(([, one], [, other]) => one - other).map(([subject]) => subject)
}

/** What a badge may say of its parts, in characters. */
const SAID = 1000

/** The parts of a milestone in words: what each is, from whom and when; as many as fit, the others counted. */
export function sayParts(parts: { name: string; by: string; on: string }[]): string {
  const all = parts.map(({ name, by, on }) => `« ${name} » (${by}, ${longDate(on)})`)
  const said = (count: number): string => {
    const left = all.length - count
    const others = left === 0 ? '' : `, et ${left} ${left > 1 ? 'autres' : 'autre'}`
    return `Ses parties : ${all.slice(0, count).join(' ; ')}${others}.`
  }
  let count = all.length
  while (count > 0 && said(count).length > SAID) count--
  return count > 0 ? said(count) : `Ses parties : ${all.length} badges ou preuves.`
}
