import { achievements } from '../badges/badges.sql.ts'
import type { Achievement } from '../badges/schema.ts'
import { listModules } from '../curricula/curricula.ts'
import type { Module } from '../curricula/schema.ts'
import type { Db } from '../db.ts'
import { listMetiers } from '../referential/referential.ts'
import { keyOf, type Metier } from '../referential/schema.ts'
import type { BadgeClass } from './cube.ts'

/**
 * What each version of each badge class shows, those of organisations too, whom the module that it rewards is for, and which
 * métiers ask one of its competences in the lists in force: a badge counts for what its own version shows.
 */
export async function readClasses(db: Db): Promise<BadgeClass[]> {
  const badges = (await db.select({ about: achievements.about }).from(achievements)).map(({ about }) => about)
  return classesOf({ modules: await listModules(db), metiers: await listMetiers(db), badges })
}

/** The same, of content that is read already. */
export function classesOf(content: { modules: Module[]; metiers: Metier[]; badges: Achievement[] }): BadgeClass[] {
  const publics = new Map(content.modules.map((one) => [one.slug, one.publics]))
  const askers = content.metiers.map((one) => ({ slug: one.slug, asks: new Set(one.competences.map(keyOf)) }))
  return content.badges.map(({ slug, version, competences, module }) => {
    const shown = competences.map((one) => keyOf(one))
    return {
      badge: `${slug}/${version}`,
      competences: shown,
      publics: (module && publics.get(module)) || [],
      metiers: askers.filter(({ asks }) => shown.some((one) => asks.has(one))).map((one) => one.slug),
    }
  })
}
