import { answers } from '../curricula/plan-model.ts'
import { bothForms } from '../referential/metier-view.ts'
import type { Taught } from '../training/session-coverage.ts'
import { sideOf } from './bridges.ts'
import { keyOf } from '../referential/schema.ts'
import type { CartographyMap } from './map.ts'

/** A competence that a métier (or a fonction) asks, or that an activity takes, once, with the lists that say so. */
export type Need = {
  kind: 'metier' | 'activity'
  /** The métier's name in addresses, or the key of the activity. */
  asker: string
  askerLabel: string
  competence: string
  label: string
  axis: 'professional' | 'digital'
  level: number | null
  importance: 'essential' | 'useful' | null
  lists: string[]
  status: 'official' | 'illustrative'
  source: unknown
}

/**
 * What lacks: no module teaches it; some do, below the level asked or without stating one; those that do have no session to
 * come; no badge of the common catalogue shows it; no module known as certifying teaches it.
 */
export const LACKS = ['untaught', 'below_level', 'not_offered', 'no_badge', 'not_certifying'] as const
export type Lack = (typeof LACKS)[number]

/** One thing that lacks of one competence asked. `modules` teach it, whatever the level; `taughtLevel` is their best. */
export type CompetenceGap = Need & { lack: Lack; taughtLevel: number | null; modules: string[] }

/** How many of the competences asked on one axis have each answer; two axes are never added up. */
export type Share = Pick<Need, 'kind' | 'asker' | 'askerLabel' | 'axis'> & {
  /** All of them. */
  competences: string[]
  asked: number
  taught: number
  offered: number
  shown: number
  certified: number
}

const AXES = ['professional', 'digital'] as const

/** Every competence asked by a métier or taken by an activity: métiers first, each in the order of the map. */
export function needsOf(map: CartographyMap): Need[] {
  const metiers = map.metiers
    .filter((one) => one.scheme_of === null)
    .flatMap((metier) =>
      sideOf(map, metier.slug).asked.map(({ code, label, ...one }): Need => ({
        ...one,
        kind: 'metier',
        asker: metier.slug,
        askerLabel: bothForms(metier),
        label: `${code} ${label}`,
      })),
    )
  return [...metiers, ...activityNeeds(map)]
}

function activityNeeds({ activities, duties, competences, areas }: CartographyMap): Need[] {
  const entries = new Map([...duties, ...competences, ...areas].map((one) => [one.key, one]))
  const wordsOf = (key: string): string => [entries.get(key)?.code, entries.get(key)?.label ?? key].join(' ').trim()
  const said = Map.groupBy(activities, (one) => `${one.activity} ${one.competence}`)
  return [...said.values()].map((all): Need => {
    const { activity, competence } = all[0]!
    return {
      kind: 'activity',
      asker: activity,
      askerLabel: wordsOf(activity),
      competence,
      label: wordsOf(competence),
      axis: entries.get(competence)?.axis ?? 'professional',
      level: null,
      importance: null,
      lists: [...new Set(all.map((one) => one.list))].toSorted(),
      status: all.every((one) => one.status === 'official') ? 'official' : 'illustrative',
      source: all.flatMap((one) => [one.source].flat(2)),
    }
  })
}

/** What lacks of each need, then how many of each asker's have each answer. */
export function competenceGaps(map: CartographyMap, needs: Need[], sessions: readonly Taught[]) {
  const open = new Set(sessions.filter((one) => one.coming > 0).map((one) => one.module))
  const certifying = new Set(map.modules.filter((one) => one.certifying === true).map((one) => one.slug))
  const shown = new Set(map.badges.flatMap((one) => one.competences.map(keyOf)))
  const teaching = Map.groupBy(map.teaching, (one) => one.competence)

  const judged = needs.map((need) => {
    const taught = teaching.get(need.competence) ?? []
    const enough = taught.filter((one) => answers(need, one)).map((one) => one.module)
    const lacks: Record<Lack, boolean> = {
      untaught: taught.length === 0,
      below_level: taught.length > 0 && enough.length === 0,
      not_offered: enough.length > 0 && !enough.some((slug) => open.has(slug)),
      no_badge: !shown.has(need.competence),
      not_certifying: enough.length > 0 && !enough.some((slug) => certifying.has(slug)),
    }
    const levels = taught.flatMap(({ level }) => (level === null ? [] : [level]))
    const taughtLevel = levels.length === 0 ? null : Math.max(...levels)
    return { need, lacks, taughtLevel, modules: taught.map((one) => one.module).toSorted() }
  })
  const gaps = judged.flatMap(({ need, lacks, ...rest }) =>
    LACKS.filter((lack) => lacks[lack]).map((lack): CompetenceGap => ({ ...need, lack, ...rest })),
  )
  const byAsker = Map.groupBy(judged, ({ need: { kind, asker, axis } }) => `${kind} ${asker} ${axis}`)
  const shares = [...byAsker.values()].map((all): Share => {
    const { kind, asker, askerLabel, axis } = all[0]!.need
    const without = (...lacks: Lack[]): number => all.filter((one) => !lacks.some((lack) => one.lacks[lack])).length
    return {
      kind,
      asker,
      askerLabel,
      axis,
      asked: all.length,
      competences: all.map((one) => one.need.competence),
      taught: without('untaught', 'below_level'),
      offered: without('untaught', 'below_level', 'not_offered'),
      shown: without('no_badge'),
      certified: without('untaught', 'below_level', 'not_certifying'),
    }
  })
  return { gaps: gaps.toSorted(inOrder), shares: shares.toSorted(inOrder) }
}

const KINDS = ['metier', 'activity']
type Sorted = Pick<Need, 'kind' | 'asker' | 'axis'> & { lack?: Lack; competence?: string }
const plain = (a = '', b = ''): number => a.localeCompare(b, 'fr', { numeric: true })

const inOrder = (a: Sorted, b: Sorted): number =>
  KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) ||
  plain(a.asker, b.asker) ||
  AXES.indexOf(a.axis) - AXES.indexOf(b.axis) ||
  LACKS.indexOf(a.lack!) - LACKS.indexOf(b.lack!) ||
  plain(a.competence, b.competence)
