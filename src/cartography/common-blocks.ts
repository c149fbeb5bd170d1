import { answers } from '../curricula/plan-model.ts'
import type { Asked, Comparison } from './bridges.ts'
import { keyOf } from '../referential/schema.ts'
import type { CartographyMap } from './map.ts'

/**
 * The blocks of certifications that show something that both métiers ask, at the level of each. Each link rests on the modules
 * that prepare the block and on the badge of the block, by the competences that they name (`proposed` unless all are official).
 */
export function commonBlocks(
  {
    certifications,
    modules,
    teaching,
    badges,
  }: Pick<CartographyMap, 'certifications' | 'modules' | 'teaching' | 'badges'>,
  { from, to }: Pick<Comparison, 'from' | 'to'>,
) {
  return certifications.flatMap(({ slug, code, title, valid_to: validTo, blocks }) =>
    blocks.flatMap(({ ref, title: blockTitle }) => {
      if (ref === null) return []
      const by = modules.filter(({ prepares }) => prepares?.certification === slug && prepares.block === ref)
      const own = badges.filter(({ block }) => block?.certification === slug && block.ref === ref)
      const shown = [
        ...teaching.filter((one) => by.some((module) => module.slug === one.module)),
        ...own.flatMap((one) => one.competences.map((ref) => ({ competence: keyOf(ref), level: ref.level ?? null }))),
      ]
      const served = (asked: Asked[]) => asked.filter((need) => shown.some((one) => answers(need, one)))
      const there = new Set(served(to.asked).map((one) => one.competence))
      const both = served(from.asked).filter((one) => there.has(one.competence))
      if (both.length === 0) return []
      return [
        {
          certification: slug,
          code,
          title,
          validTo,
          block: ref,
          blockTitle,
          modules: by.map((one) => ({ slug: one.slug, title: one.title, status: one.competences_status })),
          badges: own.map((one) => ({ slug: one.slug, name: one.name })),
          competences: both.map(({ competence, code, label }) => ({ competence, code, label })),
        },
      ]
    }),
  )
}
export type CommonBlock = ReturnType<typeof commonBlocks>[number]
