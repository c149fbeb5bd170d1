import { foreignKey, jsonb, pgTable, primaryKey, text } from '../drizzle-pg.ts'
import { competences } from '../referential/referential.sql.ts'
import type { Module, Path } from './schema.ts'

export const modules = pgTable(
  'modules',
  {
    slug: text().notNull(),
    version: text().notNull(),
    title: text().notNull(),
    about: jsonb().$type<Module>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.slug, t.version] })],
)

/** What a module teaches, one row a competence: the joins of the planner, the map and the statistics. */
export const moduleCompetences = pgTable(
  'module_competences',
  {
    slug: text().notNull(),
    moduleVersion: text().notNull(),
    framework: text().notNull(),
    version: text().notNull(),
    code: text().notNull(),
  },
  (t) => [
    primaryKey({
      name: 'module_competence_once',
      columns: [t.slug, t.moduleVersion, t.framework, t.version, t.code],
    }),
    foreignKey({ columns: [t.slug, t.moduleVersion], foreignColumns: [modules.slug, modules.version] }),
    foreignKey({
      name: 'module_competence_exists',
      columns: [t.framework, t.version, t.code],
      foreignColumns: [competences.framework, competences.version, competences.code],
    }),
  ],
)

export const paths = pgTable(
  'paths',
  {
    slug: text().notNull(),
    version: text().notNull(),
    title: text().notNull(),
    about: jsonb().$type<Path>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.slug, t.version] })],
)
