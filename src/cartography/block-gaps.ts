import { answers } from '../curricula/plan-model.ts'
import type { Need } from './competence-gaps.ts'
import { keyOf } from '../referential/schema.ts'
import type { CartographyMap } from './map.ts'

/**
 * What a block does not bring: what the field says it needs (`field`, by a source), or what a métier asks that the modules preparing
 * the blocks of a certification do not teach (`metier`, computed). One row a competence; `competence` is null where none
 * of ours answers to the need.
 */
export type BlockGap = {
  basis: 'field' | 'metier'
  certification: string
  certificationTitle: string
  /** Until when its title is registered; null when no source says. */
  validTo: string | null
  /** Its reference; several, for what is computed, where modules prepare several. */
  block: string
  /** The words of the source, or the métier that asks. */
  need: string
  metier: string | null
  competence: string | null
  label: string | null
  axis: Need['axis'] | null
  level: number | null
  /** The modules of the catalogue that teach it at the level asked, and the fewest hours that one of them publishes. */
  modules: string[]
  hours: number | null
  /** The certifications and blocks whose badge, or whose preparation, bears on it. */
  certifiedBy: string[]
  list: string
  status: 'official' | 'illustrative' | 'computed'
  source: unknown
  note: string | null
}

type Asked = { competence: string; level: number | null }

/** What the field says first, in the order of certifications and blocks, then what is computed. */
export function blockGaps(map: CartographyMap, needs: readonly Need[]): BlockGap[] {
  const named = (slug: string) => {
    const { code, title, valid_to: validTo } = map.certifications.find((one) => one.slug === slug)!
    return { certification: slug, certificationTitle: code ? `${title} (${code})` : title, validTo }
  }
  const answerOf = answersOf(map)
  const entries = new Map([...map.competences, ...map.areas, ...map.duties].map((one) => [one.key, one]))
  const field = map.fieldNeeds.flatMap(
    ({ certification, block, need, competences, list, status, source, note = null }): BlockGap[] => {
      const said = { ...named(certification), block, need, metier: null, list, status, source, note }
      const about = { basis: 'field' as const, ...said }
      if (competences.length === 0) return [{ ...about, ...NONE }]
      return competences.map((one): BlockGap => {
        const asked = { competence: keyOf(one), level: one.level ?? null }
        const { code = '', label = '', axis = null } = entries.get(asked.competence) ?? {}
        return { ...about, ...asked, label: `${code} ${label}`, axis, ...answerOf(asked) }
      })
    },
  )
  const computed = preparedBlocks(map).flatMap(({ certification, block, modules, metiers }) =>
    needs
      .filter((one) => one.kind === 'metier' && metiers.includes(one.asker))
      .filter((need) => !map.teaching.some((one) => modules.includes(one.module) && answers(need, one)))
      .map((need): BlockGap => ({
        basis: 'metier',
        ...named(certification),
        block,
        need: need.askerLabel,
        metier: need.asker,
        competence: need.competence,
        label: need.label,
        axis: need.axis,
        level: need.level,
        ...answerOf(need),
        list: need.lists.join(' '),
        status: 'computed',
        source: need.source,
        note: null,
      })),
  )
  return [...field.toSorted(inOrder), ...computed.toSorted(inOrder)]
}

const NONE = { competence: null, label: null, axis: null, level: null, modules: [], hours: null, certifiedBy: [] }

const sortedBy = ({ certification, block, metier, need, axis, competence }: BlockGap): string =>
  [certification, block, metier ?? '', need, axis === 'digital' ? 1 : 0, competence ?? ''].join('\n')
const inOrder = (a: BlockGap, b: BlockGap): number => sortedBy(a).localeCompare(sortedBy(b), 'fr', { numeric: true })

/** Which modules teach a competence at a level today, in how many hours, and what certifies it. */
function answersOf({ modules, teaching, badges }: CartographyMap) {
  const known = new Map(modules.map((one) => [one.slug, one]))
  return (asked: Asked): Pick<BlockGap, 'modules' | 'hours' | 'certifiedBy'> => {
    const by = teaching.filter((one) => answers(asked, one)).map((one) => known.get(one.module)!)
    const hours = by.flatMap((one) => one.hours?.min ?? one.hours?.max ?? [])
    const shown = badges.filter(
      ({ block, competences }) => block && competences.some((one) => keyOf(one) === asked.competence),
    )
    const certifiedBy = [
      ...by.flatMap(({ prepares }) => (prepares?.block ? [`${prepares.certification}/${prepares.block}`] : [])),
      ...shown.map(({ block }) => `${block!.certification}/${block!.ref}`),
    ]
    return {
      modules: by.map((one) => one.slug).toSorted(),
      hours: hours.length === 0 ? null : Math.min(...hours),
      certifiedBy: [...new Set(certifiedBy)].toSorted(),
    }
  }
}

/**
 * The blocks that modules prepare, certification by certification, with the métiers that these modules are for: a scheme stands for
 * the métier that it funds. No source says it otherwise which métier a title leads to.
 */
function preparedBlocks({ modules, metiers }: CartographyMap) {
  const funded = new Map(metiers.map(({ slug, scheme_of }) => [slug, scheme_of ?? slug]))
  const preparing = modules.filter(({ prepares }) => prepares?.block)
  return [...Map.groupBy(preparing, (one) => one.prepares!.certification)].map(([certification, some]) => ({
    certification,
    block: [...new Set(some.map((one) => one.prepares!.block!))].toSorted().join(' '),
    modules: some.map((one) => one.slug),
    metiers: [...new Set(some.flatMap((one) => one.publics.map((slug) => funded.get(slug) ?? slug)))],
  }))
}
