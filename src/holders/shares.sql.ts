import { sql } from '../drizzle.ts'
import { boolean, check, index, pgTable, primaryKey, text, timestamp, uniqueIndex, uuid } from '../drizzle-pg.ts'
import { credentials } from '../credentials/credentials.sql.ts'
import { people } from '../people/people.sql.ts'
import { importedBadges } from '../wallet/wallet.sql.ts'

/** A link that a holder made to show some badges together; whoever has its secret reads the page until it ends. */
export const shares = pgTable(
  'shares',
  {
    id: uuid().primaryKey().defaultRandom(),
    personId: uuid()
      .notNull()
      .references(() => people.id),
    secretHash: text().notNull(),
    /** The secret, sealed: its holder may copy the link again. Null once withdrawn. */
    secret: text(),
    /** For whom, in the holder's words, sealed; never shown to others. Null when nothing was said. */
    label: text(),
    showName: boolean().notNull(),
    showHabilitations: boolean().notNull(),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    expiresAt: timestamp({ withTimezone: true }).notNull(),
    withdrawnAt: timestamp({ withTimezone: true }),
  },
  (t) => [
    uniqueIndex('share_secret_unique').on(t.secretHash),
    index('shares_by_person').on(t.personId, t.createdAt),
    check('share_ends', sql`${t.expiresAt} > ${t.createdAt}`),
    check('share_withdrawn_forgets', sql`${t.withdrawnAt} is null or ${t.secret} is null`),
  ],
)

/** The badges that a link shows. */
export const sharedCredentials = pgTable(
  'shared_credentials',
  {
    shareId: uuid()
      .notNull()
      .references(() => shares.id, { onDelete: 'cascade' }),
    credentialId: uuid()
      .notNull()
      .references(() => credentials.id),
  },
  (t) => [
    primaryKey({ name: 'shared_credential_once', columns: [t.shareId, t.credentialId] }),
    index('shared_credentials_by_credential').on(t.credentialId),
  ],
)

/** The badges of elsewhere that a link shows; one taken out of the wallet is shown no more. */
export const sharedImports = pgTable(
  'shared_imports',
  {
    shareId: uuid()
      .notNull()
      .references(() => shares.id, { onDelete: 'cascade' }),
    importedId: uuid()
      .notNull()
      .references(() => importedBadges.id, { onDelete: 'cascade' }),
  },
  (t) => [
    primaryKey({ name: 'shared_import_once', columns: [t.shareId, t.importedId] }),
    index('shared_imports_by_badge').on(t.importedId),
  ],
)
