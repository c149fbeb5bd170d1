import { bothForms, IMPORTANCE_WORDS } from '../referential/metier-view.ts'
import { keyOf, type Metier, type Requirement } from '../referential/schema.ts'
import type { GridCell } from './grid.ts'
import type { Part } from './parts.ts'
import type { Sheet } from './sheets.ts'
import type { Words } from './words.ts'

type Importance = Requirement['importance']
const MARKS: Record<string, string> = { essential: '●', useful: '○', unsaid: '·' }

/** How much it is asked, in a word. */
export const askedWords = (importance: Importance): string =>
  importance === null ? 'demandée, sans dire combien' : IMPORTANCE_WORDS[importance]

/** What each métier asks, and how many badges of the period show it: of a competence that is not asked, nothing is told. */
export function askedAndShown(metiers: readonly Metier[], sheet: Sheet, words: Words) {
  const shown = new Map(
    (sheet.get('competence') ?? []).filter((one) => one.month === '').map((one) => [one.of, one.count]),
  )
  return metiers.flatMap((metier) =>
    metier.competences.map(({ importance, level, status, list, ...ref }) => {
      const competence = keyOf(ref)
      return {
        metier: metier.slug,
        metierLabel: bothForms(metier),
        competence,
        competenceLabel: words('competence', competence),
        importance,
        level: level ?? null,
        status,
        list,
        count: shown.has(competence) ? shown.get(competence)! : 0,
      }
    }),
  )
}
export type Asked = ReturnType<typeof askedAndShown>[number]

/** The same as a grid: competences down, métiers across; a cell says how much it is asked, its colour how many badges show it. */
export function heatMap(asked: readonly Asked[]): Part | null {
  const columns = [...new Map(asked.map((one) => [one.metier, one.metierLabel]))].toSorted(([, a], [, b]) =>
    a.localeCompare(b, 'fr'),
  )
  if (columns.length === 0) return null
  const rows = Array.from(Map.groupBy(asked, (one) => one.competence).values(), (some) => {
    const cells = columns.map(([metier]): GridCell => {
      const one = some.find((line) => line.metier === metier)
      if (!one) return { value: undefined }
      return { value: one.count, sign: { mark: MARKS[one.importance ?? 'unsaid']!, words: askedWords(one.importance) } }
    })
    return { label: some[0]!.competenceLabel, cells, weight: some.length, count: some[0]!.count ?? 0 }
  }).toSorted(
    (a, b) => b.weight - a.weight || b.count - a.count || a.label.localeCompare(b.label, 'fr', { numeric: true }),
  )
  const grid = { corner: 'Compétence', columns: columns.map(([, label]) => label), rows }
  return {
    name: 'metiers-competences',
    kind: 'competence',
    title: 'Ce que chaque métier demande, et les badges qui le montrent',
    unit: 'badges',
    heads: ['Compétence', ...grid.columns],
    rows: [],
    chart: { form: 'grid', grid },
  }
}

/** What stands behind the requirements: how many are official, and that the others are not. */
export function statusWords(asked: readonly Asked[]): string {
  const official = asked.filter((one) => one.status === 'official').length
  return official === 0
    ? 'Aucune de ces exigences n’est officielle : les listes en vigueur sont illustratives.'
    : `${official} de ces ${asked.length} exigences sont officielles, les autres illustratives.`
}
