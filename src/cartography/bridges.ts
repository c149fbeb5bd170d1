import { answers } from '../curricula/plan-model.ts'
import { invalid, notFound } from '../errors.ts'
import { keyOf, type Metier } from '../referential/schema.ts'
import type { CartographyMap } from './map.ts'

/** What of the map tells a métier from another. */
export type Known = Pick<
  CartographyMap,
  'metiers' | 'requirements' | 'competences' | 'areas' | 'duties' | 'crosswalks' | 'bridges'
>

/** A competence that a métier asks, whatever the number of lists that say so: the highest level, the greatest weight. */
export type Asked = {
  competence: string
  code: string
  label: string
  kind: string
  axis: 'professional' | 'digital'
  level: number | null
  importance: 'essential' | 'useful' | null
  status: 'official' | 'illustrative'
  lists: string[]
  source: unknown[]
}

/**
 * Held at the level asked; held, at a lower or unstated level; answered by a neighbour only; not held; or `unknown`, with its
 * neighbours if any: no source says what the métier of departure asks on that axis and of that kind.
 */
export type State = 'shared' | 'raise' | 'near' | 'missing' | 'unknown'
type Near = { competence: string; label: string; relation: string; status: string; source: string }
const orderOf = ({ competence, relation, status, source }: Near): string =>
  [competence, relation, status, source].join('\n')
export type Compared = Asked & { state: State; held: number | null; near: Near[] }

/** A métier and what it asks; `funded` is the one that a scheme stands for, and whose competences these are. */
export type Side = { metier: Metier; funded: Metier | null; asked: Asked[] }

const AXES = ['professional', 'digital'] as const
const KINDS = ['domaine', 'savoir', 'savoir-faire', 'savoir-etre']
const WEIGHTS = ['essential', 'useful', null]

/**
 * From a métier to another: each competence that the second asks, once, with what the first shows of it; what the first brings
 * besides; and, for each axis apart, how many are shared: null where nothing is known of any of them.
 * Errors: `not_found`; `bridge_same` for a métier and itself.
 */
export function compareMetiers(map: Known, fromSlug: string, toSlug: string) {
  if (fromSlug === toSlug) {
    throw invalid('bridge_same', 'Le métier de départ et celui d’arrivée sont le même.', 'Choisissez deux métiers.', {
      field: 'vers',
    })
  }
  return compareSides(map, sideOf(map, fromSlug), sideOf(map, toSlug))
}

/** The same, between sides already read. */
export function compareSides(map: Known, from: Side, to: Side) {
  const compared = to.asked.map((one) => comparedTo(map, from.asked, one))
  const competences = from.asked.length === 0 ? [] : compared
  const wanted = new Set(to.asked.map((one) => one.competence))
  return {
    from,
    to,
    /** Whether sources say what both ask. */
    known: from.asked.length > 0 && to.asked.length > 0,
    competences,
    brought: to.asked.length === 0 ? [] : from.asked.filter((one) => !wanted.has(one.competence)),
    axes: axesOf(competences),
    ...directionOf(map, from, to),
  }
}
export type Comparison = ReturnType<typeof compareSides>

/** A métier with what it asks, in the order in which it is shown. Error: `not_found`. */
export function sideOf(map: Known, slug: string): Side {
  const metier = map.metiers.find((one) => one.slug === slug)
  if (!metier) throw notFound('Le métier', slug)
  const funded = map.metiers.find((one) => one.slug === metier.scheme_of) ?? null
  return { metier, funded, asked: askedBy(map, (funded ?? metier).slug) }
}

function askedBy({ requirements, competences, areas, duties }: Known, slug: string): Asked[] {
  const entries = new Map([...competences, ...areas, ...duties].map((one) => [one.key, one]))
  const said = Map.groupBy(
    requirements.filter((one) => one.metier === slug),
    (one) => one.competence,
  )
  return [...said]
    .map(([competence, all]): Asked => {
      const { code, label, kind, axis } = entries.get(competence) ?? {
        ...UNLISTED,
        code: competence,
        label: competence,
      }
      const sources = new Map(all.flatMap((one) => [one.source].flat(2)).map((one) => [JSON.stringify(one), one]))
      return {
        competence,
        code,
        label,
        kind,
        axis,
        level: all.reduce<number | null>((most, { level }) => Math.max(most ?? 0, level ?? 0) || null, null),
        importance: WEIGHTS.find((weight) => all.some((one) => one.importance === weight)) as Asked['importance'],
        status: all.every((one) => one.status === 'official') ? 'official' : 'illustrative',
        lists: [...new Set(all.map((one) => one.list))].toSorted(),
        source: [...sources].toSorted(([a], [b]) => a.localeCompare(b)).map(([, one]) => one),
      }
    })
    .toSorted(inShownOrder)
}

