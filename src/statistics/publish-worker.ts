import { type BadgeClass, type Counts, cubeOf, type Figure } from './cube.ts'
import { withheld } from './suppression.ts'

export type Question = { counts: Counts; classes: BadgeClass[]; threshold: number }
export type Published = Figure & { count: number | null }

/** The figures of a period as they may be published, in a worker thread: the solver holds its thread until it ends. */
export default async ({ counts, classes, threshold }: Question): Promise<Published[]> => {
  const { figures, publication } = cubeOf(counts, classes)
  const hidden = await withheld(publication, threshold)
  return figures.map(({ id, territory, month, kind, of, count }) => ({
    territory,
    month,
    kind,
    of,
    count: hidden.has(id) ? null : count,
  }))
}
