import { sql } from '../drizzle.ts'
import type { Db } from '../db.ts'
import { moduleCompetences, modules, paths } from './curricula.sql.ts'
import type { Module, Path } from './schema.ts'

export type CurriculaFiles = { modules: Module[]; paths: Path[] }

/**
 * Writes the modules and the paths, which were checked. A version that sessions follow stays beside a newer one; taking it
 * away, or going back to an older one, breaks `session_module_exists`.
 */
export async function loadCurricula(db: Db, files: CurriculaFiles): Promise<void> {
  await db.delete(moduleCompetences)
  await dropUnsaid(db, 'modules', files.modules)
  await dropUnsaid(db, 'paths', files.paths)
  await db
    .insert(modules)
    .values(files.modules.map((about) => ({ slug: about.slug, version: about.version, title: about.title, about })))
    .onConflictDoUpdate({
      target: [modules.slug, modules.version],
      set: { title: sql`excluded.title`, about: sql`excluded.about` },
    })
  await db.insert(moduleCompetences).values(
    files.modules.flatMap((module) =>
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
    .values(files.paths.map((about) => ({ slug: about.slug, version: about.version, title: about.title, about })))
    .onConflictDoUpdate({
      target: [paths.slug, paths.version],
      set: { title: sql`excluded.title`, about: sql`excluded.about` },
    })
}

/** The newest version is the one in force: what no file names, or names as older, is taken away. */
async function dropUnsaid(db: Db, table: 'modules' | 'paths', files: (Module | Path)[]): Promise<void> {
  const said = JSON.stringify(files.map(({ slug, version }) => ({ slug, version })))
  await db.execute(sql`delete from ${sql.identifier(table)} t where not exists (
    select from json_to_recordset(${said}::json) as said (slug text, version text)
    where said.slug = t.slug and said.version >= t.version)`)
}
