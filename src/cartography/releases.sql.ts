import { sql } from '../drizzle.ts'
import { check, foreignKey, integer, jsonb, pgTable, primaryKey, text, timestamp } from '../drizzle-pg.ts'
import type { ReleaseSummary } from './release-changes.ts'

/**
 * The numbered releases of the map, without a gap. Triggers refuse that a release or its files be changed or removed, and
 * that a file join a release that already stands.
 */
export const cartographyReleases = pgTable(
  'cartography_releases',
  {
    number: integer().primaryKey(),
    previous: integer(),
    publishedAt: timestamp({ withTimezone: true, precision: 3 }).notNull(),
    note: text().notNull(),
    /** SHA-256 of its content, whatever its number, its date and its note: of `cartographie.json`. */
    digest: text().notNull(),
    summary: jsonb().$type<ReleaseSummary>().notNull(),
    /** The transaction that wrote it, by the time of its start: its files are of the same one. */
    keptAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [
    check('release_number_positive', sql`${t.number} > 0`),
    check('release_follows_previous', sql`${t.previous} is not distinct from nullif(${t.number} - 1, 0)`),
    check('release_digest_form', sql`${t.digest} ~ '^[0-9a-f]{64}$'`),
    foreignKey({ name: 'release_previous_exists', columns: [t.previous], foreignColumns: [t.number] }),
  ],
)

/** The files of a release, in the order in which they are shown. */
export const cartographyReleaseFiles = pgTable(
  'cartography_release_files',
  {
    number: integer().notNull(),
    name: text().notNull(),
    position: integer().notNull(),
    title: text().notNull(),
    mediaType: text().notNull(),
    /** As the sources name them; null for one that they do not name. */
    licences: jsonb().$type<(string | null)[]>().notNull(),
    content: text().notNull(),
    bytes: integer().notNull(),
    sha256: text().notNull(),
  },
  (t) => [
    primaryKey({ name: 'release_file_once', columns: [t.number, t.name] }),
    check('release_file_digest_form', sql`${t.sha256} ~ '^[0-9a-f]{64}$'`),
    check('release_file_size', sql`${t.bytes} = octet_length(${t.content})`),
    foreignKey({ name: 'release_file_release', columns: [t.number], foreignColumns: [cartographyReleases.number] }),
  ],
)
