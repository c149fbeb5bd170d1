import { sql } from '../drizzle.ts'
import type { Db } from '../db.ts'
import type { ListFile } from './list-schema.ts'
import { type AxisOf, axisOf, inForce } from './lists.ts'
import { certifications, competences, crosswalks, frameworks, lists, metiers } from './referential.sql.ts'
import type { Certification, Crosswalk, Framework, MetierFile, Requirement } from './schema.ts'

export type ReferentialFiles = {
  frameworks: Framework[]
  crosswalks: Crosswalk[]
  lists: ListFile[]
  metiers: MetierFile[]
  certifications: Certification[]
}

/** Writes the referential, which was checked. What no file says any more is left for `dropUnsaid`. */
export async function loadReferential(db: Db, files: ReferentialFiles): Promise<void> {
  for (const file of files.frameworks) await loadFramework(db, file)
  await loadCrosswalks(db, files.crosswalks)
  await loadMetiers(db, files)
  await db
    .insert(certifications)
    .values(files.certifications.map((about) => ({ slug: about.slug, code: about.code, about })))
    .onConflictDoUpdate({
      target: certifications.slug,
      set: { code: sql`excluded.code`, about: sql`excluded.about` },
    })
}

async function loadFramework(db: Db, { competences: entries, ...about }: Framework): Promise<void> {
  const { framework, version } = about
  await db
    .insert(frameworks)
    .values({ framework, version, about })
    .onConflictDoUpdate({ target: [frameworks.framework, frameworks.version], set: { about } })
  if (entries.length === 0) return
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

/** The lists, and the métiers with what the lists in force ask of them. */
async function loadMetiers(db: Db, { lists: all, metiers: files, frameworks }: ReferentialFiles): Promise<void> {
  await db.delete(lists)
  if (all.length > 0) {
    await db
      .insert(lists)
      .values(all.map((about) => ({ slug: about.list, kind: about.kind, status: about.status, about })))
  }
  const asked = askedOf(all, axisOf(frameworks))
  await db
    .insert(metiers)
    .values(
      files.map((file) => ({
        slug: file.slug,
        kind: file.kind,
        family: file.family,
        about: { ...file, competences: asked(file.slug) },
      })),
    )
    .onConflictDoUpdate({
      target: metiers.slug,
      set: { kind: sql`excluded.kind`, family: sql`excluded.family`, about: sql`excluded.about` },
    })
}

/** What the lists in force ask of a métier: the competences of the trade, then the digital ones. */
function askedOf(all: ListFile[], axis: AxisOf): (metier: string) => Requirement[] {
  const asked = Map.groupBy(inForce(all, 'requirements', axis), (one) => one.metier)
  return (metier) =>
    (asked.get(metier) ?? [])
      .map(({ competence, level, importance, list, status, source, note = null }) => ({
        ...competence,
        level,
        importance,
        list,
        status,
        source,
        note,
      }))
      .toSorted(
        (a, b) =>
          axis(b).localeCompare(axis(a)) ||
          a.framework.localeCompare(b.framework) ||
          a.code.localeCompare(b.code, 'fr', { numeric: true }),
      )
}

async function loadCrosswalks(db: Db, tables: Crosswalk[]): Promise<void> {
  await db.delete(crosswalks)
  for (const { from, to, status, source, relations } of tables) {
    if (relations.length === 0) continue
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

/**
 * Takes away what no file says any more, once nothing of the content refers to it. A certification that someone declared
 * breaks `proofs_certification_slug_certifications_slug_fk`.
 */
export async function dropUnsaid(db: Db, files: ReferentialFiles): Promise<void> {
  const said = files.frameworks.flatMap(({ framework, version, competences }) =>
    competences.map(({ code }) => ({ framework, version, code })),
  )
  const given = (list: object[], columns: string) =>
    sql`json_to_recordset(${JSON.stringify(list)}::json) as said (${sql.raw(columns)})`
  await db.execute(sql`delete from ${competences} c where not exists (
    select from ${given(said, 'framework text, version text, code text')}
    where said.framework = c.framework and said.version = c.version and said.code = c.code)`)
  await db.execute(sql`delete from ${frameworks} f where not exists (
    select from ${given(
      files.frameworks.map(({ framework, version }) => ({ framework, version })),
      'framework text, version text',
    )}
    where said.framework = f.framework and said.version = f.version)`)
  for (const [table, list] of [
    [metiers, files.metiers],
    [certifications, files.certifications],
  ] as const) {
    const slugs = list.map(({ slug }) => ({ slug }))
    await db.execute(sql`delete from ${table} t where not exists (
      select from ${given(slugs, 'slug text')} where said.slug = t.slug)`)
  }
}
