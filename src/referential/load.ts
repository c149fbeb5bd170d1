import { sql } from 'drizzle-orm'
import { Type } from 'typebox'
import { readContent, readContentFolder } from '../content.ts'
import type { Db } from '../db.ts'
import { ListFile } from './list-schema.ts'
import { axisOf, inForce } from './lists.ts'
import { listFrameworks } from './referential.ts'
import { certifications, competences, crosswalks, frameworks, lists, metiers } from './referential.sql.ts'
import { Certification, Crosswalk, Framework, MetierFile, type Requirement } from './schema.ts'

/** Loads `curricula/referential`, the métiers and the certifications. Versions are added beside those that exist. */
export async function loadReferential(db: Db): Promise<void> {
  for (const file of readContentFolder(Framework, 'curricula/referential', 'crosswalks.yaml')) {
    const { competences: entries, ...about } = file
    const { framework, version } = file
    await db
      .insert(frameworks)
      .values({ framework, version, about })
      .onConflictDoUpdate({ target: [frameworks.framework, frameworks.version], set: { about } })
    await db
      .insert(competences)
      .values(
        entries.map((about) => ({
          framework,
          version,
          code: about.code,
          parent: about.parent ?? null,
          kind: about.kind,
          about,
        })),
      )
      .onConflictDoUpdate({
        target: [competences.framework, competences.version, competences.code],
        set: { parent: sql`excluded.parent`, kind: sql`excluded.kind`, about: sql`excluded.about` },
      })
  }
  await loadCrosswalks(db)
  await loadMetiers(db)
  await db
    .insert(certifications)
    .values(
      readContent(Type.Array(Certification), 'curricula/certifications.yaml').map((about) => ({
        slug: about.slug,
        code: about.code,
        about,
      })),
    )
    .onConflictDoUpdate({
      target: certifications.slug,
      set: { code: sql`excluded.code`, about: sql`excluded.about` },
    })
}

/** The lists, and the métiers with what the lists in force ask of them. */
async function loadMetiers(db: Db): Promise<void> {
  const all = readContentFolder(ListFile, 'curricula/lists')
  await db.delete(lists)
  await db
    .insert(lists)
    .values(all.map((about) => ({ slug: about.list, kind: about.kind, status: about.status, about })))
  const asked = Map.groupBy(inForce(all, 'requirements', axisOf(await listFrameworks(db))), (one) => one.metier)
  const competencesOf = (slug: string): Requirement[] =>
    (asked.get(slug) ?? []).map(({ competence, level, importance, list, status, source }) => ({
      ...competence,
      level,
      importance,
      list,
      status,
      source,
    }))
  await db
    .insert(metiers)
    .values(
      readContent(Type.Array(MetierFile), 'curricula/metiers.yaml').map((file) => ({
        slug: file.slug,
        kind: file.kind,
        family: file.family,
        about: { ...file, competences: competencesOf(file.slug) },
      })),
    )
    .onConflictDoUpdate({
      target: metiers.slug,
      set: { kind: sql`excluded.kind`, family: sql`excluded.family`, about: sql`excluded.about` },
    })
}

async function loadCrosswalks(db: Db): Promise<void> {
  const tables = readContent(Type.Array(Crosswalk), 'curricula/referential/crosswalks.yaml')
  await db.delete(crosswalks)
  for (const { from, to, status, source, relations } of tables) {
    await db.insert(crosswalks).values(
      relations.map((one) => ({
        fromFramework: from.framework,
        fromVersion: from.version,
        fromCode: one.from,
        relation: one.relation,
        toFramework: to.framework,
        toVersion: to.version,
        toCode: one.to,
        status,
        source: typeof source === 'string' ? source : JSON.stringify(source),
      })),
    )
  }
}
