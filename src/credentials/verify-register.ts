import { and, inArray, isNull } from '../drizzle.ts'
import { achievements } from '../badges/badges.sql.ts'
import type { Achievement } from '../badges/schema.ts'
import { modules } from '../curricula/curricula.sql.ts'
import type { Module } from '../curricula/schema.ts'
import type { Db } from '../db.ts'
import { issuerDid } from '../organisations/organisations.ts'
import { organisationFacts, organisations } from '../organisations/organisations.sql.ts'
import type { OpenBadge } from './open-badge.ts'
import { issuerOf } from './suite.ts'

const issuerView = {
  id: organisations.id,
  slug: organisations.slug,
  name: organisations.name,
  state: organisations.state,
  siret: organisations.siret,
  qualiopi: organisations.qualiopi,
}
const factView = {
  organisationId: organisationFacts.organisationId,
  kind: organisationFacts.kind,
  value: organisationFacts.value,
  source: organisationFacts.source,
  checkedOn: organisationFacts.checkedOn,
}

type Fact = Pick<typeof organisationFacts.$inferSelect, 'organisationId' | 'kind' | 'value' | 'source' | 'checkedOn'>
type Issuer = Pick<typeof organisations.$inferSelect, 'id' | 'slug' | 'name' | 'state' | 'siret' | 'qualiopi'>

/** What this service knows today about the issuer and the class of a badge of its own; it is not what the badge says. */
export type Standing = {
  issuer: Issuer & { facts: Fact[] }
  /** Null for a class that is not in the catalogue. */
  achievement: Achievement | null
  hours: Module['hours']
}

/** What the register says of each badge, by its id; nothing for those of other issuers. Four queries whatever their number. */
export async function registerSays(db: Db, baseUrl: string, badges: OpenBadge[]): Promise<Map<string, Standing>> {
  const ours = badges.flatMap((badge) => {
    const slug = slugOf(badge, baseUrl)
    return slug === null ? [] : [{ id: badge.id, slug, named: classOf(badge, baseUrl) }]
  })
  if (ours.length === 0) return new Map()
  const issuers = await db
    .select(issuerView)
    .from(organisations)
    .where(inArray(organisations.slug, [...new Set(ours.map(({ slug }) => slug))]))
  const ids = issuers.map(({ id }) => id)
  const facts = await db
    .select(factView)
    .from(organisationFacts)
    .where(and(inArray(organisationFacts.organisationId, ids), isNull(organisationFacts.supersededAt)))
  const classes = await namedClasses(db, ours)
  const hours = await hoursOf(db, classes)
  const known = ours.flatMap(({ id, slug, named }): [string, Standing][] => {
    const issuer = issuers.find((one) => one.slug === slug)
    if (!issuer) return []
    const achievement = classes.find((one) => one.slug === named?.slug && one.version === named.version) ?? null
    const said = facts.filter(({ organisationId }) => organisationId === issuer.id)
    return [
      [id, { issuer: { ...issuer, facts: said }, achievement, hours: hours.get(achievement?.module ?? '') ?? null }],
    ]
  })
  return new Map(known)
}

function slugOf(badge: OpenBadge, baseUrl: string): string | null {
  const issuer = issuerOf(badge) ?? ''
  // Its name in Open Badges 3.0, and in 2.0.
  const ours = [issuerDid(baseUrl, ''), `${baseUrl}/ob2/issuers/`].find((start) => issuer.startsWith(start))
  return ours === undefined ? null : issuer.slice(ours.length)
}

type Named = { slug: string; version: string }

/** The class that a badge of ours names: `{base}/achievements/{slug}/{version}`, and in 2.0 `{base}/ob2/badges/{issuer}/…`. */
function classOf(badge: OpenBadge, baseUrl: string): Named | null {
  const address = badge.credentialSubject.achievement.id
  const path = address.slice(baseUrl.length).replace(/^\/ob2\/badges\/[a-z0-9-]+/, '/achievements')
  const [, slug, version] = /^\/achievements\/([a-z0-9-]+)\/([\w.-]+)$/.exec(path) ?? []
  return address.startsWith(baseUrl) && slug && version ? { slug, version } : null
}

async function namedClasses(db: Db, ours: { named: Named | null }[]): Promise<Achievement[]> {
  const slugs = [...new Set(ours.flatMap(({ named }) => named?.slug ?? []))]
  const found = await db
    .select({ about: achievements.about })
    .from(achievements)
    .where(inArray(achievements.slug, slugs))
  return found.map(({ about }) => about)
}

/** The hours that the catalogue gives the module of each class, by module; each version replaces the one before. */
async function hoursOf(db: Db, classes: Achievement[]): Promise<Map<string, Module['hours']>> {
  const slugs = classes.flatMap(({ module }) => module ?? [])
  const found = await db.select({ about: modules.about }).from(modules).where(inArray(modules.slug, slugs))
  const inOrder = found.toSorted((a, b) => a.about.version.localeCompare(b.about.version))
  return new Map(inOrder.map(({ about }) => [about.slug, about.hours]))
}
