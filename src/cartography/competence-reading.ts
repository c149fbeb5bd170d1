import { notFound } from '../errors.ts'
import { seenFrom } from '../referential/skos.ts'
import { sideOf } from './bridges.ts'
import { keyOf } from '../referential/schema.ts'
import type { CartographyMap } from './map.ts'
import type { Requirement } from './metier-reading.ts'
import { type Supply, supplyOf } from './supply.ts'

type Ref = { framework: string; version: string; code: string }
type Competence = CartographyMap['competences'][number]

export type CompetenceReading = Supply & {
  competence: Competence
  area: CartographyMap['areas'][number] | null
  asking: { metier: CartographyMap['metiers'][number]; requirement: Requirement }[]
  activities: { duty: CartographyMap['duties'][number]; said: CartographyMap['activities'][number] }[]
  related: (Omit<ReturnType<typeof seenFrom>, 'other'> & { other: Competence })[]
}

/** What the map says around one competence; `not_found` for what is none: an area, a mission, an activity, an unknown code. */
export function readCompetence(map: CartographyMap, ref: Ref): CompetenceReading {
  const key = keyOf(ref)
  const competence = map.competences.find((one) => one.key === key)
  if (!competence) throw notFound('La compétence', `${ref.framework} ${ref.version} ${ref.code}`)
  const duties = new Map(map.duties.map((one) => [one.key, one]))
  const competences = new Map(map.competences.map((one) => [one.key, one]))
  return {
    ...supplyOf(map)(key),
    competence,
    area: map.areas.find((one) => one.key === competence.parent) ?? null,
    asking: [...new Set(map.requirements.filter((one) => one.competence === key).map((one) => one.metier))].flatMap(
      (slug) => {
        const { metier, asked } = sideOf(map, slug)
        return asked.filter((one) => one.competence === key).map((requirement) => ({ metier, requirement }))
      },
    ),
    activities: map.activities.flatMap((said) => {
      const duty = said.competence === key ? duties.get(said.activity) : undefined
      return duty ? [{ duty, said }] : []
    }),
    related: map.crosswalks.flatMap((one) => {
      if (keyOf(one.from) !== key && keyOf(one.to) !== key) return []
      const { other: end, ...seen } = seenFrom(ref, one)
      const other = competences.get(keyOf(end))
      return other ? [{ ...seen, other }] : []
    }),
  }
}
