import { sql } from '../drizzle.ts'
import { check, foreignKey, index, integer, pgTable, text, timestamp, unique, uuid } from '../drizzle-pg.ts'
import { statusLists } from '../credentials/credentials.sql.ts'
import { organisations } from '../organisations/organisations.sql.ts'

/** What an organisation signed through the VC-API, of which only digests are kept: enough to revoke it, nothing of anyone. */
export const vcApiCredentials = pgTable(
  'vc_api_credentials',
  {
    id: uuid().primaryKey().defaultRandom(),
    organisationId: uuid()
      .notNull()
      .references(() => organisations.id),
    /** SHA-256 of the identifier that its coordinator will call it by; null when it has none. */
    nameDigest: text(),
    /** SHA-256 of the document as it was answered. */
    digest: text().notNull(),
    /** Its place in the status lists of the organisation; null when none was asked for. */
    statusListId: uuid(),
    statusIndex: integer(),
    issuedAt: timestamp({ withTimezone: true }).notNull(),
  },
  (t) => [
    foreignKey({ name: 'vc_api_status_list_exists', columns: [t.statusListId], foreignColumns: [statusLists.id] }),
    unique('vc_api_status_index_once').on(t.statusListId, t.statusIndex),
    check('vc_api_status_is_whole', sql`(${t.statusListId} is null) = (${t.statusIndex} is null)`),
    check('vc_api_digests_are_digests', sql`length(${t.digest}) = 43 and length(${t.nameDigest}) = 43`),
    index('vc_api_credentials_by_name').on(t.organisationId, t.nameDigest),
  ],
)
