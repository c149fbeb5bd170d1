import { asc, desc, eq } from '../drizzle.ts'
import type { Db } from '../db.ts'
import { notFound } from '../errors.ts'
import { modules, paths } from './curricula.sql.ts'
import type { Module, Path } from './schema.ts'

/** The newest version of a module; `not_found` otherwise. */
export async function latestModule(db: Db, slug: string): Promise<Module> {
  const [found] = await db
    .select({ about: modules.about })
    .from(modules)
    .where(eq(modules.slug, slug))
    .orderBy(desc(modules.version))
    .limit(1)
  if (!found) throw notFound('Le module', slug)
  return found.about
}

/** The newest version of every module, by title. */
export async function listModules(db: Db): Promise<Module[]> {
  const found = await db
    .selectDistinctOn([modules.slug], { about: modules.about })
    .from(modules)
    .orderBy(asc(modules.slug), desc(modules.version))
  return found.map((row) => row.about).toSorted((a, b) => a.title.localeCompare(b.title, 'fr'))
}

/** The newest version of every path, by title. */
export async function listPaths(db: Db): Promise<Path[]> {
  const found = await db
    .selectDistinctOn([paths.slug], { about: paths.about })
    .from(paths)
    .orderBy(asc(paths.slug), desc(paths.version))
  return found.map((row) => row.about).toSorted((a, b) => a.title.localeCompare(b.title, 'fr'))
}
