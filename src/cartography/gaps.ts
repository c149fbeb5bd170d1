import { addDays, parisDate } from '../days.ts'
import type { Db } from '../db.ts'
import { invalid, notFound } from '../errors.ts'
import { DEPARTEMENTS_OF_REGIONS, knownDepartement } from '../organisations/departements.ts'
import { sessionCoverage, type Taught } from '../training/session-coverage.ts'
import { blockGaps } from './block-gaps.ts'
import { competenceGaps, needsOf } from './competence-gaps.ts'
import { type CartographyMap, readMap } from './map.ts'
import { cellsOf, isLacking } from './territory-gaps.ts'

/** The horizon where none is asked, in days. */
export const HORIZON = 180

/** What is missing of the offer at a moment, as tables of flat rows in an order of their own. */
export type Gaps = ReturnType<typeof gapsOf>

/**
 * What is missing: competences asked that nothing teaches, shows or certifies, départements without a session within `days`, what
 * blocks do not bring. Nine queries, whatever the number of sessions. Only sessions planned in this service are known.
 */
export async function findGaps(db: Db, { now, days }: { now: Date; days: number }): Promise<Gaps> {
  const today = parisDate(now)
  const until = addDays(today, days)
  const [map, sessions] = await Promise.all([readMap(db), sessionCoverage(db, { today, until })])
  return gapsOf(map, sessions, { today, until })
}

/** The same, from a map and sessions already read. `cells` holds the départements that lack nothing too. */
export function gapsOf(map: CartographyMap, sessions: readonly Taught[], horizon: { today: string; until: string }) {
  const known = new Set(map.modules.map((one) => one.slug))
  const ours = sessions.filter((one) => known.has(one.module))
  const needs = needsOf(map)
  const { gaps, shares } = competenceGaps(map, needs, ours)
  const cells = cellsOf(map, needs, ours)
  const codes = new Set(DEPARTEMENTS_OF_REGIONS.map((one) => one.code))
  const coming = (some: Taught[]): number => some.reduce((sum, one) => sum + one.coming, 0)
  return {
    horizon,
    /** Sessions to come: in the 101 départements, in other overseas territories, at a distance. */
    sessions: {
      departements: coming(ours.filter((one) => codes.has(one.departement ?? ''))),
      elsewhere: coming(ours.filter((one) => one.departement !== null && !codes.has(one.departement))),
      distance: coming(ours.filter((one) => one.departement === null)),
    },
    shares,
    competences: gaps,
    cells,
    departements: cells.filter(isLacking),
    blocks: blockGaps(map, needs),
    modules: map.modules.map(({ slug, title }) => ({ slug, title })),
    lists: map.lists.filter(({ kind }) => ['requirements', 'activities', 'field-needs'].includes(kind)),
    /** The métiers and fonctions of which a source says what they ask. */
    metiers: [...new Map(needs.flatMap((one) => (one.kind === 'metier' ? [[one.asker, one.askerLabel]] : [])))].map(
      ([slug, label]) => ({ slug, label }),
    ),
  }
}

/** What to keep of the gaps; an empty text asks for nothing. */
export type GapsAsked = {
  metier?: string | undefined
  axe?: '' | 'professional' | 'digital' | undefined
  departement?: string | undefined
  region?: string | undefined
}

/**
 * The gaps of a métier, of an axis, of a département or a région. Of a métier: what it asks, and where; activities and modules,
 * which are nobody's own, are left out. Errors: `not_found`, `departement_unknown`, `departement_elsewhere`.
 */
export function narrowGaps(gaps: Gaps, asked: GapsAsked): Gaps {
  const { metier, axe } = asked
  if (metier && !gaps.metiers.some((one) => one.slug === metier)) {
    throw notFound('Parmi ceux dont une source dit ce qu’ils demandent, le métier', metier)
  }
  const { departement, region } = placeOf(asked)
  const isOfAxis = (axis: string | null): boolean => !axe || axis === null || axis === axe
  const isAsked = ({ asker, axis }: { asker: string; axis: string }): boolean =>
    (!metier || asker === metier) && isOfAxis(axis)
  const isHere = (cell: Gaps['cells'][number]): boolean =>
    (!metier || (cell.scope === 'metier' && cell.target === metier)) &&
    isOfAxis(cell.axis) &&
    (departement === null || cell.departement === departement) &&
    (region === null || cell.region === region)
  return {
    ...gaps,
    shares: gaps.shares.filter(isAsked),
    competences: gaps.competences.filter(isAsked),
    cells: gaps.cells.filter(isHere),
    departements: gaps.departements.filter(isHere),
    blocks: gaps.blocks.filter(
      (one) => (!metier || one.metier === null || one.metier === metier) && isOfAxis(one.axis),
    ),
  }
}

function placeOf(asked: GapsAsked): { departement: string | null; region: string | null } {
  const [departement, region] = [knownDepartement(asked.departement), asked.region || null]
  if (region && !DEPARTEMENTS_OF_REGIONS.some((one) => one.region === region)) throw notFound('La région', region)
  const found = DEPARTEMENTS_OF_REGIONS.find((one) => one.code === departement)
  if (departement !== null && (!found || (region !== null && found.region !== region))) {
    throw invalid(
      'departement_elsewhere',
      found
        ? `Le département ${departement} (${found.name}) n’est pas dans la région demandée.`
        : `Le territoire ${departement} n’est pas un des 101 départements : ses sessions sont comptées à part.`,
      'Choisissez un département de la région, ou l’un des deux seulement.',
      { field: 'departement' },
    )
  }
  return { departement, region }
}
