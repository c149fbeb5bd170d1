import { listModules, listPaths } from '../curricula/curricula.ts'
import type { Module, Path } from '../curricula/schema.ts'
import type { Db } from '../db.ts'
import { type HeldBadge, holds } from './holders.ts'

type Step = { module: { slug: string; title: string }; badge: HeldBadge | null }
export type HeldStage = { title: string; choose: number | null; steps: Step[]; obtained: number; asked: number }
export type HeldPath = { path: Path; arrival: HeldBadge | null; stages: HeldStage[] }

/** The paths that at least one badge in force of someone belongs to: of each stage, what is obtained and what is missing. */
export async function pathsHeld(db: Db, badges: HeldBadge[], now: Date): Promise<HeldPath[]> {
  const live = badges.filter((one) => holds(one, now))
  const byModule = new Map(live.toReversed().flatMap((one) => (one.about.module ? [[one.about.module, one]] : [])))
  const arrivals = new Map(live.flatMap((one) => (one.about.path ? [[one.about.path, one]] : [])))
  const [paths, modules] = [await listPaths(db), await listModules(db)]
  const known = new Map(modules.map((one) => [one.slug, one]))
  return paths
    .filter(({ slug, stages }) => arrivals.has(slug) || stages.some((one) => one.modules.some((m) => byModule.has(m))))
    .map((path) => ({ path, arrival: arrivals.get(path.slug) ?? null, stages: stagesHeld(path, byModule, known) }))
}

/** A module is counted once in a path: what is required takes it first, then the choices in the order of the stages. */
function stagesHeld({ stages }: Path, byModule: Map<string, HeldBadge>, known: Map<string, Module>): HeldStage[] {
  const required = new Set(stages.filter((one) => !one.choose).flatMap((one) => one.modules))
  const taken = new Set<string>()
  return stages.map(({ title, modules, choose = null }) => {
    const isFree = (slug: string) => choose === null || !(required.has(slug) || taken.has(slug))
    const own = modules.filter((slug) => byModule.has(slug) && isFree(slug)).slice(0, choose ?? modules.length)
    for (const slug of own) taken.add(slug)
    const steps = modules.map((slug) => ({
      module: { slug, title: known.get(slug)?.title ?? slug },
      badge: own.includes(slug) ? byModule.get(slug)! : null,
    }))
    return { title, choose, steps, obtained: own.length, asked: choose ?? modules.length }
  })
}
