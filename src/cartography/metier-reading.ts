import { sideOf } from './bridges.ts'
import type { CartographyMap } from './map.ts'
import { type Supply, supplyOf } from './supply.ts'

type Competence = CartographyMap['competences'][number]
/** What is asked of a competence by all the lists that ask it. */
export type Requirement = ReturnType<typeof sideOf>['asked'][number]
type Duty = CartographyMap['duties'][number]
type DutyOf = CartographyMap['dutiesOf'][number]
type Activity = CartographyMap['activities'][number]
type Metier = CartographyMap['metiers'][number]

/** A competence that a métier asks, and what answers to it. */
export type AskedCompetence = Supply & { competence: Competence; requirement: Requirement }

/** Something that one does in a métier, with the competences that it takes. */
export type DoneDuty = { duty: Duty; said: DutyOf; takes: { competence: Competence; said: Activity }[] }

/** A way to or from a métier that a source names. */
export type DeclaredBridge = { bridge: CartographyMap['bridges'][number]; from: Metier; to: Metier }

export type MetierReading = {
  metier: Metier
  /** The métier that a scheme funds. */
  funded: Metier | null
  schemes: Metier[]
  duties: DoneDuty[]
  asked: AskedCompetence[]
  bridges: DeclaredBridge[]
  /** The lists that say something of it. */
  lists: CartographyMap['lists']
}

/** What the map says of one métier, role or scheme, in the order of the codes; `not_found` for a name that it does not hold. */
export function readMetier(map: CartographyMap, slug: string): MetierReading {
  const { metier, funded } = sideOf(map, slug)
  const bySlug = new Map(map.metiers.map((one) => [one.slug, one]))
  const duties = dutiesOf(map, slug)
  const asked = askedBy(map, slug)
  const bridges = map.bridges
    .filter((one) => one.from === slug || one.to === slug)
    .flatMap((bridge): DeclaredBridge[] => {
      const [from, to] = [bySlug.get(bridge.from), bySlug.get(bridge.to)]
      return from && to ? [{ bridge, from, to }] : []
    })
  const speaking = new Set([
    ...asked.flatMap((one) => one.requirement.lists),
    ...duties.flatMap(({ said, takes }) => [said.list, ...takes.map((one) => one.said.list)]),
    ...bridges.map((one) => one.bridge.list),
  ])
  return {
    metier,
    funded,
    schemes: map.metiers.filter((one) => one.scheme_of === slug),
    duties,
    asked,
    bridges,
    lists: map.lists.filter((one) => speaking.has(one.list)),
  }
}

function dutiesOf(map: CartographyMap, slug: string): DoneDuty[] {
  const said = new Map(map.dutiesOf.filter((one) => one.metier === slug).map((one) => [one.duty, one]))
  const byKey = new Map(map.competences.map((one) => [one.key, one]))
  return map.duties.flatMap((duty) => {
    const mine = said.get(duty.key)
    if (!mine) return []
    const takes = map.activities.flatMap((one) => {
      const competence = one.activity === duty.key ? byKey.get(one.competence) : undefined
      return competence ? [{ competence, said: one }] : []
    })
    return [{ duty, said: mine, takes }]
  })
}

/** A scheme asks nothing of its own: what its métier asks is on the page of that métier. */
function askedBy(map: CartographyMap, slug: string): AskedCompetence[] {
  const { funded, asked } = sideOf(map, slug)
  if (funded) return []
  const supply = supplyOf(map)
  const byKey = new Map(map.competences.map((one) => [one.key, one]))
  return asked.flatMap((requirement) => {
    const competence = byKey.get(requirement.competence)
    return competence ? [{ ...supply(competence.key), competence, requirement }] : []
  })
}
