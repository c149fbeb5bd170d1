import type { Db } from '../db.ts'
import { type ShownLabel, showLabel } from '../referential/competence-labels.ts'
import { getFramework } from '../referential/referential.ts'
import type { CompetenceRef } from '../referential/schema.ts'
import { ELSEWHERE } from '../wallet/schema.ts'
import type { Recognised } from '../wallet/worth.ts'
import { type HeldBadge, holds } from './holders.ts'

/** A badge that shows something: where its page is, and, if it is of elsewhere, who recognises it. */
export type ShowingBadge = { href: string; name: string; validFrom: Date; recognisedBy: string | null }

/**
 * A competence that a badge in force attests: at a level that was assessed (null where its framework has none), or
 * (`aimed`) because the badge is about it, without a level of its own.
 */
export type Shown = CompetenceRef & { badge: ShowingBadge; level: number | null; isAimed: boolean }

/** The competences that someone's badges attest now; a badge revoked, suspended or expired attests none. */
export const shownBy = (badges: HeldBadge[], now: Date): Shown[] =>
  badges
    .filter((one) => holds(one, now))
    .flatMap(({ id, validFrom, ...badge }) => {
      const held = { href: `/credentials/${id}`, name: badge.about.name, validFrom, recognisedBy: null }
      const assessed = new Map(badge.levels.map((one) => [`${one.framework} ${one.code}`, one.level]))
      return badge.about.competences.map(({ framework, version, code }) => {
        const level = assessed.get(`${framework} ${code}`)
        return { framework, version, code, badge: held, level: level ?? null, isAimed: level === undefined }
      })
    })

/** The same of badges of elsewhere, as organisations recognise them. */
export const shownElsewhere = (recognised: Recognised[]): Shown[] =>
  recognised.flatMap(({ id, name, validFrom, authority, competences }) => {
    const badge = { href: `${ELSEWHERE}/${id}`, name, validFrom, recognisedBy: authority }
    return competences.map(({ level = null, ...ref }) => ({ ...ref, badge, level, isAimed: false }))
  })

export type HeldCompetence = {
  code: string
  label: ShownLabel
  /** The best level that was assessed; null when none was. */
  best: number | null
  isAimed: boolean
  badges: ShowingBadge[]
}
export type HeldFramework = {
  framework: string
  version: string
  title: string
  levels: number[]
  areas: { code: string; label: ShownLabel; competences: HeldCompetence[] }[]
}

/** What someone's badges show, by framework and area, in their order. */
export async function competencesHeld(db: Db, all: Shown[]): Promise<HeldFramework[]> {
  const byVersion = Map.groupBy(all, ({ framework, version }) => `${framework}/${version}`)
  const held = await Promise.all([...byVersion.values()].map((shown) => frameworkHeld(db, shown)))
  return held.toSorted((one, other) => one.title.localeCompare(other.title, 'fr'))
}

async function frameworkHeld(db: Db, shown: Shown[]): Promise<HeldFramework> {
  const { framework, version } = shown[0]!
  const { competences, languages, title, levels } = await getFramework(db, framework, version)
  const known = new Map(competences.map((one) => [one.code, one]))
  const byCode = Map.groupBy(shown, (one) => one.code)
  const areaOf = (code: string): string => {
    const parent = known.get(code)?.parent
    return parent ? areaOf(parent) : code
  }
  const labelOf = (code: string) => showLabel(known.get(code)?.label ?? { fr: null, en: null }, languages, code)
  const held = competences.flatMap(({ code }) => {
    const mine = byCode.get(code)
    return mine ? [{ code, label: labelOf(code), ...sumOf(mine) }] : []
  })
  const areas = [...Map.groupBy(held, ({ code }) => areaOf(code))].map(([code, competences]) => ({
    code,
    label: labelOf(code),
    competences,
  }))
  return { framework, version, title: title.fr ?? title.en ?? framework, levels: levels.map((one) => one.level), areas }
}

/** Several badges on one competence: the best level of those that say one. */
export function sumOf(shown: Shown[]): { best: number | null; isAimed: boolean; badges: ShowingBadge[] } {
  const levels = shown.flatMap(({ level }) => level ?? [])
  return {
    best: levels.length === 0 ? null : Math.max(...levels),
    isAimed: shown.every((one) => one.isAimed),
    badges: [...new Set(shown.map((one) => one.badge))],
  }
}
