import { sql } from '../drizzle.ts'
import { check, pgTable, text, timestamp } from '../drizzle-pg.ts'

/** The files of the content that were imported: each stands for the project's file of that name. Who did is in the journal. */
export const contentImports = pgTable(
  'content_imports',
  {
    name: text().primaryKey(),
    text: text().notNull(),
    /** Of the text, in hexadecimal. */
    sha256: text().notNull(),
    importedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [check('content_import_size', sql`octet_length(${t.text}) <= 4194304`)],
)
