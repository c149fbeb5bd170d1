import { capital, count } from '../web/components.ts'
import { CSV_MARK, csvLine } from '../web/csv.ts'
import type { ImportedEdition, Indicator } from './edition-schema.ts'
import { IMPORTED_COLUMNS, importedLines } from './imported.ts'
import { type Chart, MOST_BARS } from './parts.ts'

/** What is printed without being a distribution: drawn, it would look like one. */
const NEVER_DRAWN: readonly string[] = ['I7']

/** The bars of a table of others, where it has several numbers: never one of ours among them. */
export function indicatorChart(
  { id, unit, dimensions, values }: Indicator,
  labels: ImportedEdition['labels'],
): Chart | null {
  const words = (name: string): string => labels[name] ?? name
  const bars = values.flatMap(({ of, value }) => {
    if (value === null) return []
    const label = capital(dimensions.map((one) => words(of[one]!)).join(', ') || 'ensemble')
    return [{ label, value, said: unit === 'pour cent' ? `${count(value)} %` : count(value) }]
  })
  if (bars.length < 2 || bars.length > MOST_BARS || NEVER_DRAWN.includes(id)) return null
  return { form: 'bars', bars, ...(unit === 'pour cent' ? { whole: 100 } : {}) }
}

/** What a chart of others may not be read without. */
export const indicatorSource = (edition: ImportedEdition, { population, n, cautions = [] }: Indicator): string[] => [
  `${edition.title}. ${edition.attribution}.`,
  `Population : ${population}.${n === undefined ? '' : ` Réponses : ${count(n)}.`}`,
  ...cautions,
]

/** One table of others as it was printed, with all that is needed to read it alone. */
export function indicatorCsv(edition: ImportedEdition, id: string): string {
  const lines = importedLines(edition).filter((one) => one.indicateur === id)
  const columns = IMPORTED_COLUMNS.map(({ name }) => name)
  return CSV_MARK + csvLine(columns) + lines.map((one) => csvLine(columns.map((name) => one[name]))).join('')
}

export function indicatorJson(edition: ImportedEdition, indicator: Indicator) {
  const { indicators: _others, labels, ...about } = edition
  return { ...about, labels, indicator }
}
