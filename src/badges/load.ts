import { sql } from '../drizzle.ts'
import type { Module } from '../curricula/schema.ts'
import type { Db } from '../db.ts'
import { record } from '../journal/journal.ts'
import { competences, frameworks } from '../referential/referential.sql.ts'
import type { CompetenceRef } from '../referential/schema.ts'
import { achievements } from './badges.sql.ts'
import { attestedBy, type BadgeFile, digestOf, type Published, subjectOf } from './check.ts'
import type { AlignedCompetence } from './schema.ts'

/** Every badge class that was published, versions and those of organisations included. */
export async function listPublished(db: Db): Promise<Published[]> {
  const { slug, version, digest, about } = achievements
  const found = await db.select({ slug, version, digest, about }).from(achievements).orderBy(slug, version)
  return found.map(({ about, ...rest }) => ({ ...rest, competences: about.competences }))
}

/** Writes the badge classes, which were checked. A version that was published never changes: a new text is a new version. */
export async function loadBadges(
  db: Db,
  files: BadgeFile[],
  modules: Module[],
  published: readonly Published[],
): Promise<void> {
  const align = await competenceResolver(db)
  const values = files.map((file) => {
    const { slug, version, kind } = file
    const attested = attestedBy(file, modules)!
    const about = { ...file, competences: attested.map(align) }
    return { slug, version, kind, subject: subjectOf(file)!, digest: digestOf(file, attested), about }
  })
  await db
    .insert(achievements)
    .values(values)
    .onConflictDoUpdate({
      target: [achievements.slug, achievements.version],
      set: { about: sql`excluded.about`, subject: sql`excluded.subject` },
    })
  const known = new Set(published.map(({ slug, version }) => `${slug} ${version}`))
  const versions = values.map(({ slug, version }) => `${slug} ${version}`).filter((one) => !known.has(one))
  if (versions.length === 0) return
  await record(db, { author: 'service', action: 'badges.published', subject: 'content:badges', details: { versions } })
}

/** A competence of a badge with what it is called and the scale of its framework, as they stand when it is loaded. */
async function competenceResolver(db: Db): Promise<(ref: CompetenceRef) => AlignedCompetence> {
  const labels = new Map(
    (await db.select().from(competences)).map((row) => [`${row.framework} ${row.version} ${row.code}`, row.about]),
  )
  const scales = new Map(
    (await db.select().from(frameworks)).map((row) => [`${row.framework} ${row.version}`, row.about]),
  )
  return (ref) => {
    const competence = labels.get(`${ref.framework} ${ref.version} ${ref.code}`)!
    const framework = scales.get(`${ref.framework} ${ref.version}`)!
    return {
      ...ref,
      label: competence.label.fr ?? competence.label.en ?? ref.code,
      frameworkTitle: framework.title.fr ?? framework.title.en ?? framework.framework,
      levels: framework.levels.map((one) => one.level),
    }
  }
}
