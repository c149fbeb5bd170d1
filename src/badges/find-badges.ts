import { searched } from '../web/search.ts'
import type { Achievement } from './schema.ts'
import { keyOf } from '../referential/schema.ts'

/** What is asked of the catalogue of badges; an empty text asks for nothing. `competence`: `framework/version/code`. */
export type BadgesAsked = {
  q?: string | undefined
  sorte?: string | undefined
  famille?: string | undefined
  niveau?: string | undefined
  competence?: string | undefined
}

/** The badge classes that answer everything that is asked. */
export function findBadges(all: readonly Achievement[], asked: BadgesAsked): Achievement[] {
  const { q, sorte, famille, niveau, competence } = asked
  const isNamed = searched(q)
  return all.filter(
    (one) =>
      (!sorte || one.kind === sorte) &&
      (!famille || one.family === famille) &&
      (!niveau || String(one.level) === niveau) &&
      (!competence || one.competences.some((ref) => keyOf(ref) === competence)) &&
      isNamed(one.name, one.description, ...one.competences.map(({ label }) => label)),
  )
}

const FRAMEWORKS: Record<string, string> = { digcomp: 'DigComp', pix: 'Pix', mediation: 'Médiation' }

/** The competences that some badge aims at, for a list of choices: key, then words. */
export function competencesOf(all: readonly Achievement[]): [key: string, words: string][] {
  const aimed = new Map(
    all
      .flatMap((one) => one.competences)
      .map((ref) => [keyOf(ref), `${FRAMEWORKS[ref.framework] ?? ref.framework} ${ref.code} ${ref.label}`]),
  )
  return [...aimed].toSorted(([, one], [, other]) => one.localeCompare(other, 'fr', { numeric: true }))
}
