import { answers } from '../curricula/plan-model.ts'
import { DEPARTEMENTS_OF_REGIONS } from '../organisations/departements.ts'
import type { Taught } from '../training/session-coverage.ts'
import type { Need } from './competence-gaps.ts'
import type { CartographyMap } from './map.ts'

/**
 * One département for one target. Of a `module`, whether a session is to come there (0 or 1 of 1); of `all`, how many modules of
 * the catalogue have one; of a `metier`, on one axis, how many of the competences that it asks and that some module
 * teaches at their level are taught by sessions to come there.
 */
export type Cell = {
  scope: 'all' | 'metier' | 'module'
  /** The name in addresses of the métier or the module; empty for all of them. */
  target: string
  label: string
  axis: Need['axis'] | null
  departement: string
  departementName: string
  region: string
  regionName: string
  covered: number
  of: number
  /** Sessions to come there, and at a distance: these serve everywhere and cover no département. */
  sessions: number
  distance: number
  /** Day of the last session that began there, and of the first to come, within the horizon or after it. */
  last: string | null
  next: string | null
}

/** Whether the département lacks something that a session there would give. */
export const isLacking = ({ scope, covered, of }: Pick<Cell, 'scope' | 'covered' | 'of'>): boolean =>
  scope === 'metier' ? covered < of : covered === 0

type Target = Pick<Cell, 'scope' | 'target' | 'label' | 'axis'> & {
  /** Each thing to be covered, by the modules any of which covers it. */
  things: string[][]
}

/** Every département for every target: all modules, then each métier by axis, then each module. */
export function cellsOf(map: CartographyMap, needs: readonly Need[], sessions: readonly Taught[]): Cell[] {
  const byModule = Map.groupBy(sessions, (one) => one.module)
  return targetsOf(map, needs).flatMap(({ things, ...target }) => {
    const modules = [...new Set(things.flat())]
    const known = Map.groupBy(
      modules.flatMap((slug) => byModule.get(slug) ?? []),
      (one) => one.departement,
    )
    const distance = coming(known.get(null) ?? [])
    return DEPARTEMENTS_OF_REGIONS.map(({ code, name, region, regionName }): Cell => {
      const here = known.get(code) ?? []
      const open = new Set(here.filter((one) => one.coming > 0).map((one) => one.module))
      return {
        ...target,
        departement: code,
        departementName: name,
        region,
        regionName,
        covered: things.filter((some) => some.some((slug) => open.has(slug))).length,
        of: things.length,
        sessions: coming(here),
        distance,
        last: here
          .flatMap(({ last }) => last ?? [])
          .reduce<string | null>((a, b) => (a !== null && a > b ? a : b), null),
        next: here
          .flatMap(({ next }) => next ?? [])
          .reduce<string | null>((a, b) => (a !== null && a < b ? a : b), null),
      }
    })
  })
}

const coming = (some: readonly Taught[]): number => some.reduce((sum, one) => sum + one.coming, 0)

function targetsOf({ modules, teaching }: CartographyMap, needs: readonly Need[]): Target[] {
  const taught = Map.groupBy(teaching, (one) => one.competence)
  const asked = Map.groupBy(
    needs.filter((one) => one.kind === 'metier'),
    (one) => `${one.asker} ${one.axis}`,
  )
  const metiers = [...asked.values()].flatMap((some): Target[] => {
    const { asker: target, askerLabel: label, axis } = some[0]!
    const things = some
      .map((need) => (taught.get(need.competence) ?? []).filter((one) => answers(need, one)).map((one) => one.module))
      .filter((by) => by.length > 0)
    return things.length === 0 ? [] : [{ scope: 'metier', target, label, axis, things }]
  })
  const sorted = modules.toSorted((a, b) => a.slug.localeCompare(b.slug))
  return [
    { scope: 'all', target: '', label: 'Tous les modules', axis: null, things: sorted.map(({ slug }) => [slug]) },
    ...metiers.toSorted((a, b) => a.target.localeCompare(b.target) || (a.axis! < b.axis! ? 1 : -1)),
    ...sorted.map(({ slug, title }): Target => ({
      scope: 'module',
      target: slug,
      label: title,
      axis: null,
      things: [[slug]],
    })),
  ]
}

/** How many départements of each région lack something of each target, regions by name. */
export function byRegion(cells: readonly Cell[]) {
  const groups = Map.groupBy(cells, ({ scope, target, axis, region }) => `${scope} ${target} ${axis} ${region}`)
  return [...groups.values()].map((all) => {
    const { scope, target, axis, region, regionName } = all[0]!
    return { scope, target, axis, region, regionName, departements: all.length, lacking: all.filter(isLacking).length }
  })
}
