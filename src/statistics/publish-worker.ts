import { DEPARTEMENTS_OF_REGIONS } from '../organisations/departements.ts'
import { type BadgeClass, type Counts, cubeOf, type Figure } from './cube.ts'
import { withheld } from './suppression.ts'

export type Question = { counts: Counts; classes: BadgeClass[]; threshold: number }
export type Published = Figure & { count: number | null }

const REGIONS = new Map(DEPARTEMENTS_OF_REGIONS.map((one) => [one.code, one.region]))
// The other overseas territories have no région: each stands alone under the country.
const regionOf = (departement: string): string => REGIONS.get(departement) ?? departement

/** The figures of a period as they may be published, in a worker thread: the solver holds its thread until it ends. */
export default async ({ counts, classes, threshold }: Question): Promise<Published[]> => {
  const { figures, publication } = cubeOf(counts, classes, regionOf)
  const hidden = await withheld(publication, threshold)
  return figures.map(({ id, territory, month, kind, of, count }) => ({
    territory,
    month,
    kind,
    of,
    count: hidden.has(id) ? null : count,
  }))
}
