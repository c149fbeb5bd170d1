import type { Cell, Publication } from './suppression.ts'
import { type Kind, ofCodes, UNSTATED } from './tables.ts'
import { NOWHERE, regionOf } from './territories.ts'

/** A count of a table that is not told by the class of a badge. `month` is '' where the table has the whole period only. */
export type Counted = { kind: Kind; of: string; departement: string; month: string; count: number }

/** Badges delivered, by month, class and département ('' where none is known); by month, competence and level; and the rest. */
export type Counts = {
  others: Counted[]
  badges: { month: string; badge: string; departement: string; issued: number }[]
  levels: { month: string; competence: string; level: string; departement: string; issued: number }[]
}
/** What a badge class is about: the competences it shows, and whom its training is for. */
export type BadgeClass = { badge: string; competences: string[]; publics: string[] }

/** `territory`: `FR`, `REG-84`, `DEP-69`, `DEP-` where no département is known; `month`: '' for the whole period. */
export type Figure = { territory: string; month: string; kind: Kind; of: string }
export type FigureCell = Cell & Figure

const WHOLE = ''

const idOf = ({ territory, month, kind, of }: Figure): string => `${territory}|${month}|${kind}|${of}`

/**
 * The figures of a period with every sum that ties them, so that what is withheld is judged on all of them together: each
 * total is its parts, a competence is the classes that show it. Months are given for the country, and for the total of each
 * region; the rest for the period. A figure of zero is not written.
 */
export function cubeOf({ badges, levels }: Counts, classes: BadgeClass[]) {
  const about = new Map(classes.map((one) => [one.badge, one]))
  const cells = new Map<string, FigureCell>()
  const sums = new Map<string, Set<string>>()
  const add = (figure: Figure, count: number, latent = false): string => {
    const id = idOf(figure)
    const known = cells.get(id)
    if (known) known.count += count
    else cells.set(id, { ...figure, id, count, latent })
    return id
  }
  const ties = (reason: string, total: string, part: string): void => {
    const key = `${total}\n${reason}`
    const parts = sums.get(key) ?? sums.set(key, new Set()).get(key)!
    parts.add(part)
  }

  for (const { month, badge, departement, issued } of badges) {
    const { competences = [], publics = [] } = about.get(badge) ?? {}
    const whats: [Kind, string][] = [
      ['all', ''],
      ['badge', badge],
      ...competences.map((one): [Kind, string] => ['competence', one]),
      ...publics.map((one): [Kind, string] => ['public', one]),
    ]
    for (const [territory, above] of territoriesOf(departement)) {
      for (const when of monthsOf(territory, month)) {
        const own = (kind: Kind, of: string): Figure => ({ territory, month: when, kind, of })
        for (const [kind, of] of whats) {
          const isPublished = isGiven(territory, when, kind)
          if (!isPublished && !(isDepartement(territory) && kind === 'badge')) continue
          const id = add(own(kind, of), issued, !isPublished)
          if (above !== null && (when === WHOLE || kind === 'all'))
            ties('territory', idOf({ ...own(kind, of), territory: above }), id)
          if (when !== WHOLE) ties('month', idOf({ ...own(kind, of), month: WHOLE }), id)
          if (kind === 'badge') ties('badge', idOf(own('all', '')), id)
          if (kind === 'competence' || kind === 'public') ties('shown', id, idOf(own('badge', badge)))
        }
      }
    }
  }
  for (const { competence, level, departement, issued } of [...levels, ...unstated({ badges, levels }, about)]) {
    for (const [territory, above] of territoriesOf(departement)) {
      if (isDepartement(territory)) continue
      const own = { territory, month: WHOLE, kind: 'level' as const, of: ofCodes(competence, level || UNSTATED) }
      const id = add(own, issued)
      if (above !== null) ties('territory', idOf({ ...own, territory: above }), id)
      ties('level', idOf({ ...own, kind: 'competence', of: competence }), id)
    }
  }
  const publication: Publication = {
    cells: [...cells.values()],
    sums: Array.from(sums, ([key, parts]) => ({ total: key.split('\n')[0]!, parts: [...parts] })),
  }
  return { figures: publication.cells.filter((one) => !one.latent) as FigureCell[], publication }
}

/** A competence is those who showed it at each level, and those whose level nobody stated. */
function unstated(
  { badges, levels }: Pick<Counts, 'badges' | 'levels'>,
  about: Map<string, BadgeClass>,
): Counts['levels'] {
  const rest = new Map<string, number>()
  const count = (competence: string, departement: string, by: number): void => {
    const key = `${competence}\n${departement}`
    rest.set(key, (rest.get(key) ?? 0) + by)
  }
  for (const { badge, departement, issued } of badges)
    for (const competence of about.get(badge)?.competences ?? []) count(competence, departement, issued)
  for (const { competence, departement, issued } of levels) count(competence, departement, -issued)
  return [...rest].flatMap(([key, issued]) => {
    const [competence = '', departement = ''] = key.split('\n')
    return issued > 0 ? [{ month: WHOLE, competence, level: '', departement, issued }] : []
  })
}

/** Months are given for the country, and for the total of a region; a département has its total and its competences. */
const isGiven = (territory: string, month: string, kind: Kind): boolean =>
  isDepartement(territory)
    ? kind === 'all' || kind === 'competence'
    : month === WHOLE || territory === 'FR' || kind === 'all'

const isDepartement = (territory: string): boolean => territory.startsWith('DEP-') && territory !== NOWHERE

/** Where a badge counts, each with the territory just above. */
function territoriesOf(departement: string): [string, string | null][] {
  if (departement === '')
    return [
      ['FR', null],
      [NOWHERE, 'FR'],
    ]
  const region = regionOf(departement)
  return [
    ['FR', null],
    [region, 'FR'],
    [`DEP-${departement}`, region],
  ]
}

const monthsOf = (territory: string, month: string): string[] => (isDepartement(territory) ? [WHOLE] : [WHOLE, month])
