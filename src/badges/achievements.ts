import { and, asc, desc, eq, notLike } from '../drizzle.ts'
import type { Db } from '../db.ts'
import { invalid, notFound } from '../errors.ts'
import { achievements } from './badges.sql.ts'
import type { Achievement } from './schema.ts'

/** A version of a badge class, the newest when none is named; `not_found` otherwise. */
export async function getAchievement(db: Db, slug: string, version?: string): Promise<Achievement> {
  const [found] = await db
    .select({ about: achievements.about })
    .from(achievements)
    .where(and(eq(achievements.slug, slug), version === undefined ? undefined : eq(achievements.version, version)))
    .orderBy(desc(achievements.version))
    .limit(1)
  if (!found) throw notFound('Le badge', version === undefined ? slug : `${slug}, version ${version}`)
  return found.about
}

/** The newest badge class that this subject (`module:<slug>`, `block:<certification>/<ref>`) earns. */
export async function findAchievementFor(db: Db, subject: string): Promise<Achievement> {
  const [found] = await db
    .select({ about: achievements.about })
    .from(achievements)
    .where(eq(achievements.subject, subject))
    .orderBy(desc(achievements.version))
    .limit(1)
  if (!found) {
    throw invalid(
      'no_achievement',
      `Aucun badge n’est associé à « ${subject.slice(subject.indexOf(':') + 1)} ».`,
      'Choisissez un module ou un bloc du catalogue : GET /api/v1/modules, /api/v1/certifications.',
    )
  }
  return found.about
}

/** The newest version of every badge class of the common catalogue, by name. */
export async function listAchievements(db: Db): Promise<Achievement[]> {
  const found = await db
    .selectDistinctOn([achievements.slug], { about: achievements.about })
    .from(achievements)
    .where(notLike(achievements.subject, 'own:%'))
    .orderBy(asc(achievements.slug), desc(achievements.version))
  return found.map((row) => row.about).toSorted((a, b) => a.name.localeCompare(b.name, 'fr'))
}

/** The public address of a version of a badge class: its identifier in every badge. */
export const achievementUrl = (baseUrl: string, { slug, version }: { slug: string; version: string }): string =>
  `${baseUrl}/achievements/${slug}/${version}`

/** A competence's identifier inside its badge class, and its column name in a CSV. */
export const competenceKey = ({ framework, code }: { framework: string; code: string }): string =>
  `${framework}:${code}`

/** The Open Badges 3.0 Achievement (OB 3.0 §B.1.2), with its alignments and the levels that a result may state. */
export function serializeAchievement(achievement: Achievement, baseUrl: string) {
  const id = achievementUrl(baseUrl, achievement)
  // Every part has an address of its own: no blank node, so that the class is written, and hashed, once for all its badges.
  const alignment = achievement.competences.map((one) => ({
    id: `${id}#alignment-${competenceKey(one)}`,
    type: ['Alignment'],
    targetName: one.label,
    targetUrl: `${baseUrl}/referentiels/${one.framework}/${one.version}/${one.code}`,
    targetCode: one.code,
    targetFramework: `${one.frameworkTitle} (${one.version})`,
    targetType: 'ceasn:Competency',
  }))
  return {
    id,
    type: ['Achievement'],
    achievementType: ACHIEVEMENT_TYPE[achievement.kind],
    name: achievement.name,
    description: achievement.description,
    criteria: { id: `${id}#criteria`, narrative: achievement.criteria },
    image: { id: `${id}/image.png`, type: 'Image', caption: achievement.name },
    inLanguage: 'fr',
    version: achievement.version,
    ...(alignment.length > 0 && { alignment }),
    ...(alignment.length > 0 && {
      resultDescription: achievement.competences.map((one) => ({
        id: `${id}#${competenceKey(one)}`,
        type: ['ResultDescription'],
        name: one.label,
        ...scaleOf(one.levels),
      })),
    }),
  }
}

/** A result states a level of its framework's scale, up to its top; without a scale, that it was completed. */
const scaleOf = (levels: number[]) =>
  levels.length === 0 ? { resultType: 'Status' } : { resultType: 'PerformanceLevel', valueMax: String(levels.at(-1)) }

/** Terms of the Open Badges vocabulary (OB 3.0, AchievementType). */
const ACHIEVEMENT_TYPE = {
  module: 'Badge',
  block: 'MicroCredential',
  habilitation: 'License',
  milestone: 'Badge',
} as const
