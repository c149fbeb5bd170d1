import { sql } from 'drizzle-orm'
import { boolean, check, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'

export const organisations = pgTable(
  'organisations',
  {
    id: uuid().primaryKey().defaultRandom(),
    slug: text().notNull().unique('organisation_slug_unique'),
    name: text().notNull(),
    siret: text().unique('organisation_siret_unique'),
    nda: text(),
    qualiopi: boolean().notNull().default(false),
    url: text(),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [
    check('organisation_slug_form', sql`${t.slug} ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(${t.slug}) <= 60`),
    check('organisation_siret_form', sql`${t.siret} ~ '^([0-9]{14}|[0-9]{7,10})$'`),
    check('organisation_nda_form', sql`${t.nda} ~ '^[0-9]{11}$'`),
    check('organisation_url_form', sql`${t.url} ~ '^https?://'`),
  ],
)
