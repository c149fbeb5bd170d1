import { sql } from 'drizzle-orm'
import { readContentFolder } from '../content.ts'
import type { Db } from '../db.ts'
import { moduleCompetences, modules, paths } from './curricula.sql.ts'
import { Module, Path } from './schema.ts'

/** Loads the modules and the paths; refuses a path or a prerequisite that names an unknown module. */
export async function loadCurricula(db: Db): Promise<void> {
  const moduleFiles = readContentFolder(Module, 'curricula/modules')
  const pathFiles = readContentFolder(Path, 'curricula/paths')
  const known = new Set(moduleFiles.map((one) => one.slug))
  const named = [...moduleFiles.flatMap((one) => one.prerequisites), ...pathFiles.flatMap(modulesOf)]
  const unknown = named.find((slug) => !known.has(slug))
  if (unknown) throw new Error(`curricula : le module « ${unknown} » est cité mais n’existe pas.`)

  await db
    .insert(modules)
    .values(moduleFiles.map((about) => ({ slug: about.slug, version: about.version, title: about.title, about })))
    .onConflictDoUpdate({
      target: [modules.slug, modules.version],
      set: { title: sql`excluded.title`, about: sql`excluded.about` },
    })
  await db.delete(moduleCompetences)
  await db.insert(moduleCompetences).values(
    moduleFiles.flatMap((module) =>
      module.competences.map(({ framework, version, code }) => ({
        slug: module.slug,
        moduleVersion: module.version,
        framework,
        version,
        code,
      })),
    ),
  )
  await db
    .insert(paths)
    .values(pathFiles.map((about) => ({ slug: about.slug, version: about.version, title: about.title, about })))
    .onConflictDoUpdate({
      target: [paths.slug, paths.version],
      set: { title: sql`excluded.title`, about: sql`excluded.about` },
    })
}

const modulesOf = (path: Path): string[] => path.stages.flatMap((stage) => stage.modules)