const UNLISTED = { kind: 'competence', axis: 'professional' } as const
const rank = (all: readonly unknown[], one: unknown): number => (all.indexOf(one) + all.length + 1) % (all.length + 1)

/** By axis, then by kind, what is essential first. */
const inShownOrder = (a: Asked, b: Asked): number =>
  AXES.indexOf(a.axis) - AXES.indexOf(b.axis) ||
  rank(KINDS, a.kind) - rank(KINDS, b.kind) ||
  WEIGHTS.indexOf(a.importance) - WEIGHTS.indexOf(b.importance) ||
  a.competence.localeCompare(b.competence, 'fr', { numeric: true })

/** What shows that competence among those held: itself, its official equal, or its neighbours. */
function comparedTo({ crosswalks }: Known, held: Asked[], asked: Asked): Compared {
  const had = new Map(held.map((one) => [one.competence, one]))
  const related = crosswalks.flatMap(({ from, to, relation, status, source }) => {
    const [left, right] = [keyOf(from), keyOf(to)]
    const other = left === asked.competence ? had.get(right) : right === asked.competence ? had.get(left) : undefined
    // A level is carried between versions of one framework only: two frameworks have two scales.
    return other
      ? [{ other, relation, status, source, level: from.framework === to.framework ? other.level : null }]
      : []
  })
  const own = had.get(asked.competence)
  const same = related.filter((one) => one.relation === 'exactMatch' && one.status === 'official')
  const levels = [...(own ? [own.level] : []), ...same.map((one) => one.level)]
  const near = related
    .filter((one) => !same.includes(one))
    .map(({ other: { competence, label }, relation, status, source }) => ({
      competence,
      label,
      relation,
      status,
      source,
    }))
    .toSorted((a, b) => orderOf(a).localeCompare(orderOf(b)))
  const isReached = levels.some((level) => answers(asked, { competence: asked.competence, level }))
  const best = levels.reduce<number | null>((most, level) => Math.max(most ?? 0, level ?? 0) || null, null)
  const isTold = held.some(({ axis, kind }) => axis === asked.axis && kind === asked.kind)
  const state = isReached
    ? 'shared'
    : levels.length > 0
      ? 'raise'
      : !isTold
        ? 'unknown'
        : near.length > 0
          ? 'near'
          : 'missing'
  return { ...asked, state, held: best, near: ['near', 'unknown'].includes(state) ? near : [] }
}

const axesOf = (competences: Compared[]) =>
  AXES.flatMap((axis) => {
    const own = competences.filter((one) => one.axis === axis)
    const of = (state: State): number => own.filter((one) => one.state === state).length
    const [asked, unknown] = [own.length, of('unknown')]
    return asked === 0 ? [] : [{ axis, asked, shared: unknown === asked ? null : of('shared'), unknown }]
  })

/** What sources declare of that way, else our reading of a way to a métier that leads others, else nothing. */
function directionOf({ bridges }: Known, from: Side, to: Side) {
  const is = ({ metier, funded }: Side, slug: string): boolean => slug === metier.slug || slug === funded?.slug
  const declared = bridges.filter((one) => is(from, one.from) && is(to, one.to))
  const said = new Set(declared.map((one) => one.direction))
  const [start, end] = [from, to].map(({ metier, funded }) => (funded ?? metier).family)
  const isLed = said.size === 0 && end === 'encadrement' && start !== null && start !== 'encadrement'
  return {
    declared,
    direction: said.size === 1 ? [...said][0]! : isLed ? ('vertical' as const) : null,
    directionBasis: said.size === 1 ? ('declared' as const) : isLed ? ('insigne' as const) : null,
  }
}
