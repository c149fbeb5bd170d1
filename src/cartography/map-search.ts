import { searched } from '../web/search.ts'
import type { CartographyMap } from './map.ts'

/** What is asked of the map; an empty text asks for nothing. */
export type MapAsked = {
  q?: string | undefined
  nature?: string | undefined
  famille?: string | undefined
  statut?: string | undefined
  axe?: string | undefined
  sorte?: string | undefined
}

type Part<K extends 'metiers' | 'competences' | 'requirements'> = CartographyMap[K][number]
export type Found = { [K in 'metiers' | 'competences' | 'requirements']: Part<K>[] }

/**
 * The métiers and the competences that answer everything that is asked; of what the first ask of the second, all when no word is
 * sought, else what either end of is named: a word finds a métier with all that it asks, or a competence with all who ask it.
 */
export function searchMap(map: CartographyMap, asked: MapAsked): Found {
  const isNamed = searched(asked.q)
  const metiers = map.metiers.filter((one) => isOfMetiers(one, asked))
  const competences = map.competences.filter((one) => isOfCompetences(one, asked))
  const metierSlugs = new Set(metiers.map((one) => one.slug))
  const keys = new Set(competences.map((one) => one.key))
  const namedMetiers = metiers.filter(({ label, description, rome }) =>
    isNamed(label.feminine, label.masculine, description, rome),
  )
  const namedCompetences = competences.filter((one) => isNamed(one.code, one.label, one.description))
  const named = new Set([...namedMetiers.map((one) => one.slug), ...namedCompetences.map((one) => one.key)])
  return {
    metiers: namedMetiers,
    competences: namedCompetences,
    requirements: map.requirements.filter(
      ({ metier, competence }) =>
        metierSlugs.has(metier) && keys.has(competence) && (named.has(metier) || named.has(competence)),
    ),
  }
}

const isOfMetiers = ({ kind, family, status }: Part<'metiers'>, { nature, famille, statut }: MapAsked): boolean =>
  (!nature || kind === nature) && (!famille || family === famille) && (!statut || status === statut)

const isOfCompetences = ({ axis, kind }: Part<'competences'>, { axe, sorte }: MapAsked): boolean =>
  (!axe || axis === axe) && (!sorte || kind === sorte)
