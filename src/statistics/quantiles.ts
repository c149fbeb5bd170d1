import { count } from '../web/components.ts'

/** Classes of a count from the least to the most: the least and the most of each. */
export type Classes = readonly { from: number; to: number }[]

/** As many values in each class as can be, equal ones together; five classes at most. Zeros are in none. */
export function quantileClasses(values: readonly number[], most = 5): Classes {
  const sorted = values.filter((one) => one > 0).toSorted((a, b) => a - b)
  const wanted = Math.min(most, new Set(sorted).size)
  const classes: { from: number; to: number }[] = []
  for (let at = 0; at < sorted.length;) {
    const left = wanted - classes.length
    let end = left <= 1 ? sorted.length : at + Math.max(1, Math.round((sorted.length - at) / left))
    while (end < sorted.length && sorted[end] === sorted[end - 1]) end += 1
    classes.push({ from: sorted[at]!, to: sorted[end - 1]! })
    at = end
  }
  return classes
}

/** The class of a published count, from 0. */
export const classOf = (classes: Classes, value: number): number => classes.findIndex(({ to }) => value <= to)

export const classWords = ({ from, to }: Classes[number]): string =>
  from === to ? count(from) : `de ${count(from)} à ${count(to)}`

/** Where a class stands among the five tones, so that few classes are as far apart as can be. */
export const toneOf = (classes: Classes, at: number): number =>
  classes.length < 2 ? 2 : Math.round((at * 4) / (classes.length - 1))
