import { listModules } from '../curricula/curricula.ts'
import type { Module } from '../curricula/schema.ts'
import type { Db } from '../db.ts'
import { type LabelledCompetence, labelCompetences } from '../referential/competence-labels.ts'
import { axisOf } from '../referential/lists.ts'
import { getMetier, listCrosswalks, listFrameworks, listMetiers } from '../referential/referential.ts'
import type { Axis, CompetenceRef, Metier } from '../referential/schema.ts'
import type { Recognised } from '../wallet/worth.ts'
import { type Shown, shownBy, shownElsewhere, type ShowingBadge, sumOf } from './competences.ts'
import { heldBadges, holds } from './holders.ts'

type Relation = Awaited<ReturnType<typeof listCrosswalks>>[number]

/** A competence of another framework that a badge attests, and the relation that ties it to the one asked. */
export type Tie = {
  mine: CompetenceRef
  status: Relation['status']
  isSame: boolean
  source: string
  badges: ShowingBadge[]
}
/**
 * `reached`: attested, at the level asked if one is. `below`: at a lower level, or with none assessed. `near`: something
 * related is attested, which does not replace it. `missing`: nothing is.
 */
export type GapState = 'reached' | 'below' | 'near' | 'missing'
export type GapLine = {
  asked: LabelledCompetence
  axis: Axis
  state: GapState
  best: number | null
  isAimed: boolean
  badges: ShowingBadge[]
  ties: Tie[]
  /** What teaches it, the shortest first; none once it is reached. */
  modules: Module[]
}
export type Gap = { metier: Metier; funded: Metier | null; lines: GapLine[]; left: number }

/** The métiers, roles and schemes whose competences are known, by name. */
export async function metiersWithCompetences(db: Db): Promise<Metier[]> {
  const all = await listMetiers(db)
  const told = new Set(all.filter((one) => one.competences.length > 0).map((one) => one.slug))
  return all
    .filter(({ slug, scheme_of }) => told.has(slug) || (scheme_of !== null && told.has(scheme_of)))
    .toSorted((one, other) => one.label.feminine.localeCompare(other.label.feminine, 'fr'))
}

/**
 * What a métier asks (a scheme, the métier that it funds), against what the badges in force of someone attest, directly or
 * by a table of correspondence, and what her or his badges of elsewhere do (`recognised`); `left` counts the badges that do
 * not count any more. Errors: `not_found`.
 */
export async function gapOf(
  db: Db,
  personId: string,
  slug: string,
  recognised: Recognised[],
  now = new Date(),
): Promise<Gap> {
  const metier = await getMetier(db, slug)
  const funded = metier.scheme_of === null ? null : await getMetier(db, metier.scheme_of)
  const asked = await labelCompetences(db, (funded ?? metier).competences)
  const badges = await heldBadges(db, personId)
  const shown = [...shownBy(badges, now), ...shownElsewhere(recognised)]
  const relations = await listCrosswalks(db)
  const modules = await listModules(db)
  const axis = axisOf(await listFrameworks(db))
  const lines = asked.map((one) => ({ ...lineOf(one, shown, relations, modules), axis: axis(one) }))
  return {
    metier,
    funded,
    lines,
    left: badges.filter((one) => one.about.competences.length > 0 && !holds(one, now)).length,
  }
}

const isSame = (one: CompetenceRef, other: CompetenceRef): boolean =>
  one.framework === other.framework && one.version === other.version && one.code === other.code

function lineOf(
  asked: LabelledCompetence,
  shown: Shown[],
  relations: Relation[],
  all: Module[],
): Omit<GapLine, 'axis'> {
  const ties = tiesTo(asked, shown, relations)
  const direct = shown.filter((one) => isSame(one, asked))
  // The same competence of another version of its framework counts as itself.
  const equal = ties.filter((one) => one.isSame).flatMap(({ mine }) => shown.filter((one) => isSame(one, mine)))
  const found = sumOf([...direct, ...equal])
  const state = stateOf(asked, found, ties)
  const modules = state === 'reached' ? [] : all.filter((one) => one.competences.some((ref) => isSame(ref, asked)))
  return { asked, state, ...found, ties, modules: modules.toSorted((one, other) => hoursOf(one) - hoursOf(other)) }
}

function stateOf({ level }: LabelledCompetence, { best, badges }: ReturnType<typeof sumOf>, ties: Tie[]): GapState {
  if (badges.length === 0) return ties.length > 0 ? 'near' : 'missing'
  return typeof level !== 'number' || (best !== null && best >= level) ? 'reached' : 'below'
}

/** What someone shows in the words of another framework, or of another version of the same. */
function tiesTo(asked: CompetenceRef, shown: Shown[], relations: Relation[]): Tie[] {
  return relations.flatMap(({ from, to, relation, status, source }) => {
    const mine = isSame(to, asked) ? from : isSame(from, asked) ? to : null
    const badges = mine === null ? [] : sumOf(shown.filter((one) => isSame(one, mine))).badges
    if (mine === null || badges.length === 0) return []
    return [{ mine, status, source, badges, isSame: relation === 'exactMatch' && status === 'official' }]
  })
}

const hoursOf = ({ hours }: Module): number => hours?.min ?? hours?.max ?? Number.POSITIVE_INFINITY
