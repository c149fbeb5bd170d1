import { sql } from '../drizzle.ts'
import { check, foreignKey, jsonb, pgTable, primaryKey, text } from '../drizzle-pg.ts'
import type { ListFile } from './list-schema.ts'
import type { Certification, CompetenceEntry, Framework, Metier } from './schema.ts'

/** One row a version: versions stand side by side, none replaces another. */
export const frameworks = pgTable(
  'frameworks',
  {
    framework: text().notNull(),
    version: text().notNull(),
    about: jsonb().$type<Omit<Framework, 'competences'>>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.framework, t.version] })],
)

export const competences = pgTable(
  'competences',
  {
    framework: text().notNull(),
    version: text().notNull(),
    code: text().notNull(),
    parent: text(),
    kind: text().notNull(),
    about: jsonb().$type<CompetenceEntry>().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.framework, t.version, t.code] }),
    foreignKey({ columns: [t.framework, t.version], foreignColumns: [frameworks.framework, frameworks.version] }),
  ],
)

/** SKOS mapping relations, read as «from has <relation> to». */
export const crosswalks = pgTable(
  'crosswalks',
  {
    fromFramework: text().notNull(),
    fromVersion: text().notNull(),
    fromCode: text().notNull(),
    relation: text({ enum: ['exactMatch', 'closeMatch', 'broadMatch', 'narrowMatch', 'relatedMatch'] }).notNull(),
    toFramework: text().notNull(),
    toVersion: text().notNull(),
    toCode: text().notNull(),
    status: text({ enum: ['official', 'proposed'] }).notNull(),
    source: text().notNull(),
  },
  (t) => [
    primaryKey({
      name: 'crosswalk_once',
      columns: [t.fromFramework, t.fromVersion, t.fromCode, t.relation, t.toFramework, t.toVersion, t.toCode],
    }),
    check('crosswalk_status_known', sql`${t.status} in ('official', 'proposed')`),
    check(
      'crosswalk_relation_known',
      sql`${t.relation} in ('exactMatch', 'closeMatch', 'broadMatch', 'narrowMatch', 'relatedMatch')`,
    ),
    foreignKey({
      name: 'crosswalk_from_exists',
      columns: [t.fromFramework, t.fromVersion, t.fromCode],
      foreignColumns: [competences.framework, competences.version, competences.code],
    }),
    foreignKey({
      name: 'crosswalk_to_exists',
      columns: [t.toFramework, t.toVersion, t.toCode],
      foreignColumns: [competences.framework, competences.version, competences.code],
    }),
  ],
)

export const metiers = pgTable(
  'metiers',
  {
    slug: text().primaryKey(),
    kind: text({ enum: ['metier', 'role', 'scheme'] }).notNull(),
    family: text(),
    about: jsonb().$type<Metier>().notNull(),
  },
  (t) => [check('metier_kind_known', sql`${t.kind} in ('metier', 'role', 'scheme')`)],
)

export const certifications = pgTable('certifications', {
  slug: text().primaryKey(),
  code: text().unique('certification_code_unique'),
  about: jsonb().$type<Certification>().notNull(),
})

/** The lists of the cartography: what métiers ask, do and lead to. Official ones set the illustrative ones aside. */
export const lists = pgTable(
  'lists',
  {
    slug: text().primaryKey(),
    kind: text({ enum: ['requirements', 'duties', 'activities', 'bridges', 'field-needs'] }).notNull(),
    status: text({ enum: ['official', 'illustrative'] }).notNull(),
    about: jsonb().$type<ListFile>().notNull(),
  },
  (t) => [
    check('list_kind_known', sql`${t.kind} in ('requirements', 'duties', 'activities', 'bridges', 'field-needs')`),
    check('list_status_known', sql`${t.status} in ('official', 'illustrative')`),
  ],
)
