import { and, asc, desc, eq, or } from '../drizzle.ts'
import type { AlignedCompetence } from '../badges/schema.ts'
import type { Db } from '../db.ts'
import { invalid } from '../errors.ts'
import { competences, frameworks } from '../referential/referential.sql.ts'
import type { CompetenceRef } from '../referential/schema.ts'
import type { Given } from '../web/forms.ts'
import { searched } from '../web/search.ts'

const SHOWN = 20
/** What only groups others is no competence that a badge attests. */
const GROUPS = ['area', 'domaine']

const isOf = and(eq(frameworks.framework, competences.framework), eq(frameworks.version, competences.version))
const view = { code: competences.code, competence: competences.about, framework: frameworks.about }
type Row = {
  code: string
  competence: (typeof competences.$inferSelect)['about']
  framework: (typeof frameworks.$inferSelect)['about']
}

const aligned = ({ code, competence, framework }: Row): AlignedCompetence => ({
  framework: framework.framework,
  version: framework.version,
  code,
  label: competence.label.fr ?? competence.label.en ?? code,
  frameworkTitle: framework.title.fr ?? framework.title.en ?? framework.framework,
  levels: framework.levels.map((one) => one.level),
})

/**
 * The competences that say every word, accents or not, in their code, their label or that of their group; the newest
 * frameworks first, twenty at most. `withGroups`: also what only groups others, as paths may ask for it whole.
 */
export async function searchCompetences(db: Db, words: string, withGroups = false): Promise<AlignedCompetence[]> {
  const isNamed = searched(words)
  const found = await db
    .select({ ...view, kind: competences.kind, parent: competences.parent })
    .from(competences)
    .innerJoin(frameworks, isOf)
    .orderBy(asc(competences.framework), desc(competences.version), asc(competences.code))
  const all = found.map(({ kind, parent, ...row }) => ({ kind, parent, one: aligned(row) }))
  const labels = new Map(all.map(({ one }) => [nameOf(one), one.label]))
  return all
    .filter(({ kind, parent, one }) => {
      const group = parent === null ? null : (labels.get(nameOf({ ...one, code: parent })) ?? null)
      return (withGroups || !GROUPS.includes(kind)) && isNamed(nameOf(one), one.label, one.frameworkTitle, group)
    })
    .map(({ one }) => one)
    .slice(0, SHOWN)
}

/**
 * The competences with their label and scale, in the order given. Errors: `competence_unknown`, `level_out_of_scale`.
 */
export async function alignCompetences(db: Db, refs: readonly CompetenceRef[]): Promise<AlignedCompetence[]> {
  if (refs.length === 0) return []
  const isOne = ({ framework, version, code }: CompetenceRef) =>
    and(eq(competences.framework, framework), eq(competences.version, version), eq(competences.code, code))
  const found = await db
    .select(view)
    .from(competences)
    .innerJoin(frameworks, isOf)
    .where(or(...refs.map(isOne)))
  const known = new Map(found.map(aligned).map((one) => [nameOf(one), one]))
  return refs.map((ref) => {
    const one = known.get(nameOf(ref))
    if (!one) throw unknownCompetence(ref)
    const level = ref.level ?? null
    if (level !== null && !one.levels.includes(level)) throw outOfScale(one, level)
    return level === null ? one : { ...one, level }
  })
}

/** How a form names a competence: `digcomp@3.0:1.2`. */
export const nameOf = ({ framework, version, code }: CompetenceRef): string => `${framework}@${version}:${code}`

/** The competence that a form names; null for what names none. */
function readName(name: string): CompetenceRef | null {
  const [, framework, version, code] = /^([\w-]+)@([\w.-]+):(.+)$/.exec(name) ?? []
  return framework && version && code ? { framework, version, code } : null
}

/** The competences that a form lists, with the level chosen beside each. */
export function refsOf({ competence, niveau }: Given): CompetenceRef[] {
  const levels = [niveau ?? []].flat()
  return [competence ?? []].flat().flatMap((name, index) => {
    const ref = typeof name === 'string' ? readName(name) : null
    const level = Number(levels[index] ?? '')
    return ref ? [{ ...ref, ...(level > 0 && { level }) }] : []
  })
}

/** The same, with the one that a button adds or takes away: `ajouter digcomp@3.0:1.2`. */
export function chosenBy(given: Given, button: string): CompetenceRef[] {
  const [verb, name = ''] = button.split(' ')
  const kept = refsOf(given).filter((one) => verb !== 'retirer' || nameOf(one) !== name)
  const added = verb === 'ajouter' && !kept.some((one) => nameOf(one) === name) ? readName(name) : null
  return added ? [...kept, added] : kept
}

const unknownCompetence = (ref: CompetenceRef) =>
  invalid(
    'competence_unknown',
    `La compétence « ${nameOf(ref)} » n’existe pas.`,
    'Retirez-la, puis cherchez-la à nouveau.',
    {
      field: 'competences',
    },
  )

const outOfScale = ({ code, label, levels }: AlignedCompetence, level: number) =>
  invalid(
    'level_out_of_scale',
    levels.length === 0
      ? `« ${code} ${label} » n’a pas d’échelle de niveaux.`
      : `« ${code} ${label} » a les niveaux ${levels[0]} à ${levels.at(-1)} ; vous indiquez ${level}.`,
    'Choisissez un niveau de la liste.',
    { field: 'competences' },
  )
