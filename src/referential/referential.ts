import { and, asc, eq } from '../drizzle.ts'
import type { Db } from '../db.ts'
import { notFound } from '../errors.ts'
import { certifications, competences, crosswalks, frameworks, metiers } from './referential.sql.ts'
import type { CompetenceEntry, Framework, Metier } from './schema.ts'

type About = Omit<Framework, 'competences'>

/** Every version of every framework, without its competences. */
export async function listFrameworks(db: Db): Promise<About[]> {
  const found = await db.select().from(frameworks).orderBy(asc(frameworks.framework), asc(frameworks.version))
  return found.map((row) => row.about)
}

/** A framework and its competences, in a given version or in the newest; `not_found` otherwise. */
export async function getFramework(
  db: Db,
  framework: string,
  version?: string,
): Promise<About & { competences: CompetenceEntry[] }> {
  const versions = (await listFrameworks(db)).filter((one) => one.framework === framework)
  const about = version === undefined ? versions.at(-1) : versions.find((one) => one.version === version)
  if (!about) throw notFound('Le référentiel', version === undefined ? framework : `${framework} ${version}`)
  const found = await db
    .select({ about: competences.about })
    .from(competences)
    .where(and(eq(competences.framework, framework), eq(competences.version, about.version)))
  const entries = found.map((row) => row.about)
  return { ...about, competences: entries.toSorted((a, b) => a.code.localeCompare(b.code, 'fr', { numeric: true })) }
}

/** Every entry of every framework, in the order of their codes. */
export async function listCompetences(db: Db) {
  const { framework, version, about } = competences
  const found = await db.select({ framework, version, about }).from(competences)
  return found.toSorted(
    (a, b) =>
      a.framework.localeCompare(b.framework) ||
      a.version.localeCompare(b.version, 'fr', { numeric: true }) ||
      a.about.code.localeCompare(b.about.code, 'fr', { numeric: true }),
  )
}

/** One competence with its framework and the relations that leave from it or arrive at it. */
export async function getCompetence(db: Db, framework: string, version: string, code: string) {
  const [found] = await db
    .select({ framework: frameworks.about, competence: competences.about })
    .from(competences)
    .innerJoin(
      frameworks,
      and(eq(frameworks.framework, competences.framework), eq(frameworks.version, competences.version)),
    )
    .where(and(eq(competences.framework, framework), eq(competences.version, version), eq(competences.code, code)))
  if (!found) throw notFound('La compétence', `${framework} ${version} ${code}`)
  const relations = (await listCrosswalks(db)).filter(
    (one) => sameCompetence(one.from, framework, version, code) || sameCompetence(one.to, framework, version, code),
  )
  return { ...found, relations }
}

type Ref = { framework: string; version: string; code: string }
const sameCompetence = (ref: Ref, framework: string, version: string, code: string): boolean =>
  ref.framework === framework && ref.version === version && ref.code === code

/** Every SKOS relation between two competences, with its standing and its source. */
export async function listCrosswalks(db: Db) {
  const found = await db.select().from(crosswalks)
  return found.map((row) => ({
    from: { framework: row.fromFramework, version: row.fromVersion, code: row.fromCode },
    relation: row.relation,
    to: { framework: row.toFramework, version: row.toVersion, code: row.toCode },
    status: row.status,
    source: row.source,
  }))
}

export async function listMetiers(db: Db): Promise<Metier[]> {
  const found = await db.select({ about: metiers.about }).from(metiers).orderBy(asc(metiers.slug))
  return found.map((row) => row.about)
}

export async function getMetier(db: Db, slug: string): Promise<Metier> {
  const [found] = await db.select({ about: metiers.about }).from(metiers).where(eq(metiers.slug, slug))
  if (!found) throw notFound('Le métier', slug)
  return found.about
}

export async function listCertifications(db: Db) {
  const found = await db.select({ about: certifications.about }).from(certifications).orderBy(asc(certifications.slug))
  return found.map((row) => row.about)
}
