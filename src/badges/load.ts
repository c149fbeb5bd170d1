import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { Static } from 'typebox'
import { readContentFolder } from '../content.ts'
import { modules } from '../curricula/curricula.sql.ts'
import type { Db } from '../db.ts'
import { record } from '../journal/journal.ts'
import { competences, frameworks } from '../referential/referential.sql.ts'
import type { CompetenceRef } from '../referential/schema.ts'
import { achievements } from './badges.sql.ts'
import { type AlignedCompetence, AchievementFile } from './schema.ts'

type File = Static<typeof AchievementFile>

/** Loads the badge classes. A version that was published never changes: a new text is a new version. */
export async function loadBadges(db: Db): Promise<void> {
  const moduleRows = await db.select({ slug: modules.slug, about: modules.about }).from(modules)
  const taughtBy = new Map(moduleRows.map(({ slug, about }) => [slug, about.competences]))
  const align = await competenceResolver(db)
  const published = new Map(
    (
      await db
        .select({ slug: achievements.slug, version: achievements.version, digest: achievements.digest })
        .from(achievements)
    ).map((row) => [`${row.slug} ${row.version}`, row.digest]),
  )

  const values = readContentFolder(AchievementFile, 'badges').map((file) => {
    const taught = file.competences ?? (file.module ? taughtBy.get(file.module) : undefined)
    if (!taught) throw new Error(`badges/${file.slug}.yaml : le module « ${file.module} » n’existe pas.`)
    const digest = createHash('sha256')
      .update(JSON.stringify([file, taught]))
      .digest('base64url')
    const known = published.get(`${file.slug} ${file.version}`)
    if (known && known !== digest) {
      throw new Error(
        `badges/${file.slug}.yaml : la version ${file.version} est publiée et a changé. ` +
          'Donnez à ce nouveau texte un nouveau numéro de version.',
      )
    }
    const { slug, version, kind } = file
    const about = { ...file, competences: taught.map((one) => align(one, file.slug)) }
    return { slug, version, kind, subject: subjectOf(file), digest, about }
  })
  await db
    .insert(achievements)
    .values(values)
    .onConflictDoUpdate({
      target: [achievements.slug, achievements.version],
      set: { about: sql`excluded.about`, subject: sql`excluded.subject` },
    })
  const versions = values.map(({ slug, version }) => `${slug} ${version}`).filter((one) => !published.has(one))
  if (versions.length === 0) return
  await record(db, { author: 'service', action: 'badges.published', subject: 'content:badges', details: { versions } })
}

function subjectOf({ slug, module, block, habilitation, path, blocks, continuing }: File): string {
  const subjects = [
    module && `module:${module}`,
    block && `block:${block.certification}/${block.ref}`,
    habilitation && `habilitation:${habilitation}`,
    path && `path:${path}`,
    blocks && `blocks:${blocks}`,
    continuing && `continuing:${continuing}`,
  ].filter((one) => typeof one === 'string')
  const [subject, second] = subjects
  if (!subject || second) throw new Error(`badges/${slug}.yaml : un badge a un objet, et un seul.`)
  return subject
}

async function competenceResolver(db: Db): Promise<(ref: CompetenceRef, badge: string) => AlignedCompetence> {
  const labels = new Map(
    (await db.select().from(competences)).map((row) => [`${row.framework} ${row.version} ${row.code}`, row.about]),
  )
  const scales = new Map(
    (await db.select().from(frameworks)).map((row) => [`${row.framework} ${row.version}`, row.about]),
  )
  return (ref, badge) => {
    const competence = labels.get(`${ref.framework} ${ref.version} ${ref.code}`)
    const framework = scales.get(`${ref.framework} ${ref.version}`)
    if (!competence || !framework) {
      throw new Error(`badges/${badge}.yaml : la compétence ${ref.framework} ${ref.version} ${ref.code} n’existe pas.`)
    }
    return {
      ...ref,
      label: competence.label.fr ?? competence.label.en ?? ref.code,
      frameworkTitle: framework.title.fr ?? framework.title.en ?? framework.framework,
      levels: framework.levels.map((one) => one.level),
    }
  }
}
