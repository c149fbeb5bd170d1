import { sql } from '../drizzle.ts'
import { boolean, check, index, integer, pgTable, text, timestamp, uuid } from '../drizzle-pg.ts'
import { bytea } from '../bytea.ts'
import { credentials } from '../credentials/credentials.sql.ts'

/** Files that show what a badge attests: whose badge it is, they follow. */
export const evidenceFiles = pgTable(
  'evidence_files',
  {
    id: uuid().primaryKey(),
    credentialId: uuid()
      .notNull()
      .references(() => credentials.id),
    /** Its holder, or who delivered it. */
    depositor: text({ enum: ['holder', 'issuer'] }).notNull(),
    /** Sealed JSON `{ name, description, sha256 }`, the digest that of the bytes as they are served. */
    details: text().notNull(),
    mediaType: text({ enum: ['application/pdf', 'image/png', 'image/jpeg', 'text/plain'] }).notNull(),
    size: integer().notNull(),
    /** Whether its holder shows it with the badge, to anyone. */
    shown: boolean().notNull().default(false),
    /** Sealed: the key of the content, of this file alone. A change of master key leaves the content as it is. */
    contentKey: text().notNull(),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [
    index('evidence_files_by_credential').on(t.credentialId, t.id),
    check('evidence_depositor_known', sql`${t.depositor} in ('holder', 'issuer')`),
    check(
      'evidence_media_type_known',
      sql`${t.mediaType} in ('application/pdf', 'image/png', 'image/jpeg', 'text/plain')`,
    ),
    check('evidence_size_within_limits', sql`${t.size} between 1 and 5242880`),
  ],
)

/** The content of each, encrypted; apart, as lists need none of it. */
export const evidenceContents = pgTable('evidence_contents', {
  fileId: uuid()
    .primaryKey()
    .references(() => evidenceFiles.id, { onDelete: 'cascade' }),
  /** AES-256-GCM under the key of the file: 12 bytes of IV, 16 of tag, then the content. */
  content: bytea().notNull(),
})
