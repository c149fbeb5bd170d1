import { contentInvalid, type Doc, filesIn } from '../content.ts'
import { shapeFaults } from '../content-shape.ts'
import { readYaml } from '../content-yaml.ts'
import { notFound } from '../errors.ts'
import { CSV_MARK, csvLine } from '../web/csv.ts'
import { ImportedEdition, type Indicator } from './edition-schema.ts'

/** The editions that others published, read once from the files of the project. Error: `content_invalid`. */
export const importedEditions: readonly ImportedEdition[] = filesIn('curricula/statistics', 'statistics').map(
  (file) => {
    const read = readYaml(file)
    const faults = 'faults' in read ? read.faults : shapeFaults(ImportedEdition, read.doc)
    if ('faults' in read || faults.length > 0) throw contentInvalid(faults)
    const { value: edition } = read.doc as Doc<ImportedEdition>
    return { ...edition, indicators: edition.indicators.map(withItsContradictions) }
  },
)

/** One of them; `not_found` otherwise. */
export function importedEdition(name: string): ImportedEdition {
  const found = importedEditions.find((one) => one.edition === name)
  if (!found) throw notFound('L’édition', name)
  return found
}

/** The columns of an edition of others, as its files name them. */
export const IMPORTED_COLUMNS = [
  { name: 'edition', type: 'string' },
  { name: 'indicateur', type: 'string' },
  { name: 'mesure', type: 'string' },
  { name: 'unite', type: 'string' },
  { name: 'population', type: 'string' },
  { name: 'n', type: 'whole' },
  { name: 'denominateur', type: 'number' },
  { name: 'dimensions', type: 'string' },
  { name: 'valeur', type: 'number' },
  { name: 'mots', type: 'string' },
  { name: 'calcul', type: 'string' },
  { name: 'lignes', type: 'string' },
  { name: 'reserves', type: 'string' },
] as const
export type ImportedLine = Record<(typeof IMPORTED_COLUMNS)[number]['name'], string | number | null>

/** Every value of an edition, a line each, with all that is needed to read it alone. */
export const importedLines = ({ edition, indicators }: ImportedEdition): ImportedLine[] =>
  indicators.flatMap(
    ({ id, title, unit, population, n, denominator, dimensions, values, cautions = [], contradictions = [] }) =>
      values.map(({ of, value, words, derived, lines }) => ({
        edition,
        indicateur: id,
        mesure: title,
        unite: unit,
        population,
        n: n ?? null,
        denominateur: denominator ?? null,
        dimensions: dimensions.map((one) => `${one}=${of[one]}`).join(' ; '),
        valeur: value,
        mots: words ?? null,
        calcul: derived ?? null,
        lignes: lines,
        reserves: [...cautions, ...contradictions.map(({ what }) => `${what} : la source se contredit`)].join(' '),
      })),
  )

/** The same as a CSV. */
export const editionCsv = (edition: ImportedEdition): string =>
  CSV_MARK +
  csvLine(IMPORTED_COLUMNS.map((one) => one.name)) +
  importedLines(edition)
    .map((line) => csvLine(IMPORTED_COLUMNS.map(({ name }) => line[name])))
    .join('')

/** The parts of a whole make a hundred, give or take the rounding; those that do not are kept, and it is said. */
function withItsContradictions(indicator: Indicator): Indicator {
  const { id, dimensions, values, whole, contradictions = [] } = indicator
  const named = values.map(({ of }) => dimensions.map((one) => of[one] ?? fail(id, `« ${one} » manque`)).join(' '))
  const twice = named.find((one, index) => named.indexOf(one) < index)
  if (twice !== undefined) fail(id, `« ${twice} » est donné deux fois`)
  if (whole === undefined) return indicator
  const wholes = Map.groupBy(values, ({ of }) => whole.map((one) => of[one]).join(' '))
  const wrong = [...wholes].flatMap(([name, parts]) => {
    const sum = parts.reduce((total, { value }) => total + (value ?? 0), 0)
    const [first, last] = [parts[0]!.lines, parts.at(-1)!.lines]
    return sum === 100
      ? []
      : [
          {
            what: ['Total des parts', name].filter(Boolean).join(' : '),
            values: [
              { value: 100, lines: first, derived: 'un tout fait cent' },
              { value: sum, lines: `${first} à ${last}`, derived: parts.map(({ value }) => value).join(' + ') },
            ],
          },
        ]
  })
  return { ...indicator, contradictions: [...contradictions, ...wrong] }
}

function fail(id: string, why: string): never {
  throw new Error(`curricula/statistics, indicateur ${id} : ${why}.`)
}
