import { sql } from '../drizzle.ts'
import { check, index, pgTable, primaryKey, text, timestamp, uuid } from '../drizzle-pg.ts'
import { NETWORK_KINDS } from './network-kinds.ts'
import { organisations } from './organisations.sql.ts'

/** A branch, a hub or a network whose members award badges together. */
export const networks = pgTable(
  'networks',
  {
    id: uuid().primaryKey().defaultRandom(),
    slug: text().notNull().unique('network_slug_unique'),
    name: text().notNull(),
    kind: text({ enum: NETWORK_KINDS }).notNull(),
    /** Where its existence and its name can be checked. */
    source: text().notNull(),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [
    check('network_slug_form', sql`${t.slug} ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(${t.slug}) <= 60`),
    check('network_kind_known', sql`${t.kind} in ('branche', 'reseau', 'hub', 'collectivites', 'formation-publique')`),
  ],
)

export const networkMembers = pgTable(
  'network_members',
  {
    networkId: uuid()
      .notNull()
      .references(() => networks.id),
    organisationId: uuid()
      .notNull()
      .references(() => organisations.id),
    since: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ name: 'network_member_once', columns: [t.networkId, t.organisationId] }),
    index('network_members_by_organisation').on(t.organisationId),
  ],
)

/** The badges that a network shares: only members of a network that shares one may award it. */
export const networkAchievements = pgTable(
  'network_achievements',
  {
    networkId: uuid()
      .notNull()
      .references(() => networks.id),
    /** Every version of it, present and to come. */
    achievementSlug: text().notNull(),
    since: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ name: 'network_achievement_once', columns: [t.networkId, t.achievementSlug] }),
    index('network_achievements_by_achievement').on(t.achievementSlug),
  ],
)
