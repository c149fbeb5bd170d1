import type { Db } from '../db.ts'
import { getFramework } from './referential.ts'
import type { CompetenceRef, Framework } from './schema.ts'

type Languages = Framework['languages']
type Localised = { fr: string | null; en: string | null }

/** A label as a French page shows it: in French when there is one, and whether its publisher owns to it. */
export type ShownLabel = { text: string; lang: 'fr' | 'en'; unofficial: boolean }

/** The French label, else the English one, else the code. */
export function showLabel({ fr, en }: Localised, { unofficial }: Languages, code: string): ShownLabel {
  const lang = fr === null && en !== null ? 'en' : 'fr'
  return { text: fr ?? en ?? code, lang, unofficial: unofficial.includes(lang) }
}

export type LabelledCompetence = CompetenceRef & { label: ShownLabel; frameworkTitle: string; levels: number[] }

/** The competences with their label, the title of their framework and its levels, in the order given. */
export async function labelCompetences<Ref extends CompetenceRef>(
  db: Db,
  refs: readonly Ref[],
): Promise<(Ref & LabelledCompetence)[]> {
  const versions = new Map(refs.map((ref) => [key(ref), ref]))
  const frameworks = new Map(
    await Promise.all(
      Array.from(versions, async ([id, ref]) => [id, await getFramework(db, ref.framework, ref.version)] as const),
    ),
  )
  return refs.map((ref) => {
    const { competences, languages, title, levels } = frameworks.get(key(ref))!
    const entry = competences.find((one) => one.code === ref.code)
    return {
      ...ref,
      label: showLabel(entry?.label ?? { fr: null, en: null }, languages, ref.code),
      frameworkTitle: title.fr ?? title.en ?? ref.framework,
      levels: levels.map((one) => one.level),
    }
  })
}

const key = ({ framework, version }: CompetenceRef): string => `${framework}/${version}`
