import { keyOf } from '../referential/schema.ts'
import type { CartographyMap } from './map.ts'

type Module = CartographyMap['modules'][number]
type Badge = CartographyMap['badges'][number]
type Certification = CartographyMap['certifications'][number]

/** A module that teaches a competence, how far when it says so, and the badge that it gives. */
export type Teacher = {
  module: Module
  level: number | null
  status: Module['competences_status']
  badge: Badge | null
}

/** A block of a certification that shows a competence. */
export type Block = { certification: Certification; ref: string; title: string | null; badge: Badge }

/** What answers to a competence: what teaches it, the badges that show it besides those of modules, the blocks that certify it. */
export type Supply = { teachers: Teacher[]; badges: Badge[]; blocks: Block[] }

/** What answers to each competence of the map, by its key; nothing for a competence that nobody teaches. */
export function supplyOf({
  modules,
  teaching,
  badges,
  certifications,
}: CartographyMap): (competence: string) => Supply {
  const byModule = new Map(modules.map((one) => [one.slug, one]))
  const badgeOf = new Map(badges.flatMap((one) => (one.module ? [[one.module, one] as const] : [])))
  const teachers = Map.groupBy(teaching, (one) => one.competence)
  const showing = Map.groupBy(
    badges.flatMap((badge) => badge.competences.map((one) => ({ badge, key: keyOf(one) }))),
    (one) => one.key,
  )
  const blockOf = (badge: Badge): Block[] => {
    const { certification: slug, ref } = badge.block ?? {}
    const certification = certifications.find((one) => one.slug === slug)
    if (!certification || ref === undefined) return []
    const title = certification.blocks.find((one) => one.ref === ref)?.title ?? null
    return [{ certification, ref, title, badge }]
  }
  return (competence) => {
    const shown = (showing.get(competence) ?? []).map((one) => one.badge)
    return {
      teachers: (teachers.get(competence) ?? []).map(({ module, level, status }) => ({
        module: byModule.get(module)!,
        level,
        status,
        badge: badgeOf.get(module) ?? null,
      })),
      badges: shown.filter((one) => !one.module && !one.block),
      blocks: shown.flatMap(blockOf),
    }
  }
}
