import { sql } from '../drizzle.ts'
import { check, index, jsonb, pgTable, primaryKey, text } from '../drizzle-pg.ts'
import type { Achievement } from './schema.ts'

/** A badge class, one row a version. `digest` keeps a version from changing once a credential was issued under it. */
export const achievements = pgTable(
  'achievements',
  {
    slug: text().notNull(),
    version: text().notNull(),
    kind: text({ enum: ['module', 'block', 'habilitation', 'milestone'] }).notNull(),
    /**
     * What earns it: `module:<slug>`, `block:<certification>/<ref>`, `habilitation:<slug>`; for a milestone `path:<slug>`,
     * `blocks:<certification>` or `continuing:<scheme>`.
     */
    subject: text().notNull(),
    digest: text().notNull(),
    about: jsonb().$type<Achievement>().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.slug, t.version] }),
    check('achievement_kind_known', sql`${t.kind} in ('module', 'block', 'habilitation', 'milestone')`),
    index('achievements_by_subject').on(t.subject, sql`${t.version} desc`),
  ],
)
